"""A linear head on CLIP's vectors, such as LAION's aesthetic one: read from PyTorch's file format without PyTorch."""

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from banger_pipeline.vision.weights.folder import Model

_LARGEST = 1 << 26  # bytes; a linear head is a few thousand


@dataclass(frozen=True)
class Head:
    """``score = weight . vector + bias`` for unit vectors of the encoder it was trained on."""

    weight: NDArray[np.float32]  # (width,)
    bias: float

    @classmethod
    def of(cls, model: Model) -> "Head":
        """The head of an installed model."""
        return cls.read(model.path(str(model.details["file"])))

    @classmethod
    def read(cls, path: Path) -> "Head":
        """Read a ``.pth`` file that holds a linear layer with one output.

        Raises:
            ValueError: it holds something else.
        """
        arrays = read_arrays(path)
        if set(arrays) != {"weight", "bias"} or arrays["weight"].ndim != 2 or arrays["weight"].shape[0] != 1:
            raise ValueError("it does not hold one linear layer with one output")
        return cls(arrays["weight"][0], float(arrays["bias"].ravel()[0]))

    @property
    def width(self) -> int:
        """Length of the vectors it scores."""
        return len(self.weight)

    def scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores of unit vectors (n, width): (n,), for LAION's about 3.8 to 8.3 on photographs."""
        return np.asarray(vectors @ self.weight + np.float32(self.bias), np.float32)


def read_arrays(path: Path) -> dict[str, NDArray[np.float32]]:
    """The arrays of a state dict saved by PyTorch 1.6 or later (a zip of a pickle and raw storages), float32 only.

    Nothing in the file is run: only the few names that such a file needs are known to the reader.

    Raises:
        ValueError: it is not such a file, or names anything else.
    """
    try:
        with ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST:
                raise ValueError("it is too large to be a linear head")
            root = next(name for name in archive.namelist() if name.endswith("/data.pkl")).rsplit("/", 1)[0]
            found = _Reader(archive.read(f"{root}/data.pkl"), archive, root).load()
    except (BadZipFile, StopIteration, KeyError, pickle.UnpicklingError, EOFError, TypeError, AttributeError) as error:
        raise ValueError(f"it is not a file of PyTorch's that can be read safely ({error})") from None
    if not isinstance(found, dict) or not all(isinstance(value, np.ndarray) for value in found.values()):
        raise ValueError("it is not a state dict")
    return dict(found)


class _Reader(pickle.Unpickler):
    def __init__(self, data: bytes, archive: ZipFile, root: str) -> None:
        super().__init__(BytesIO(data))
        self._archive, self._root = archive, root

    def find_class(self, module: str, name: str) -> Any:
        known = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _rebuilt,
            ("torch", "FloatStorage"): "float",
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return known[module, name]

    def persistent_load(self, pid: Any) -> NDArray[np.float32]:
        kind, storage, key = pid[0], pid[1], pid[2]
        if kind != "storage" or storage != "float" or not str(key).isdigit():
            raise pickle.UnpicklingError("only float32 arrays are read")
        return np.frombuffer(self._archive.read(f"{self._root}/data/{key}"), "<f4")


def _rebuilt(storage: NDArray[np.float32], offset: int, size: tuple[int, ...], *_: Any) -> NDArray[np.float32]:
    count = int(np.prod(size, dtype=np.int64))
    if offset < 0 or offset + count > len(storage):
        raise pickle.UnpicklingError("an array is longer than its storage")
    return storage[offset : offset + count].reshape(size).astype(np.float32)
