"""Finding the photo folders below the watched roots, and listing what each holds."""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One file as the listing saw it. ``path`` may hold surrogates where the name cannot be decoded."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Folder:
    """A directory that holds photos: one partition. ``key`` names it everywhere but is never parsed back."""

    key: str
    path: Path
    root: Path


@dataclass(frozen=True)
class Listing:
    """The files of one folder at one moment (RAW sub-folders included), and a digest of their names, sizes and times."""

    folder: Folder
    entries: tuple[Entry, ...]

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.entries)


@dataclass(frozen=True)
class Scan:
    """What the watched roots hold now.

    ``listings`` has every folder that could be read; ``unavailable`` names roots or folders that could not, with the reason. Rows of folders
    below an unavailable path are kept.
    """

    listings: Mapping[str, Listing]
    unavailable: Mapping[Path, str]


def fingerprint_of(entries: Iterable[Entry]) -> str:
    """Digest of names, sizes and modification times, in any order of entries."""
    digest = hashlib.sha256()
    for entry in sorted(entries, key=lambda e: e.path):
        digest.update(f"{entry.path}\0{entry.size}\0{entry.mtime_ns}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:32]


def key_of(folder: Path) -> str:
    """Partition key: a readable slug of the folder's name and 8 hex digits of its path's hash, in ``[a-z0-9-]``."""
    slug = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")[:40].strip("-") or "folder"
    digest = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{slug}-{digest}"


def scan(roots: Iterable[Path]) -> Scan:
    """Walk the roots once and list every folder that directly holds files."""
    listings: dict[str, Listing] = {}
    unavailable: dict[Path, str] = {}
    for root in roots:
        if not root.is_dir():
            unavailable[root] = "not found"
            continue
        for directory, _, names in os.walk(root):
            folder = Folder(key_of(Path(directory)), Path(directory), root)
            entries = []
            for name in names:
                status = os.stat(os.path.join(directory, name))
                entries.append(Entry(os.path.join(directory, name), status.st_size, status.st_mtime_ns))
            if entries:
                listings[folder.key] = Listing(folder, tuple(entries))
    return Scan(listings, unavailable)
