"""Calibrations as OpenCV's `FileStorage` writes them, which most tools read; YAML and XML of others as far as they go.

Numbers survive exactly. The file keeps the camera, its uncertainty and the figures of each view, but not their corners,
reasons or maps. Files of OpenCV's samples and of ROS are read too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

import cv2
import numpy as np

from engines.calibration.formats.checks import LARGEST_SIDE, checked, in_words
from engines.calibration.formats.lens_names import lens_of, named
from engines.calibration.formats.storage import Value, matrix, number, read_xml, read_yaml
from engines.calibration.types import MonoResult, ViewResult
from engines.core.boards import Board
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, ModelName
from engines.core.names import shown
from engines.core.projection import camera_matrix, intrinsics_of
from engines.core.words import tr

UNITS = {"mm": 1e-3, "cm": 1e-2, "in": 0.0254, "m": 1.0}
"""Units of a board's squares, in metres."""
UNKNOWN = "unknown"
METRES = 1e-3, 0.5
"""A number in this range is a board's square in metres and in no other unit."""
UNIT_HINT = tr("Add a line 'square_unit: mm' to the file; units are {units}", units=", ".join(UNITS))
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
    "more_boards", "fixed", "covariance", "mirrored",
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


def to_yaml(result: MonoResult) -> str:
    """The text of a file that `cv2.FileStorage` reads, with the header that all its versions know."""

    def write(storage: Any) -> None:
        _write_camera(storage, result)
        _write_figures(storage, result)

    return written(write)


def written(write: Callable[[Any], None]) -> str:
    """The text of a `cv2.FileStorage` that `write` has filled."""
    storage = cv2.FileStorage(".yaml", cv2.FILE_STORAGE_WRITE | cv2.FILE_STORAGE_MEMORY)
    try:
        write(storage)
        _, _, body = str(storage.releaseAndGetString()).partition("\n")
        return f"%YAML:1.0\n{body}"
    finally:
        storage.release()


def from_yaml(text: str, unit: str = "") -> MonoResult:
    """Read what a calibration file of OpenCV or ROS says. unit: of its squares, as `load`. Raises `BadInput`."""
    with in_words():
        return _read(read_yaml(text, _WANTED), unit)


def from_xml(root: Element, unit: str = "") -> MonoResult:
    """The same of OpenCV's XML."""
    with in_words():
        return _read(read_xml(root), unit)


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
    if result.lens.is_fisheye:
        storage.write("fisheye_model", 1)
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
        write_texts(storage, "advice", result.advice)
    storage.write("seconds", result.seconds)
    storage.write("free_board", int(result.free_board))
    if result.more_boards:
        write_texts(storage, "more_boards", map(str, result.more_boards))
    if result.fixed:
        write_texts(storage, "fixed", result.fixed)
    if result.covariance:
        storage.write("covariance", np.array(result.covariance))
    if result.mirrored:
        storage.write("mirrored", 1)
    if result.board_points:
        storage.write("board_points", np.array(result.board_points))
    if result.views:
        write_texts(storage, "view_names", [view.name for view in result.views])
        write_texts(storage, "view_paths", [view.path for view in result.views])
        storage.write("per_view_reprojection_errors", _column(result, lambda view: view.rms_px))
        storage.write("per_view_leave_one_out_errors", _column(result, lambda view: view.loo_rms_px))
        states = [[int(view.found), int(view.used)] for view in result.views]
        storage.write("per_view_found", np.array(states, dtype=np.int32))
        storage.write("extrinsic_parameters", np.array([_pose(view) for view in result.views]))


def write_texts(storage: Any, key: str, texts: Iterable[str]) -> None:
    """A list of words under a name."""
    storage.startWriteStruct(key, cv2.FileNode_SEQ)
    for text in texts:
        storage.write("", shown(text))
    storage.endWriteStruct()


def _column(result: MonoResult, value: Callable[[ViewResult], float | None]) -> Any:
    return np.array([[np.nan if value(view) is None else value(view)] for view in result.views], dtype=np.float64)


def _pose(view: ViewResult) -> list[float]:
    return [np.nan] * 6 if view.rvec is None or view.tvec is None else [*view.rvec, *view.tvec]


def _read(values: Values, unit: str) -> MonoResult:
    camera = pinhole_of(_matrix(values, "camera_matrix"))
    size = _size(values)
    model, distortion = lens_of(_matrix(values, "distortion_coefficients"), _model_name(values))
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
        more_boards=tuple(Board.parse(text) for text in _texts(values, "more_boards")),
        fixed=tuple(_texts(values, "fixed")),
        covariance=_square(matrix(values.get("covariance")), 4 + len(distortion)),
        mirrored=bool(number(values.get("mirrored"))),
        board_points=() if points is None else tuple((x, y, z) for x, y, z in points.reshape(-1, 3).tolist()),
    )
    return checked(result)


def pinhole_of(given: Any, name: str = "camera_matrix") -> Intrinsics:
    """What a matrix, called so in the file, says. Raises `BadInput` for one that no pinhole camera without skew has."""
    if given is None or given.size != 9 or given.shape not in ((3, 3), (9,)):
        raise BadInput(tr("This file has no 3 x 3 '{name}'", name=name))
    given = given.reshape(3, 3)
    if given[0, 1] != 0:
        raise BadInput(
            tr("The axes of this camera are skewed ({given:g} pixels), which cannot be kept here", given=given[0, 1])
        )
    if given[1, 0] != 0 or given[2].tolist() != [0, 0, 1]:
        raise BadInput(tr("Its '{name}' is not that of a camera", name=name))
    return intrinsics_of(given)


def _size(values: Values) -> Size:
    pairs: list[Sequence[Value | None]] = [[values.get(f"{w}width"), values.get(f"{w}height")] for w in ("image_", "")]
    pairs += [_texts(values, name) for name in ("cameraresolution", "image_size")]
    for pair in pairs:
        width, height = (number(side) for side in pair) if len(pair) == 2 else (None, None)
        if width and height and min(width, height) >= 1 and max(width, height) <= LARGEST_SIDE:
            return Size(int(width), int(height))
    raise BadInput(tr("This file does not say 'image_width' and 'image_height'"))


def _model_name(values: Values) -> str:
    """What the file calls its lens model, "" where it does not say. Raises `BadInput` for those that are not known."""
    said = _word(values, "fisheye_model")
    names = [name for key in ("distortion_model", "camera_model") if (name := _word(values, key))]
    if said.casefold() in ("true", "yes") or number(said):
        names = ["fisheye"]
    return named(names)


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
        message = tr("The board's squares are {side:g} wide, but the file does not say in which unit", side=side)
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


def _square(given: Any, side: int) -> tuple[tuple[float, ...], ...]:
    if given is None or given.shape != (side, side):
        return ()
    return tuple(tuple(row) for row in given.tolist())


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _triple(values: Any) -> tuple[float, float, float] | None:
    x, y, z = (float(value) for value in values)
    return (x, y, z) if np.isfinite([x, y, z]).all() else None
