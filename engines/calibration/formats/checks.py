"""What every reader of calibrations holds its values to, and how it says that they do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import numpy as np

from engines.calibration.types import MonoResult
from engines.core.errors import BadInput
from engines.core.lenses import DISTORTION_NAMES
from engines.core.reading import MISFITS

DAMAGED = "This calibration is incomplete or damaged"


@contextmanager
def in_words() -> Iterator[None]:
    try:
        yield
    except MISFITS as error:
        raise BadInput(f"{DAMAGED}: {error}") from error


def checked(result: MonoResult) -> MonoResult:
    """The same, if it can be a camera. Raises `BadInput`."""
    numbers = [*asdict(result.intrinsics).values(), *result.distortion]
    if result.model not in DISTORTION_NAMES or len(result.distortion) != len(DISTORTION_NAMES[result.model]):
        raise BadInput(f"Its lens model '{result.model}' does not go with {len(result.distortion)} coefficients")
    if not bool(np.isfinite(np.array(numbers, dtype=np.float64)).all()) or not _is_camera(result):
        raise BadInput("The camera in this calibration is not usable: its numbers make no sense")
    return result


def _is_camera(result: MonoResult) -> bool:
    """Whether focal lengths and middle are of the order of a picture of this size."""
    inner, longest = result.intrinsics, max(result.image_size.width, result.image_size.height)
    focal = all(1e-3 * longest < length < 1e4 * longest for length in (inner.fx, inner.fy))
    return focal and max(abs(inner.cx), abs(inner.cy)) < 100 * longest
