"""Numbers are said as people say them."""

from banger_pipeline.words import counted


def test_one_is_not_many() -> None:
    assert [counted(n, "photo") for n in (0, 1, 2, 50_000)] == ["0 photos", "1 photo", "2 photos", "50,000 photos"]
    assert counted(2, "person", "people") == "2 people"
