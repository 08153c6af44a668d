"""Building the demonstration's album: a two-day trip as a camera and a phone would have brought it home."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from banger_pipeline.demo.dng import write_dng
from banger_pipeline.demo.sources import BY_NAME, Picture, photograph
from banger_pipeline.demo.variants import defocused, exposed, framed, shaken, stored_for_orientation

START = datetime(2026, 5, 13, 9, 12, 0)
KESWICK, SWANSEA = (54.6013, -3.1347), (51.6214, -3.9436)
AWKWARD = "plage d'été – 100% «côté mer» #1 (copy) & 日本.jpg"


@dataclass(frozen=True)
class Shot:
    """One frame to be written."""

    name: str
    source: str
    at: datetime
    place: tuple[float, float]
    change: Callable[[Picture], Picture] = lambda picture: picture
    orientation: int = 1
    shutter: float = 1 / 250
    iso: int = 200
    bias: float = 0.0
    raw: bool = False
    camera: tuple[str, str, str] = ("SONY", "ILCE-7M4", "FE 35mm F1.8")


def build_album(folder: Path) -> int:
    """Write the album below ``folder`` and return how many photographs it holds. The same files come out every time."""
    shots = [*_keswick(), *_swansea()]
    pictures = {name: photograph(name) for name in sorted({shot.source for shot in shots})}
    for shot in shots:
        _write(folder / shot.name, shot, shot.change(pictures[shot.source]))
    _break(folder / "2026-05-14 Swansea" / "DSC00150.JPG", folder / "2026-05-14 Swansea" / "DSC00151.JPG")
    note = folder / "2026-05-14 Swansea" / "packing list.txt"
    note.write_bytes(b"hat\nspare battery\n")
    _set_time(note, START)
    return len(shots) + 1


def _keswick() -> list[Shot]:
    day, shots = "2026-05-13 Keswick", []
    for i in range(6):  # a burst with small shifts; two frames of it went wrong
        shot = Shot(
            f"{day}/DSC000{10 + i}.JPG", "flower", START + timedelta(seconds=0.35 * i), KESWICK, _shifted(i), raw=i == 0
        )
        if i == 2:
            shot = replace(shot, change=_then(shot.change, lambda p: defocused(p, 6)))
        if i == 4:
            shot = replace(shot, change=_then(shot.change, lambda p: shaken(p, 21, 25.0)))
        shots.append(shot)
    for i in range(5):
        at = START + timedelta(minutes=40, seconds=0.5 * i)
        shots.append(Shot(f"{day}/DSC000{20 + i}.JPG", "cat", at, KESWICK, _shifted(i), iso=800))
    for i, stops in enumerate((0.0, -2.0, 2.0)):  # an exposure bracket
        at = START + timedelta(hours=1, seconds=0.4 * i)
        shots.append(
            Shot(f"{day}/DSC000{30 + i}.JPG", "coffee", at, KESWICK, _stops(stops), shutter=2.0**stops / 60, bias=stops)
        )
    for orientation in range(1, 9):
        at = START + timedelta(hours=2, minutes=4 * orientation)
        change = _then(_shifted(orientation), _rotated(orientation))
        shots.append(Shot(f"{day}/DSC000{40 + orientation}.JPG", "china", at, KESWICK, change, orientation))
    for i, source in enumerate(("grass", "gravel", "brick")):
        shots.append(Shot(f"{day}/DSC000{60 + i}.JPG", source, START + timedelta(hours=4, minutes=i), KESWICK))
    return shots


def _swansea() -> list[Shot]:
    day, start, shots = "2026-05-14 Swansea", START + timedelta(days=1, hours=2), []
    phone = ("Google", "Pixel 8", "Pixel 8 back camera 6.9mm f/1.68")
    for i in range(4):
        at = start + timedelta(seconds=0.8 * i)
        shots.append(Shot(f"{day}/PXL_20260514_1112000{i}.jpg", "astronaut", at, SWANSEA, _shifted(i), camera=phone))
    shots.append(Shot(f"{day}/DSC00110.JPG", "rocket", start + timedelta(minutes=30), SWANSEA, iso=1600))
    for i, (source, stops) in enumerate((("china", 4.0), ("hubble_deep_field", -6.0))):  # clipped beyond saving
        at = start + timedelta(minutes=33, seconds=20 * i)
        change = _then(_window(0, 1, 0.8), _stops(stops))
        shots.append(Shot(f"{day}/DSC001{11 + i}.JPG", source, at, SWANSEA, change, iso=1600))
    for i, (dx, dy) in enumerate(((-1, -1), (1, 1), (0, 0))):
        at = start + timedelta(hours=10, minutes=5 * i)
        shots.append(
            Shot(
                f"{day}/DSC001{20 + i}.JPG",
                "hubble_deep_field",
                at,
                SWANSEA,
                _window(dx, dy, 0.6),
                shutter=15.0,
                iso=3200,
            )
        )
    for i in range(3):
        at = start + timedelta(hours=3, seconds=0.6 * i)
        shots.append(Shot(f"{day}/DSC001{30 + i}.JPG", "camera", at, SWANSEA, _shifted(2 * i)))
    shots.append(Shot(f"{day}/DSC00140.JPG", "coins", start + timedelta(hours=5), SWANSEA))
    shots.append(Shot(f"{day}/DSC00150.JPG", "china", start + timedelta(hours=6), SWANSEA, _window(-1, 1, 0.55)))
    shots.append(
        Shot(f"{day}/{AWKWARD}", "flower", start + timedelta(hours=7), SWANSEA, _window(1, -1, 0.6), camera=phone)
    )
    return shots


def _shifted(i: int) -> Callable[[Picture], Picture]:
    return lambda picture: framed(picture, 0.25 * ((i % 3) - 1), 0.2 * ((i * 2 % 5) - 2), 0.94)


def _window(dx: float, dy: float, share: float) -> Callable[[Picture], Picture]:
    return lambda picture: framed(picture, dx, dy, share)


def _rotated(orientation: int) -> Callable[[Picture], Picture]:
    return lambda picture: stored_for_orientation(picture, orientation)


def _stops(stops: float) -> Callable[[Picture], Picture]:
    return lambda picture: exposed(picture, stops) if stops else picture


def _then(first: Callable[[Picture], Picture], second: Callable[[Picture], Picture]) -> Callable[[Picture], Picture]:
    return lambda picture: second(first(picture))


def _write(path: Path, shot: Shot, picture: Picture) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, "JPEG", quality=93, subsampling=0, exif=_exif(shot))
    if shot.raw:
        make, model, _ = shot.camera
        write_dng(path.with_suffix(".DNG"), picture, make, model)
        _set_time(path.with_suffix(".DNG"), shot.at)
    _set_time(path, shot.at)


def _set_time(path: Path, at: datetime) -> None:
    seconds = at.replace(tzinfo=UTC).timestamp() - 3600  # British Summer Time
    os.utime(path, (seconds, seconds))


def _exif(shot: Shot) -> Image.Exif:
    source, exif = BY_NAME[shot.source], Image.Exif()
    make, model, lens = shot.camera
    exif[Base.Make], exif[Base.Model], exif[Base.Orientation] = make, model, shot.orientation
    exif[Base.Artist], exif[Base.Copyright] = source.credit, source.terms
    moment = shot.at.strftime("%Y:%m:%d %H:%M:%S")
    exif[Base.DateTime] = moment
    exif.get_ifd(IFD.Exif).update(
        {
            Base.DateTimeOriginal: moment,
            Base.OffsetTimeOriginal: "+01:00",
            Base.SubsecTimeOriginal: f"{shot.at.microsecond // 1000:03d}",
            Base.ExposureTime: IFDRational(round(shot.shutter * 1_000_000), 1_000_000),
            Base.FNumber: IFDRational(56, 10),
            Base.ISOSpeedRatings: shot.iso,
            Base.ExposureBiasValue: IFDRational(round(shot.bias * 10), 10),
            Base.FocalLength: IFDRational(35, 1),
            Base.LensModel: lens,
        }
    )
    latitude, longitude = shot.place
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
            GPS.GPSLatitude: _degrees(latitude),
            GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
            GPS.GPSLongitude: _degrees(longitude),
        }
    )
    return exif


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    minutes, seconds = divmod(round(abs(value) * 3600 * 100), 6000)
    return IFDRational(minutes // 60, 1), IFDRational(minutes % 60, 1), IFDRational(seconds, 100)


def _break(sound: Path, broken: Path) -> None:
    """A file whose copy was cut short."""
    data = sound.read_bytes()
    broken.write_bytes(data[: len(data) // 2])
    _set_time(broken, START + timedelta(days=1, hours=9))
