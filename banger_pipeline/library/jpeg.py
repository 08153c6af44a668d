"""JPEG decoding, reduced while it is decoded, and never half a picture."""

import struct

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

REDUCTIONS = (8, 4, 2, 1)  # libjpeg drops frequencies it need not compute: half the size costs half as much
_GREY = {1: cv2.IMREAD_GRAYSCALE, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2, 4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
         8: cv2.IMREAD_REDUCED_GRAYSCALE_8}  # fmt: skip
_START_OF_SCAN, _END = 0xDA, b"\xff\xd9"
_MID_GREY = 128
_BLOCK = 16  # px: the largest unit of a JPEG whose chroma is halved
_PADDING = b"\x55" * 4096


class DamagedJpegError(Exception):
    """The compressed data end or break before the picture does."""


def reduction_for(width: int, height: int, long_edge: int) -> int:
    """The largest of 8, 4, 2, 1 that leaves at least ``long_edge`` px; 1 when the picture is smaller than that."""
    return next((r for r in REDUCTIONS if -(-max(width, height) // r) >= long_edge), 1)


def decode_jpeg(data: bytes, grey: bool = False, reduction: int = 1) -> Pixels:
    """The first picture of a grey or three-colour JPEG, (height, width) or (height, width, 3) RGB, as stored.

    ``reduction`` is one of ``REDUCTIONS``; sides are rounded up. The tag of orientation is not looked at.

    Raises:
        DamagedJpegError: bytes are missing or do not decode. libjpeg itself would fill the rest with grey and carry on.
    """
    pixels = _decode(data, grey, reduction)
    if pixels is None:
        raise DamagedJpegError("the file ends before the picture does")
    if _ran_out(data, pixels, grey, reduction):
        raise DamagedJpegError("its data are damaged, part of the picture is missing")
    return pixels


def _decode(data: bytes, grey: bool, reduction: int) -> Pixels | None:
    # colour and reduction are bits of one number, but cv2 names only their sums with its BGR order
    colour = 0 if grey else cv2.IMREAD_COLOR_RGB
    flags = _GREY[reduction] | colour | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    return None if pixels is None else np.asarray(pixels, np.uint8)


def _ran_out(data: bytes, pixels: Pixels, grey: bool, reduction: int) -> bool:
    """Whether the decoder reached the end marker before the last block.

    Blocks without data become mid-grey. A true grey corner is told from that by padding the data: a decoder that was done
    ignores more of them, one that starved draws something else.
    """
    corner = max(1, _BLOCK // reduction)
    if (pixels[-corner:, -corner:] != _MID_GREY).any():
        return False
    end = data.find(_END, _scan_start(data))
    if end < 0:
        return True
    padded = _decode(data[:end] + _PADDING + data[end:], grey, reduction)
    return padded is None or not np.array_equal(padded, pixels)


def _scan_start(data: bytes) -> int:
    """Offset of the first scan's data, past thumbnails and profiles that hold end markers of their own."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _START_OF_SCAN:
            break
        at += 2 + length
    return at
