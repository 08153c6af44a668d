"""`banger pick`: which photos would be kept, and why, before anything is copied."""

from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from banger_pipeline.commands import request
from banger_pipeline.commands.output import AsJson, columns, emit
from banger_pipeline.workspace import Workspace

if TYPE_CHECKING:
    from banger_pipeline.picks.selection import Selection

Places = Annotated[list[Path] | None, typer.Argument(help="Choose from these folders, and those below them.")]
Seed = Annotated[int, typer.Option(help="For random and kmeans: another number draws other photos.")]
Lanes = Annotated[bool, typer.Option("--lanes", help="Also show who was set aside in which lane, and why.")]


def pick(
    folders: Places = None,
    *,
    count: request.Count = None,
    half: request.Half = False,
    percent: request.Percent = None,
    preset: request.Preset = None,
    strategy: request.Strategy = None,
    mmr_lambda: request.Lambda = None,
    folder: request.Folders = None,
    trip: request.Trip = None,
    with_people: request.With = None,
    without_people: request.Without = None,
    per_person: request.PerPerson = 1,
    seed: Seed = 0,
    lanes: Lanes = False,
    as_json: AsJson = False,
) -> None:
    """Show which photos would be kept, each with its reasons. Nothing is copied."""
    from banger_pipeline.picks.select import select
    from banger_pipeline.store.catalog import load

    workspace = Workspace.open()
    places = [*(folders or ()), *(folder or ())]
    wanted = request.request_from(
        workspace,
        count=count,
        half=half,
        strategy=strategy,
        mmr_lambda=mmr_lambda,
        folders=places,
        trip=trip,
        percent=percent,
        preset=preset,
        with_people=with_people,
        without_people=without_people,
        per_person=per_person,
    )
    selection = select(workspace, replace(wanted, seed=seed))
    known = load(workspace, ["photo_id", "path"]).to_pydict()
    paths = dict(zip(known["photo_id"], known["path"], strict=True))
    emit(as_data(selection, paths), as_json, lambda: describe(selection, paths, lanes))


def as_data(selection: "Selection", paths: dict[str, str]) -> dict[str, object]:
    """A selection as JSON holds it, each photo with its path."""
    data = asdict(selection)
    for entry in (*data["picks"], *data["laned"]):
        entry["path"] = paths[entry["photo_id"]]
    return {**data, "lanes": lane_counts(selection)}


def lane_counts(selection: "Selection") -> dict[str, int]:
    """How many photos each lane holds, the fullest lane first."""
    return dict(Counter(entry.lane for entry in selection.laned).most_common())


def describe(selection: "Selection", paths: dict[str, str], lanes: bool = False) -> str:
    """A selection for a person: the picks, what was set aside, and notes."""
    rows = [(p.rank, _name(paths[p.photo_id]), f"{p.score:.2f}", p.why) for p in selection.picks]
    counts = ", ".join(f"{count} {lane}" for lane, count in lane_counts(selection).items()) or "none"
    lines = [
        columns(rows, ("rank", "photo", "score", "why")) if rows else "No photo was picked.",
        "",
        f"{len(selection.picks)} of {selection.eligible} eligible photos, out of {selection.considered}. Set aside: {counts}.",
        *selection.notes,
    ]
    if lanes and selection.laned:
        aside = sorted((e.lane, paths[e.photo_id], e.reason) for e in selection.laned)
        lines += [
            "",
            columns([(lane, _name(path), reason) for lane, path, reason in aside], ("lane", "photo", "reason")),
        ]
    return "\n".join(lines)


def _name(path: str) -> str:
    """The last two parts of a path: names of files repeat in a library, folders tell them apart."""
    return "/".join(path.replace("\\", "/").rsplit("/", 2)[-2:])
