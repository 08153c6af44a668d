"""What a camera does to a scene, done to a picture: shake, defocus, exposure, rotation. uint8 RGB in, uint8 RGB out."""

import cv2
import numpy as np

from banger_pipeline.demo.sources import Picture

ROTATIONS = {
    1: (0, False),
    2: (0, True),
    3: (2, False),
    4: (2, True),
    5: (1, True),
    6: (1, False),
    7: (3, True),
    8: (3, False),
}


def framed(picture: Picture, dx: float, dy: float, share: float = 0.9) -> Picture:
    """The window that covers ``share`` of the frame, moved from the middle by (dx, dy) of the free border, each -1 to 1."""
    height, width = picture.shape[:2]
    h, w = int(height * share), int(width * share)
    top, left = round((height - h) * (1 + dy) / 2), round((width - w) * (1 + dx) / 2)
    return np.ascontiguousarray(picture[top : top + h, left : left + w])


def defocused(picture: Picture, radius: int) -> Picture:
    """Blurred by a disc of ``radius`` pixels, the circle of confusion of a lens set to the wrong distance."""
    size = 2 * radius + 1
    disc = np.zeros((size, size), np.float32)
    cv2.circle(disc, (radius, radius), radius, 1.0, -1)
    return np.asarray(cv2.filter2D(picture, -1, disc / disc.sum()), np.uint8)


def shaken(picture: Picture, length: int, degrees: float) -> Picture:
    """Smeared along a line of ``length`` pixels, as by a hand that moved during the exposure."""
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1.0
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), degrees, 1.0)
    kernel = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def exposed(picture: Picture, stops: float) -> Picture:
    """Exposed by ``stops`` more (or fewer) in linear light, clipped where a sensor would clip."""
    linear = np.power(picture.astype(np.float32) / 255.0, 2.2) * np.float32(2.0**stops)
    developed: Picture = np.rint(255.0 * np.power(np.clip(linear, 0.0, 1.0), 1 / 2.2)).astype(np.uint8)
    return developed


def stored_for_orientation(picture: Picture, orientation: int) -> Picture:
    """The pixels a camera would store so that EXIF ``orientation`` (1 to 8) shows ``picture`` upright."""
    turns, mirrored = ROTATIONS[orientation]
    turned = np.rot90(picture, turns)
    if mirrored:
        turned = turned[:, ::-1] if orientation in (2, 4) else turned[::-1]
    upright: Picture = np.ascontiguousarray(turned, np.uint8)
    return upright
