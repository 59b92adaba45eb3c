"""Calibrations on disk: OpenCV's YAML, which its own and most other tools read, and JSON, which holds everything.

Numbers survive both ways exactly. JSON gives back the very result; YAML keeps the camera, its uncertainty and the
figures of each view, but not their corners. YAML of other programs is read as far as it goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from engines.calibration.models import calibration_flags, camera_matrix, intrinsics_of
from engines.calibration.types import DISTORTION_NAMES, Intrinsics, ModelName, MonoResult, ViewResult
from engines.core.boards import Board
from engines.core.errors import BadInput, KinoscopeError, UsageError
from engines.core.files import write_json, write_text
from engines.core.frames import Size
from engines.core.outputs import check_file, holding
from engines.core.reading import read_json

KIND = "kinoscope mono calibration"
YAML_FILE, JSON_FILE = holding("a calibration", b"camera_matrix"), holding("a calibration", KIND.encode())
VERSION = 1
_YAML = frozenset({".yaml", ".yml"})


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


def load(path: str | Path) -> MonoResult:
    """Read a calibration. Raises `BadInput` that says what is missing or broken."""
    path = check_suffix(path)
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}", path=path)
    try:
        if path.suffix.lower() in _YAML:
            return from_yaml(path.read_text(encoding="utf-8"))
        return from_json(read_json(path))
    except UnicodeDecodeError as error:
        raise BadInput("Not a UTF-8 text file", path=path) from error
    except KinoscopeError as error:
        hint = error.hint or "Calibrate again, or choose another file"
        raise BadInput(error.message, path=path, hint=hint) from error


def to_json(result: MonoResult) -> dict[str, Any]:
    """The whole result as plain values."""
    board = None if result.board is None else str(result.board)
    return {"kind": KIND, "version": VERSION} | asdict(result) | {"board": board}


def from_json(data: object) -> MonoResult:
    """The inverse of `to_json`. Raises `BadInput`."""
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise BadInput("This JSON is not a calibration of one camera")
    if data.get("version") != VERSION:
        raise BadInput(f"This calibration was written by another version ({data.get('version')})")
    known = {field.name for field in fields(MonoResult)}
    try:
        values = {key: _tuples(value) for key, value in data.items() if key in known}
        values["image_size"] = Size(**data["image_size"])
        values["intrinsics"] = Intrinsics(**{key: float(value) for key, value in data["intrinsics"].items()})
        values["board"] = None if data["board"] is None else Board.parse(data["board"])
        values["views"] = tuple(ViewResult(**{k: _tuples(v) for k, v in view.items()}) for view in data["views"])
        return _checked(MonoResult(**values))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"This calibration is incomplete or damaged: {error}") from error


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


def from_yaml(text: str) -> MonoResult:
    """Read what an OpenCV calibration file says. Raises `BadInput`."""
    storage = _opened(text)
    try:
        return _read(storage)
    except cv2.error as error:
        raise BadInput("This YAML is damaged", hint=str(error.err)) from error
    finally:
        storage.release()


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
    storage.write("flags", calibration_flags(result.model))
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
        storage.write("", text)
    storage.endWriteStruct()


def _column(result: MonoResult, value: Callable[[ViewResult], float | None]) -> Any:
    return np.array([[np.nan if value(view) is None else value(view)] for view in result.views], dtype=np.float64)


def _pose(view: ViewResult) -> list[float]:
    return [np.nan] * 6 if view.rvec is None or view.tvec is None else [*view.rvec, *view.tvec]


def _opened(text: str) -> Any:
    if not text.lstrip("\ufeff").startswith("%YAML"):
        raise BadInput("This is not OpenCV's YAML: it must begin with %YAML:1.0")
    try:
        storage = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
    except (cv2.error, SystemError) as error:
        raise BadInput("This YAML cannot be read: it is cut off or damaged") from error
    if not storage.isOpened():
        raise BadInput("This YAML cannot be read: it is cut off or damaged")
    return storage


def _read(storage: Any) -> MonoResult:
    matrix = _matrix(storage, "camera_matrix")
    lens = _matrix(storage, "distortion_coefficients", "dist_coeffs")
    if matrix is None or matrix.shape != (3, 3):
        raise BadInput("This YAML has no 3 x 3 'camera_matrix'")
    size = Size(_whole(storage, "image_width"), _whole(storage, "image_height"))
    if min(size.width, size.height) <= 0:
        raise BadInput("This YAML does not say 'image_width' and 'image_height'")
    model, distortion = _lens(lens)
    std = _matrix(storage, "std_deviations_intrinsics")
    deviations = [] if std is None or std.size != 4 + len(distortion) else [float(value) for value in std.ravel()]
    points = _matrix(storage, "board_points")
    result = MonoResult(
        model=model,
        image_size=size,
        intrinsics=intrinsics_of(matrix),
        std=dict(zip(("fx", "fy", "cx", "cy"), deviations, strict=False)),
        distortion=distortion,
        distortion_std=tuple(deviations[4:]),
        rms_px=_number(storage, "avg_reprojection_error") or 0.0,
        loo_rms_px=_number(storage, "leave_one_out_error"),
        views=_views(storage),
        verdict=storage.getNode("verdict").string(),
        advice=tuple(_texts(storage, "advice")),
        seconds=_number(storage, "seconds") or 0.0,
        board=_board(storage),
        free_board=bool(_whole(storage, "free_board")),
        board_points=() if points is None else tuple((x, y, z) for x, y, z in points.reshape(-1, 3).tolist()),
    )
    return _checked(result)


def _lens(lens: Any) -> tuple[ModelName, tuple[float, ...]]:
    values = [] if lens is None else [float(value) for value in lens.ravel()]
    if len(values) <= 5:
        return "brown5", tuple(values + [0.0] * (5 - len(values)))
    if len(values) >= 8 and not any(values[8:]):
        return "rational8", tuple(values[:8])
    raise BadInput(f"Its {len(values)} distortion coefficients belong to a lens model that cannot be read here")


def _views(storage: Any) -> tuple[ViewResult, ...]:
    names, paths = _texts(storage, "view_names"), _texts(storage, "view_paths")
    rms, left_out = (_matrix(storage, f"per_view_{kind}_errors") for kind in ("reprojection", "leave_one_out"))
    found, poses = _matrix(storage, "per_view_found"), _matrix(storage, "extrinsic_parameters")
    tables = (rms, left_out, found, poses)
    if not names or len(paths) != len(names) or any(table is None or len(table) != len(names) for table in tables):
        return ()
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


def _board(storage: Any) -> Board | None:
    text = storage.getNode("board").string()
    if text:
        return Board.parse(text)
    columns, rows = _whole(storage, "board_width"), _whole(storage, "board_height")
    side = _number(storage, "square_size")
    if side is None or min(columns, rows) < 3:
        return None
    try:
        return Board("chessboard", columns, rows, side)
    except UsageError:
        return None


def _matrix(storage: Any, *names: str) -> Any:
    for name in names:
        node = storage.getNode(name)
        if node.isMap():
            matrix = node.mat()
            if matrix is not None:
                return np.asarray(matrix, dtype=np.float64)
    return None


def _number(storage: Any, name: str) -> float | None:
    node = storage.getNode(name)
    return float(node.real()) if node.isReal() or node.isInt() else None


def _whole(storage: Any, name: str) -> int:
    return int(_number(storage, name) or 0)


def _texts(storage: Any, name: str) -> list[str]:
    node = storage.getNode(name)
    return [node.at(index).string() for index in range(node.size())] if node.isSeq() else []


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _triple(values: Any) -> tuple[float, float, float] | None:
    x, y, z = (float(value) for value in values)
    return (x, y, z) if np.isfinite([x, y, z]).all() else None


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _checked(result: MonoResult) -> MonoResult:
    numbers = [*asdict(result.intrinsics).values(), *result.distortion]
    if result.model not in DISTORTION_NAMES or len(result.distortion) != len(DISTORTION_NAMES[result.model]):
        raise BadInput(f"Its lens model '{result.model}' does not go with {len(result.distortion)} coefficients")
    finite = bool(np.isfinite(np.array(numbers, dtype=np.float64)).all())
    if not finite or min(result.intrinsics.fx, result.intrinsics.fy) <= 0:
        raise BadInput("Its camera parameters are not usable numbers")
    return result
