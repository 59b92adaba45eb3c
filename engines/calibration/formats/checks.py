"""What every reader of calibrations holds its values to, and how it says that they do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from math import isfinite

from engines.calibration.types import MonoResult
from engines.core.errors import BadInput
from engines.core.lenses import DISTORTION_NAMES, PINHOLE_NAMES
from engines.core.reading import MISFITS
from engines.core.words import tr

DAMAGED = tr("This calibration is incomplete or damaged")
LARGEST_SIDE = 1 << 20
LARGEST = 1e12
"""Of a distortion coefficient: far above what any lens needs, far below what its powers cannot be computed of."""


@contextmanager
def in_words() -> Iterator[None]:
    try:
        yield
    except MISFITS as error:
        raise BadInput(f"{DAMAGED}: {error}") from error


def checked(result: MonoResult) -> MonoResult:
    """The same, if it can be a camera whose every number can be used. Raises `BadInput`."""
    terms = len(result.distortion)
    if result.model not in DISTORTION_NAMES or terms != len(DISTORTION_NAMES[result.model]):
        raise BadInput(
            tr("Its lens model '{model}' does not go with {terms} coefficients", model=result.model, terms=terms)
        )
    camera = {"intrinsics": asdict(result.intrinsics), "distortion": result.distortion}
    if not is_finite(camera) or not _is_camera(result):
        raise BadInput(tr("The camera in this calibration is not usable: its numbers make no sense"))
    for name, value in asdict(result).items():
        if not is_finite(value):
            raise BadInput(tr("{damaged}: '{name}' holds what is no finite number", damaged=DAMAGED, name=name))
    _check_deviations(result)
    return result


def is_finite(value: object) -> bool:
    """Whether every number in plain values is one."""
    if isinstance(value, dict):
        return all(map(is_finite, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(is_finite, value))
    return not isinstance(value, float) or isfinite(value)


def _check_deviations(result: MonoResult) -> None:
    terms, side = len(result.distortion), len(PINHOLE_NAMES) + len(result.distortion)
    if set(result.std) - set(PINHOLE_NAMES) or len(result.distortion_std) not in (0, terms):
        raise BadInput(tr("{damaged}: its deviations do not go with its parameters", damaged=DAMAGED))
    if min(0.0, result.rms_px, *result.std.values(), *result.distortion_std) < 0:
        raise BadInput(tr("{damaged}: an error or a deviation in it is negative", damaged=DAMAGED))
    if result.covariance and {len(result.covariance), *map(len, result.covariance)} != {side}:
        raise BadInput(tr("{damaged}: its covariance does not go with its parameters", damaged=DAMAGED))


def _is_camera(result: MonoResult) -> bool:
    """Whether size, focal lengths, middle and distortion are of the order of a camera's."""
    inner, size = result.intrinsics, result.image_size
    longest = max(size.width, size.height)
    if not (min(size.width, size.height) >= 1 and longest <= LARGEST_SIDE):
        return False
    focal = all(1e-3 * longest < length < 1e4 * longest for length in (inner.fx, inner.fy))
    return focal and max(abs(inner.cx), abs(inner.cy)) < 100 * longest and max(map(abs, result.distortion)) < LARGEST
