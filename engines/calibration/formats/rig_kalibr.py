"""Kalibr's camera chains with where each camera is: `T_cn_cnm1` takes points of the camera before to this one.

https://github.com/ethz-asl/kalibr/wiki/yaml-formats; metres. The rig's coordinates are those of the first camera.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.calibration.formats.checks import in_words
from engines.calibration.formats.kalibr import camera_in, camera_lines, names_in
from engines.calibration.formats.rig_reading import LARGEST, Reading, Told, is_rotation, told
from engines.calibration.formats.storage import Value, numbers, read_yaml, word
from engines.calibration.rig.places import turn_of
from engines.calibration.rig.types import RigCamera, RigResult
from engines.core.errors import BadInput
from engines.core.words import tr

Floats = NDArray[np.float64]

_TOPIC = re.compile(r"/([^/]+)/image_raw")


def read_chain(text: str) -> Reading:
    """All cameras of a chain. Raises `BadInput`."""
    keys = names_in(text)
    with in_words():
        blocks = read_yaml(text, keys)
    names = _names(blocks, keys)
    placed: Floats | None = np.eye(4)
    why, found = "", []
    for n, key in enumerate(keys):
        values = blocks.get(key)
        if not isinstance(values, dict):
            raise BadInput(tr("'{key}' holds no camera", key=key))
        if n and placed is not None:
            step, why = _step(values, key)
            placed = None if step is None else step @ placed
        pose, odd = (None, why) if placed is None else told((placed[:3, :3], placed[:3, 3]))
        found.append(_told(names[n], key, values, pose, why or odd))
    return Reading(tuple(found), "m")


def to_chain(result: RigResult) -> str:
    """The text of a chain; for rigs that `rig_exporting.misfit` lets through."""
    parts = []
    for n, camera in enumerate(result.cameras):
        lines = [f"cam{n}:"]
        if n:
            lines += [
                "  T_cn_cnm1:",
                *_matrix_lines(_matrix_of(camera) @ np.linalg.inv(_matrix_of(result.cameras[n - 1]))),
            ]
        lines += [f"  cam_overlaps: {_overlaps(result, n)}"]
        lines.append(camera_lines(camera.lens, camera.size) + f"  rostopic: {word(f'/{camera.name}/image_raw')}\n")
        parts.append("\n".join(lines))
    return "".join(parts)


def _told(name: str, key: str, values: dict[str, Value], pose: Any, why: str) -> Told:
    try:
        with in_words():
            alone = camera_in(values)
    except BadInput as error:
        raise BadInput(f"{key}: {error.message}", hint=error.hint) from error
    return Told(name, alone.image_size, alone.model, alone.intrinsics, alone.distortion, pose, why)


def _step(values: dict[str, Value], key: str) -> tuple[Floats | None, str]:
    """From the camera before to this one, or why there is none."""
    with in_words():
        given = numbers(values.get("t_cn_cnm1"))
    if given is None:
        return None, tr("{key} does not say where it is ('T_cn_cnm1')", key=key)
    if given.size != 16 or not (np.abs(given) < LARGEST).all() or given[12:].tolist() != [0, 0, 0, 1]:
        return None, tr("'T_cn_cnm1' of {key} is no 4 x 4 motion", key=key)
    step = given.reshape(4, 4)
    if not is_rotation(step[:3, :3]):
        return None, tr("the rotation in 'T_cn_cnm1' of {key} is no rotation", key=key)
    return step, ""


def _names(blocks: dict[str, Value], keys: list[str]) -> list[str]:
    """From the topics where each names another camera, else the keys."""
    topics = [str(block.get("rostopic", "")) if isinstance(block := blocks.get(key), dict) else "" for key in keys]
    told_by = [topic[1] for one in topics if (topic := _TOPIC.fullmatch(one))]
    return told_by if len(set(told_by)) == len(keys) else keys


def _matrix_of(camera: RigCamera) -> Floats:
    placed = np.eye(4)
    placed[:3, :3], placed[:3, 3] = turn_of(camera), camera.tvec
    return placed


def _matrix_lines(placed: Floats) -> list[str]:
    placed[3] = (0.0, 0.0, 0.0, 1.0)
    return [f"  - [{', '.join(map(repr, row))}]" for row in placed.tolist()]


def _overlaps(result: RigResult, number: int) -> list[int]:
    """Cameras that share frames with it; all others where that is not known."""
    mine = [pair for pair in result.pairs if number in (pair.first, pair.second)]
    seen = sorted({pair.first + pair.second - number for pair in mine if pair.frames})
    return seen or [other for other in range(len(result.cameras)) if other != number]
