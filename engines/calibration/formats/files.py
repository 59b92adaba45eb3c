"""Calibrations on disk: OpenCV's YAML, which its own and most other tools read, and JSON, which holds everything.

Numbers survive both ways exactly. JSON gives back the very result; YAML keeps the camera, its uncertainty and the
figures of each view, but not their corners. YAML and XML of other programs (OpenCV's samples, ROS) are read as far as
they go; a lens model that is not one of `types.DISTORTION_NAMES` is refused by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np

from engines.calibration.formats.storage import Value, matrix, number, read_xml, read_yaml
from engines.calibration.types import MonoResult, ViewResult
from engines.core import reading, spec
from engines.core.boards import Board
from engines.core.errors import BadInput, KinoscopeError, UsageError
from engines.core.files import write_json, write_text
from engines.core.frames import Size
from engines.core.lenses import DISTORTION_NAMES, Intrinsics, ModelName
from engines.core.names import shown
from engines.core.outputs import check_file, holding
from engines.core.projection import camera_matrix, intrinsics_of
from engines.core.reading import MIB, MISFITS, read_json, read_text

DAMAGED = "This calibration is incomplete or damaged"
KIND = "kinoscope mono calibration"
YAML_FILE, JSON_FILE = holding("a calibration", b"camera_matrix"), holding("a calibration", KIND.encode())
VERSION = 1
_YAML = frozenset({".yaml", ".yml"})
READ = (*sorted(_YAML), ".xml", ".json")
LARGEST = 16 * MIB
LARGEST_SIDE = 1 << 20
UNITS = {"mm": 1e-3, "cm": 1e-2, "in": 0.0254, "m": 1.0}
"""Units of a board's squares, in metres."""
UNKNOWN = "unknown"
METRES = 1e-3, 0.5
"""A number in this range is a board's square in metres and in no other unit."""
UNIT_HINT = f"Add a line 'square_unit: mm' to the file; units are {', '.join(UNITS)}"
_LENSES = {
    "plumb_bob": 5, "radtan": 5, "radial-tangential": 5, "brown-conrady": 5, "brown": 5, "brown5": 5, "opencv": 8,
    "rational_polynomial": 8, "rational": 8, "rational8": 8, "none": 0,
}  # fmt: skip
"""Names of the lens models that can be read, with their numbers of coefficients."""
_PINHOLES = ("pinhole", "perspective", "mono")
_FISHEYES = ("fisheye", "equidistant", "equi", "kannala_brandt", "kannala-brandt", "kannala_brandt4", "opencv_fisheye",
             "ftheta", "omni", "omnidir", "mei", "fov", "eucm", "ds", "scaramuzza")  # fmt: skip
_NAMES = {
    "camera_matrix": ("camera_matrix", "cameramatrix", "k"),
    "distortion_coefficients": ("distortion_coefficients", "dist_coeffs", "distortion_coeffs", "distcoeffs", "d"),
}
_WANTED = (
    *_NAMES["camera_matrix"], *_NAMES["distortion_coefficients"], "image_width", "image_height", "width", "height",
    "cameraresolution", "image_size", "distortion_model", "camera_model", "fisheye_model", "board", "board_width",
    "board_height", "square_size", "square_unit", "avg_reprojection_error", "std_deviations_intrinsics", "verdict",
    "leave_one_out_error", "advice", "seconds", "free_board", "board_points", "view_names", "view_paths",
    "per_view_reprojection_errors", "per_view_leave_one_out_errors", "per_view_found", "extrinsic_parameters",
)  # fmt: skip

_FLAGS: dict[ModelName, int] = {
    "brown5": 0,
    "rational8": cv2.CALIB_RATIONAL_MODEL,
    "thinprism12": cv2.CALIB_RATIONAL_MODEL | cv2.CALIB_THIN_PRISM_MODEL,
    "tilted14": cv2.CALIB_RATIONAL_MODEL | cv2.CALIB_THIN_PRISM_MODEL | cv2.CALIB_TILTED_MODEL,
    "fisheye4": 0,
}
Values: TypeAlias = dict[str, Value]


class UnitMissing(BadInput):
    """The file gives the size of the board's squares as a bare number, which may be of any unit."""


def check_suffix(path: str | Path) -> Path:
    """The path, if its name ends like a calibration. Raises `UsageError`."""
    path = Path(path).expanduser()
    if path.suffix.lower() not in _YAML | {".json"}:
        raise UsageError(f"'{path.name}' is not a calibration's name", hint="End it with .yaml, .yml (OpenCV) or .json")
    return path


