"""Finding rows that were computed before, wherever their photo was then, so that nothing is inferred twice."""

from collections.abc import Iterable
from dataclasses import replace

import pyarrow as pa
from upath import UPath

from banger_pipeline.stages import Stage
from banger_pipeline.store.parquet import ParquetStore, UnreadableTableError, content_of, read_stamp, read_table, write_table
from banger_pipeline.store.tables import TABLES

Key = tuple[object, ...]


def keys_of(table: pa.Table, stage: Stage) -> list[Key]:
    """The row key of each row, in order."""
    return list(zip(*(table[name].to_pylist() for name in stage.row_key), strict=True)) if table.num_rows else []


def select(table: pa.Table, mask: Iterable[bool]) -> pa.Table:
    """The rows of ``table`` whose mask is true."""
    return table.filter(pa.array(list(mask), pa.bool_()))


class RowIndex:
    """Which stored file holds the row of which photo, for one code at a time; the attic holds rows no folder uses now."""

    def __init__(self, store: ParquetStore, attic: UPath) -> None:
        self._store, self._attic = store, attic
        self._known: dict[tuple[str, str], dict[Key, UPath]] = {}

    def find(self, stage: Stage, code: str, wanted: set[Key]) -> pa.Table:
        """Stored rows for ``wanted`` keys made by ``code``, at most one per key."""
        known = self._index(stage, code)
        by_file: dict[UPath, set[Key]] = {}
        for key in wanted:
            if (path := known.get(key)) is not None:
                by_file.setdefault(path, set()).add(key)
        found: list[pa.Table] = []
        for path, keys in by_file.items():
            stamp, table = read_stamp(path, TABLES[stage.name]), _read(path, stage)
            if stamp is None or stamp.code != code or table is None:
                continue  # another process replaced the file since it was indexed
            taken: set[Key] = set()
            mask = []
            for key in keys_of(table, stage):
                mask.append(key in keys and key not in taken)
                taken.add(key)
            found.append(select(table, mask))
        return pa.concat_tables(found) if found else TABLES[stage.name].schema.empty_table()

    def note(self, stage: Stage, code: str, path: UPath, table: pa.Table) -> None:
        """Remember that ``path`` now holds these rows."""
        if (known := self._known.get((stage.name, code))) is not None:
            known.update(dict.fromkeys(keys_of(table, stage), path))

    def retire(self, stage: Stage, folder: str, replaced_by: tuple[str, pa.Table] | None = None) -> None:
        """Put rows that are about to leave the live tables into the attic.

        ``replaced_by`` is the code and the rows that take their place; None when the whole file goes.
        """
        if not stage.per_photo:
            return
        stamp = self._store.stamp(stage.name, folder)
        if stamp is None:
            return
        try:
            table = self._store.read(stage.name, folder)
        except UnreadableTableError:
            return
        if table is None:
            return
        if replaced_by is not None and replaced_by[0] == stamp.code:
            staying = set(keys_of(replaced_by[1], stage))
            table = select(table, (key not in staying for key in keys_of(table, stage)))
        if not table.num_rows:
            return
        content = content_of(table, TABLES[stage.name])
        path = self._attic / stage.name / stamp.code / f"{folder}-{content[:8]}.parquet"
        write_table(path, TABLES[stage.name], table, replace(stamp, content=content, rows=table.num_rows))
        self.note(stage, stamp.code, path, table)

    def _index(self, stage: Stage, code: str) -> dict[Key, UPath]:
        if (known := self._known.get((stage.name, code))) is None:
            known = {}
            # live files last, so that they win over the attic
            for path in (*_files(self._attic / stage.name / code), *self._store.paths(stage.name)):
                stamp = read_stamp(path, TABLES[stage.name])
                table = _read(path, stage, list(stage.row_key)) if stamp and stamp.code == code else None
                if table is not None:
                    known.update(dict.fromkeys(keys_of(table, stage), path))
            self._known[stage.name, code] = known
        return known


def _read(path: UPath, stage: Stage, columns: list[str] | None = None) -> pa.Table | None:
    try:
        return read_table(path, TABLES[stage.name], columns)
    except UnreadableTableError:
        return None


def _files(directory: UPath) -> list[UPath]:
    try:
        return sorted(p for p in directory.iterdir() if p.name.endswith(".parquet"))
    except (FileNotFoundError, NotADirectoryError):
        return []
