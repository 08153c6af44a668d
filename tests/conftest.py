"""Fixtures every test may use: an empty workspace of its own, and the folder of real photos where there is one."""

import os
from pathlib import Path

import pytest

from banger_pipeline.workspace import Workspace


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the store, the state or the models of the person who runs it."""
    for name in ("DATA", "STATE", "MODELS"):
        monkeypatch.setenv(f"BANGER_{name}", str(tmp_path / "places" / name.lower()))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")


@pytest.fixture
def workspace() -> Workspace:
    return Workspace.open()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """An empty folder to put photos in."""
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of real photos and models; tests that need it are marked realdata."""
    named = os.environ.get("BANGER_TESTDATA")
    if not named:
        pytest.skip("BANGER_TESTDATA is not set")
    return Path(named)
