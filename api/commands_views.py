"""The command that lists views by name."""

from __future__ import annotations

from pathlib import Path

import click

from api import output
from api.options import common
from api.output import Format


@click.command()
@common
def views(folder: Path, form: Format) -> None:
    """The views that a build can make: name, medium, level, form, width, cost for one object, what it shows."""
    from correlate.features.views import VIEWS

    del folder  # every command takes --store; this one does not depend on it
    output.views(list(VIEWS.values()), form)
