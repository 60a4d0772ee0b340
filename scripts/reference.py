"""The reference page of the command line, from the command's own help: `python scripts/reference.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

HEAD = """# The command line

<!-- Made by `make reference` from the help of the command; change that. -->

`crossmedia COMMAND --help` says the same. All commands take `--format`: `text` is for people and may change, `json` and
`jsonl` are for programs. Answers go to standard output; progress and errors go to standard error.

| exit code | meaning |
|---|---|
| 0 | what was asked is done; items that could not be taken are in `crossmedia status` |
| 1 | another error |
| 2 | an option, a query or a file is not what it must be |
| 3 | nothing is kept or found under that name |
| 4 | somebody else is at work on it, or it contradicts what is kept |
| 5 | the store cannot be opened or written |
"""


def sections(group: click.Group, parent: click.Context | None = None, name: str = "crossmedia") -> list[str]:
    """A section of Markdown for each command, in the order of their names, those of a group after it."""
    top = click.Context(group, parent=parent, info_name=name, terminal_width=100, max_content_width=100)
    made = []
    for verb in group.list_commands(top):
        command = group.get_command(top, verb)
        if command is not None and not command.hidden:
            context = click.Context(command, parent=top, info_name=verb, terminal_width=100, max_content_width=100)
            made.append(f"## {context.command_path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
        if isinstance(command, click.Group):
            made.extend(sections(command, top, verb))
    return made


def main() -> None:
    """Print the page."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from api import cli

    print("\n".join([HEAD, *sections(cli.main)]), end="")


if __name__ == "__main__":
    main()
