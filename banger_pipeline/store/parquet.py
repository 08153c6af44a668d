"""One Parquet file per (stage, folder); the file's own footer says how it was made."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from banger_pipeline.places import StorePath
from banger_pipeline.store.leftovers import SUFFIX, partial_prefix
from banger_pipeline.store.tables import TABLES, Table

LIBRARY = "library"  # file name of a table that covers every folder
STAMP_KEY = b"banger"
_ROW_GROUP = 50_000  # DuckDB gives each thread a group: one large group would keep one thread busy
_SMALL = 5_000  # rows up to which one thread reads a table fastest


@dataclass(frozen=True)
class Stamp:
    """What a stored table says about itself."""

    recipe: str  # digest of everything it was made from
    code: str  # digest of stage version, settings and models, its own and upstream
    content: str  # digest of its rows
    rows: int = 0
    computed: int = 0  # rows computed by the last run; the others were carried over
    seconds: float = 0.0  # that run's duration
    cost_ms: float | None = None  # milliseconds per computed row, the last time any was computed
    made_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    program: str = ""  # version of Banger
    settings: Mapping[str, object] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)  # content digest of each input table, by "stage/folder"
    extra: Mapping[str, object] = field(default_factory=dict)  # what a stage keeps beside its rows (JSON)
    keys: str = ""  # of a stage that works photo by photo: which rows it holds (``store.rows.marks_of``)


_FIELDS = frozenset(f.name for f in fields(Stamp))


class UnreadableTableError(Exception):
    """A stored file is truncated or not ours. It is derived data, so the planner treats it as missing."""


class ParquetStore:
    """The tables under one root, which may be any universal path."""

    def __init__(self, root: StorePath) -> None:
        self.root = root
        self._local = str(root) if isinstance(root, Path) else None
        self._stamps: dict[tuple[str, str | None], tuple[tuple[int, int, int], Stamp | None]] = {}

    def path(self, stage: str, folder: str | None) -> StorePath:
        return self.root / stage / f"{folder or LIBRARY}.parquet"

    def write(self, stage: str, folder: str | None, table: pa.Table, stamp: Stamp) -> None:
        """Replace the stored table atomically; a reader sees the old file or the new one, whole."""
        write_table(self.path(stage, folder), TABLES[stage], table, stamp)

    def read(self, stage: str, folder: str | None, columns: list[str] | None = None) -> pa.Table | None:
        """The stored table in its declared shape, or None when there is none.

        Raises:
            UnreadableTableError: the file is damaged.
        """
        return read_table(self._file(stage, folder), TABLES[stage], columns)

    def stamp(self, stage: str, folder: str | None) -> Stamp | None:
        """The stamp of a stored table; None when it is missing, damaged or of another shape.

        On a local disk a footer is parsed again only when the file is another one: tables are replaced, never changed.
        """
        path = self._file(stage, folder)
        if not isinstance(path, str):
            return read_stamp(path, TABLES[stage])
        try:
            status = os.stat(path)  # noqa: PTH116  # asked for thousands of files at every start
        except (FileNotFoundError, NotADirectoryError):
            return None
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        known = self._stamps.get((stage, folder))
        # some network file systems number no files, so that a new one could pass for the old
        if known is None or known[0] != seen or not status.st_ino:
            known = self._stamps[stage, folder] = seen, read_stamp(path, TABLES[stage])
        return known[1]

    def _file(self, stage: str, folder: str | None) -> StorePath | str:
        """As ``path``; on a local disk as text, for thousands of files are asked for at every start."""
        if self._local is None:
            return self.path(stage, folder)
        return f"{self._local}{os.sep}{stage}{os.sep}{folder or LIBRARY}.parquet"

    def folders(self, stage: str) -> list[str]:
        """Keys of the folders this stage has a table for."""
        directory = self.root / stage
        try:
            names = [p.name for p in directory.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(n[: -len(".parquet")] for n in names if n.endswith(".parquet") and n != f"{LIBRARY}.parquet")

    def paths(self, stage: str) -> list[StorePath]:
        """Every stored file of a stage."""
        return [self.path(stage, key) for key in self.folders(stage)]


def write_table(path: StorePath, declared: Table, table: pa.Table, stamp: Stamp) -> None:
    """Write one table with its stamp in the footer, atomically."""
    schema = declared.schema.with_metadata({STAMP_KEY: json.dumps(asdict(stamp)).encode()})
    vectors = {f.name for f in schema if pa.types.is_list(f.type) and pa.types.is_floating(f.type.value_type)}
    sink = BytesIO()
    pq.write_table(
        table.cast(schema),
        sink,
        compression="zstd",
        use_dictionary=[n for n in schema.names if n not in vectors] if vectors else True,
        row_group_size=_ROW_GROUP,
    )
    write_atomically(path, sink.getvalue())


def read_table(path: StorePath | str, declared: Table, columns: list[str] | None = None) -> pa.Table | None:
    """One stored table, in its declared shape unless only some columns are asked for; None when there is none.

    ``faces.list.element.eyes`` asks for one part of a nested column, and gives that column with the parts asked for.

    Raises:
        UnreadableTableError: the file is damaged.
    """
    try:
        # half the cost of pyarrow's read_table, which looks for a data set of many files; threads cost more than small tables
        with pq.ParquetFile(_source(path)) as file:
            table = file.read(columns=columns, use_threads=file.metadata.num_rows > _SMALL)
    except FileNotFoundError:
        return None
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableTableError(f"{path}: {error}") from error
    table = table.replace_schema_metadata(None)
    if columns is None:
        return declared.conform(table)
    roots = list(dict.fromkeys(column.partition(".")[0] for column in columns))
    if lacking := set(roots) - set(table.schema.names):
        raise UnreadableTableError(f"{path}: there is no column {', '.join(sorted(lacking))}")
    return table.select(roots)


def read_stamp(path: StorePath | str, table: Table | None = None) -> Stamp | None:
    """The stamp in a file's footer; None when the file is missing, damaged, or lacks columns of ``table``."""
    try:
        footer = pq.read_metadata(_source(path))
        meta = json.loads((footer.metadata or {})[STAMP_KEY])
    except (FileNotFoundError, pa.ArrowInvalid, OSError, KeyError, ValueError):
        return None
    if table is not None and footer.schema.to_arrow_schema().names != table.schema.names:
        return None
    return Stamp(**{name: value for name, value in meta.items() if name in _FIELDS})


