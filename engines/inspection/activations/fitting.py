"""Fits a picture to a model's inputs, and says in words what was done: known ways first, else by the input's shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from engines.core.errors import BadInput
from engines.core.frames import Image
from engines.core.networks.preprocessing import Placement, Preprocessing
from engines.inspection.types import Given, ModelSheet, Shape

ASSUMED = " (assumed)"
FITS = {"stretch": "stretched to", "letterbox": "whole within", "crop": "its middle in"}


@dataclass(frozen=True, slots=True)
class Fitted:
    """What went in. picture: uint8 BGR of the input's size; placed: where the feed's picture lies in it; words: how."""

    inputs: tuple[torch.Tensor, ...]
    picture: Image
    placed: Placement
    words: str


@dataclass(frozen=True, slots=True)
class Fitting:
    """How pictures go into a model. at: number of the input that takes them; rest: all inputs, filled."""

    at: int
    preprocessing: Preprocessing
    assumed: bool
    rest: tuple[torch.Tensor, ...]

    def fit(self, image: Image) -> Fitted:
        """uint8 BGR of any size -> the model's inputs."""
        as_seen = replace(self.preprocessing, colours="BGR", mean=(0.0,), std=(1.0,), axes="NHWC")
        shown, placed = as_seen.prepare(image)
        picture = np.asarray(shown[0], np.uint8)
        data = torch.from_numpy(self.preprocessing.prepare(picture)[0]).to(self.rest[self.at].dtype)
        inputs = tuple(data if index == self.at else one for index, one in enumerate(self.rest))
        return Fitted(inputs, picture, placed, self._words(image))

    def _words(self, image: Image) -> str:
        """"640x480 stretched to 224x224, RGB, 0 to 1 (assumed)"."""  # fmt: skip
        way, (high, wide) = self.preprocessing, self.preprocessing.size
        height, width = image.shape[:2]
        how = f"{width}x{height}"
        if (height, width) != (high, wide):
            how += f" {FITS[way.fit]} {wide}x{high}"
        return f"{how}, {way.colours}, {_range(way)}{ASSUMED if self.assumed else ''}"


def fitting_of(sheet: ModelSheet, shapes: Sequence[Shape] = (), asked: Preprocessing | None = None) -> Fitting:
    """By what was asked, else by what is known of the model, else by its input's shape: RGB, 0 to 1.

    Raises `BadInput` for a model that takes no picture, or whose input's size nobody has told.
    """
    rest = tuple(_filled(one, _sizes(sheet, one, index, shapes)) for index, one in enumerate(sheet.given))
    at = next((index for index, one in enumerate(sheet.given) if _takes_pictures(one, rest[index])), None)
    if at is None:
        hint = "Choose a model with an input of four axes and one or three colours"
        raise BadInput(f"{sheet.title} takes no pictures", path=sheet.path or None, hint=hint)
    known = asked or sheet.preprocessing
    way = known or _by_shape(rest[at])
    return Fitting(at, _sized(way, rest[at]), known is None, rest)


def _sizes(sheet: ModelSheet, given: Given, index: int, shapes: Sequence[Shape]) -> Shape:
    shape = shapes[index] if index < len(shapes) else given.shape
    if shape is None or -1 in shape[1:]:
        raise BadInput(
            f"The size of the input '{given.name}' is not in the file",
            path=sheet.path or None,
            hint="Give its shape, such as 1x3x224x224",
        )
    return tuple(1 if size == -1 else size for size in shape)


def _filled(given: Given, shape: Shape) -> torch.Tensor:
    dtype = getattr(torch, given.dtype, torch.float32)
    return torch.full(shape, given.value, dtype=torch.float32 if dtype in (torch.float16, torch.bfloat16) else dtype)


def _takes_pictures(given: Given, data: torch.Tensor) -> bool:
    return given.picture or (data.ndim == 4 and (data.shape[1] in (1, 3) or data.shape[3] in (1, 3)))


def _by_shape(data: torch.Tensor) -> Preprocessing:
    first = data.shape[1] in (1, 3)
    colours = data.shape[1] if first else data.shape[3]
    whole = not data.is_floating_point()
    return Preprocessing(
        colours="grey" if colours == 1 else "RGB", std=(1.0,) if whole else (255.0,), axes="NCHW" if first else "NHWC"
    )


def _sized(way: Preprocessing, data: torch.Tensor) -> Preprocessing:
    """Of the input's size, whatever was known for another one."""
    high, wide = data.shape[2:] if way.axes == "NCHW" else data.shape[1:3]
    return replace(way, size=(int(high), int(wide)))


def _range(way: Preprocessing) -> str:
    if len({*way.mean}) == len({*way.std}) == 1:
        low, high = ((end - way.mean[0]) / way.std[0] for end in (0, 255))
        return f"{low:.4g} to {high:.4g}"
    means, spreads = (" ".join(f"{one:.4g}" for one in part) for part in (way.mean, way.std))
    return f"mean {means}, sd {spreads}"
