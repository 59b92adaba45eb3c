"""The time one core takes to straighten a frame, beside plain float maps, fixed-point maps and `cv2.undistort`.

All see the same frames one after the other, round by round, so that a busy machine slows them alike; ratios are taken
round by round too. How far each is from float64 interpolation at exact points is said beside the times.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from engines.core.frames import Image, Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import camera_matrix
from engines.core.undistortion import Straightener, Undistortion

LENSES = {
    "brown5": Lens("brown5", Intrinsics(900.0, 902.0, 641.0, 357.0), (-0.28, 0.08, 0.0005, -0.0003, -0.01)),
    "fisheye4": Lens("fisheye4", Intrinsics(520.0, 521.0, 641.0, 357.0), (-0.02, 0.005, -0.001, 0.0)),
}
Call = Callable[[Image], Any]


def main(
    rounds: Annotated[int, typer.Option(help="Rounds over the frames.")] = 40,
    width: Annotated[int, typer.Option(help="Of a frame in pixels.")] = 1280,
    height: Annotated[int, typer.Option(help="Of a frame in pixels.")] = 720,
) -> dict[str, Any]:
    """Median milliseconds a frame on one core, medians of ratios to ours, and gray levels from the exact picture."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        lenses = {name: _of(lens, Size(width, height), max(rounds, 3)) for name, lens in LENSES.items()}
    finally:
        cv2.setNumThreads(before)
    return {"frame": f"{width}x{height}", "cores": 1, "rounds": max(rounds, 3), "opencv": cv2.__version__} | lenses


def _of(lens: Lens, size: Size, rounds: int) -> dict[str, Any]:
    frame, ours = _frame(size), Straightener(Undistortion(lens, size))
    began = perf_counter()
    maps = ours.maps(size)
    row: dict[str, Any] = {"maps_once_ms": 1000 * (perf_counter() - began)}
    ways: dict[str, Call] = {"ours": ours.image, **_peers(lens, maps.straight, size, maps.points)}
    spent = _times(ways, frame, rounds)
    row |= {f"{name}_ms": median(values) for name, values in spent.items()}
    for name in list(ways)[1:]:
        row[f"{name}_over_ours"] = median(b / a for a, b in zip(spent["ours"], spent[name], strict=True))
    exact = _exact(frame, maps.points)
    return row | {f"{name}_off_levels": _rms(call(frame), exact) for name, call in ways.items()}


def _peers(lens: Lens, straight: Intrinsics, size: Size, points: NDArray[np.float32]) -> dict[str, Call]:
    x, y = (np.ascontiguousarray(points[..., axis]) for axis in (0, 1))
    first, second = cv2.convertMaps(x, y, cv2.CV_16SC2)
    matrix, new = camera_matrix(lens.intrinsics), camera_matrix(straight)
    distortion = np.array(lens.distortion)

    def whole(image: Image) -> Any:
        if lens.is_fisheye:
            return cv2.fisheye.undistortImage(image, matrix, distortion, None, new, (size.width, size.height))
        return cv2.undistort(image, matrix, distortion, None, new)

    return {
        "float_maps": lambda image: cv2.remap(image, x, y, cv2.INTER_LINEAR),
        "fixed_maps": lambda image: cv2.remap(image, first, second, cv2.INTER_LINEAR),
        "cv2_undistort": whole,
    }


def _times(ways: dict[str, Call], frame: Image, rounds: int) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, call in ways.items():
            began = perf_counter()
            call(frame)
            spent[name].append(1000 * (perf_counter() - began))
    return spent


def _frame(size: Size) -> Image:
    noise = np.random.default_rng(0).integers(0, 255, (size.height, size.width, 3), np.uint8)
    return np.asarray(cv2.GaussianBlur(noise, (7, 7), 1.5), dtype=np.uint8)


def _exact(frame: Image, points: NDArray[np.float32]) -> NDArray[np.float64]:
    """Bilinear in float64; NaN where a neighbour is outside."""
    height, width = frame.shape[:2]
    at = points.astype(np.float64)
    low = np.floor(at).astype(int)
    part = at - low
    inside: NDArray[np.bool_] = np.all((low >= 0) & (low < (width - 1, height - 1)), axis=-1)
    x, y = np.where(inside[..., None], low, 0).transpose(2, 0, 1)
    u, v = (part[..., axis, None] for axis in (0, 1))
    source = frame.astype(np.float64)
    upper = source[y, x] * (1 - u) + source[y, x + 1] * u
    lower = source[y + 1, x] * (1 - u) + source[y + 1, x + 1] * u
    return np.where(inside[..., None], upper * (1 - v) + lower * v, np.nan)


def _rms(image: Image, exact: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.nanmean((image - exact) ** 2)))
