"""Names of lens models in files of many programs, and the coefficients that go with each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput
from engines.core.lenses import DISTORTION_NAMES, ModelName
from engines.core.words import tr

_LENSES = {
    "plumb_bob": 5, "radtan": 5, "radial-tangential": 5, "brown-conrady": 5, "brown": 5, "brown5": 5, "opencv": 8,
    "rational_polynomial": 8, "rational": 8, "rational8": 8, "thin_prism": 12, "thinprism12": 12, "tilted14": 14,
    "none": 0,
}  # fmt: skip
"""Names of the pinhole models that can be read, with their numbers of coefficients."""
_PINHOLES = ("pinhole", "perspective", "mono")
FISHEYES = ("fisheye", "fisheye4", "equidistant", "equi", "kannala_brandt", "kannala-brandt", "kannala_brandt4",
            "opencv_fisheye")  # fmt: skip
"""Names of Kannala and Brandt's model with four terms."""
_OTHERS = ("ftheta", "omni", "omnidir", "mei", "fov", "eucm", "ds", "scaramuzza")
_BY_COUNT: tuple[ModelName, ...] = ("brown5", "rational8", "thinprism12", "tilted14")


def named(names: Sequence[str]) -> str:
    """The one name among these that tells the distortion, "" where none does. Raises `BadInput` for unknown ones."""
    small = [name.casefold() for name in names]
    for name, low in zip(names, small, strict=True):
        if low in _OTHERS:
            raise BadInput(
                tr("This calibration is of another kind of lens ({name}), which cannot be read here", name=name)
            )
        if low not in (*_LENSES, *_PINHOLES, *FISHEYES):
            raise BadInput(tr("The lens model '{name}' cannot be read here", name=name))
    return next((name for name, low in zip(names, small, strict=True) if low not in _PINHOLES), "")


def lens_of(given: NDArray[np.float64] | None, name: str) -> tuple[ModelName, tuple[float, ...]]:
    """Model and coefficients for what a file gives under its `name`. Raises `BadInput` where they do not fit.

    Without a name the number of coefficients tells the model, as in OpenCV; four are Brown's without the last.
    """
    values = [] if given is None else [float(value) for value in given.ravel()]
    low = name.casefold()
    if given is None and (low in FISHEYES or _LENSES.get(low)):
        raise BadInput(tr("This file names a lens model ({name}) and no 'distortion_coefficients'", name=name))
    if low in FISHEYES:
        return _filled("fisheye4", values, name)
    most = _LENSES.get(low, 14)
    if any(values[most:]):
        raise _misfit(values, name)
    count = min(len(values), max(most, 5)) if name else len(values)
    model = next((model for model in _BY_COUNT if count <= len(DISTORTION_NAMES[model])), None)
    if model is None:
        raise _misfit(values, name)
    return _filled(model, values, name)


def _filled(model: ModelName, values: list[float], name: str) -> tuple[ModelName, tuple[float, ...]]:
    most = len(DISTORTION_NAMES[model])
    if any(values[most:]):
        raise _misfit(values, name)
    return model, tuple((values + [0.0] * most)[:most])


def _misfit(values: list[float], name: str) -> BadInput:
    which = (
        tr("do not go with its lens model '{name}'", name=name)
        if name
        else tr("belong to a lens model that cannot be read here")
    )
    return BadInput(tr("Its {count} distortion coefficients {which}", count=len(values), which=which))
