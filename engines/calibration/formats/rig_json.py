"""Rigs as JSON of ours, which gives back the very result."""

from __future__ import annotations

from typing import Any

from engines.calibration.formats.checks import DAMAGED, is_finite
from engines.calibration.formats.results import result_of, with_header
from engines.calibration.formats.rig_reading import LARGEST, lens_checked
from engines.calibration.rig.types import RigResult, RigView
from engines.core import spec
from engines.core.errors import BadInput
from engines.core.outputs import holding
from engines.core.words import tr

KIND = "kinoscope rig calibration"
VERSION = 1
JSON_FILE = holding(tr("a rig of ours"), KIND.encode())
POSE = 6
"""Numbers of a pose among a camera's parameters."""


def to_json(result: RigResult) -> dict[str, Any]:
    """The whole result as plain values."""
    plain: dict[str, Any] = spec.to_json(result)
    return with_header(plain, KIND, VERSION, result.board, result.more_boards)


def is_rig(data: object) -> bool:
    return isinstance(data, dict) and data.get("kind") == KIND


def from_json(data: object) -> RigResult:
    """The inverse of `to_json`. Raises `BadInput`."""
    result = result_of(RigResult, data, KIND, VERSION, tr("a calibration of a rig"))
    for name, value in spec.to_json(result).items():
        if not is_finite(value):
            raise BadInput(tr("{damaged}: '{name}' holds what is no finite number", damaged=DAMAGED, name=name))
    return checked(result)


def checked(result: RigResult) -> RigResult:
    """The same, if its cameras can be used and its parts go with one another. Raises `BadInput`."""
    names = [camera.name for camera in result.cameras]
    if not names:
        raise BadInput(tr("There are no cameras in this rig"))
    if len(set(names)) < len(names):
        raise BadInput(tr("Two cameras of this rig have one name"), hint=tr("Give each camera its own name"))
    for camera in result.cameras:
        lens_checked(camera)
    _check_parts(result)
    return result


def _check_parts(result: RigResult) -> None:
    count = len(result.cameras)
    numbers = [number for pair in result.pairs for number in (pair.first, pair.second)]
    numbers += [view.camera for view in result.views]
    poses = [(*one.rvec, *one.tvec) for one in result.cameras] + [(*one.rvec, *one.tvec) for one in result.board_poses]
    if any(abs(value) > LARGEST for pose in poses for value in pose):
        raise BadInput(tr("Where a camera or board is in this rig makes no sense: a number is far too large"))
    if any(not 0 <= number < count for number in numbers):
        raise BadInput(tr("{damaged}: it speaks of a camera that it does not hold", damaged=DAMAGED))
    if not all(map(_fits, result.views)):
        raise BadInput(tr("{damaged}: a view's corners do not go with one another", damaged=DAMAGED))
    side = sum(4 + len(camera.distortion) + POSE for camera in result.cameras)
    if result.covariance and {len(result.covariance), *map(len, result.covariance)} != {side}:
        raise BadInput(tr("{damaged}: its covariance does not go with its cameras", damaged=DAMAGED))
    if len(result.noise_px) not in (0, count):
        raise BadInput(tr("{damaged}: its noise does not go with its cameras", damaged=DAMAGED))


def _fits(view: RigView) -> bool:
    count = len(view.ids)
    return len(view.corners) in (0, count) and {len(view.projected), len(view.weights)} <= {0, count}
