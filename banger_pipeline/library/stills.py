"""Decoding everything that is neither RAW nor an ordinary JPEG: PNG, TIFF, WebP, HEIC, AVIF, GIF, CMYK and the rest."""

import threading
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, TiffImagePlugin, UnidentifiedImageError

from banger_pipeline.library import colour
from banger_pipeline.library.decoded import Decoded, Pixels, UndecodableError, check_size
from banger_pipeline.library.orientation import UPRIGHT, known, swaps_sides

pillow_heif.register_heif_opener()
# our own limit is checked on every header instead: Pillow's is a fixed number and partly only a warning
Image.MAX_IMAGE_PIXELS = None

LARGE_PX = 50_000_000  # from here on pictures that must be decoded whole are decoded one at a time, to bound memory
_one_large = threading.Lock()
_BACKGROUND = 128  # under transparent pixels: neither blown nor blocked, so that no measure of exposure is misled
_LINEAR_LIMIT = 1.5  # a float picture whose median is above this is not on the scale 0 to 1


def room_for(width: int, height: int) -> AbstractContextManager[object]:
    """What to hold while a picture of this size is decoded whole."""
    return _one_large if width * height > LARGE_PX else nullcontext()


def opened(data: bytes, name: str) -> Image.Image:
    """The picture with only its header read.

    Raises:
        UndecodableError: Pillow knows no such format, or the header is damaged.
    """
    try:
        return Image.open(BytesIO(data))
    except UnidentifiedImageError:
        raise UndecodableError(
            f"{name} is not a picture that can be read, or its first bytes are damaged.",
            "Open it elsewhere and save it anew, or restore it from a copy.",
        ) from None
    except Exception as error:  # parsers of damaged files raise nearly everything
        raise broken(name, error) from error


def broken(name: str, error: object) -> UndecodableError:
    """The error for a file that breaks off or contradicts itself."""
    said = " ".join(str(error).split()) or type(error).__name__
    return UndecodableError(f"{name} cannot be decoded: {said}.", "The file is damaged: restore it from a copy.")


def header_of(image: Image.Image) -> tuple[int, colour.Profile, int | None]:
    """Orientation, profile and number of frames of an opened picture. Damaged metadata count as none."""
    try:
        exif = image.getexif()
        orientation = known(exif.get(ExifTags.Base.Orientation))
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        space = inner.get(ExifTags.Base.ColorSpace)
        interoperability = exif.get_ifd(ExifTags.IFD.Interop).get(ExifTags.Interop.InteropIndex)
    except Exception:  # parsers of damaged files raise nearly everything
        orientation, space, interoperability = UPRIGHT, None, None
    try:
        frames: int | None = getattr(image, "n_frames", 1)
    except Exception:  # a later frame is damaged; the first is the one that is judged
        frames = None
    return orientation, _profile_of(image, space, interoperability), frames


def decode_still(image: Image.Image, name: str, long_edge: int) -> Decoded:
    """Decode an opened picture and reduce it by a whole factor that leaves at least ``long_edge`` px.

    Raises:
        UndecodableError: the data are damaged, or hold samples that cannot be shown.
    """
    orientation, profile, frames = header_of(image)
    if image.format == "TIFF":
        orientation = UPRIGHT  # Pillow turns TIFF itself, and has the size swapped already
    width, height = image.size
    with room_for(width, height):
        try:
            pixels, profile = _pixels_of(image, profile, name, long_edge)
        except UndecodableError:
            raise
        except Exception as error:  # parsers of damaged files raise nearly everything
            raise broken(name, error) from error
    if swaps_sides(orientation):
        width, height = height, width
    return Decoded(pixels, orientation, profile, width, height, "full", frames)


def is_deep_tiff(data: bytes) -> bool:
    """Whether the file begins as a TIFF does; asked of files that Pillow does not know."""
    return data[:4] in (b"II*\0", b"MM\0*")