def check_place(path: str | Path) -> Path:
    """The path, if a calibration may be written there. Raises `UsageError`, `BadInput` where another file is."""
    path = check_suffix(path)
    return check_file(path, YAML_FILE if path.suffix.lower() in _YAML else JSON_FILE)


def save(result: MonoResult, path: str | Path) -> None:
    """Write a calibration, whole or not at all; the suffix chooses the format. Raises as `check_place` does."""
    path = check_place(path)
    if path.suffix.lower() in _YAML:
        write_text(path, to_yaml(result))
    else:
        write_json(path, to_json(result))


def load(path: str | Path, unit: str = "") -> MonoResult:
    """Read a calibration. unit: of the squares where the file does not say it, a key of `UNITS` or `UNKNOWN`.

    Raises `BadInput` that says what is missing or broken, `UnitMissing` when the unit has to be asked for.
    """
    path = Path(path).expanduser()
    if path.suffix.lower() not in READ:
        check_suffix(path)
    if not path.exists():
        raise BadInput(f"There is no file {path.name}", path=path)
    try:
        if path.suffix.lower() in _YAML:
            return from_yaml(read_text(path, what="calibration", most=LARGEST), unit)
        if path.suffix.lower() == ".xml":
            with _in_words():
                return _read(read_xml(reading.read_xml(path, what="calibration", most=LARGEST)), unit)
        return from_json(read_json(path, what="calibration"))
    except KinoscopeError as error:
        kind = UnitMissing if isinstance(error, UnitMissing) else BadInput
        raise kind(error.message, path=path, hint=error.hint or "Calibrate again, or choose another file") from error


def to_json(result: MonoResult) -> dict[str, Any]:
    """The whole result as plain values."""
    board = None if result.board is None else str(result.board)
    return (
        {"kind": KIND, "version": VERSION}
        | asdict(result)
        | {"board": board, "more_boards": [str(more) for more in result.more_boards]}
    )


def from_json(data: object) -> MonoResult:
    """The inverse of `to_json`. Raises `BadInput`."""
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise BadInput("This JSON is not a calibration of one camera")
    if data.get("version") != VERSION:
        raise BadInput(f"This calibration was written by another version ({data.get('version')})")
    with _in_words():
        board = None if data["board"] is None else asdict(Board.parse(data["board"]))
        more = [asdict(Board.parse(text)) for text in data.get("more_boards", ())]
    try:
        result: MonoResult = spec.from_json(MonoResult, data | {"board": board, "more_boards": more})
    except BadInput as error:
        raise BadInput(f"{DAMAGED}: {error.message.partition(': ')[2]}") from error
    return _checked(result)


def to_yaml(result: MonoResult) -> str:
    """The text of a file that `cv2.FileStorage` reads, with the header that all its versions know."""
    storage = cv2.FileStorage(".yaml", cv2.FILE_STORAGE_WRITE | cv2.FILE_STORAGE_MEMORY)
    try:
        _write_camera(storage, result)
        _write_figures(storage, result)
        _, _, body = str(storage.releaseAndGetString()).partition("\n")
        return f"%YAML:1.0\n{body}"
    finally:
        storage.release()


def from_yaml(text: str, unit: str = "") -> MonoResult:
    """Read what a calibration file of OpenCV or ROS says. unit: of its squares, as `load`. Raises `BadInput`."""
    with _in_words():
        return _read(read_yaml(text, _WANTED), unit)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except MISFITS as error:
        raise BadInput(f"{DAMAGED}: {error}") from error


def _write_camera(storage: Any, result: MonoResult) -> None:
    storage.write("image_width", result.image_size.width)
    storage.write("image_height", result.image_size.height)
    if result.board is not None:
        columns, rows = result.board.corner_grid
        storage.write("board", str(result.board))
        storage.write("board_width", columns)
        storage.write("board_height", rows)
        storage.write("square_size", result.board.square)
    storage.write("distortion_model", result.model)
    storage.write("flags", _FLAGS[result.model])
    storage.write("camera_matrix", camera_matrix(result.intrinsics))
    storage.write("distortion_coefficients", np.array(result.distortion).reshape(-1, 1))
    storage.write("avg_reprojection_error", result.rms_px)


