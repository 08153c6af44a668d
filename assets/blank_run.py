"""The database of a new run, copied from an empty one: making its tables anew costs Dagster as much as a hundred events."""

from importlib.metadata import version
from pathlib import Path

from banger_pipeline.store.parquet import write_atomically


class BlankRun:
    """An empty database as this version of Dagster makes it, kept in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"blank-run-{version('dagster')}-{version('sqlalchemy')}.sqlite"

    def copy_to(self, path: Path) -> bool:
        """Begin a run's database at ``path``; False when no empty one is kept yet."""
        try:
            blank = self._file.read_bytes()
        except FileNotFoundError:
            return False
        write_atomically(path, blank, durable=False)
        return True

    def keep(self, path: Path) -> None:
        """Keep a copy of the database at ``path``, which holds no event yet and is open nowhere."""
        write_atomically(self._file, path.read_bytes())
