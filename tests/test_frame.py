"""What holds the project together: declarations, locks, scripts, make's commands, and what the wheel carries."""

import ast
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ontology", "correlate", "kg", "topics", "api")
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = {canonicalize_name(wish.name): wish for wish in map(Requirement, DECLARED["dependencies"])}
LOCKS = ("requirements.lock", "requirements-dev.lock")

# The libraries that the project is asked to be built with.
BUILT_WITH = {"networkx", "rdflib", "gensim", "numpy", "scipy", "neo4j", "flask", "spacy"}
MADE = {".git", ".venv", ".demo", ".crossmedia", ".hypothesis", "build", "dist", "__pycache__"}


def project_files() -> Iterator[Path]:
    """Every file of the project, without what the tools make."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in MADE and not name.endswith(("_cache", ".egg-info"))]
        yield from (Path(folder) / name for name in names)


def script(name: str) -> ModuleType:
    """One of the files in scripts/ as a module."""
    spec = importlib.util.spec_from_file_location(f"script_{name}", ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def imported_modules() -> set[str]:
    """The top-level names of all third-party modules that the five packages import, at whatever depth."""
    names: set[str] = set()
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - set(PACKAGES)


def named_modules() -> set[str]:
    """The packages of weights and models that the code finds by name, without an import statement."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    )
    return {name for name in RUNTIME if name in text or name.replace("-", "_") in text}


def locked(name: str) -> dict[str, list[tuple[str, str]]]:
    """The entries of a lock: (version, hashes) of each package."""
    entries: dict[str, list[tuple[str, str]]] = {}
    text = (ROOT / name).read_text(encoding="utf-8")
    for match in re.finditer(r"^([a-z0-9._-]+)==([^\s;]+)([^\\\n]*(?:\\\n[^\\\n]*)*)", text, re.MULTILINE):
        entries.setdefault(match[1], []).append((match[2], match[3]))
    return entries


# What is declared


def test_every_imported_library_is_declared() -> None:
    owners = packages_distributions()
    undeclared = {
        name
        for name in imported_modules()
        if not {canonicalize_name(owner) for owner in owners.get(name, [])} & set(RUNTIME)
    }
    assert undeclared == set()


