"""Figure of the stage ``faces``: its processor time against detector, recogniser and landmarks alone, with the models that are here."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial, wraps
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
import pyarrow as pa

from banger_pipeline.bench.figures import Figure
from banger_pipeline.bench.ground import Ground
from banger_pipeline.bench.scale import Scale
from banger_pipeline.demo.sources import Picture, photograph
from banger_pipeline.library.colour import SRGB
from banger_pipeline.library.decoded import Decoded
from banger_pipeline.library.previews import develop
from banger_pipeline.places import Places
from banger_pipeline.settings import Settings
from banger_pipeline.stages import FACES
from banger_pipeline.store.pictures import write_pictures
from banger_pipeline.store.refresh import Work
from banger_pipeline.store.tables import TABLES
from banger_pipeline.vision.face_pack import FacePack, face_pack

GOAL = 1.10
WIDTH, HEIGHT = 1536, 1024  # of a working image
GROUNDS = ("china", "flower", "coffee", "rocket")
HEAD = (slice(0, 230), slice(130, 320))  # of the astronaut, with some background
HEAD_PX = (170, 250, 380, 620)  # how high the heads are, in turn
Call = Callable[[], object]


def face_cost(ground: Ground, scale: Scale) -> Iterator[Figure]:
    """The stage over made-up photos with none to three faces, in turn with the models alone on the very same pictures and crops.

    Raises:
        UnavailableError: no pack of face models is here, or none for the eyes.
    """
    here = Places.from_environment()
    pack = face_pack(Settings(), here)
    if not isinstance(pack, FacePack):
        raise pack
    if pack.no_eyes is not None:
        raise pack.no_eyes
    places = Places(ground.places.data, ground.places.state, here.models)
    yield figure_over(_stored(places, scale.face_photos), places, pack, scale.runs)


def figure_over(previews: pa.Table, places: Places, pack: FacePack, runs: int) -> Figure:
    """The figure over these rows of the stage ``previews``, whose working images are in the store of ``places``."""
    from banger_pipeline.vision.face_finder import find_in

    # one thread: with more, photos share a processor's caches in the stage and not in the parts
    work = Work(FACES, places, Settings({"threads": 1}), {}, {"previews": previews})
    find_in(work, pack)  # the first call loads the models
    faces, parts = _recorded(lambda: find_in(work, pack))
    timed: list[tuple[float, dict[str, float]]] = []  # the stage and its parts, of each run
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # as the stage does
    try:
        for _ in range(runs):
            stage = _cpu_ms(lambda: find_in(work, pack)) / previews.num_rows
            alone = {name: _cpu_ms(partial(_each, calls)) / previews.num_rows for name, calls in parts.items()}
            timed.append((stage, alone))
    finally:
        cv2.setNumThreads(threads)
    # a processor is not always as fast: what was timed together is compared, and the run with the middle ratio speaks for all
    timed.sort(key=lambda run: run[0] / sum(run[1].values()))
    stage, alone = timed[len(timed) // 2]
    return Figure(
        "faces-cost",
        stage,
        "CPU ms per photo",
        sum(alone.values()),
        "detector + recogniser + landmarks, alone",
        GOAL,
        "ratio",
        {
            "photos": previews.num_rows,
            "faces": sum(faces["face_count"].to_pylist()),
            "pack": pack.id,
            "parts_ms": {name: round(ms, 1) for name, ms in alone.items()},
            "ratios": [round(run / sum(parts.values()), 3) for run, parts in timed],
        },
    )


def _recorded(work: Callable[[], pa.Table]) -> tuple[pa.Table, dict[str, list[Call]]]:
    """What ``work`` gives, and the calls of the three models it came from, ready to be made again."""
    from insightface.model_zoo.arcface_onnx import ArcFaceONNX
    from insightface.model_zoo.scrfd import SCRFD

    from banger_pipeline.vision.eyes import EyeReader

    parts: dict[str, list[Call]] = {}
    with ExitStack() as patches:
        for name, model, method in (
            ("detector", SCRFD, "detect"),
            ("recogniser", ArcFaceONNX, "get_feat"),
            ("landmarks", EyeReader, "read"),
        ):
            parts[name] = []
            patches.enter_context(patch.object(model, method, _noted(getattr(model, method), parts[name])))
        return work(), parts


def _noted(method: Callable[..., object], calls: list[Call]) -> Callable[..., object]:
    @wraps(method)
    def noted(*given: Any, **named: Any) -> object:
        calls.append(partial(method, *given, **named))
        return method(*given, **named)

    return noted


def _each(calls: Iterable[Call]) -> None:
    for call in calls:
        call()


def _cpu_ms(work: Callable[[], object]) -> float:
    """Processor milliseconds of this process, all threads: the landmark model has some of its own."""
    started = time.process_time()
    work()
    return 1000 * (time.process_time() - started)


def _stored(places: Places, count: int) -> pa.Table:
    """Working images of ``count`` made-up photos in the store, and their rows."""
    rows = []
    for number in range(count):
        preview = develop(Decoded(made_up(number), 1, SRGB, WIDTH, HEIGHT, "jpeg"), Settings().whole("preview_quality"))
        photo_id = f"{number:032x}"
        write_pictures(places, photo_id, preview.working_image, preview.thumbnail)
        rows.append({"photo_id": photo_id, **preview.columns})
    return TABLES["previews"].rows(rows)


def made_up(number: int) -> Picture:
    """A photo of nobody, or of one to three people side by side, near or far."""
    ground = photograph(GROUNDS[number % len(GROUNDS)])
    picture = np.asarray(cv2.resize(ground, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)
    head = photograph("astronaut")[HEAD]
    for place in range(number // len(GROUNDS) % 4):
        high = HEAD_PX[(number + place) % len(HEAD_PX)]
        wide = high * head.shape[1] // head.shape[0]
        left, top = place * WIDTH // 3, (HEIGHT - high) // 2
        picture[top : top + high, left : left + wide] = cv2.resize(head, (wide, high), interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(number).normal(0, 3, picture.shape)
    return np.asarray(np.clip(picture + noise, 0, 255), np.uint8)
