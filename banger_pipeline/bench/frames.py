"""Camera-like JPEG files for benchmarks: 24 megapixels, EXIF, noise, from photographs inside the program's dependencies."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from PIL.ExifTags import IFD, Base

from banger_pipeline.demo.sources import photograph

SCENES = ("china", "flower", "astronaut", "cat", "coffee", "rocket")


def write_frames(folder: Path, count: int, seed: int = 0, width: int = 6000, height: int = 4000) -> list[Path]:
    """Write ``count`` different JPEGs of ``width`` x ``height``, quality 92, 4:2:2, about 9 MB each at 24 MP."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 8, (height, width)).astype(np.int16)
    paths = []
    for i in range(count):
        picture = photograph(SCENES[i % len(SCENES)])
        h, w = picture.shape[:2]
        share = rng.uniform(0.6, 0.95)
        ch, cw = int(h * share), int(min(w * share, h * share * width / height))
        top, left = rng.integers(0, h - ch + 1), rng.integers(0, w - cw + 1)
        large = cv2.resize(picture[top : top + ch, left : left + cw], (width, height), interpolation=cv2.INTER_LANCZOS4)
        grain = np.roll(noise, tuple(rng.integers(0, 4000, 2)), (0, 1))
        frame = np.clip(large.astype(np.int16) + grain[..., None], 0, 255).astype(np.uint8)
        exif = Image.Exif()
        exif[Base.Make], exif[Base.Model] = "SONY", "ILCE-7M4"
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = (
            f"2026:05:{13 + i // 1440 % 15:02d} {i // 60 % 24:02d}:{i % 60:02d}:00"
        )
        path = folder / f"DSC{seed % 100:02d}{i:04d}.JPG"
        Image.fromarray(frame).save(path, quality=92, subsampling="4:2:2", exif=exif)
        paths.append(path)
    return paths
