"""How bright a picture is: the mean of its values, of a file or of every frame that comes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.core.context import Context
from engines.core.errors import BadInput
from engines.core.frames import FrameSet
from engines.core.live import Reset


@dataclass(frozen=True, slots=True)
class Spec:
    path: str = ""


@dataclass(frozen=True, slots=True)
class Brightness:
    mean: float


def run(spec: Spec, ctx: Context) -> Brightness:
    """A `.toy` file: numbers in text."""
    ctx.progress(0, 1, "Reading")
    try:
        return Brightness(float(np.loadtxt(spec.path).mean()))
    except ValueError as error:
        raise BadInput("This is no file of numbers", path=spec.path) from error


class Meter:
    """The live engine."""

    def open(self, settings: Spec, ctx: Context) -> None:
        """Nothing to load."""

    def configure(self, settings: Spec) -> bool:
        return True

    def process(self, frames: FrameSet) -> Brightness:
        return Brightness(float(frames[0].image.mean()))

    def reset(self, why: Reset) -> None:
        """Nothing was remembered."""

    def close(self) -> None:
        """Nothing to give back."""
