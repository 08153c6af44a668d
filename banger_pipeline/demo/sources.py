"""The photographs the demonstration is made from, where they come from and under which terms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Source:
    """One photograph that ships inside scikit-learn or scikit-image."""

    name: str
    credit: str
    terms: str


SOURCES: tuple[Source, ...] = (
    Source("china", "danielbuechele, by way of scikit-learn", "CC BY 2.0"),
    Source("flower", "vultilion, by way of scikit-learn", "CC BY 2.0"),
    Source("astronaut", "NASA, by way of scikit-image", "public domain"),
    Source("cat", "Stefan van der Walt, by way of scikit-image", "CC0"),
    Source("coffee", "Rachel Michetti, by way of scikit-image", "CC0"),
    Source("rocket", "SpaceX, by way of scikit-image", "public domain"),
    Source("hubble_deep_field", "NASA, by way of scikit-image", "public domain"),
    Source("camera", "Lav Varshney, by way of scikit-image", "CC0"),
    Source("coins", "Brooklyn Museum, by way of scikit-image", "no known copyright restrictions"),
    Source("brick", "CC0 Textures, by way of scikit-image", "CC0"),
    Source("grass", "linolafett, by way of scikit-image", "CC0"),
    Source("gravel", "CC0 Textures, by way of scikit-image", "CC0"),
)
BY_NAME = {source.name: source for source in SOURCES}


def photograph(name: str) -> Picture:
    """A source photograph as uint8 RGB, shape (height, width, 3)."""
    if name in ("china", "flower"):
        from sklearn.datasets import load_sample_image

        return np.asarray(load_sample_image(f"{name}.jpg"), np.uint8)
    from skimage import data

    picture = np.asarray(getattr(data, name)(), np.uint8)
    return np.repeat(picture[..., None], 3, axis=2) if picture.ndim == 2 else picture
