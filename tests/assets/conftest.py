"""A small library whose stages are the fakes, brought up to date by real Dagster runs."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from assets.runner import Report, bring_up_to_date
from banger_pipeline.workspace import Workspace
from tests.fakes import Fakes, model_ids


class Album:
    """A watched folder of folders, and an index of it through Dagster in this process."""

    def __init__(self, root: Path) -> None:
        self.root, self.fakes = root, Fakes()
        root.mkdir(exist_ok=True)
        self.workspace.state.record("folder-added", str(root))

    @property
    def workspace(self) -> Workspace:
        return Workspace.open()

    def add(self, folder: str, *names: str) -> Path:
        (self.root / folder).mkdir(parents=True, exist_ok=True)
        for name in names:
            (self.root / folder / name).write_bytes(f"{folder} {name}".encode())
        return self.root / folder

    def index(self, only: Iterable[Path] = (), **how: bool) -> Report:
        self.fakes.reset()
        return bring_up_to_date(self.workspace, only=only, computes=self.fakes.computes, **how)

    def key(self, folder: str) -> str:
        return next(k for k, found in self.workspace.scan().listings.items() if found.folder.path.name == folder)

    def rows(self, stage: str, folder: str | None = None) -> int:
        table = self.workspace.store.read(stage, self.key(folder) if folder else None)
        return -1 if table is None else int(table.num_rows)


@pytest.fixture(autouse=True)
def models_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The identity of the encoder is its setting, so that no weights are looked for."""
    monkeypatch.setattr("banger_pipeline.workspace.model_ids", model_ids)


@pytest.fixture
def album(tmp_path: Path) -> Album:
    """Two folders of two photos, not yet indexed."""
    album = Album(tmp_path / "photos")
    album.add("alps", "a.jpg", "b.jpg")
    album.add("beach", "c.jpg", "d.jpg")
    return album
