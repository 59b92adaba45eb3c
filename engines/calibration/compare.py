"""The difference between two calibrations of a camera: over the picture in pixels, and parameter by parameter.

Two calibrations may describe one camera with other parameters, and each has its own idea of where the camera looks: a
turn of the camera is nothing that one picture could tell. So the pixels of the first are followed along their rays into
the second after the turn that fits best, over the part of the picture that the views of both have covered; the idea is
mrcal's ("projection difference").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration import coverage
from engines.calibration.types import MonoResult
from engines.core.errors import BadInput
from engines.core.frames import Size
from engines.core.lenses import DISTORTION_NAMES, PINHOLE_NAMES
from engines.core.projection import project, rays
from engines.core.words import tr

Floats = NDArray[np.float64]

DISAGREE = 3.0
"""Joint deviations from which on two calibrations say different things of a parameter."""
MOVED = 1.5
"""The same for two fits of the same views, whose noise moves both alike."""


@dataclass(frozen=True, slots=True)
class ParameterPair:
    """One parameter in both calibrations; None where one has no such parameter or no deviation.

    deviations: how many joint standard deviations lie between the two.
    """

    name: str
    first: float | None
    second: float | None
    first_std: float | None
    second_std: float | None
    deviations: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """difference: pixels between where the two see the same direction, rows x columns from the top left; NaN where one
    of them sees nothing. rms_px, largest_px: over the picture. turn_deg: of the camera, allowed for."""

    image_size: Size
    columns: int
    rows: int
    difference: tuple[float, ...]
    rms_px: float
    largest_px: float
    turn_deg: float
    parameters: tuple[ParameterPair, ...]


def compare(first: MonoResult, second: MonoResult, columns: int = 48) -> Comparison:
    """Raises `BadInput` for calibrations of pictures of different sizes, or of which only one were mirrored."""
    size = first.image_size
    if second.image_size != size:
        raise BadInput(
            tr(
                "These calibrations are of pictures of {size} and of {image_size}",
                size=size,
                image_size=second.image_size,
            ),
            hint=tr("Compare calibrations of one camera at one resolution"),
        )
    if first.mirrored != second.mirrored:
        raise BadInput(
            tr("One of these calibrations is of pictures that were flipped left to right, the other is not"),
            hint=tr("Calibrate both with the same choice of mirrored pictures"),
        )
    rows = max(2, round(columns * size.height / size.width))
    pixels = _grid(size, columns, rows)
    away = np.linalg.norm(_carried(first, second, pixels) - pixels, axis=1)
    known = away[np.isfinite(away)]
    turn = cv2.Rodrigues(_turn(first, second, pixels))[0]
    return Comparison(
        size,
        columns,
        rows,
        tuple(away.tolist()),
        float(np.sqrt(np.mean(known**2))) if known.size else float("nan"),
        float(known.max()) if known.size else float("nan"),
        float(np.degrees(np.linalg.norm(turn))),
        tuple(_parameters(first, second)),
    )


def _grid(size: Size, columns: int, rows: int) -> Floats:
    """Pixels from corner to corner of the picture, row by row."""
    x, y = np.linspace(0, size.width - 1, columns), np.linspace(0, size.height - 1, rows)
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def _carried(first: MonoResult, second: MonoResult, pixels: Floats) -> Floats:
    """Where the second camera, turned, sees what the first one sees at these pixels."""
    turned = rays(first.lens, pixels) @ _turn(first, second, pixels).T
    seen = project(second.lens, np.nan_to_num(turned, nan=1.0), np.zeros(3), np.zeros(3))
    seen[~np.isfinite(turned).all(axis=1)] = np.nan
    return seen


def _turn(first: MonoResult, second: MonoResult, pixels: Floats) -> Floats:
    """The rotation that lays the first camera's rays onto the second's where both were fitted (Kabsch 1976)."""
    where = _covered(first, pixels) & _covered(second, pixels)
    where = where if where.sum() >= 8 else np.ones(len(pixels), dtype=np.bool_)
    ours, theirs = rays(first.lens, pixels[where]), rays(second.lens, pixels[where])
    known = np.isfinite(ours).all(axis=1) & np.isfinite(theirs).all(axis=1)
    u, _, vt = np.linalg.svd(theirs[known].T @ ours[known])
    return np.asarray(u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt)


def _covered(result: MonoResult, pixels: Floats) -> NDArray[np.bool_]:
    """Which pixels lie in cells that the views have touched; all of them where no views are known."""
    corners = [corner for view in result.views if view.used for corner in view.corners]
    if not corners:
        return np.ones(len(pixels), dtype=np.bool_)
    cells, size = coverage.touched(corners, result.image_size), result.image_size
    column = np.clip((pixels[:, 0] + 0.5) / size.width * coverage.COLUMNS, 0, coverage.COLUMNS - 1).astype(int)
    row = np.clip((pixels[:, 1] + 0.5) / size.height * coverage.ROWS, 0, coverage.ROWS - 1).astype(int)
    return np.asarray(cells[row, column], dtype=np.bool_)


def _parameters(first: MonoResult, second: MonoResult) -> Iterator[ParameterPair]:
    ours, theirs = _values(first), _values(second)
    for name in dict.fromkeys((*ours, *theirs)):
        (a, a_std), (b, b_std) = ours.get(name, (None, None)), theirs.get(name, (None, None))
        yield ParameterPair(name, a, b, a_std, b_std, deviations_apart(a, b, a_std, b_std))


def deviations_apart(a: float | None, b: float | None, a_std: float | None, b_std: float | None) -> float | None:
    """How many joint standard deviations lie between two values; None where one is missing or both are held."""
    if a is None or b is None or a_std is None or b_std is None or not (a_std or b_std):
        return None
    return abs(a - b) / float(np.hypot(a_std, b_std))


def _values(result: MonoResult) -> dict[str, tuple[float, float | None]]:
    """Every parameter's value and deviation; a fisheye's terms are no other model's."""
    inner = result.intrinsics
    values: dict[str, tuple[float, float | None]] = {
        name: (getattr(inner, name), result.std.get(name)) for name in PINHOLE_NAMES
    }
    names = DISTORTION_NAMES[result.model]
    stds = result.distortion_std or (None,) * len(names)
    mark = "fisheye " if result.lens.is_fisheye else ""
    values.update({mark + n: (v, s) for n, v, s in zip(names, result.distortion, stds, strict=True)})
    return values
