"""Rigs in OpenCV's YAML and XML: two cameras as its stereo sample has them, any number as its multi-view program does.

Stereo (`samples/cpp/stereo_calib.cpp`): `intrinsics.yml` with M1, D1, M2, D2 and `extrinsics.yml` with R, T, which take
points of the first camera to the second, and what rectifies them. The sample does not write the pictures' size nor
the unit. Several (`apps/multiview-calibration`): Ks, distortions one after the other, Rs as rotation vectors or
matrices, Ts, image_sizes, models (1: fisheye), cam_ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.calibration.formats.checks import LARGEST_SIDE
from engines.calibration.formats.lens_names import lens_of
from engines.calibration.formats.opencv import pinhole_of, write_texts, written
from engines.calibration.formats.rig_reading import Reading, Told, told
from engines.calibration.formats.storage import Value, matrix, number, numbers
from engines.calibration.rig.pairs.rectification import rectify
from engines.calibration.rig.places import between
from engines.calibration.rig.types import RigCamera, RigResult
from engines.core.errors import BadInput
from engines.core.frames import Size
from engines.core.projection import camera_matrix
from engines.core.words import tr

Floats = NDArray[np.float64]
Values = dict[str, Value]

MODELS, NAMES, UNIT = "distortion_models", "camera_names", "length_unit"
"""What we write besides: lens models and names exactly, and the unit of lengths."""
_MATRICES = tuple((f"m{n}", f"k{n}", f"cameramatrix{n}", f"camera_matrix_{n}", f"camera_matrix{n}") for n in (1, 2))
_LENSES = tuple((f"d{n}", f"distcoeffs{n}", f"dist_coeffs_{n}", f"dist_coeffs{n}", f"distortion{n}") for n in (1, 2))
_SIZES = ("image_sizes", "image_size", "imagesize")
WANTED = (
    *_MATRICES[0], *_MATRICES[1], *_LENSES[0], *_LENSES[1], *_SIZES, "r", "t", "ks", "distortions", "rs", "ts",
    "models", "mirrored", "is_fisheye", "cam_ids", "image_width", "image_height", MODELS, NAMES, UNIT, "rms_px",
)  # fmt: skip
_COUNTS = (4, 5, 8, 12, 14)


def is_several(values: Values) -> bool:
    return numbers(values.get("ks")) is not None


def is_stereo(values: Values) -> bool:
    return all(_first(values, names) is not None for names in _MATRICES)


def is_extrinsics(values: Values) -> bool:
    """Whether these are the second half of a stereo calibration."""
    return not is_stereo(values) and all(numbers(values.get(name)) is not None for name in ("r", "t"))


def stereo(values: Values) -> Reading:
    """Two cameras, the first one's coordinates the rig's. Raises `BadInput`."""
    turn, shift = numbers(values.get("r")), numbers(values.get("t"))
    second = told(None if turn is None or shift is None else (turn, shift))
    poses = (told((np.zeros(3), np.zeros(3))), second)
    sizes, names, models = _sizes(values, 2), _names(values, ("left", "right")), _words(values, MODELS)
    found = []
    for n in range(2):
        inner = pinhole_of(_first(values, _MATRICES[n]), f"M{n + 1}")
        model, lens = lens_of(_first(values, _LENSES[n]), models[n] if len(models) == 2 else "")
        found.append(Told(names[n], sizes[n], model, inner, lens, *poses[n]))
    return Reading(tuple(found), _unit(values))


def several(values: Values) -> Reading:
    """Any number of cameras. Raises `BadInput`."""
    matrices = _rows(values, "ks", 9)
    count = len(matrices)
    turns, shifts = _rows(values, "rs", -count), _rows(values, "ts", 3)
    if not len(turns) == len(shifts) == count:
        raise BadInput(
            tr("This file has {count} camera matrices and another number of rotations or shifts", count=count)
        )
    sizes, names = _sizes(values, count), _names(values, [f"cam_{n}" for n in range(count)])
    lenses = _lenses(values, count)
    found = []
    for n in range(count):
        model, lens = lenses[n]
        inner = pinhole_of(matrices[n].reshape(3, 3), "Ks")
        found.append(Told(names[n], sizes[n], model, inner, lens, *told((turns[n], shifts[n]))))
    return Reading(tuple(found), _unit(values), mirrored=bool(number(values.get("mirrored"))))


def to_several(result: RigResult) -> str:
    """The text of a file of all cameras, in metres."""
    cameras = result.cameras
    poses = np.array([[*camera.rvec, *camera.tvec] for camera in cameras])

    def write(storage: Any) -> None:
        _write_names(storage, cameras)
        write_texts(storage, "cam_ids", [camera.name for camera in cameras])
        storage.write("Ks", np.array([camera_matrix(camera.intrinsics) for camera in cameras]))
        storage.write("distortions", np.concatenate(_padded(cameras)))
        storage.write("Rs", poses[:, :3])
        storage.write("Ts", poses[:, 3:])
        storage.write("models", np.array([int(camera.lens.is_fisheye) for camera in cameras], dtype=np.int32))
        storage.write("image_sizes", np.array([_both(camera.size) for camera in cameras], dtype=np.int32))
        storage.write("mirrored", int(result.mirrored))

    return written(write)


def to_intrinsics(result: RigResult) -> str:
    """The first file of a pair."""

    def write(storage: Any) -> None:
        for n, camera in enumerate(result.cameras, 1):
            storage.write(f"M{n}", camera_matrix(camera.intrinsics))
            storage.write(f"D{n}", np.array([camera.distortion]))
        _write_names(storage, result.cameras)
        storage.write("image_sizes", np.array([_both(camera.size) for camera in result.cameras], dtype=np.int32))

    return written(write)


def to_extrinsics(result: RigResult) -> str:
    """The second file of a pair, with what rectifies it at its own focal length. Raises as `rectify` does."""
    how = rectify(result, 0, 1)
    one, other = how.straight
    apart = between(result.cameras[0], result.cameras[1])
    turns = [np.array(rotation).reshape(3, 3) for rotation in how.rotations]
    shift = turns[1] @ apart.shift
    first, second = (np.column_stack([camera_matrix(inner), np.zeros(3)]) for inner in how.straight)
    second[:, 3] = camera_matrix(other) @ shift
    along = int(how.vertical)
    q = np.array([[1, 0, 0, -one.cx], [0, 1, 0, -one.cy], [0, 0, 0, one.fx], [0, 0, -1 / shift[along], 0.0]])
    q[3, 3] = ((one.cx - other.cx) if not along else (one.cy - other.cy)) / shift[along]

    def write(storage: Any) -> None:
        parts = {"R": apart.rotation, "T": apart.shift.reshape(3, 1), "R1": turns[0], "R2": turns[1]}
        for name, value in (parts | {"P1": first, "P2": second, "Q": q}).items():
            storage.write(name, value)
        storage.write("E", _across(apart.shift) @ apart.rotation)
        storage.write("F", _fundamental(result, _across(apart.shift) @ apart.rotation))

    return written(write)


def _fundamental(result: RigResult, essential: Floats) -> Floats:
    """Of undistorted pixels, with its last value 1 as OpenCV gives it."""
    one, other = (np.linalg.inv(camera_matrix(camera.intrinsics)) for camera in result.cameras)
    given = other.T @ essential @ one
    return np.asarray(given / given[2, 2] if given[2, 2] else given)


def _across(shift: Floats) -> Floats:
    x, y, z = shift
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def _write_names(storage: Any, cameras: Sequence[RigCamera]) -> None:
    storage.write(UNIT, "m")
    write_texts(storage, NAMES, [camera.name for camera in cameras])
    write_texts(storage, MODELS, [camera.model for camera in cameras])


def _both(size: Size) -> tuple[int, int]:
    return size.width, size.height


def _padded(cameras: Sequence[RigCamera]) -> list[Floats]:
    """Distortions of one length for all pinhole cameras, so that a reader can tell whose each number is."""
    most = max((len(camera.distortion) for camera in cameras if not camera.lens.is_fisheye), default=0)
    return [
        np.array(camera.distortion if camera.lens.is_fisheye else (camera.distortion + (0.0,) * most)[:most])
        for camera in cameras
    ]


def _lenses(values: Values, count: int) -> list[tuple[Any, tuple[float, ...]]]:
    """Model and distortion of each camera: the flat list is cut by what each model has."""
    given = numbers(values.get("distortions"))
    given = np.zeros(0) if given is None else given
    kinds = numbers(values.get("models") or values.get("is_fisheye"))
    fish = [bool(kind) for kind in kinds] if kinds is not None and len(kinds) == count else [False] * count
    wide = _width(len(given), fish)
    names, at, found = _words(values, MODELS), 0, []
    for n in range(count):
        length = 4 if fish[n] else wide
        name = names[n] if len(names) == count else "fisheye" if fish[n] else ""
        own = given[at : at + length]
        found.append(lens_of(own, name))
        at += length
    return found


def _width(given: int, fish: Sequence[bool]) -> int:
    """How many of the coefficients belong to each pinhole camera. Raises `BadInput` where they cannot be shared out."""
    left, pinholes = given - 4 * sum(fish), len(fish) - sum(fish)
    width, rest = divmod(left, pinholes) if pinholes else (0, left)
    if rest or (width and width not in _COUNTS) or left < 0:
        raise BadInput(
            tr(
                "Its {given} distortion coefficients cannot be shared out among {count} cameras",
                given=given,
                count=len(fish),
            )
        )
    return width


def _rows(values: Values, name: str, width: int) -> Floats:
    """The numbers under a name by camera. width: of one, or minus the number of cameras."""
    given = numbers(values.get(name))
    if given is None or not given.size or given.size % abs(width):
        raise BadInput(tr("This file has no '{name}' of all cameras", name=name.capitalize()))
    return given.reshape(-1, width) if width > 0 else given.reshape(-width, -1)


def _sizes(values: Values, count: int) -> list[Size | None]:
    given = next((found for name in _SIZES if (found := numbers(values.get(name))) is not None), None)
    if given is None:
        sides = [number(values.get(f"image_{side}")) for side in ("width", "height")]
        given = np.zeros(0) if None in sides else np.array(sides, dtype=np.float64)
    if given.size not in (0, 2, 2 * count) or not ((given >= 1) & (given <= LARGEST_SIDE)).all():
        raise BadInput(tr("The sizes of its pictures make no sense"))
    pairs: list[Size | None] = [Size(int(width), int(height)) for width, height in given.reshape(-1, 2)]
    return pairs * count if len(pairs) == 1 else pairs or [None] * count


def _names(values: Values, usual: Sequence[str]) -> Sequence[str]:
    """As written by us, by OpenCV as words or as one word with commas, or the usual ones."""
    names = _words(values, NAMES) or _words(values, "cam_ids")
    given = values.get("cam_ids")
    if not names and isinstance(given, str) and given:
        names = [name.strip() for name in given.split(",")]
    return names if len(names) == len(usual) and all(names) else usual


def _unit(values: Values) -> str:
    given = values.get(UNIT)
    return given if isinstance(given, str) else ""


def _words(values: Values, name: str) -> list[str]:
    given = values.get(name)
    return given if isinstance(given, list) else []


def _first(values: Values, names: Sequence[str]) -> Floats | None:
    return next((found for name in names if (found := matrix(values.get(name))) is not None), None)
