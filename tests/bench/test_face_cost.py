"""Promise: the cost of faces is measured with the models that are here; without them it says which are missing, and the rest goes on."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from banger_pipeline.bench import cases
from banger_pipeline.bench.face_cost import HEIGHT, WIDTH, made_up
from banger_pipeline.bench.scale import QUICK
from banger_pipeline.commands.bench import _index
from banger_pipeline.errors import UnavailableError
from banger_pipeline.places import Places
from banger_pipeline.vision.weights.importing import import_model

TINY = replace(QUICK, face_photos=8, runs=1)


@pytest.fixture
def only_faces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    case = next(case for case in cases.CASES if case.figures == ("faces-cost",))
    monkeypatch.setattr(cases, "CASES", (case,))
    monkeypatch.setattr(cases, "NAMES", case.figures)
    yield


def test_asked_for_by_name_it_says_what_is_missing() -> None:
    with pytest.raises(UnavailableError, match="No pack of face models") as refused:
        list(cases.run(["faces-cost"], TINY, _index))
    assert "banger models import" in refused.value.remedy


def test_among_all_figures_it_is_left_out_and_said(only_faces: None) -> None:
    told: list[str] = []
    assert list(cases.run([], TINY, _index, told.append)) == []
    assert any("faces-cost left out: No pack of face models" in line for line in told)


def test_the_photos_hold_none_to_three_people_and_are_never_equal() -> None:
    pictures = [made_up(number) for number in (0, 4, 16)]
    assert all(picture.shape == (HEIGHT, WIDTH, 3) for picture in pictures)
    assert (pictures[0] != pictures[1]).any() and (pictures[0] != pictures[2]).any()


@pytest.mark.realdata
def test_stage_and_models_alone_are_measured_on_the_same_photos(testdata: Path, tmp_path: Path) -> None:
    pytest.importorskip("insightface", reason="finding faces needs the extra faces (insightface)")
    pytest.importorskip("mediapipe", reason="reading eyes needs the extra faces (mediapipe)")
    source = tmp_path / "pack"
    source.mkdir()
    for name in ("det_2.5g.onnx", "rec_mobilefacenet_128d.onnx"):
        (source / name).symlink_to(testdata / "models" / "face" / name)
    places = Places.from_environment()
    import_model(places, source, name="test", accepted=True)
    import_model(places, testdata / "models" / "landmarks" / "face_landmarker.task", accepted=True)
    (figure,) = cases.run(["faces-cost"], TINY, _index)
    assert (figure.goal, figure.bounds, figure.details["photos"]) == (1.1, "ratio", 8)
    assert int(str(figure.details["faces"])) >= 4
    parts = figure.details["parts_ms"]
    assert isinstance(parts, Mapping) and set(parts) == {"detector", "recogniser", "landmarks"}
    assert all(spent > 0 for spent in parts.values())
