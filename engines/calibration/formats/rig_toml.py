"""TOML files of aniposelib, and of programs that read its files, and of caliscope, old and new.

aniposelib: a table `[cam_0]` a camera with name, size, matrix, distortions, rotation (a rotation vector) and
translation in a unit that is not said (https://github.com/lambdaloop/aniposelib, `CameraGroup.dump`). caliscope: the
same keys in `[cameras.0]` (`camera_array.toml`) or, in its older `config.toml`, in `[cam_0]`, where a rotation may be a
matrix; always metres; cameras with `ignore = true` are no part of the rig (https://github.com/mprib/caliscope).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from engines.calibration.formats.checks import LARGEST_SIDE, in_words
from engines.calibration.formats.lens_names import lens_of
from engines.calibration.formats.opencv import pinhole_of
from engines.calibration.formats.rig_reading import Reading, Told, told
from engines.calibration.rig.types import RigCamera, RigResult
from engines.core.errors import BadInput
from engines.core.frames import Size
from engines.core.words import tr

Table: TypeAlias = Mapping[str, Any]
Plain: TypeAlias = "str | bool | int | float | Sequence[Plain]"

_NULL = "null"
_COUNTS = (0, 4, 5, 8, 12, 14)
_CALISCOPE = ("cam_id", "port", "rotation_count", "grid_count")


def read_toml(text: str) -> Reading:
    """The cameras of a file of aniposelib or caliscope. Raises `BadInput`."""
    try:
        whole = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(tr("Not valid TOML: {error}", error=error)) from error
    tables = _tables(whole)
    if not tables:
        raise BadInput(tr("This TOML holds no cameras: no table in it has a 'matrix'"))
    notes, found = [], []
    for title, table in tables.items():
        name = _name(title, table)
        if table.get("ignore") is True:
            notes.append(tr("Camera '{name}' is marked 'ignore' and left out", name=name))
        elif table.get("matrix") in (None, _NULL):
            notes.append(tr("Camera '{name}' has no 'matrix' and is left out", name=name))
        else:
            found.append(_camera(name, table))
    return Reading(tuple(found), _unit(whole, tables), tuple(notes))


def to_aniposelib(result: RigResult) -> str:
    """The text of the file, in metres; for rigs that `rig_exporting.misfit` lets through."""
    tables = {
        f"cam_{n}": _table(camera) | ({"fisheye": True} if camera.lens.is_fisheye else {})
        for n, camera in enumerate(result.cameras)
    }
    return toml_of(tables | {"metadata": {"adjusted": False, "error": result.rms_px, "unit": "m"}})


def to_caliscope(result: RigResult) -> str:
    """The text of `camera_array.toml`; for rigs that `rig_exporting.misfit` lets through."""
    return toml_of({f"cameras.{n}": _caliscope(n, camera) for n, camera in enumerate(result.cameras)})


def toml_of(tables: Mapping[str, Mapping[str, Plain]]) -> str:
    """TOML of tables of words, numbers and lists; numbers are read back to the last bit."""
    parts = []
    for title, table in tables.items():
        lines = [f"{key} = {_value(value)}" for key, value in table.items()]
        parts.append("\n".join([f"[{title}]", *lines]) + "\n")
    return "\n".join(parts)


def _tables(whole: Table) -> dict[str, Table]:
    """Tables of cameras by their title, in the order of their numbers where all have one."""
    inner = whole.get("cameras")
    tables = {title: one for title, one in (inner if isinstance(inner, dict) else whole).items() if _is_camera(one)}
    numbers = {title: one.get("cam_id", one.get("port")) for title, one in tables.items()}
    if all(isinstance(number, int) for number in numbers.values()):
        return {title: tables[title] for title in sorted(tables, key=lambda title: numbers[title])}
    return tables


def _is_camera(table: object) -> bool:
    return isinstance(table, dict) and ("matrix" in table or "distortions" in table)


def _name(title: str, table: Table) -> str:
    if isinstance(name := table.get("name"), str) and name:
        return name
    return f"cam_{title}" if re.fullmatch(r"\d+", title) else title


def _camera(name: str, table: Table) -> Told:
    try:
        with in_words():
            inner = pinhole_of(np.asarray(table["matrix"], dtype=np.float64), "matrix")
            given = np.asarray(table.get("distortions", ()), dtype=np.float64)
            if given.size not in _COUNTS:
                raise BadInput(tr("its {size} distortion coefficients belong to no lens model", size=given.size))
            model, lens = lens_of(given, "fisheye" if table.get("fisheye") is True else "")
            size = _size(table.get("size"))
    except BadInput as error:
        raise BadInput(tr("Camera '{name}': {message}", name=name, message=error.message), hint=error.hint) from error
    pose, why = told(_pose(table))
    said = table.get("error")
    rms = float(said) if isinstance(said, (int, float)) and said >= 0 else 0.0
    return Told(name, size, model, inner, lens, pose, why, rms)


def _pose(table: Table) -> tuple[Any, Any] | None:
    turn, shift = table.get("rotation"), table.get("translation")
    return None if turn in (None, _NULL) or shift in (None, _NULL) else (turn, shift)


def _size(given: Any) -> Size | None:
    if given is None:
        return None
    width, height = given
    if not all(isinstance(side, (int, float)) and 1 <= side <= LARGEST_SIDE for side in (width, height)):
        raise BadInput(tr("its 'size' is not that of a picture"))
    return Size(int(width), int(height))


def _unit(whole: Table, tables: Mapping[str, Table]) -> str:
    said = whole.get("metadata", {})
    unit = said.get("unit") if isinstance(said, dict) else None
    if isinstance(unit, str):
        return unit
    return "m" if "cameras" in whole or any(key in table for table in tables.values() for key in _CALISCOPE) else ""


def _table(camera: RigCamera) -> dict[str, Plain]:
    inner = camera.intrinsics
    return {
        "name": camera.name,
        "size": [camera.size.width, camera.size.height],
        "matrix": [[inner.fx, 0.0, inner.cx], [0.0, inner.fy, inner.cy], [0.0, 0.0, 1.0]],
        "distortions": camera.distortion,
        "rotation": camera.rvec,
        "translation": camera.tvec,
    }


def _caliscope(number: int, camera: RigCamera) -> dict[str, Plain]:
    said: dict[str, Plain] = {"cam_id": number, "rotation_count": 0, "error": camera.rms_px, "ignore": False}
    return said | _table(camera) | {"grid_count": camera.frames, "fisheye": camera.lens.is_fisheye}


def _value(value: Plain) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    return f"[{', '.join(map(_value, value))}]"
