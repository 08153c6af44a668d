"""Promise: the garbage collector rests while Dagster is imported, and looks at everything again after an index."""

import gc

import pytest

from assets.garbage import sweep_all, unswept_imports
from tests.assets.conftest import Album


def test_nothing_is_collected_among_imports_and_what_they_made_is_left_alone() -> None:
    try:
        with unswept_imports():
            assert not gc.isenabled()
            made: list[list[int]] = [[] for _ in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() > len(made)
    finally:
        sweep_all()
    assert gc.get_freeze_count() == 0


def test_a_collector_that_was_off_stays_off_and_a_failed_import_turns_it_on_again() -> None:
    try:
        with pytest.raises(ImportError), unswept_imports():
            raise ImportError
        assert gc.isenabled()
        gc.disable()
        with unswept_imports():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
        sweep_all()


def test_an_index_leaves_the_collector_as_it_was(album: Album) -> None:
    album.index()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
