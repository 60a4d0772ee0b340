"""Install a lock file and the project itself into `.venv`: `python scripts/install.py requirements.lock`.

Every package is a wheel and is checked against the hashes of the lock; nothing is compiled. uv does the work because it
takes seconds where pip takes minutes; uv does not read pip's configuration, so the indexes named there are handed on,
and where uv still finds no way pip itself installs the same lock. A second run with the same lock, project and Python
does nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKED = ("--require-hashes", "--only-binary", ":all:", "-r")
EDITABLE = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def fingerprint(lock: Path) -> str:
    """What an installation depends on, as a hash: the lock, the project's declaration and the Python."""
    digest = hashlib.sha256(f"{sys.version}\n{sys.base_prefix}\n{VENV}\n".encode())
    for path in (lock, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def locked(lock: Path, name: str) -> str:
    """The entry of one package in a lock file, with its hashes."""
    entry = re.search(rf"^{re.escape(name)}==[^\\\n]*(?:\\\n[^\\\n]*)*", lock.read_text(encoding="utf-8"), re.MULTILINE)
    if entry is None:
        sys.exit(f"crossmedia: {lock.name} has no entry for {name}")
    return entry[0]


def uv_environment(pip_configuration: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv: the given one, with what `pip config list` says of indexes and certificates.

    A later line of pip's answer overrides an earlier one, as it does in pip; what is set for uv already stays.

    >>> uv_environment("global.index-url='https://packages.example/simple'", {})["UV_DEFAULT_INDEX"]
    'https://packages.example/simple'
    """
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "cert": "SSL_CERT_FILE"}
    said = dict(re.findall(r"^[^=\n]*?\.([\w-]+)='(.*)'$", pip_configuration, re.MULTILINE))
    found = {names[key]: value.replace("\\n", " ").strip() for key, value in said.items() if key in names}
    return found | dict(environment)


def run(*command: str, environment: Mapping[str, str] | None = None) -> bool:
    """Run a command in the project's folder; say whether it succeeded."""
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def make_venv() -> None:
    """Make `.venv` anew unless it belongs to this Python already."""
    configuration = VENV / "pyvenv.cfg"
    if PYTHON.exists() and configuration.is_file():
        text = configuration.read_text(encoding="utf-8")
        version = "version = {}.{}.".format(*sys.version_info)
        if version in text and f"home = {Path(sys.base_prefix) / 'bin'}\n" in text:
            return
    print(f"crossmedia: making .venv with Python {sys.version.split()[0]}", flush=True)
    if not run(sys.executable, "-m", "venv", "--clear", str(VENV)):
        sys.exit("crossmedia: the virtual environment could not be made; see the lines above")


def install_with_uv(lock: Path) -> bool:
    """Install with the uv of the development lock; False where that is not possible."""
    pip = (str(PYTHON), "-m", "pip")
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "uv.txt"
        wanted.write_text(locked(ROOT / "requirements-dev.lock", "uv"), encoding="utf-8")
        if not run(*pip, "install", "--quiet", "--disable-pip-version-check", *LOCKED, str(wanted)):
            return False
    configuration = subprocess.run((*pip, "config", "list"), capture_output=True, text=True, check=True).stdout
    environment = uv_environment(configuration, os.environ)
    uv = (str(PYTHON), "-m", "uv", "pip", "install", "--quiet", "--python", str(PYTHON))
    return run(*uv, *LOCKED, str(lock), environment=environment) and run(*uv, *EDITABLE, environment=environment)


def install_with_pip(lock: Path) -> bool:
    """Install with pip, as it is configured here."""
    pip = (str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    return run(*pip, *LOCKED, str(lock)) and run(*pip, *EDITABLE)


def main() -> None:
    """Bring `.venv` to the state of the lock file named on the command line."""
    lock = ROOT / sys.argv[1]
    stamp = VENV / f"installed-{lock.name}"
    wanted = fingerprint(lock)
    if PYTHON.exists() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    begin = time.monotonic()
    make_venv()
    print(f"crossmedia: installing the packages of {lock.name} into .venv", flush=True)
    if not install_with_uv(lock):
        print("crossmedia: uv did not succeed; installing with pip, which takes some minutes", flush=True)
        if not install_with_pip(lock):
            sys.exit(
                "crossmedia: the packages could not be installed; see the lines above.\n"
                "  Is the package index within reach? `pip config list` and `pip download click` tell."
            )
    stamp.write_text(wanted, encoding="utf-8")
    print(f"crossmedia: installed in {time.monotonic() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