def _source(path: StorePath | str) -> object:
    if isinstance(path, (str, Path)):
        return str(path)
    return BytesIO(path.read_bytes())


def write_atomically(path: StorePath, data: bytes, durable: bool = True) -> None:
    """Write ``data`` beside ``path`` and move it in place; on an object store one PUT does the same.

    ``durable`` also waits until the bytes are on the disk: without it a power cut, but no crash of the program, may leave a
    file that is empty or not whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(path, Path):
        path.write_bytes(data)
        return
    handle, partial = tempfile.mkstemp(dir=str(path.parent), prefix=partial_prefix(), suffix=SUFFIX)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            if durable:
                out.flush()
                os.fsync(out.fileno())
        os.replace(partial, str(path))
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def content_of(table: pa.Table, declared: Table) -> str:
    """Digest of the rows in declared column order, whatever chunks or route they came by; volatile columns are left out."""
    digest = hashlib.sha256()
    for column in declared.columns:
        if column.volatile:
            continue
        digest.update(f"{column.name}:{column.type}".encode())
        for part in _bytes_of(_one_array(table[column.name].cast(column.type))):
            digest.update(part)
    return digest.hexdigest()[:32]


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _bytes_of(array: pa.Array) -> Iterator[bytes]:
    yield np.packbits(pc.is_valid(array).to_numpy(zero_copy_only=False)).tobytes()
    kind = array.type
    if pa.types.is_struct(kind):
        for part in array.flatten():
            yield from _bytes_of(part)
    elif pa.types.is_list(kind):
        yield pc.fill_null(pc.list_value_length(array), -1).to_numpy(zero_copy_only=False).astype(np.int64).tobytes()
        yield from _bytes_of(array.flatten())
    elif pa.types.is_string(kind) or pa.types.is_binary(kind):
        present = pc.drop_null(array)
        yield pc.binary_length(present).to_numpy(zero_copy_only=False).astype(np.int64).tobytes()
        yield b"".join(present.cast(pa.binary()).to_pylist())
    elif pa.types.is_null(kind):
        return
    else:
        present = pc.drop_null(array)
        if pa.types.is_boolean(kind):
            present = present.cast(pa.uint8())
        elif pa.types.is_timestamp(kind):
            present = present.cast(pa.int64())
        yield present.to_numpy(zero_copy_only=False).tobytes()
