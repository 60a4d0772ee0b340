"""Read the reports of `spoken.toml` aloud with flite and write them as Ogg Opus. Usage: `python speech.py [ID ...]`.

Needs the programs `flite` (voices slt and rms, free for any use) and `ffmpeg`. The voice slt is slowed by a tenth: a
speech recogniser then keeps more of the names. Sound tracks of clips are spoken here too, by `clips.py`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "collection" / "broadcast"
STRETCH = {"slt": "1.1", "rms": "1.0"}
CLIPS = ("jb-2610", "jb-6327", "jb-7749", "jb-3085", "jb-9454", "jb-5163")
REPRODUCIBLE = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")


def reports() -> dict[str, dict[str, str]]:
    """Voice and words by object."""
    return tomllib.loads((HERE / "spoken.toml").read_text())


def speak(report: dict[str, str], target: Path) -> None:
    """Write the words of a report as WAV."""
    words = " ".join(report["text"].split())
    stretch = f"duration_stretch={STRETCH[report['voice']]}"
    subprocess.run(["flite", "-voice", report["voice"], "--setf", stretch, "-t", words, "-o", str(target)], check=True)


def encode(wav: Path, target: Path) -> None:
    """Write a recording as Ogg Opus, one channel, 24 kbit/s, with half a second of silence around it."""
    silence = "adelay=400,apad=pad_dur=0.5"
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(wav), "-af", silence, "-ac", "1", "-ar", "24000"]
    subprocess.run([*command, "-c:a", "libopus", "-b:a", "24k", *REPRODUCIBLE, str(target)], check=True)


def main(wanted: list[str]) -> None:
    """Write all recordings, or those named."""
    for name, report in reports().items():
        if name in CLIPS or (wanted and name not in wanted):
            continue
        with tempfile.TemporaryDirectory() as folder:
            wav = Path(folder) / "speech.wav"
            speak(report, wav)
            target = FOLDER / f"{name}.ogg"
            encode(wav, target)
            print(target.name, target.stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1:])