def _write_figures(storage: Any, result: MonoResult) -> None:
    names = ("fx", "fy", "cx", "cy")
    std = [result.std.get(name, 0.0) for name in names] if result.std else []
    if std:
        storage.write("std_deviations_intrinsics", np.array([*std, *result.distortion_std]).reshape(-1, 1))
    if result.loo_rms_px is not None:
        storage.write("leave_one_out_error", result.loo_rms_px)
    if result.verdict:
        storage.write("verdict", result.verdict)
        _write_texts(storage, "advice", result.advice)
    storage.write("seconds", result.seconds)
    storage.write("free_board", int(result.free_board))
    if result.board_points:
        storage.write("board_points", np.array(result.board_points))
    if result.views:
        _write_texts(storage, "view_names", [view.name for view in result.views])
        _write_texts(storage, "view_paths", [view.path for view in result.views])
        storage.write("per_view_reprojection_errors", _column(result, lambda view: view.rms_px))
        storage.write("per_view_leave_one_out_errors", _column(result, lambda view: view.loo_rms_px))
        states = [[int(view.found), int(view.used)] for view in result.views]
        storage.write("per_view_found", np.array(states, dtype=np.int32))
        storage.write("extrinsic_parameters", np.array([_pose(view) for view in result.views]))


def _write_texts(storage: Any, key: str, texts: Any) -> None:
    storage.startWriteStruct(key, cv2.FileNode_SEQ)
    for text in texts:
        storage.write("", shown(text))
    storage.endWriteStruct()


def _column(result: MonoResult, value: Callable[[ViewResult], float | None]) -> Any:
    return np.array([[np.nan if value(view) is None else value(view)] for view in result.views], dtype=np.float64)


def _pose(view: ViewResult) -> list[float]:
    return [np.nan] * 6 if view.rvec is None or view.tvec is None else [*view.rvec, *view.tvec]


def _read(values: Values, unit: str) -> MonoResult:
    camera = _camera(_matrix(values, "camera_matrix"))
    size = _size(values)
    model, distortion = _lens(_matrix(values, "distortion_coefficients"), _model_name(values))
    std = matrix(values.get("std_deviations_intrinsics"))
    deviations = [] if std is None or std.size != 4 + len(distortion) else [float(value) for value in std.ravel()]
    points = matrix(values.get("board_points"))
    result = MonoResult(
        model=model,
        image_size=size,
        intrinsics=camera,
        std=dict(zip(("fx", "fy", "cx", "cy"), deviations, strict=False)),
        distortion=distortion,
        distortion_std=tuple(deviations[4:]),
        rms_px=number(values.get("avg_reprojection_error")) or 0.0,
        loo_rms_px=number(values.get("leave_one_out_error")),
        views=_views(values),
        verdict=_word(values, "verdict"),
        advice=tuple(_texts(values, "advice")),
        seconds=number(values.get("seconds")) or 0.0,
        board=_board(values, unit),
        free_board=bool(number(values.get("free_board"))),
        board_points=() if points is None else tuple((x, y, z) for x, y, z in points.reshape(-1, 3).tolist()),
    )
    return _checked(result)


def _camera(given: Any) -> Intrinsics:
    """Raises `BadInput` for a matrix that a pinhole camera without skew does not have."""
    if given is None or given.size != 9 or given.shape not in ((3, 3), (9,)):
        raise BadInput("This file has no 3 x 3 'camera_matrix'")
    given = given.reshape(3, 3)
    if given[0, 1] != 0:
        raise BadInput(f"The axes of this camera are skewed ({given[0, 1]:g} pixels), which cannot be kept here")
    if given[1, 0] != 0 or given[2].tolist() != [0, 0, 1]:
        raise BadInput("Its 'camera_matrix' is not that of a camera")
    return intrinsics_of(given)


def _size(values: Values) -> Size:
    pairs: list[Sequence[Value | None]] = [[values.get(f"{w}width"), values.get(f"{w}height")] for w in ("image_", "")]
    pairs += [_texts(values, name) for name in ("cameraresolution", "image_size")]
    for pair in pairs:
        width, height = (number(side) for side in pair) if len(pair) == 2 else (None, None)
        if width and height and min(width, height) >= 1 and max(width, height) <= LARGEST_SIDE:
            return Size(int(width), int(height))
    raise BadInput("This file does not say 'image_width' and 'image_height'")


