"""Point clouds as binary PLY files: places in metres of the rig, colours, and how certain each depth is.

The format is that of Turk, "The PLY Polygon File Format" (1994), as MeshLab, CloudCompare and Open3D read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from engines.calibration.rig.pairs.depth import Depth
from engines.calibration.rig.types import RigResult
from engines.core.errors import BadInput
from engines.core.frames import Image
from engines.core.outputs import Kind, beginning, new_file
from engines.core.words import tr

POINT_CLOUD: Kind = beginning(tr("a point cloud"), b"ply\n", b"ply\r\n")
VERTEX = np.dtype(
    [(name, "<f4") for name in ("x", "y", "z")]
    + [(name, "u1") for name in ("red", "green", "blue")]
    + [("quality", "<f4")]
)
_NAMES = {"<f4": "float", "|u1": "uchar"}


def write_cloud(
    target: str | Path, depth: Depth, picture: Image, result: RigResult, inputs: Iterable[str | Path] = ()
) -> int:
    """Write what is known of a rectified picture (BGR) as points; how many there are.

    quality: one standard deviation of the depth in metres. Raises `BadInput` where nothing is known, and as `new_file`.
    """
    places, known = depth.points(result)
    if not len(places):
        raise BadInput(
            tr("No depth is known here, so there is no point cloud"),
            hint=tr("Choose other depths to look through, or pictures with more texture"),
        )
    points = np.zeros(len(places), VERTEX)
    for axis, name in enumerate(("x", "y", "z")):
        points[name] = places[:, axis]
    for channel, name in enumerate(("blue", "green", "red")):
        points[name] = picture[known][:, channel]
    points["quality"] = depth.std[known]
    with new_file(target, POINT_CLOUD, inputs) as part:
        part.write_bytes(header(len(points)) + points.tobytes())
    return len(points)


def header(count: int) -> bytes:
    """Of a file with so many points."""
    lines = [
        "ply",
        "format binary_little_endian 1.0",
        "comment metres in the coordinates of the rig",
        "comment quality is one standard deviation of the depth in metres",
        f"element vertex {count}",
        *(f"property {_NAMES[VERTEX[name].str]} {name}" for name in VERTEX.names or ()),
        "end_header",
    ]
    return "".join(f"{line}\n" for line in lines).encode("ascii")
