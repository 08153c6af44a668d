"""Which photo is meant: by path, by file name, or by the beginning of its id."""

from pathlib import Path

from banger_pipeline.errors import NothingToDoError, UsageError
from banger_pipeline.library.paths import shown
from banger_pipeline.store.catalog import connect
from banger_pipeline.workspace import Workspace

LEAST_ID = 4  # digits of an id that may stand for it
_NAMED = 5  # photos named when several are meant


def photo_named(workspace: Workspace, said: str) -> str:
    """The id of the photo that a person means.

    Raises:
        NothingToDoError: no indexed photo is called so.
        UsageError: several are; the message lists them.
    """
    path = Path(said).expanduser()
    paths = list(dict.fromkeys(shown(str(p)) for p in (path.absolute(), path.resolve())))
    asked = (
        ("path in (select unnest(?))", paths),
        ("name = ?", said),
        ("starts_with(photo_id, ?)", said.lower() if len(said) >= LEAST_ID else "-"),
    )
    with connect(workspace) as connection:
        for condition, value in asked:
            found = connection.execute(
                f"select photo_id, min(path) from photos where kind = 'photo' and {condition} group by photo_id order by 2",
                [value],
            ).fetchall()
            if len(found) == 1:
                return str(found[0][0])
            if found:
                some = ", ".join(row[1] for row in found[:_NAMED])
                raise UsageError(f"{said} may be any of {len(found)} photos: {some}.", "Give the whole path.")
    raise NothingToDoError(
        f"No indexed photo is called {said}.",
        "Give its path, its file name or the beginning of its id; or run `banger index`.",
    )
