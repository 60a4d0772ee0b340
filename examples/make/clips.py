"""Cut the clips of `clips.toml`: camera moves over pictures, hard cuts, a lower third, a spoken sound track.

Usage: `python clips.py [ID ...]`, after pictures.py. Writes WebM (VP9, 480 x 270, 12 frames a second, and Opus) with
the programs `flite` and `ffmpeg`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from plate import Plate
from speech import FOLDER, HERE, REPRODUCIBLE, reports, speak

WIDTH, HEIGHT, RATE = 480, 270, 12
LEAD, TAIL = 0.4, 0.8
"""Seconds of silence before and after the speech."""


def _view(picture: Image.Image, view: list[float]) -> Image.Image:
    """The part of a picture that the camera sees, as a frame; what lies outside of it stays black."""
    left, top, width = view[0] * picture.width, view[1] * picture.height, view[2] * picture.width
    box = (round(left), round(top), round(left + width), round(top + width * HEIGHT / WIDTH))
    return picture.crop(box).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _lower_third(words: list[str]) -> Image.Image:
    """A bar with two lines of writing."""
    plate = Plate(250, 50, (18, 34, 66))
    plate.box(0, 0, 5, 50, (226, 150, 40))
    plate.text(14, 22, words[0], 18, (255, 255, 255), bold=True)
    plate.text(14, 42, words[1], 14, (206, 216, 232))
    return plate.finished()


def frames(clip: dict[str, Any], count: int) -> Iterator[bytes]:
    """The pixels of `count` frames, shot after shot; the lower third stands in the first half of the clip."""
    parts = np.array([shot["part"] for shot in clip["shots"]], dtype=float)
    ends = np.rint(np.cumsum(parts) / parts.sum() * count).astype(int)
    bar = _lower_third(clip["title"])
    for shot, start, end in zip(clip["shots"], [0, *ends[:-1]], ends, strict=True):
        picture = Image.open(FOLDER.parent / shot["picture"]).convert("RGB")
        views = np.linspace(shot["from"], shot["to"], end - start)
        for index, view in enumerate(views, start):
            frame = _view(picture, view.tolist())
            if RATE // 2 <= index < count // 2:
                frame.paste(bar, (16, HEIGHT - 66))
            yield frame.tobytes()


def cuts(clip: dict[str, Any], seconds: float) -> list[float]:
    """When the shots end, in seconds, without the end of the clip."""
    parts = np.array([shot["part"] for shot in clip["shots"]], dtype=float)
    return [round(float(end), 3) for end in np.rint(np.cumsum(parts)[:-1] / parts.sum() * seconds * RATE) / RATE]


def make(clip: dict[str, Any], wav: Path, target: Path) -> None:
    """Write one clip with its speech."""
    with wave.open(str(wav)) as sound:
        seconds = sound.getnframes() / sound.getframerate() + LEAD + TAIL
    count = round(seconds * RATE)
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{WIDTH}x{HEIGHT}",
        "-r",
        str(RATE),
    ]
    command += ["-i", "-", "-i", str(wav), "-af", f"adelay={round(LEAD * 1000)},apad", "-t", f"{count / RATE:.3f}"]
    command += ["-c:v", "libvpx-vp9", "-crf", "36", "-b:v", "0", "-threads", "1", "-row-mt", "0", "-pix_fmt", "yuv420p"]
    command += ["-g", "240", "-force_key_frames", ",".join(map(str, [0, *cuts(clip, count / RATE)]))]
    command += ["-c:a", "libopus", "-b:a", "24k", "-ac", "1", "-ar", "24000", *REPRODUCIBLE, str(target)]
    subprocess.run(command, input=b"".join(frames(clip, count)), check=True)


def main(wanted: list[str]) -> None:
    """Write all clips, or those named."""
    for name, clip in tomllib.loads((HERE / "clips.toml").read_text()).items():
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            wav = Path(folder) / "speech.wav"
            speak(reports()[name], wav)
            target = FOLDER / f"{name}.webm"
            make(clip, wav, target)
            print(target.name, target.stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1:])
