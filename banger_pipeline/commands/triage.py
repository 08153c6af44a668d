"""`banger triage import`: a shoot you culled by hand becomes ratings."""

from pathlib import Path
from typing import Annotated

import typer

from banger_pipeline.commands.output import AsJson
from banger_pipeline.commands.ratings import tell
from banger_pipeline.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Learn from shoots you culled by hand.")
Source = Annotated[Path, typer.Argument(help="A folder of keepers, a folder of XMP sidecars, or a CSV file.")]


@app.callback()
def triage() -> None:
    """Learn from shoots you culled by hand."""


@app.command("import")
def import_(path: Source, as_json: AsJson = False) -> None:
    """Take over a shoot you culled by hand. In a folder of keepers, what you left out of the shoot counts as a reject."""
    from banger_pipeline.taste.transfer import import_triage

    tell(import_triage(Workspace.open(), path), as_json)