def decode_deep_tiff(data: bytes, name: str, limit_mp: float, long_edge: int) -> Decoded:
    """A TIFF with samples Pillow has no mode for (floating point colour, say), through OpenCV.

    Raises:
        UndecodableError: it is too large, damaged, or of a kind OpenCV does not know either.
    """
    try:
        directory = TiffImagePlugin.ImageFileDirectory_v2(data[:8])
        source = BytesIO(data)
        source.seek(directory.next)
        directory.load(source)
        width, height = int(directory[256]), int(directory[257])
        orientation, icc = known(directory.get(274)), directory.get(34675)
    except Exception as error:  # parsers of damaged files raise nearly everything
        raise broken(name, error) from error
    check_size(name, width, height, limit_mp)
    with room_for(width, height):
        samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION)
        if samples is None:
            raise UndecodableError(
                f"{name} is a TIFF of an unknown kind, or damaged.", "Save it anew as a 16-bit RGB TIFF."
            )
        if samples.ndim == 3:
            samples = samples[..., 2::-1]  # BGR(A) to RGB
        profile = colour.of_icc(icc, "RGB") if isinstance(icc, bytes) else colour.UNTAGGED
        pixels, profile = _eight_bits(np.asarray(samples), profile, name)
        pixels = _reduced(pixels, long_edge)
    if swaps_sides(orientation):
        width, height = height, width
    return Decoded(pixels, orientation, profile, width, height, "full", None)


def _profile_of(image: Image.Image, space: object, interoperability: object) -> colour.Profile:
    icc = image.info.get("icc_profile")
    model = {"L": "GRAY", "LA": "GRAY", "1": "GRAY", "I;16": "GRAY", "I;16B": "GRAY", "CMYK": "CMYK"}.get(
        image.mode, "RGB"
    )
    if isinstance(icc, bytes) and icc:
        return colour.of_icc(icc, model)
    if (nclx := colour.nclx_of(image.info.get("nclx_profile"))) is not None:
        return colour.of_nclx(*nclx)
    return colour.CMYK if model == "CMYK" else colour.of_exif(space, interoperability)


def _pixels_of(image: Image.Image, profile: colour.Profile, name: str, long_edge: int) -> tuple[Pixels, colour.Profile]:
    mode = image.mode
    if mode.startswith("I") or mode == "F":
        pixels, profile = _eight_bits(np.asarray(image), profile, name)
        return _reduced(pixels, long_edge), profile
    if mode == "LAB":
        lab = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
        converted = ImageCms.applyTransform(image, lab)
        assert converted is not None  # None is for transforms in place
        image, profile = converted, colour.Profile("Lab")
    elif image.has_transparency_data:
        image = image.convert("RGBA")
    elif mode == "1":
        image = image.convert("L")
    elif mode not in ("L", "RGB", "CMYK") or (mode == "CMYK" and profile.icc is None):
        image = image.convert("RGB")
    factor = _factor(image.size, long_edge)
    image.load()
    pixels = np.asarray(image.reduce(factor) if factor > 1 else image)
    if image.mode == "RGBA":
        pixels = _on_background(pixels)
    return pixels, profile


def _eight_bits(samples: NDArray[np.generic], profile: colour.Profile, name: str) -> tuple[Pixels, colour.Profile]:
    """8-bit pixels of deeper samples, grey or RGB.

    Whole numbers are taken to fill their type's range, or 16 bits where a 32-bit type holds no more. Floating point samples
    are linear light from 0 (black) to 1 (white), which is what HDR tools write into TIFF.
    """
    if samples.dtype == np.uint8:
        return samples.astype(np.uint8), profile
    if np.issubdtype(samples.dtype, np.floating):
        values = np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=1.0, neginf=0.0)
        if float(np.median(values)) > _LINEAR_LIMIT:
            raise UndecodableError(
                f"The floating point samples of {name} go up to {float(values.max()):.4g}; 0 to 1 can be shown.",
                "Save it anew as a 16-bit RGB TIFF.",
            )
        return colour.encode_srgb(values), colour.Profile("linear, floating point")
    whole = np.maximum(samples.astype(np.int64), 0)
    # Pillow widens some 16-bit files to 32 bits, so the values tell more than the type
    top = 65535 if samples.dtype.itemsize <= 2 or int(whole.max()) <= 65535 else 2**32 - 1
    return ((whole * 255 + top // 2) // top).astype(np.uint8), profile


def _on_background(pixels: Pixels) -> Pixels:
    colours, alpha = pixels[..., :3].astype(np.uint16), pixels[..., 3:].astype(np.uint16)
    return ((colours * alpha + _BACKGROUND * (255 - alpha) + 127) // 255).astype(np.uint8)


def _factor(size: tuple[int, int], long_edge: int) -> int:
    return max(1, max(size) // long_edge)


def _reduced(pixels: Pixels, long_edge: int) -> Pixels:
    height, width = pixels.shape[:2]
    factor = _factor((width, height), long_edge)
    if factor == 1:
        return pixels
    size = (-(-width // factor), -(-height // factor))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
