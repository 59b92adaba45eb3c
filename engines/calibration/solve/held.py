"""What of a camera is held in a fit: single parameters at a value, groups at their plain one, equal focal lengths.

The camera is `offset + basis @ free`: a held parameter has no direction of its own, a tie shares one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import UsageError
from engines.core.frames import Size
from engines.core.lenses import DISTORTION_NAMES, PINHOLE_NAMES, ModelName
from engines.core.words import tr

Floats = NDArray[np.float64]
GROUPS = ("tangential", "aspect", "principal")


@dataclass(frozen=True)
class Freedom:
    """values: of the held parameters by their place among fx, fy, cx, cy, distortion. tied: fx = fy. basis: P x F."""

    values: dict[int, float]
    tied: bool
    basis: Floats

    def conform(self, camera: Floats) -> Floats:
        """The nearest camera of P parameters that keeps to what is held."""
        held = camera.copy()
        for place, value in self.values.items():
            held[place] = value
        if self.tied:
            free = [place for place in (0, 1) if place not in self.values]
            held[:2] = held[:2].mean() if len(free) == 2 else held[1 - free[0]] if free else held[:2]
        return held


def freedom(model: ModelName, size: Size, fix: tuple[str, ...]) -> Freedom:
    """What `fix` (as `MonoSpec.fix`) leaves free. Raises `UsageError` for what cannot be held."""
    names = (*PINHOLE_NAMES, *DISTORTION_NAMES[model])
    values: dict[int, float] = {}
    for word in fix:
        for name, value in _held(word, names, size).items() if word != "aspect" else ():
            if values.setdefault(names.index(name), value) != value:
                raise UsageError(
                    tr("{name} cannot be held at two values", name=name),
                    hint=tr("'{word}' says another than before it", word=word),
                )
    basis = np.delete(np.eye(len(names)), sorted(values), axis=1)
    tied = "aspect" in fix
    if tied:
        basis = _tied(basis, values)
    return Freedom(values, tied, basis)


def _tied(basis: Floats, values: dict[int, float]) -> Floats:
    """fx and fy move together; where one of them is held, so is the other."""
    if 0 in values and 1 in values and values[0] != values[1]:
        raise UsageError(
            tr("fx and fy are held at different values and cannot be equal"), hint=tr("Leave 'aspect' out")
        )
    columns = [column for column in basis.T if not column[:2].any()]
    both = np.zeros(len(basis))
    both[:2] = 1.0
    free = [] if 0 in values or 1 in values else [both]
    return np.array([*free, *columns]).reshape(-1, len(basis)).T


def _held(word: str, names: tuple[str, ...], size: Size) -> dict[str, float]:
    if word == "principal":
        return {"cx": (size.width - 1) / 2, "cy": (size.height - 1) / 2}
    if word == "tangential" and "p1" in names:
        return {"p1": 0.0, "p2": 0.0}
    name, given, text = word.partition("=")
    if name in names and (given or name not in PINHOLE_NAMES):
        return {name: _number(text, word) if given else 0.0}
    known = ", ".join([*names[4:], *(group for group in GROUPS if group != "tangential" or "p1" in names)])
    why = (
        tr("'{word}' needs a value to be held at", word=word)
        if name in names
        else tr("'{word}' cannot be held", word=word)
    )
    raise UsageError(why, hint=tr("Use {known}, or NAME=VALUE such as fx=800", known=known))


def _number(text: str, word: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise UsageError(tr("'{word}' does not say a number", word=word), hint=tr("Write for example k3=-0.1"))
    if word.startswith("f") and value <= 0:
        raise UsageError(
            tr("'{word}' is no focal length", word=word), hint=tr("It is in pixels: write for example fx=800")
        )
    return value
