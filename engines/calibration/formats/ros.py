"""ROS's `camera_info` YAML, as `camera_calibration_parsers` reads it.

https://docs.ros.org/en/api/sensor_msgs/html/msg/CameraInfo.html: distortion models are `plumb_bob` (five numbers),
`rational_polynomial` (eight) and `equidistant` (four).
"""

from __future__ import annotations

from collections.abc import Sequence

from engines.calibration.formats.storage import word
from engines.calibration.types import MonoResult
from engines.core.frames import Size
from engines.core.lenses import Lens, ModelName

MODELS: dict[ModelName, str] = {
    "brown5": "plumb_bob",
    "rational8": "rational_polynomial",
    "fisheye4": "equidistant",
}
UNTURNED = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def to_ros(result: MonoResult, name: str = "camera") -> str:
    """The text of the file; for lenses that `exporting.misfit` lets through."""
    inner = result.intrinsics
    p = (inner.fx, 0.0, inner.cx, 0.0, 0.0, inner.fy, inner.cy, 0.0, 0.0, 0.0, 1.0, 0.0)
    return camera_info(name, result.lens, result.image_size, UNTURNED, p)


def camera_info(name: str, lens: Lens, size: Size, turn: Sequence[float], projection: Sequence[float]) -> str:
    """The text of the file. turn: 3 x 3 to the rectified camera, row by row; projection: 3 x 4 of that one."""
    inner = lens.intrinsics
    k = (inner.fx, 0.0, inner.cx, 0.0, inner.fy, inner.cy, 0.0, 0.0, 1.0)
    return (
        f"image_width: {size.width}\nimage_height: {size.height}\ncamera_name: {word(name)}\n"
        + _matrix("camera_matrix", 3, 3, k)
        + f"distortion_model: {MODELS[lens.model]}\n"
        + _matrix("distortion_coefficients", 1, len(lens.distortion), lens.distortion)
        + _matrix("rectification_matrix", 3, 3, turn)
        + _matrix("projection_matrix", 3, 4, projection)
    )


def _matrix(name: str, rows: int, columns: int, values: Sequence[float]) -> str:
    listed = ", ".join(map(repr, values))
    return f"{name}:\n  rows: {rows}\n  cols: {columns}\n  data: [{listed}]\n"
