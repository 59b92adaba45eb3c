"""The cache of features: each is kept under the digest of its recipe, the very file and the part of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.actions.features.recipes import digest
from engines.actions.study_types import Frames
from engines.actions.types import Recipe
from engines.core import places
from engines.core.errors import KinoscopeError
from engines.core.files import atomic_path
from engines.core.reading import read_arrays
from engines.core.video.order import READING
from engines.core.words import tr

ENDS = 1 << 16
"""Bytes at both ends of a file that are looked at, beside its size and time."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """Chunks of one film. features: (n, D) float32; times: (n,) seconds and frames: (n,) numbers of the frames that
    closed them; missing: (n,) without a body in any frame (all False where no body was looked for).

    file: where it is kept; reused: it was there.
    """

    features: NDArray[np.float32]
    times: NDArray[np.float64]
    frames: NDArray[np.int64]
    missing: NDArray[np.bool_]
    file: str = ""
    reused: bool = False


def place(video: Path, recipe: Recipe, frames: Frames) -> Path:
    """The place of the features of this part of this file."""
    size, _, ends = identity(video).partition(":")
    parts = (
        digest(recipe),
        f"{size}:{video.stat().st_mtime_ns}:{ends}",
        f"{frames[0]}:{frames[1]}",
        tr("read {reading}", reading=READING),
    )
    name = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return places.cache_dir() / "actions" / f"{name[:40]}.npz"


def read(path: Path) -> Extracted | None:
    """Features that are kept; None where nothing whole is."""
    try:
        kept = read_arrays(path)
        arrays = [kept[name] for name in ("features", "times", "frames", "missing")]
    except (KinoscopeError, KeyError):
        return None
    if any(one.ndim == 0 for one in arrays) or len({len(one) for one in arrays}) != 1:
        return None
    return Extracted(arrays[0], arrays[1], arrays[2], arrays[3], str(path), True)


def write(path: Path, made: Extracted) -> None:
    """Keep it, whole or not at all."""
    with atomic_path(path) as part:
        np.savez(part, features=made.features, times=made.times, frames=made.frames, missing=made.missing)


def identity(video: str | Path) -> str:
    """Of a film's content, whatever it is called: its size and its ends. Raises `OSError` for what cannot be read."""
    path = Path(video)
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(ENDS)
        file.seek(max(size - ENDS, 0))
        return f"{size}:{hashlib.sha256(head + file.read(ENDS)).hexdigest()}"
