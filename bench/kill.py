"""A build that is killed at random moments and resumed must end in the graph of one that was left alone.

    python -m bench.kill [COLLECTION] [--mapping FILE] [--times 20] [--seed 0]

Kills the build and all its processes with SIGKILL at moments spread over its whole course, resumes it each time, and
compares the two stores record by record. Ends with 1 if they differ.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kg.snapshot import digest
from kg.sqlite import SQLiteStore

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Kill, resume, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection", type=Path, nargs="?", default=ROOT / "examples" / "collection")
    parser.add_argument("--mapping", type=Path)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        undisturbed, killed = Path(folder, "undisturbed"), Path(folder, "killed")
        begin = time.perf_counter()
        start(given, undisturbed).wait()
        whole = time.perf_counter() - begin
        print(f"undisturbed build: {whole:.1f} s", flush=True)
        kills, round_ = 0, 0
        while kills < given.times:
            round_ += 1
            process = start(given, killed)
            # Later attempts find more done; the last stages come early in them.
            moment = chance.uniform(0.2, max(3.0, 2.0 * whole / given.times + 2.0))
            try:
                process.wait(timeout=moment)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                kills += 1
                print(f"kill {kills} after {moment:.1f} s", flush=True)
                continue
            # It came to its end before the moment: begin again from nothing, so that the kills hit work.
            if compare(undisturbed, killed):
                return 1
            for file in killed.iterdir():
                file.unlink()
        start(given, killed).wait()
        return compare(undisturbed, killed)


def start(given: argparse.Namespace, store: Path) -> subprocess.Popen[bytes]:
    """Begin a build in a process group of its own."""
    mapping = ["--mapping", str(given.mapping)] if given.mapping else []
    command = [
        sys.executable,
        "-m",
        "api.cli",
        "build",
        str(given.collection),
        *mapping,
        "--quiet",
        "--store",
        str(store),
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)


def compare(undisturbed: Path, killed: Path) -> int:
    """Say whether two stores hold the same graph; 0 if they do."""
    digests = []
    for folder in (undisturbed, killed):
        store = SQLiteStore.open(folder, create=False)
        digests.append(digest(store))
        store.close()
    print(f"undisturbed {digests[0]}\nkilled      {digests[1]}")
    print("the same graph" if digests[0] == digests[1] else "DIFFERENT")
    return 0 if digests[0] == digests[1] else 1


if __name__ == "__main__":
    raise SystemExit(main())
