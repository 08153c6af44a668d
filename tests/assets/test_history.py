"""Promise: the history that an index writes is Dagster's own, read by Dagster's own storage, and the user may choose another."""

from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from assets.history import Events
from assets.home import instance
from banger_pipeline.workspace import Workspace
from tests.assets.conftest import Album


def test_dagsters_own_storage_reads_what_was_written(album: Album) -> None:
    album.index()
    home = str(album.workspace.places.dagster_home)
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(home)) as plain:
        assert not isinstance(plain.event_log_storage, Events)
        assert {run.status for run in plain.get_runs()} == {dg.DagsterRunStatus.SUCCESS}
        made = plain.fetch_materializations(dg.AssetKey("previews"), limit=10).records
        assert sorted(str(record.partition_key) for record in made) == sorted([album.key("alps"), album.key("beach")])


def test_engines_are_kept_for_each_database(workspace: Workspace) -> None:
    with instance(workspace.places) as dagster:
        storage = dagster.event_log_storage
        assert isinstance(storage, Events)
        with storage.index_connection() as one:
            first = one.engine
        with storage.index_connection() as other:
            assert other.engine is first


def test_a_storage_named_by_the_user_stays(workspace: Workspace, tmp_path: Path) -> None:
    home = workspace.places.dagster_home
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_text(f"storage:\n  sqlite:\n    base_dir: {(tmp_path / 'own').as_posix()}\n")
    with instance(workspace.places) as dagster:
        assert not isinstance(dagster.event_log_storage, Events)
    assert (tmp_path / "own").is_dir()
