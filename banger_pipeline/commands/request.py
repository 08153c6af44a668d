"""The options by which `banger pick` and `banger export` say what to choose from, and how."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from banger_pipeline.errors import UsageError
from banger_pipeline.picks.selection import Request
from banger_pipeline.workspace import Workspace

Count = Annotated[int | None, typer.Option("--count", "-n", help="How many keepers; the setting count when not given.")]
Half = Annotated[bool, typer.Option("--half", help="Keep half of the photos that no gate sets aside.")]
Strategy = Annotated[
    str | None,
    typer.Option(help="topk, mmr, kmeans, random, uniform or sharpest; the setting strategy when not given."),
]
Lambda = Annotated[
    float | None,
    typer.Option(
        "--lambda",
        help="For mmr: 1 looks at the score alone, 0 at difference alone; the setting mmr_lambda when not given.",
    ),
]
Folders = Annotated[
    list[Path] | None, typer.Option("--folder", help="Only photos in or below this folder; may be repeated.")
]
Trip = Annotated[str | None, typer.Option(help="Only photos of this trip, by its key in the catalog.")]


def request_from(
    workspace: Workspace,
    *,
    count: int | None,
    half: bool,
    strategy: str | None,
    mmr_lambda: float | None,
    folders: Sequence[Path] | None,
    trip: str | None,
) -> Request:
    """The request that the options and, where they say nothing, the settings add up to.

    Raises:
        UsageError: a value that the setting of that name would not accept either, or both --count and --half.
    """
    if half and count is not None:
        raise UsageError("--count and --half ask for two different things.", "Give one of them.")
    given = {"count": count, "strategy": strategy, "mmr_lambda": mmr_lambda}
    settings = workspace.settings.with_values(**{name: value for name, value in given.items() if value is not None})
    return Request(
        count=settings.whole("count"),
        half=half,
        strategy=settings.text("strategy"),
        mmr_lambda=settings.number("mmr_lambda"),
        folders=tuple(folder.expanduser().resolve() for folder in folders or ()),
        trip=trip,
    )
