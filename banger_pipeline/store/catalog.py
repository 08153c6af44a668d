"""The catalog: one compact table of every scalar per photo, and the tables as DuckDB views for questions in SQL."""

import duckdb
import pyarrow as pa

from banger_pipeline.errors import NothingToDoError
from banger_pipeline.stages import CATALOG, STAGES
from banger_pipeline.store.refresh import Work
from banger_pipeline.store.tables import BASE, TABLES
from banger_pipeline.workspace import Workspace

_JOINED = tuple(table for table in BASE if table.name != "photos")


def build_catalog(work: Work) -> pa.Table:
    """Join every stage's scalars, one row per photo however many folders hold it; the first path by name speaks for it."""
    with duckdb.connect() as connection:
        connection.register("photos_all", work.inputs["photos"])
        for table in _JOINED:
            wanted = [c.name for c in table.columns if _is_scalar(c.type) and c.name != "made_at"]
            connection.register(f"{table.name}_all", work.columns(table.name, wanted))
        found = connection.sql(_join()).to_arrow_table()
    return TABLES[CATALOG.name].conform(found)


def load(workspace: Workspace, columns: list[str] | None = None) -> pa.Table:
    """The catalog as it was last built, or some of its columns.

    Raises:
        NothingToDoError: nothing was indexed yet.
    """
    table = workspace.store.read(CATALOG.name, None, columns)
    if table is None or (columns is None and not table.num_rows):
        raise NothingToDoError(
            "Nothing is indexed yet.", "Add a folder with `banger add FOLDER`, then run `banger index`."
        )
    return table


def connect(workspace: Workspace) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with one view per stage, and ``problems``: everything that could not be computed, and why."""
    connection = duckdb.connect()
    for stage in STAGES:
        if not workspace.places.data_is_local:
            tables = [
                t for key in _keys(workspace, stage.name) if (t := workspace.store.read(stage.name, key)) is not None
            ]
            empty = TABLES[stage.name].schema.empty_table()
            connection.register(stage.name, pa.concat_tables(tables) if tables else empty)
            continue
        files = [
            str(p) for key in _keys(workspace, stage.name) if (p := workspace.store.path(stage.name, key)).exists()
        ]
        if files:
            connection.read_parquet(files, union_by_name=True).create_view(stage.name)
        else:
            connection.register(stage.name, TABLES[stage.name].schema.empty_table())
    connection.execute(_problems())
    return connection


def _keys(workspace: Workspace, stage: str) -> list[str | None]:
    return (
        [None] if next(s for s in STAGES if s.name == stage).scope == "library" else [*workspace.store.folders(stage)]
    )


def _is_scalar(kind: pa.DataType) -> bool:
    return not pa.types.is_nested(kind)


def _join() -> str:
    """The SQL of the catalog: photos left-joined with each stage's table, one row per photo."""
    columns = []
    for column in TABLES[CATALOG.name].columns:
        if column.name in ("locations", "has_raw", "problem"):
            continue
        source = next(t.name for t in BASE if any(c.name == column.name for c in t.columns))
        columns.append(f"{source}.{column.name}")
    problems = ", ".join(f"{table.name}.problem" for table in BASE)
    joins = "\n".join(
        f"left join (select distinct on (photo_id) * from {t.name}_all order by photo_id"
        f"{', xmp_digest' if t.name == 'exif' else ''}) {t.name} using (photo_id)"
        for t in _JOINED
    )
    return f"""
        with photos as (
            select *, len(list_filter(files, lambda f: f.role = 'raw')) > 0 as has_raw,
                   count(*) over (partition by photo_id) as locations,
                   row_number() over (partition by photo_id order by path) as place
            from photos_all where kind = 'photo'
        )
        select {", ".join(columns)}, photos.locations, photos.has_raw, coalesce({problems}) as problem
        from (select * from photos where place = 1) photos
        {joins}
        order by photos.photo_id
    """


def _problems() -> str:
    parts = [
        f"select '{table.name}' as stage, photo_id, problem, remedy from {table.name} where problem is not null"
        for table in BASE
    ]
    return f"""
        create view problems as
        select p.stage, p.photo_id, photos.path, p.problem, p.remedy
        from ({" union all ".join(parts)}) p
        left join (select distinct on (photo_id) photo_id, path from photos order by photo_id, path) photos using (photo_id)
    """
