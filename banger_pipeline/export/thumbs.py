"""The pictures inside a gallery: the store's working images, made small enough to travel in one file."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from banger_pipeline.places import Places

BUDGET = 106_000  # bytes of JPEG per photo: 142 kB as base64, which leaves 8 kB of the 150 for the words

# long edge in px and JPEG quality, best first; the first that fits the budget is taken
_LADDER = ((1024, 82), (960, 80), (880, 78), (800, 76), (720, 74), (640, 70), (640, 60), (560, 50), (480, 40))
_LADDER_FOR_MANY = _LADDER[4:]
MANY = 60  # galleries of more photos begin lower, so that they still open quickly


@dataclass(frozen=True)
class Picture:
    """A JPEG without metadata, sRGB, oriented, and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


def picture_of(places: Places, photo_id: str, *, many: bool = False) -> Picture | None:
    """The working image of a photo at 480 to 1024 px and at most ``BUDGET`` bytes; None when the store has none, or a damaged one."""
    try:
        data = (places.previews / photo_id[:2] / f"{photo_id}.jpg").read_bytes()
        with Image.open(BytesIO(data)) as opened:
            image = opened.convert("RGB")
    except (OSError, SyntaxError):
        return None
    for long_edge, quality in _LADDER_FOR_MANY if many else _LADDER:
        small = image.copy()
        small.thumbnail((long_edge, long_edge), Image.Resampling.LANCZOS, reducing_gap=3.0)
        jpeg = _encoded(small, quality)
        if len(jpeg) <= BUDGET:
            break
    return Picture(jpeg, small.width, small.height)


def _encoded(image: Image.Image, quality: int) -> bytes:
    sink = BytesIO()
    image.save(sink, "JPEG", quality=quality, optimize=True, progressive=True)
    return sink.getvalue()
