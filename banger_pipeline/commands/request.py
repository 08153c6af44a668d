"""The options by which `banger pick` and `banger export` say what to choose from, and how."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from banger_pipeline.errors import UsageError
from banger_pipeline.picks.presets import request_of
from banger_pipeline.picks.selection import Request
from banger_pipeline.workspace import Workspace

Count = Annotated[int | None, typer.Option("--count", "-n", help="How many keepers; the setting count when not given.")]
Half = Annotated[bool, typer.Option("--half", help="Keep half of the photos that no gate sets aside.")]
Strategy = Annotated[
    str | None,
    typer.Option(help="topk, mmr, kmeans, people, random, uniform or sharpest; the setting strategy when not given."),
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
Percent = Annotated[float | None, typer.Option(help="Keep this many of every hundred photos that no gate sets aside.")]
Preset = Annotated[
    str | None,
    typer.Option(help="best, diverse, mixed, people, landscapes, pets, food, or one of your presets.toml."),
]
With = Annotated[
    list[str] | None,
    typer.Option("--with", help="Only photos that show this person; may be repeated for several at once."),
]
Without = Annotated[
    list[str] | None, typer.Option("--without", help="No photos that show this person; may be repeated.")
]
PerPerson = Annotated[
    int,
    typer.Option("--per-person", help="For people: at least so many photos of each named person, where there are any."),
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
    percent: float | None = None,
    preset: str | None = None,
    with_people: Sequence[str] | None = None,
    without_people: Sequence[str] | None = None,
    per_person: int = 1,
) -> Request:
    """The request that the options and, where they say nothing, the settings add up to.

    A preset sets strategy and lambda; an option given beside it wins.

    Raises:
        UsageError: a value that the setting of that name would not accept either, two of --count, --half and --percent, or no
            such preset.
    """
    amounts = [
        name
        for name, said in (("--count", count), ("--half", half or None), ("--percent", percent))
        if said is not None
    ]
    if len(amounts) > 1:
        raise UsageError(f"{' and '.join(amounts)} ask for two different things.", "Give one of them.")
    given = {"count": count, "strategy": strategy, "mmr_lambda": mmr_lambda}
    settings = workspace.settings.with_values(**{name: value for name, value in given.items() if value is not None})
    wanted = Request(
        count=settings.whole("count"),
        half=half,
        strategy=settings.text("strategy"),
        mmr_lambda=settings.number("mmr_lambda"),
        folders=tuple(folder.expanduser().resolve() for folder in folders or ()),
        trip=trip,
        percent=percent,
        with_people=tuple(with_people or ()),
        without_people=tuple(without_people or ()),
        per_person=per_person,
    )
    if preset is None:
        return wanted
    chosen = request_of(workspace, preset, wanted)
    return replace(
        chosen,
        strategy=chosen.strategy if strategy is None else wanted.strategy,
        mmr_lambda=chosen.mmr_lambda if mmr_lambda is None else wanted.mmr_lambda,
    )
