"""What a build costs: wall time, processor time and memory of a first build, a second one, one more article, one less.

    python -m bench.build [COLLECTION] [--mapping FILE]

Default is the example collection. Memory is the largest sum of resident memory of all its processes, looked at ten
times a second.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-m", "api.cli")
ARTICLE = """A late report

Officials published one more report today. It says that everybody who took part in the inquiry agrees on what happened,
and that two recommendations of the first report are to be carried out within the year.
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection", type=Path, nargs="?", default=ROOT / "examples" / "collection")
    parser.add_argument("--mapping", type=Path)
    given = parser.parse_args()
    print(f"{'build':<28}{'wall s':>8}{'cpu s':>8}{'peak MB':>9}  what it did")
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "store")
        mapping = ["--mapping", str(given.mapping)] if given.mapping else []
        build = ["build", str(given.collection), *mapping]
        measure("first", build, store)
        measure("second, nothing new", build, store)
        late = Path(folder, "late")
        late.mkdir()
        (late / "late.txt").write_text(ARTICLE, encoding="utf-8")
        measure("one article more", ["build", str(late)], store)
        shutil.rmtree(late)
        listed = subprocess.run(
            [*COMMAND, "search", "late report inquiry", "--limit", "1", "--format", "jsonl", "--store", str(store)],
            check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True,
        ).stdout  # fmt: skip
        measure("one article less", ["remove", listed.split('"')[3]], store)


def measure(name: str, arguments: list[str], store: Path) -> None:
    """Run one command and print its row."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    command = [*COMMAND, *arguments, "--quiet", "--store", str(store)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(process.pid))
        time.sleep(0.1)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert process.stdout is not None
    said = " | ".join(process.stdout.read().split("\n")[:2])
    print(f"{name:<28}{wall:>8.1f}{cpu:>8.1f}{peak / 1e6:>9.0f}  {said}", flush=True)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")


def _resident(pid: int) -> int:
    """Resident bytes of a process and all below it (shared pages count in each)."""
    total = 0
    try:
        total = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(_resident(int(child)) for child in (task / "children").read_text().split())
    except (FileNotFoundError, ProcessLookupError):
        return total
    return total


if __name__ == "__main__":
    main()
