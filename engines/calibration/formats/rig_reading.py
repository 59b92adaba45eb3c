"""What files of other programs tell of a rig's cameras, as plain values, and the rig that is made of it.

Each format's reader gives a `Reading`; what it cannot use is said in words and left out, not guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.calibration.formats.checks import checked, in_words
from engines.calibration.formats.opencv import UNITS, UnitMissing
from engines.calibration.rig.places import pairs_of, vector
from engines.calibration.rig.types import RigCamera, RigPair, RigResult, Vector
from engines.calibration.types import MonoResult, Reason
from engines.core.errors import BadInput
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, ModelName
from engines.core.words import control, tr

Floats = NDArray[np.float64]

STILL: Vector = (0.0, 0.0, 0.0)
SKEWED = 1e-3
"""The most by which a rotation's rows may miss being of length 1 and square to one another."""
LARGEST = 1e7
"""Of a pose, in whatever unit."""
NEAREST, FARTHEST = 1e-6, 1e4
"""Metres between cameras of one rig: nearer they are at one place; beyond, a number is damaged or of another unit."""
LARGEST_IN_METRES = 20.0
"""A rig whose cameras are further apart by a file that does not say its unit is not taken to be in metres."""


@dataclass(frozen=True, slots=True)
class Told:
    """One camera as a file tells it. pose: rvec, tvec from the rig's coordinates, in the file's unit.

    pose None: there is none that can be used, `unposed` says why. size None: the file does not say it.
    """

    name: str
    size: Size | None
    model: ModelName
    intrinsics: Intrinsics
    distortion: tuple[float, ...]
    pose: tuple[Vector, Vector] | None = None
    unposed: str = tr("it is a file of one camera")
    rms_px: float = 0.0
    std: tuple[tuple[str, float], ...] = ()
    distortion_std: tuple[float, ...] = ()

    @classmethod
    def of(cls, name: str, result: MonoResult) -> Told:
        """A camera that was calibrated alone."""
        return cls(
            name, result.image_size, result.model, result.intrinsics, result.distortion, rms_px=result.rms_px,
            std=tuple(result.std.items()), distortion_std=result.distortion_std,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """The cameras of a file in its order. unit: of its lengths, "" where it does not say; notes: what was left out.

    mirrored: they are those of pictures flipped left to right.
    """

    cameras: tuple[Told, ...]
    unit: str = ""
    notes: tuple[str, ...] = ()
    mirrored: bool = False


def told(pose: tuple[ArrayLike, ArrayLike] | None) -> tuple[tuple[Vector, Vector] | None, str]:
    """A pose from a rotation (3 x 3 or a rotation vector) and a shift, or None and why it is no rigid motion."""
    if pose is None:
        return None, tr("the file does not say where it is")
    with in_words():
        turn, shift = (np.asarray(part, dtype=np.float64) for part in pose)
    if turn.size not in (3, 9) or shift.size != 3:
        return None, tr("its rotation or shift has another number of values")
    if not (np.isfinite(turn).all() and np.isfinite(shift).all()):
        return None, tr("its rotation or shift holds what is no finite number")
    if max(np.abs(turn).max(), np.abs(shift).max()) > LARGEST:
        return None, tr("its rotation or shift holds a number that makes no sense")
    if turn.size == 9 and not is_rotation(turn.reshape(3, 3)):
        return None, tr("its rotation is no rotation: its rows are not of length 1 and square to one another")
    turned = turn.ravel() if turn.size == 3 else cv2.Rodrigues(turn.reshape(3, 3))[0].ravel()
    return (vector(turned), vector(shift)), ""


def is_rotation(turn: Floats) -> bool:
    """Whether a 3 x 3 matrix is one, but for rounding in a file; mirrors are none."""
    if float(np.abs(turn).max()) > 1 + SKEWED:
        return False
    away = float(np.abs(turn @ turn.T - np.eye(3)).max())
    return away <= SKEWED and float(np.linalg.det(turn)) > 0


def cameras(reading: Reading, size: Size | None = None) -> tuple[RigCamera, ...]:
    """The cameras of a reading, checked, those without a pose at the origin. size: where the file does not say it.

    Raises `BadInput` for names that stand twice and numbers that make no sense, with the camera's name.
    """
    if not reading.cameras:
        raise BadInput(tr("This file holds no cameras"), hint=" ".join(reading.notes))
    twice = [name for name, count in Counter(one.name for one in reading.cameras).items() if count > 1]
    if twice:
        raise BadInput(
            tr("Two cameras in it are called '{twice}'", twice=twice[0]), hint=tr("Give each camera its own name")
        )
    return tuple(_camera(one, size) for one in reading.cameras)


def rig_of(reading: Reading, unit: str = "", size: Size | None = None) -> RigResult:
    """The rig. unit: of its lengths where the file does not say it, a key of `UNITS`. Raises `BadInput`, `UnitMissing`.

    What was left out or taken for granted is among its reasons.
    """
    found = cameras(reading, size)
    lost = next((one for one in reading.cameras if one.pose is None), None)
    if lost is not None:
        hint = tr("Its intrinsics can still be given where a rig is calibrated")
        raise BadInput(
            tr(
                "There is no rig in it: where camera '{lost}' is cannot be used, {unposed}",
                lost=lost.name,
                unposed=lost.unposed,
            ),
            hint=hint,
        )
    if len(found) < 2:
        raise BadInput(tr("This file holds one camera, not a rig"))
    metres, assumed = _metres(found, reading.unit or unit)
    found = tuple(replace(one, tvec=vector(metres * np.array(one.tvec))) for one in found)
    reasons = [Reason("left-out", 1, note) for note in reading.notes]
    reasons += [
        Reason("unit", 1, tr("The file does not say the unit of its lengths; they are taken as metres"))
    ] * assumed
    pairs = pairs_of(found)
    _check_distances(found, pairs)
    reasons += [Reason("same-place", 2, _at_one_place(found, pair)) for pair in pairs if pair.distance < NEAREST]
    rms = [one.rms_px for one in found if one.rms_px]
    whole = float(np.sqrt(np.mean(np.square(rms)))) if len(rms) == len(found) else 0.0
    return RigResult(found, pairs, whole, "", tuple(reasons), 0.0, mirrored=reading.mirrored)


def lens_checked(camera: RigCamera) -> RigCamera:
    """The same, if its lens can be used. Raises `BadInput` that names the camera."""
    alone = MonoResult(
        camera.model, camera.size, camera.intrinsics, camera.std, camera.distortion, camera.distortion_std,
        camera.rms_px, camera.held_out_rms_px, (), "", (), 0.0, None,
    )  # fmt: skip
    try:
        checked(alone)
    except BadInput as error:
        raise BadInput(
            tr("Camera '{camera}': {message}", camera=camera.name, message=error.message), hint=error.hint
        ) from error
    return camera


def _camera(one: Told, size: Size | None) -> RigCamera:
    size = one.size or size
    if size is None:
        hint = tr("Add lines with it to the file: image_width: 640 and image_height: 480")
        raise BadInput(tr("The file does not say the size of the pictures of camera '{one}'", one=one.name), hint=hint)
    rvec, tvec = one.pose or (STILL, STILL)
    return lens_checked(
        RigCamera(
            one.name,
            size,
            one.model,
            one.intrinsics,
            one.distortion,
            rvec,
            tvec,
            dict(one.std),
            one.distortion_std,
            rms_px=one.rms_px,
        )  # fmt: skip
    )


def _say_unit() -> str:
    return tr(
        "Say it with {control} ({units}), or in the file: length_unit: mm in YAML, "
        'unit = "mm" under [metadata] in TOML',
        control=control(tr("Open calibration"), "--unit"),
        units=", ".join(UNITS),
    )


def _metres(found: Sequence[RigCamera], unit: str) -> tuple[float, bool]:
    """How many metres the file's unit is, and whether that was taken for granted."""
    if unit:
        if unit not in UNITS:
            raise BadInput(tr("'{unit}' is not a unit of length", unit=unit), hint=_say_unit())
        return UNITS[unit], False
    widest = max((pair.distance for pair in pairs_of(found)), default=0.0)
    if widest > LARGEST_IN_METRES:
        raise UnitMissing(
            tr(
                "The cameras of this file are up to {widest:.4g} apart, but it does not say in which unit",
                widest=widest,
            ),
            hint=_say_unit(),
        )
    return 1.0, True


def _at_one_place(found: Sequence[RigCamera], pair: RigPair) -> str:
    return tr(
        "{first} and {second} stand at one place by this file",
        first=found[pair.first].name,
        second=found[pair.second].name,
    )


def _check_distances(found: Sequence[RigCamera], pairs: Sequence[RigPair]) -> None:
    for pair in pairs:
        names = tr("'{first}' and '{second}'", first=found[pair.first].name, second=found[pair.second].name)
        if not pair.distance < FARTHEST:
            raise BadInput(
                tr(
                    "Cameras {names} are {distance:.4g}\u00a0m apart, which makes no sense for a rig",
                    names=names,
                    distance=pair.distance,
                )
            )