def test_every_declared_library_is_used() -> None:
    owners = packages_distributions()
    used = {canonicalize_name(owner) for name in imported_modules() for owner in owners.get(name, [])}
    assert set(RUNTIME) - used - named_modules() - BUILT_WITH == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_pin_and_hash_everything_and_name_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = locked(lock)
    assert len(entries) > 50
    assert all("--hash=sha256:" in rest for versions in entries.values() for _, rest in versions)
    assert not re.search(r"://|--(extra-)?index|--find-links|@ ", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_satisfy_what_is_declared(lock: str) -> None:
    entries = locked(lock)
    wishes = dict(RUNTIME)
    if lock == "requirements-dev.lock":
        extra = map(Requirement, DECLARED["optional-dependencies"]["dev"])
        wishes |= {canonicalize_name(wish.name): wish for wish in extra}
    for name, wish in wishes.items():
        assert all(wish.specifier.contains(Version(version)) for version, _ in entries[name]), name


def test_the_development_lock_holds_the_same_versions() -> None:
    runtime, development = map(locked, LOCKS)
    assert {name: development.get(name) for name in runtime} == runtime


def test_one_version_serves_both_pythons() -> None:
    assert {
        name: len(versions) for name, versions in locked("requirements-dev.lock").items() if len(versions) > 1
    } == {}


# Files


def test_no_file_names_a_registry_or_a_place_on_one_machine() -> None:
    forbidden = re.compile(rb"pypi\.org/simple|pythonhosted|/root/|[ \"'(=]/(?:work|tmp)/[a-z]", re.IGNORECASE)
    texts = {".py", ".md", ".toml", ".lock", ".yaml", ".yml", ".json", ".html", ".js", ".css", ".ttl", ".txt", ""}
    hits = [
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in project_files()
        if path.suffix in texts and path != Path(__file__) and (match := forbidden.search(path.read_bytes()))
    ]
    assert hits == []


def test_no_file_is_large() -> None:
    large = [path.name for path in project_files() if path.stat().st_size > 2_000_000]
    assert large == []


def test_commit_hooks_are_local() -> None:
    configuration = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [entry["repo"] for entry in configuration["repos"]] == ["local"]


@pytest.mark.parametrize("name", [".ci/run", "scripts/python"])
def test_shell_scripts_can_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    subprocess.run(["bash", "-n", str(ROOT / name)], check=True)


def test_make_explains_every_command() -> None:
    told = subprocess.run(["make", "-C", str(ROOT), "--no-print-directory"], capture_output=True, text=True, check=True)
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony is not None
    assert [line.split()[0] for line in told.stdout.splitlines()] == phony[1].split()


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of pyproject.toml on the packages in a folder."""
    code = "from importlinter.cli import lint_imports_command as check; check()"
    command = [sys.executable, "-c", code, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_contract_on_imports_notices_what_breaks_it(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "web"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert "0 broken" in lint_imports(tmp_path).stdout
    kept_apart = ("sqlite3", "rdflib", "pyoxigraph", "spacy", "av", "lxml", "flask", "topics")
    wrong = "".join(f"import {name}\n" for name in kept_apart)
    (tmp_path / "kg" / "wrong.py").write_text(wrong, encoding="utf-8")
    with (tmp_path / "ontology" / "errors.py").open("a", encoding="utf-8") as module:
        module.write("import numpy\n")
    assert "Contracts: 0 kept" in lint_imports(tmp_path).stdout


@pytest.mark.slow
def test_the_wheel_carries_every_file_of_the_packages(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT, source, ignore=lambda folder, names: [n for n in names if n in MADE or n.endswith("_cache")])
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
    ]
    subprocess.run([*command, str(source)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    wanted = {str(path.relative_to(ROOT)) for path in project_files() if path.relative_to(ROOT).parts[0] in PACKAGES}
    assert wanted - carried == set()


# Starting


@pytest.mark.parametrize("command", [["--help"], ["events", "--help"], ["serve", "--help"]])
def test_the_command_starts_without_the_heavy_libraries(command: list[str]) -> None:
    heavy = ["spacy", "onnxruntime", "onnx", "av", "cv2", "faster_whisper", "trafilatura", "sklearn", "numba", "gensim"]
    code = (
        "import sys, click.testing, api.cli\n"
        f"answer = click.testing.CliRunner().invoke(api.cli.main, {command!r})\n"
        "assert answer.exit_code == 0, answer.output\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


# Choosing a Python


def python_stand_in(folder: Path, name: str, version: str, *, venv: bool = True) -> None:
    """A program that answers as a Python of that version would."""
    minor = version.rsplit(".", 1)[0]
    fits = 0 if minor in ("3.11", "3.12") else 1
    path = folder / name
    path.write_text(
        "#!/bin/sh\n"
        'case "$2" in\n'
        f"    *platform*) echo {version};;\n"
        f"    *version_info\\[:2\\]\\ \\<=*) exit {fits};;\n"
        f"    *ensurepip*) exit {0 if venv else 1};;\n"
        f"    *%d.%d*) echo {minor};;\n"
        f"    *executable*) echo {path};;\n"
        "esac\n",
        encoding="utf-8",
    )
    path.chmod(0o755)


def choose_python(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/python where only the programs in a folder are to be found."""
    command = [shutil.which("sh") or "sh", str(ROOT / "scripts" / "python")]
    return subprocess.run(
        command, env={"PATH": str(folder), **environment}, capture_output=True, text=True, check=False
    )


def test_the_first_python_that_fits_is_chosen(tmp_path: Path) -> None:
    python_stand_in(tmp_path, "python3", "3.13.0")
    python_stand_in(tmp_path, "python3.11", "3.11.2")
    assert choose_python(tmp_path).stdout.strip() == str(tmp_path / "python3.11")
    python_stand_in(tmp_path, "python3.12", "3.12.1")
    assert choose_python(tmp_path).stdout.strip() == str(tmp_path / "python3.12")


def test_a_named_python_is_taken_or_refused_but_never_replaced(tmp_path: Path) -> None:
    python_stand_in(tmp_path, "python3", "3.11.2")
    python_stand_in(tmp_path, "python3.10", "3.10.13")
    answer = choose_python(tmp_path, PYTHON="python3.10")
    assert answer.returncode == 1
    assert "python3.10 is 3.10.13" in answer.stderr
    assert "cannot be run" in choose_python(tmp_path, PYTHON="no such python").stderr


def test_a_missing_python_or_venv_is_named_with_what_to_do(tmp_path: Path) -> None:
    answer = choose_python(tmp_path)
    assert answer.returncode == 1
    assert "no python3 was found" in answer.stderr
    python_stand_in(tmp_path, "python3", "3.11.2", venv=False)
    assert "apt install python3.11-venv" in choose_python(tmp_path).stderr


# Installing


def test_what_pip_is_told_of_indexes_is_handed_to_uv() -> None:
    pip = "global.index-url='https://one.example/simple'\n:env:.index-url='https://two.example/simple'\nglobal.timeout='9'\n"
    handed = script("install").uv_environment(pip, {"PATH": "/bin", "UV_INDEX": "https://mine.example"})
    expected = {"UV_DEFAULT_INDEX": "https://two.example/simple", "PATH": "/bin", "UV_INDEX": "https://mine.example"}
    assert handed == expected


def test_the_installer_of_the_lock_is_found_with_its_hashes() -> None:
    entry = script("install").locked(ROOT / "requirements-dev.lock", "uv")
    lines = entry.splitlines()
    assert lines[0].startswith("uv==")
    assert len(lines) > 3
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])


