"""Fits a picture to a model's inputs and says in words how: as is known of the model, else by its input's shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from engines.core.frames import Image
from engines.core.networks.preprocessing import Placement, Preprocessing
from engines.core.words import tr
from engines.inspection.opening.model import Model
from engines.inspection.pictures import picture_input, preprocessing_of
from engines.inspection.running.inputs import check_room, given_inputs
from engines.inspection.types import Shape

ASSUMED = " (assumed)"
FITS = {"stretch": tr("stretched to"), "letterbox": tr("whole within"), "crop": tr("its middle in")}


@dataclass(frozen=True, slots=True)
class Fitted:
    """What went in. picture: uint8 BGR of the input's size; placed: where the feed's picture lies in it; words: how."""

    inputs: tuple[torch.Tensor, ...]
    picture: Image
    placed: Placement
    words: str


@dataclass(frozen=True, slots=True)
class Fitting:
    """How pictures go into a model. assumed: nobody knows whether that is how it was trained."""

    model: Model
    shapes: tuple[Shape, ...]
    way: Preprocessing
    assumed: bool

    @property
    def at(self) -> int:
        """Number of the input that the picture goes into."""
        return next(index for index, one in enumerate(self.model.sheet.given) if one.picture)

    def fit(self, image: Image) -> Fitted:
        """uint8 BGR of any size -> the model's inputs."""
        as_seen = replace(self.way, colours="BGR", mean=(0.0,), std=(1.0,), axes="NHWC")
        shown, placed = as_seen.prepare(image)
        picture = np.asarray(shown[0], np.uint8)
        data = torch.from_numpy(self.way.prepare(picture)[0])
        return Fitted(given_inputs(self.model, data, self.shapes), picture, placed, self._words(image))

    def _words(self, image: Image) -> str:
        """"640x480 stretched to 224x224, RGB, 0 to 1 (assumed)"."""  # fmt: skip
        way, (high, wide) = self.way, self.way.size
        height, width = image.shape[:2]
        how = f"{width}x{height}"
        if (height, width) != (high, wide):
            how += f" {FITS[way.fit]} {wide}x{high}"
        return f"{how}, {way.colours}, {_range(way)}{ASSUMED if self.assumed else ''}"


def fitting_of(model: Model, shapes: Sequence[Shape] = (), asked: Preprocessing | None = None) -> Fitting:
    """As `preprocessing_of` tells. Raises `BadInput` for a model that takes no pictures, `UsageError` for too large an
    input."""
    known = asked or model.sheet.preprocessing
    way, first = preprocessing_of(model.sheet, shapes, asked), picture_input(model.sheet)
    if first is not None:
        check_room(first, (3, *way.size))
    return Fitting(model, tuple(shapes), way, known is None)


def _range(way: Preprocessing) -> str:
    if len({*way.mean}) == len({*way.std}) == 1:
        low, high = ((end - way.mean[0]) / way.std[0] for end in (0, 255))
        return tr("{low:.4g} to {high:.4g}", low=low, high=high)
    means, spreads = (" ".join(f"{one:.4g}" for one in part) for part in (way.mean, way.std))
    return tr("mean {means}, sd {spreads}", means=means, spreads=spreads)
