"""COLMAP's `cameras.txt`. https://colmap.github.io/cameras.html

COLMAP counts pixels from the corner of the first one, half a pixel away from its centre.
"""

from __future__ import annotations

from engines.calibration.types import MonoResult
from engines.core.lenses import ModelName


def to_colmap(result: MonoResult, number: int = 1) -> str:
    """The text of the file with this camera; for lenses that `exporting.misfit` lets through."""
    name, terms = _model(result.model, result.distortion)
    inner, size = result.intrinsics, result.image_size
    values = (inner.fx, inner.fy, inner.cx + 0.5, inner.cy + 0.5, *terms)
    return (
        "# Camera list with one line of data per camera:\n"
        "#   CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n"
        "# Number of cameras: 1\n"
        f"{number} {name} {size.width} {size.height} {' '.join(map(repr, values))}\n"
    )


def _model(model: ModelName, lens: tuple[float, ...]) -> tuple[str, tuple[float, ...]]:
    """The model with the fewest terms that holds the lens exactly."""
    if model == "fisheye4":
        return "OPENCV_FISHEYE", lens
    if not any(lens):
        return "PINHOLE", ()
    if not any(lens[4:]):
        return "OPENCV", lens[:4]
    return "FULL_OPENCV", (*lens, 0.0, 0.0, 0.0)[:8]