def _model_name(values: Values) -> str:
    """What the file calls its lens model, "" where it does not say. Raises `BadInput` for those that are not known."""
    said = _word(values, "fisheye_model")
    names = [name for key in ("distortion_model", "camera_model") if (name := _word(values, key))]
    if said.casefold() in ("true", "yes") or number(said):
        names = [*(name for name in names if name.casefold() not in _LENSES), "fisheye"]
    unknown = [name for name in names if name.casefold() not in (*_LENSES, *_PINHOLES)]
    if unknown and unknown[0].casefold() in _FISHEYES:
        raise BadInput(f"This calibration is of a fisheye lens ({unknown[0]}), which cannot be read here")
    if unknown:
        raise BadInput(f"The lens model '{unknown[0]}' cannot be read here")
    return next((name for name in names if name.casefold() in _LENSES), "")


def _lens(given: Any, name: str) -> tuple[ModelName, tuple[float, ...]]:
    values = [] if given is None else [float(value) for value in given.ravel()]
    if name and given is None and _LENSES[name.casefold()]:
        raise BadInput(f"This file names a lens model ({name}) and no 'distortion_coefficients'")
    most = _LENSES.get(name.casefold(), 8)
    if any(values[most:]):
        which = f"do not go with its lens model '{name}'" if name else "belong to a lens model that cannot be read here"
        raise BadInput(f"Its {len(values)} distortion coefficients {which}")
    if len(values) <= 5 or (name and most <= 5):
        return "brown5", tuple((values + [0.0] * 5)[:5])
    return "rational8", tuple((values + [0.0] * 8)[:8])


def _views(values: Values) -> tuple[ViewResult, ...]:
    names, paths = _texts(values, "view_names"), _texts(values, "view_paths")
    rms, left_out = (matrix(values.get(f"per_view_{kind}_errors")) for kind in ("reprojection", "leave_one_out"))
    found, poses = matrix(values.get("per_view_found")), matrix(values.get("extrinsic_parameters"))
    shapes = [None if table is None else table.shape for table in (rms, left_out, found, poses)]
    count = len(names)
    if not names or len(paths) != count or shapes != [(count, 1), (count, 1), (count, 2), (count, 6)]:
        return ()
    assert rms is not None
    assert left_out is not None
    assert found is not None
    assert poses is not None
    return tuple(
        ViewResult(
            name=name,
            path=paths[row],
            found=bool(found[row, 0]),
            used=bool(found[row, 1]),
            rms_px=_finite(rms[row, 0]),
            loo_rms_px=_finite(left_out[row, 0]),
            rvec=_triple(poses[row, :3]),
            tvec=_triple(poses[row, 3:]),
        )
        for row, name in enumerate(names)
    )


def _board(values: Values, unit: str) -> Board | None:
    """None where the file says nothing usable; 1 is what OpenCV's samples write when nobody said a size."""
    text = _word(values, "board")
    if text:
        return Board.parse(text)
    columns, rows, side = (number(values.get(name)) or 0.0 for name in ("board_width", "board_height", "square_size"))
    usable = min(columns, rows) >= 3 and max(columns, rows) < 1000 and 0 < side < np.inf and side != 1
    if not usable or unit == UNKNOWN:
        return None
    unit = unit or _word(values, "square_unit") or ("m" if METRES[0] <= side < METRES[1] else "")
    if unit not in UNITS:
        message = f"The board's squares are {side:g} wide, but the file does not say in which unit"
        raise UnitMissing(message, hint=UNIT_HINT)
    try:
        return Board("chessboard", int(columns), int(rows), side * UNITS[unit])
    except UsageError:
        return None


def _matrix(values: Values, name: str) -> Any:
    """Under this name or one that other programs use for the same."""
    return next((found for other in _NAMES[name] if (found := matrix(values.get(other))) is not None), None)


def _word(values: Values, name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _texts(values: Values, name: str) -> list[str]:
    value = values.get(name)
    if name == "cameraresolution" and isinstance(value, str):
        return value.split()
    return value if isinstance(value, list) else []


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _triple(values: Any) -> tuple[float, float, float] | None:
    x, y, z = (float(value) for value in values)
    return (x, y, z) if np.isfinite([x, y, z]).all() else None


def _checked(result: MonoResult) -> MonoResult:
    numbers = [*asdict(result.intrinsics).values(), *result.distortion]
    if result.model not in DISTORTION_NAMES or len(result.distortion) != len(DISTORTION_NAMES[result.model]):
        raise BadInput(f"Its lens model '{result.model}' does not go with {len(result.distortion)} coefficients")
    finite = bool(np.isfinite(np.array(numbers, dtype=np.float64)).all())
    if not finite or min(result.intrinsics.fx, result.intrinsics.fy) <= 0:
        raise BadInput("Its camera parameters are not usable numbers")
    return result
