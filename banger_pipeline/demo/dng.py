"""A small valid DNG from a picture: the RAW sibling of the demonstration's camera."""

from pathlib import Path

import numpy as np
import tifffile

from banger_pipeline.demo.sources import Picture

# sRGB primaries (D65): XYZ to linear sRGB, so that the camera's own space is linear sRGB
_XYZ_TO_CAMERA = (32406, -15372, -4986, -9689, 18758, 415, 557, -2040, 10570)


def write_dng(path: Path, picture: Picture, make: str, model: str) -> None:
    """Write ``picture`` (uint8 RGB) as an uncompressed 16-bit Bayer (RGGB) DNG 1.4 that LibRaw reads.

    Source of the tags: Adobe, Digital Negative (DNG) Specification 1.4.
    """
    height, width = (n - n % 2 for n in picture.shape[:2])
    linear = np.power(picture[:height, :width].astype(np.float64) / 255.0, 2.2)
    mosaic = np.empty((height, width), np.uint16)
    for row, column, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        mosaic[row::2, column::2] = np.rint(linear[row::2, column::2, channel] * 65535)
    matrix = [n for value in _XYZ_TO_CAMERA for n in (value, 10000)]
    tags = [
        (271, "s", 0, make, True),
        (272, "s", 0, model, True),
        (274, "H", 1, 1, True),
        (33421, "H", 2, (2, 2), True),
        (33422, "B", 4, (0, 1, 1, 2), True),
        (50706, "B", 4, (1, 4, 0, 0), True),
        (50707, "B", 4, (1, 1, 0, 0), True),
        (50708, "s", 0, f"{make} {model}", True),
        (50717, "H", 1, 65535, True),
        (50721, "2i", 9, matrix, True),
        (50728, "2I", 3, (1, 1, 1, 1, 1, 1), True),
        (50778, "H", 1, 21, True),
    ]
    tifffile.imwrite(path, mosaic, photometric="cfa", extratags=tags, software=False, metadata=None)
