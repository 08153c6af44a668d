"""`banger index` through Dagster: what runs, what is reported, and that nothing is imported for nothing."""

from banger_pipeline.stages import STAGES
from tests.assets.conftest import Album


def test_a_first_index_is_two_runs_and_a_second_is_none(album: Album) -> None:
    first = album.index()
    assert first.failures == []
    assert (first.runs, first.steps) == (2, len(STAGES))
    assert album.rows("catalog") == 4
    second = album.index()
    assert (second.runs, list(second)) == (0, [])
