"""Numbers are said as people say them."""

from banger_pipeline.words import counted, told_apart


def test_one_is_not_many() -> None:
    assert [counted(n, "photo") for n in (0, 1, 2, 50_000)] == ["0 photos", "1 photo", "2 photos", "50,000 photos"]
    assert counted(2, "person", "people") == "2 people"


def test_numbers_that_differ_look_different() -> None:
    assert told_apart(0.412, 0.35, "%") == ("41%", "35%")
    assert told_apart(0.3502, 0.35, "%") == ("35.02%", "35.00%")
    assert told_apart(12.34, 30) == ("12.3", "30")
    assert told_apart(3.9996, 4) == ("3.9996", "4")
    assert told_apart(4, 4) == ("4", "4")
