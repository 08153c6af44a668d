"""Pictures drawn in the test: deterministic scenes, and JPEG files of them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]


def scene(seed: int, width: int = 640, height: int = 480) -> Picture:
    """A scene of coloured shapes on a gradient, different for every seed; shape (height, width, 3), RGB."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    low, high = rng.uniform(0, 255, (2, 3))
    blend = (np.cos(rng.uniform(0, np.pi)) * x / width + np.sin(rng.uniform(0, np.pi)) * y / height)[..., None]
    image = low + (high - low) * blend
    for _ in range(12):
        cx, cy, radius = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.03, 0.2) * width
        inside = (
            (x - cx) ** 2 + (y - cy) ** 2 < radius**2
            if rng.random() < 0.5
            else (abs(x - cx) < radius) & (abs(y - cy) < radius * 0.6)
        )
        image[inside] = rng.uniform(0, 255, 3)
    image += rng.normal(0, 4, image.shape)
    drawn: Picture = np.clip(image, 0, 255).astype(np.uint8)
    return drawn


def write_jpeg(path: Path, picture: Picture, quality: int = 90, exif: Image.Exif | None = None) -> Path:
    """Save ``picture`` as a JPEG and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, quality=quality, exif=exif or Image.Exif())
    return path
