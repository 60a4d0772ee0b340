"""Documents are tests: what they show is run, and what they name is there.

A fenced block marked `console` is run as it stands, each `$` line in turn in one shell a page, in a folder that holds
nothing but the examples; where output is shown it is compared, and `...` in it stands for anything. A block marked
`python` is run as a doctest. Blocks marked `sh` are commands that install or wait; only what they name is checked.
"""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Step(NamedTuple):
    """A command as a page shows it, and the output that it shows, empty for none."""

    command: str
    expected: str


def name(page: Path) -> str:
    """The path of a page within the project."""
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def steps(block: str) -> Iterator[Step]:
    """The commands of a `console` block; one with a here-document goes on to the line END."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        length = lines.index("END") + 1 if "<<'END'" in lines[0] else 1
        yield Step("\n".join(lines[:length]), "\n".join(lines[length:]))


def run_in_turn(commands: list[Step], folder: Path) -> None:
    """Run commands in one shell. Fails with the first that ends with an error or prints something else."""
    mark = "--- end of step ---"
    program = ["set -e", *(f"{step.command}\nprintf '%s\\n' '{mark}'" for step in commands)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path}
    shell = ["bash", "-c", "\n".join(program)]
    answer = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    outputs = answer.stdout.split(f"{mark}\n")
    if answer.returncode != 0:
        pytest.fail(f"$ {commands[len(outputs) - 1].command}\n{outputs[-1]}{answer.stderr}")
    checker = doctest.OutputChecker()
    for step, output in zip(commands, outputs, strict=False):
        wanted = f"{step.expected}\n"
        if step.expected and not checker.check_output(wanted, output, FLAGS):
            pytest.fail(f"$ {step.command}\n{checker.output_difference(doctest.Example('', wanted), output, FLAGS)}")


def with_console() -> list[object]:
    """The pages with commands; those that build the example collection share one build, the README first."""
    pages = [page for page in PAGES if blocks(page, "console")]
    on_example = [page for page in pages if "examples/collection" in "".join(blocks(page, "console"))]
    alone = [pytest.param([page], id=name(page)) for page in pages if page not in on_example]
    return [*alone, pytest.param(on_example, id="examples/collection")]


@pytest.mark.slow
@pytest.mark.parametrize("pages", with_console())
def test_what_pages_show_on_the_command_line_works(pages: list[Path], tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for page in pages:
        run_in_turn([step for block in blocks(page, "console") for step in steps(block)], tmp_path)


def test_a_command_that_fails_or_prints_something_else_is_noticed(tmp_path: Path) -> None:
    run_in_turn([Step("x=$(echo 3 files)", ""), Step('echo "$x in all"', "3 ... all")], tmp_path)
    with pytest.raises(pytest.fail.Exception, match=r"\$ false"):
        run_in_turn([Step("true", ""), Step("false", "")], tmp_path)
    with pytest.raises(pytest.fail.Exception, match="Expected"):
        run_in_turn([Step("echo 3", "4")], tmp_path)


@pytest.mark.parametrize("page", [pytest.param(page, id=name(page)) for page in PAGES if blocks(page, "python")])
def test_python_that_pages_show_gives_what_they_say(page: Path) -> None:
    names: dict[str, object] = {}
    runner = doctest.DocTestRunner(verbose=False, optionflags=FLAGS)
    for number, block in enumerate(blocks(page, "python")):
        assert ">>> " in block
        test = doctest.DocTestParser().get_doctest(block, names, f"{name(page)} block {number}", name(page), 0)
        runner.run(test, clear_globs=False)
        names = test.globs
    assert runner.summarize(verbose=False).failed == 0


# What pages name


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as they are made from the words."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        place = (page.parent / path).resolve() if path else page
        if not place.exists() or (anchor and anchor not in anchors(place)):
            broken.append(target)
    assert broken == []


def test_every_page_is_reached_from_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / target).resolve() for target in re.findall(r"\]\(([\w/.-]+\.md)\)", index)}
    assert {page for page in PAGES if ROOT / "docs" in page.parents} - linked == {ROOT / "docs" / "index.md"}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_are_named_are_there(page: Path) -> None:
    rooms = r"(?:ontology|correlate|kg|topics|api|tests|docs|bench|examples|scripts|\.ci)/"
    text = page.read_text(encoding="utf-8")
    named = re.findall(rf"`({rooms}[\w./-]*)`", text) + re.findall(rf"(?<![\w/.-]){rooms}[\w./-]*\.py\b", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_make_knows_the_commands_that_are_named(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = page.read_text(encoding="utf-8")
    shown = "\n".join([*blocks(page, "sh"), *re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))])
    named = re.findall(r"(?:^|\s)make (?:[A-Z]+=\S+ )*([a-z-]+)", shown)
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_command_knows_what_is_named(page: Path) -> None:
    from api.cli import main

    text = page.read_text(encoding="utf-8")
    shown = [*blocks(page, "sh"), *blocks(page, "console"), *re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))]
    unknown = []
    for verb, rest in re.findall(r"\bcrossmedia ([a-z][a-z0-9-]*)([^\n|)`]*)", "\n".join(shown)):
        command = main.commands.get(verb)
        if isinstance(command, click.Group) and rest.strip():
            command = command.commands.get(rest.split()[0])
        known = {option for part in command.params for option in part.opts} | {"--help"} if command else set()
        options = re.findall(r"(?<=\s)--[a-z][a-z0-9-]*", rest)
        if command is None or not set(options) <= known:
            unknown.append(f"crossmedia {verb}{rest}")
    assert unknown == []


def test_the_reference_of_the_command_line_is_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "reference.py")]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8") == made, "make reference writes it anew"


def test_every_command_has_a_help_of_its_own() -> None:
    from api.cli import main

    assert isinstance(main, click.Group)
    assert [verb for verb, command in main.commands.items() if not command.help] == []
