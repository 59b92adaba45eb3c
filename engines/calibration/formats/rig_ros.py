"""Pairs in ROS's `camera_info` YAML: a file a camera, whose R and P say how the two are rectified and how far apart.

https://docs.ros.org/en/api/sensor_msgs/html/msg/CameraInfo.html: R turns a camera to the rectified one; P[3] of the
second one is minus its focal length times the baseline, in metres. `camera_calibration` calls the files `left.yaml` and
`right.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.calibration.formats.opencv import from_yaml
from engines.calibration.formats.rig_reading import LARGEST, Reading, Told, is_rotation, told
from engines.calibration.formats.ros import camera_info
from engines.calibration.formats.storage import numbers, read_yaml
from engines.calibration.rig.pairs.rectification import rectify
from engines.calibration.rig.places import between
from engines.calibration.rig.types import RigResult
from engines.core.errors import BadInput
from engines.core.projection import camera_matrix
from engines.core.words import tr

Floats = NDArray[np.float64]

LEFT, RIGHT = "left", "right"
_WANTED = ("rectification_matrix", "projection_matrix", "r", "p", "camera_name")
_UNNAMED = ("", "camera", "narrow_stereo", "stereo")


def read_pair(texts: Mapping[Path, str]) -> Reading | None:
    """Two cameras of a pair, None where the two files say nothing of one. Raises `BadInput`.

    texts: of both files. The rig's coordinates are those of the camera whose P[3] is 0, the left one.
    """
    known = [_rectified(text) for text in texts.values()]
    if len(known) != 2 or known[0] is None or known[1] is None:
        return None
    apart = [np.hypot(shift[0], shift[1]) for _, shift in known]  # type: ignore[misc]
    if min(apart) > 0 or max(apart) == 0:
        return None
    order = (0, 1) if apart[0] == 0 else (1, 0)
    (one, _), (other, shift) = known[order[0]], known[order[1]]  # type: ignore[misc]
    pose, why = told((other.T @ one, other.T @ shift))
    poses = (told((np.zeros(3), np.zeros(3))), (pose, why))
    paths, names = list(texts), _names(texts)
    found = []
    for place, n in enumerate(order):
        alone = Told.of(names[n], from_yaml(texts[paths[n]], "unknown"))
        found.append(Told(alone.name, alone.size, alone.model, alone.intrinsics, alone.distortion, *poses[place]))
    return Reading(tuple(found), "m")


def to_pair(result: RigResult) -> dict[str, str]:
    """The texts of both files by their names; for rigs that `rig_exporting.misfit` lets through.

    The left one is the camera from which the other is seen to the right (or below). Raises as `rectify` does.
    """
    first, second = (0, 1) if _is_left(result) else (1, 0)
    how = rectify(result, first, second)
    texts = {}
    for file, number, turn, inner in zip((LEFT, RIGHT), (first, second), how.rotations, how.straight, strict=True):
        camera = result.cameras[number]
        p = np.column_stack([camera_matrix(inner), np.zeros(3)])
        if file == RIGHT:
            p[int(how.vertical), 3] = -how.baseline * how.focal
        texts[f"{file}.yaml"] = camera_info(camera.name, camera.lens, camera.size, turn, tuple(p.ravel().tolist()))
    return texts


def _is_left(result: RigResult) -> bool:
    """Whether the second camera lies to the right of the first, or below it."""
    one, other = result.cameras
    x, y, _ = between(other, one).shift
    return bool((x if abs(x) >= abs(y) else y) > 0)


def _rectified(text: str) -> tuple[Floats, Floats] | None:
    """The rotation to the rectified camera and the shift within it, None where the file says neither."""
    values = read_yaml(text, _WANTED)
    turn = numbers(values.get("rectification_matrix") or values.get("r"))
    projection = numbers(values.get("projection_matrix") or values.get("p"))
    if turn is None or projection is None or turn.size != 9 or projection.size != 12:
        return None
    p = projection.reshape(3, 4)
    if not ((np.abs(p) < LARGEST).all() and p[0, 0] > 1e-3 and p[1, 1] > 1e-3):
        return None
    if not is_rotation(turn.reshape(3, 3)):
        raise BadInput(tr("Its 'rectification_matrix' is no rotation"))
    return turn.reshape(3, 3), np.array([p[0, 3] / p[0, 0], p[1, 3] / p[1, 1], 0.0])


def _names(texts: Mapping[Path, str]) -> list[str]:
    """As the files say where they name two cameras, else as the files are called."""
    said = [str(read_yaml(text, ("camera_name",)).get("camera_name", "")) for text in texts.values()]
    named = len(set(said)) == len(said) and not set(said) & set(_UNNAMED)
    return said if named else [path.stem for path in texts]
