"""Made-up training photos: places, a known taste, ratings."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from banger_pipeline.taste.features import Floats, Ints, Training

WIDTH = 24


def training(
    seed: int = 0,
    shoots: int = 6,
    each: int = 12,
    noise: float = 0.5,
    taste: float = 3.0,
    scores: Mapping[str, Floats] | None = None,
) -> Training:
    """``shoots`` x ``each`` photos with vectors that lie close within a shoot, rated by a linear taste and noise."""
    rng = np.random.default_rng(seed)
    shoot = np.repeat(np.arange(shoots), each)
    vectors = rng.normal(size=(shoots, WIDTH))[shoot] + rng.normal(size=(shoots * each, WIDTH))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    direction = rng.normal(size=WIDTH)
    liked = vectors @ direction / np.std(vectors @ direction)
    values = np.clip(np.round(taste * 0.7 * liked + noise * rng.normal(size=len(shoot))), -5, 5)
    return make(vectors, values, shoot, scores=scores)


def make(
    vectors: NDArray[np.floating],
    values: NDArray[np.generic],
    shoots: Ints,
    sessions: Ints | None = None,
    scores: Mapping[str, Floats] | None = None,
) -> Training:
    """Training photos with these vectors, ratings and shoots, and no comparison."""
    n = len(vectors)
    none = np.zeros((0, 2), np.int64)
    return Training(
        [f"{i:032x}" for i in range(n)],
        np.asarray(vectors, np.float32),
        np.asarray(values, np.float64),
        np.zeros(n, np.int64) if sessions is None else sessions,
        np.asarray(shoots, np.int64),
        np.ones(n, np.bool_),
        np.zeros((n, 6)),
        none,
        dict(scores or {}),
        none,
    )