def test_a_second_installation_does_nothing_until_the_lock_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install = script("install")
    lock = tmp_path / "some.lock"
    lock.write_text("a==1\n", encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, value in {"ROOT": tmp_path, "VENV": tmp_path / "v", "PYTHON": tmp_path / "v" / "python"}.items():
        monkeypatch.setattr(install, name, value)
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "python").touch()
    runs: list[str] = []
    monkeypatch.setattr(install, "make_venv", lambda: runs.append("venv"))
    monkeypatch.setattr(install, "install_with_uv", lambda lock: bool(runs.append("uv")))
    monkeypatch.setattr(install, "install_with_pip", lambda lock: not runs.append("pip"))
    monkeypatch.setattr(sys, "argv", ["install.py", "some.lock"])
    install.main()
    assert runs == ["venv", "uv", "pip"]
    install.main()
    assert runs == ["venv", "uv", "pip"]
    lock.write_text("a==2\n", encoding="utf-8")
    install.main()
    assert len(runs) == 6


def test_a_port_in_use_is_named_before_anything_is_installed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, str(ROOT / "scripts" / "port.py"), port]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert f"port {port} cannot be used" in answer.stderr
    assert subprocess.run(command, check=False).returncode == 0


# Licences


@pytest.mark.parametrize(
    ("expression", "taken"),
    [
        ("MIT", True),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND AGPL-3.0-only", False),
        ("UNKNOWN", False),
        ("LicenseRef-Proprietary", False),
    ],
)
def test_licences_are_taken_or_refused(expression: str, taken: bool) -> None:
    assert script("licences").allowed(expression) is taken


class Wheel:
    """What the licence script reads of a distribution."""

    def __init__(self, fields: dict[str, object], files: list[str]) -> None:
        self.metadata = type("Metadata", (), {"json": fields})()
        self.files = files


def test_older_metadata_and_carried_libraries_are_read() -> None:
    licences = script("licences")
    classified = Wheel({"classifier": ["License :: OSI Approved :: MIT License", "Topic :: Text"]}, [])
    assert licences.stated(classified) == "MIT"
    assert licences.stated(Wheel({"license": "UNKNOWN"}, [])) == "UNKNOWN"
    film = Wheel({}, ["film.libs/libx264-d65.so.165", "film.libs/libvpx-ed.so.12", "film/libx264.txt"])
    assert licences.gpl_libraries(film) == ["libx264-d65.so.165"]
