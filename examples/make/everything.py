"""Make every picture, recording and clip of the collection again: `python everything.py`, two minutes on one core.

With the same versions of the libraries and programs the files come out the same, byte by byte.
"""

from __future__ import annotations

import clips
import pictures
import speech

if __name__ == "__main__":
    pictures.main([])
    speech.main([])
    clips.main([])
