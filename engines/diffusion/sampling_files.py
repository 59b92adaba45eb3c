"""What a finished run leaves in its folder: a picture a sample with its settings inside, a grid, a thumbnail."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engines.core.errors import OutOfResources
from engines.core.files import atomic_path
from engines.diffusion import history, png
from engines.diffusion.sampling_plan import Plan
from engines.diffusion.steps_file import to_uint8
from engines.diffusion.types import SampleResult, SampleSpec

THUMBNAIL = 160
GRID = 1600
CANVAS = 512
MARGIN = 1.12


def save(folder: Path, ready: Plan, samples: Tensor, result: SampleResult) -> SampleResult:
    """Write the samples (n, ...) and, last, `run.json`. Raises `OutOfResources` when the disk is full."""
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
        result = replace(result, files=files)
        history.write_run(folder, ready.spec, result, ready.model.info)
    except OSError as error:
        hint = "Free some space, or choose another folder"
        raise OutOfResources(f"The samples cannot be written: {error.strerror}", path=folder, hint=hint) from error
    return result


def tiled(pictures: NDArray[np.uint8], columns: int = 0, gap: int = 0, most: int = GRID) -> NDArray[np.uint8]:
    """One picture of many (n, H, W[, 3]), row by row. Small ones are enlarged by a whole number, pixel by pixel."""
    columns = columns or math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    height, width = pictures.shape[1:3]
    sheet = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, *pictures.shape[3:]), np.uint8)
    for index, picture in enumerate(pictures):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    times = max(1, min(8, most // 4 // max(sheet.shape[:2])))
    return sheet.repeat(times, 0).repeat(times, 1)


def thumbnail(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The first few samples in a square of `THUMBNAIL` pixels a side, or less."""
    sheet = tiled(pictures[:4] if len(pictures) >= 4 else pictures[:1], most=8 * THUMBNAIL)
    share = THUMBNAIL / max(sheet.shape[:2])
    size = (max(1, round(sheet.shape[1] * share)), max(1, round(sheet.shape[0] * share)))
    way = cv2.INTER_AREA if share < 1 else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(sheet, size, interpolation=way), np.uint8)


def scatter(points: NDArray[np.float64], reach: float = 0.0) -> NDArray[np.uint8]:
    """Points (n, 2) as a grey picture, y upwards. reach: the number at its edge, 0 for all of them in view."""
    canvas = np.full((CANVAS, CANVAS), 24, np.uint8)
    reach = reach or max(float(np.abs(points).max(initial=0.0)) * MARGIN, 1e-9)
    at = (np.stack([points[:, 0], -points[:, 1]], 1) / reach + 1) * (CANVAS - 1) / 2
    for x, y in at.round().astype(int).tolist():
        cv2.circle(canvas, (x, y), 3, 230, -1, cv2.LINE_AA)
    return canvas


def _points(folder: Path, samples: Tensor) -> tuple[str, ...]:
    path = folder / history.POINTS
    with atomic_path(path) as part, part.open("wb") as file:
        np.save(file, samples.numpy())
    return (str(path),)


def _pictures(folder: Path, pictures: NDArray[np.uint8], spec: SampleSpec) -> tuple[str, ...]:
    paths = [folder / f"{index:04d}.png" for index in range(len(pictures))]
    for index, (path, picture) in enumerate(zip(paths, pictures, strict=True)):
        png.write_png(path, picture, png.settings_texts(spec, index))
    return tuple(map(str, paths))
