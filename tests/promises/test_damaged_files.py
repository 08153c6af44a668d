"""Damaged files: no crash, none forgotten, and each one that cannot be judged is named with the reason and what to do."""

from pathlib import Path

from tests.promises.album import make_old
from tests.promises.command import well
from tests.promises.damage import damaged_album
from tests.promises.disk import inventory

FILES = 200


def test_two_hundred_damaged_files(photos: Path) -> None:
    fates = damaged_album(photos, FILES, seed=7)
    assert len(fates) >= FILES
    make_old(photos)
    before = inventory(photos)
    well("add", photos)
    index = well("index", "--json").data
    assert isinstance(index, dict)
    assert index["failures"] == []
    assert index["postponed"] == []

    problems = well("problems", "--json").data
    judged = well("sql", "select name from catalog where score is not null", "--json").data
    assert isinstance(problems, list)
    assert isinstance(judged, list)
    # damaged metadata are named too, but keep nobody from judging the picture
    met = {Path(row["path"]).name: row for row in problems if row["stage"] != "exif"}
    scored = {row["name"] for row in judged}
    for row in problems:
        assert row["problem"].endswith("."), row
        assert row["remedy"], row
        assert "Error" not in row["problem"], row  # words for a photographer, not the name of an exception
    assert set(met) | scored == set(fates)
    assert not set(met) & scored
    for name, fate in fates.items():
        assert fate == "either" or (name in met) == (fate == "problem"), (name, met.get(name))
    assert inventory(photos) == before
