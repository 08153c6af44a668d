"""What the measures look at: luma, and a picture shrunk to the size a measure is made for."""

import cv2
import numpy as np
from numpy.typing import NDArray


def luma_of(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Rec. 601 luma (height, width) of an RGB picture (height, width, 3)."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def shrunk(image: NDArray[np.uint8], long_edge: int) -> NDArray[np.uint8]:
    """``image`` (height, width[, 3]) with at most ``long_edge`` px on its long edge, by area averaging; never enlarged."""
    height, width = image.shape[:2]
    scale = long_edge / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
