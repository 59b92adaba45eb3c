"""What a finished run leaves in its folder: a picture a sample with its settings inside, a grid, a thumbnail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engines.core.errors import OutOfResources
from engines.core.files import atomic_path
from engines.generative.diffusion.sampling.plan import Plan
from engines.generative.diffusion.types import SampleResult, SampleSpec
from engines.generative.runs import history, png
from engines.generative.runs.sheets import scatter, thumbnail, tiled
from engines.generative.runs.steps_file import to_uint8


def save(folder: Path, ready: Plan, samples: Tensor, result: SampleResult) -> SampleResult:
    """Write the samples (n, ...) and, last, `run.json`; the result names the files where `result.folder` says.

    Raises `OutOfResources` when the disk is full.
    """
    try:
        files = _points(folder, samples) if samples.ndim == 2 else ()
        spec = replace(ready.spec, batch=result.batch)
        if samples.ndim == 2:
            pictures = scatter(samples.double().numpy())[None]
        else:
            pictures = to_uint8(samples.numpy(), *ready.model.range)
            files = _pictures(folder, pictures, spec)
        png.write_png(folder / history.GRID, tiled(pictures), png.settings_texts(spec, 0))
        png.write_png(folder / history.THUMBNAIL, thumbnail(pictures))
        result = replace(result, files=tuple(str(Path(result.folder) / name) for name in files))
        history.write_run(folder, ready.spec, result, ready.model.info)
    except OSError as error:
        hint = "Free some space, or choose another folder"
        raise OutOfResources(f"The samples cannot be written: {error.strerror}", path=folder, hint=hint) from error
    return result


def _points(folder: Path, samples: Tensor) -> tuple[str, ...]:
    path = folder / history.POINTS
    with atomic_path(path) as part, part.open("wb") as file:
        np.save(file, samples.numpy())
    return (path.name,)


def _pictures(folder: Path, pictures: NDArray[np.uint8], spec: SampleSpec) -> tuple[str, ...]:
    paths = [folder / f"{index:04d}.png" for index in range(len(pictures))]
    for index, (path, picture) in enumerate(zip(paths, pictures, strict=True)):
        png.write_png(path, picture, png.settings_texts(spec, index))
    return tuple(path.name for path in paths)
