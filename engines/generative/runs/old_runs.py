"""Runs that were written before `run.json` listed their files: which of them are provably theirs. No torch.

A picture must carry the run's own settings; what cannot carry any must be what the run's samples give again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import KinoscopeError
from engines.core.outputs import Listed, fingerprint
from engines.core.reading import read_array, read_json
from engines.core.spec import from_json, to_json
from engines.generative.diffusion.types import SampleSpec
from engines.generative.runs.png import read_image, read_settings_of
from engines.generative.runs.sheets import scatter, thumbnail
from engines.generative.runs.steps_file import Steps

Pictures = NDArray[np.uint8]


def unlisted(folder: Path) -> Listed:
    """Fingerprints of the files of a run in `folder`, by name; none where there is no run."""
    try:
        said = read_json(folder / "run.json")
        spec: SampleSpec = from_json(SampleSpec, said["spec"])
        levels = len(said["result"]["sigmas"])
    except (KinoscopeError, KeyError, TypeError):
        return {}
    return {name: fingerprint(folder / name) for name in _proven(folder, spec, levels)}


def _proven(folder: Path, spec: SampleSpec, levels: int) -> Iterator[str]:
    samples = [f"{index:04d}.png" for index in range(len(spec.seeds))]
    shown = [name for index, name in enumerate(samples) if _carries(folder / name, spec, index)]
    yield from shown
    if _carries(folder / "grid.png", spec, 0):
        yield "grid.png"
    if _steps_of(folder / "steps.npz", spec, levels):
        yield "steps.npz"
    points = _points(folder / "points.npy", spec)
    if points is not None:
        yield "points.npy"
    if _is_thumbnail(folder / "thumbnail.png", points, [folder / name for name in shown[:4]]):
        yield "thumbnail.png"


def _carries(path: Path, spec: SampleSpec, sample: int) -> bool:
    """Whether a picture is this sample of the run; its batch may have been halved when memory ran out."""
    try:
        carried, index = read_settings_of(path)
    except KinoscopeError:
        return False
    own = to_json(spec) | {"out": "", "batch": 0}
    return index == sample and to_json(carried) | {"out": "", "batch": 0} == own


def _steps_of(path: Path, spec: SampleSpec, levels: int) -> bool:
    try:
        with Steps(path) as steps:
            return steps.steps[-1] == levels - 1 and steps.samples <= len(spec.seeds)
    except (KinoscopeError, IndexError):
        return False


def _points(path: Path, spec: SampleSpec) -> NDArray[np.float64] | None:
    try:
        points = read_array(path)
    except KinoscopeError:
        return None
    return points.astype(np.float64) if points.shape == (len(spec.seeds), 2) and points.dtype.kind == "f" else None


def _is_thumbnail(path: Path, points: NDArray[np.float64] | None, samples: list[Path]) -> bool:
    try:
        if points is not None:
            pictures: Pictures = scatter(points)[None]
        elif samples:
            pictures = np.stack([read_image(sample) for sample in samples])
        else:
            return False
        return path.is_file() and np.array_equal(read_image(path), thumbnail(pictures))
    except (KinoscopeError, ValueError, OSError):
        return False
