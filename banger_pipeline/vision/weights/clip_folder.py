"""Fill a model's folder with an exported CLIP: by open_clip where it is installed, else from the checkpoint's own arrays.

Both roads end in the same files: image.onnx, text.onnx, the vocabulary, and what model.json says of them.
"""

import json
import shutil
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from banger_pipeline.errors import UnavailableError, UsageError
from banger_pipeline.vision.clip_graph import image_tower, shape_of, text_tower
from banger_pipeline.vision.clip_input import Preprocessing
from banger_pipeline.vision.onnx_file import Graph
from banger_pipeline.vision.weights.folder import sha256_of
from banger_pipeline.vision.weights.heads import floats
from banger_pipeline.vision.weights.recognise import shapes_of

VOCABULARY = "bpe_simple_vocab_16e6.txt.gz"
VOCABULARY_URL = f"https://github.com/openai/CLIP/raw/main/clip/{VOCABULARY}"
VOCABULARY_SHA256 = "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a"
IMAGE, TEXT = "image.onnx", "text.onnx"
PLAIN = ("ViT-B-32", "ViT-B-16", "ViT-L-14")  # with or without -quickgelu: read without open_clip


@dataclass(frozen=True)
class Exported:
    """What is known of a CLIP once its files lie in the folder."""

    width: int
    details: Mapping[str, Any] = field(default_factory=dict)


def fill(folder: Path, checkpoint: Path, architecture: str, pretrained: str) -> Exported:
    """Write the files of a CLIP into ``folder``.

    Raises:
        UsageError: the checkpoint is not of that architecture, or the architecture has to be said.
        UnavailableError: it needs the extra clip, or the vocabulary.
    """
    if not architecture:
        raise UsageError(
            f"{checkpoint.name} does not say which architecture it is of.",
            "Add --architecture with open_clip's name, such as ViT-B-32, or ViT-B-32-quickgelu for OpenAI's own weights.",
        )
    if find_spec("open_clip") and find_spec("torch"):
        from banger_pipeline.vision.clip_export import export

        return export(folder, checkpoint, architecture, pretrained)
    base, _, ending = architecture.partition("-quickgelu")
    if base not in PLAIN or ending or checkpoint.suffix != ".safetensors":
        raise UnavailableError(
            f"{architecture} from {checkpoint.name} can only be read by open_clip, which is not installed.",
            f"`uv sync --extra clip` installs it. Without it, .safetensors files of {', '.join(PLAIN)} can be read.",
        )
    return _from_arrays(folder, checkpoint, architecture, pretrained)


def check_readable(architecture: str, file: str) -> None:
    """Tell before a long download whether the checkpoint it brings could be read.

    Raises:
        UnavailableError: it needs the extra clip, which is not installed.
    """
    plain = architecture.removesuffix("-quickgelu") in PLAIN and file.endswith(".safetensors")
    if not plain and not _has_open_clip():
        raise UnavailableError(
            f"{architecture} from {file} can only be read by open_clip, which is not installed.",
            f"`uv sync --extra clip` installs it. Without it, .safetensors files of {', '.join(PLAIN)} can be read.",
        )


def _has_open_clip() -> bool:
    return find_spec("open_clip") is not None and find_spec("torch") is not None


def vocabulary(beside: Path) -> Path:
    """CLIP's vocabulary: beside the checkpoint, or in an installed open_clip.

    Raises:
        UnavailableError: it is in neither place, or not the true one.
    """
    places = [beside / VOCABULARY]
    if spec := find_spec("open_clip"):
        places += [Path(folder) / VOCABULARY for folder in spec.submodule_search_locations or ()]
    found = next((path for path in places if path.is_file()), None)
    if found is None or sha256_of(found) != VOCABULARY_SHA256:
        raise UnavailableError(
            f"CLIP's vocabulary is missing: {places[0]} is {'not there' if found is None else 'not the true file'}.",
            f"Fetch {VOCABULARY_URL} and put it beside the checkpoint.",
        )
    return found


def _from_arrays(folder: Path, checkpoint: Path, architecture: str, pretrained: str) -> Exported:
    try:
        shape = shape_of(shapes_of(checkpoint), quick_gelu=architecture.endswith("-quickgelu"))
        arrays = read_safetensors(checkpoint)
    except ValueError as error:
        raise UsageError(f"{checkpoint} is not a checkpoint of {architecture}: {error}.") from None
    shutil.copyfile(vocabulary(checkpoint.parent), folder / VOCABULARY)
    _write(folder / IMAGE, image_tower(arrays, shape))
    _write(folder / TEXT, text_tower(arrays, shape))
    details = {
        "architecture": architecture,
        "pretrained": pretrained,
        "image": IMAGE,
        "text": TEXT,
        "preprocessing": Preprocessing(size=shape.size).stored(),
        "tokenizer": {"kind": "clip-bpe", "file": VOCABULARY, "context": shape.context},
        "exported_by": "Banger's own graph of CLIP's towers",
    }
    return Exported(shape.vector, details)


def read_safetensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """The arrays of a ``.safetensors`` file as float32, read with plain reads (a memory map of a large file fails on Windows).

    Raises:
        ValueError: the file is damaged, or holds another kind of numbers.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        arrays = {}
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            start, end = entry["data_offsets"]
            if 8 + length + end > size:
                raise ValueError(f"it ends within {name}")
            file.seek(8 + length + start)
            arrays[name] = floats(file.read(end - start), entry["dtype"]).reshape(entry["shape"])
    return arrays


def _write(path: Path, graph: Graph) -> None:
    with path.open("wb") as file:
        for chunk in graph.chunks():
            file.write(chunk)
