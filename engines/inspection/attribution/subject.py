"""What is explained: a network, a picture that went in, and one number of it, for single pictures and for batches."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engines.core.context import Context
from engines.core.errors import BadInput, KinoscopeError
from engines.core.frames import Image
from engines.core.networks.preprocessing import Placement, Preprocessing
from engines.core.words import tr
from engines.inspection.attribution.asked import AttributeSpec, Baseline, Target
from engines.inspection.attribution.targets import Aim, aim_of
from engines.inspection.opening.model import Model
from engines.inspection.running.fitting import Fitting, fitting_of
from engines.inspection.running.network import Network

ROOM = 384 * 2**20
"""Bytes of activations that a batch may hold."""
MOST = 16
LONGEST = 960


@dataclass(slots=True)
class Subject:
    """inputs: of the network, the picture's at place `at`. picture: (1, C, h, w) or (1, h, w, C), as it went in; seen:
    the same as uint8 BGR; original: not yet fitted. chunk: pictures at a time that memory has room for. together: the
    network takes batches."""

    network: Network
    inputs: tuple[torch.Tensor, ...]
    at: int
    preprocessing: Preprocessing
    placed: Placement
    original: Image
    seen: Image
    fitted: str
    aim: Aim
    target: Target
    ctx: Context
    chunk: int = 1
    together: bool = False

    @property
    def picture(self) -> torch.Tensor:
        return self.inputs[self.at]

    @property
    def nhwc(self) -> bool:
        return self.preprocessing.axes == "NHWC"

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the input."""
        return self.preprocessing.size

    @property
    def of_logits(self) -> bool:
        """The target is one of a vector of numbers that are no probabilities yet."""
        return self.target.share is not None

    def value(self, pictures: torch.Tensor) -> torch.Tensor:
        """The tensor that the target is read from, for each of a batch."""
        self.ctx.check()
        if self.together or len(pictures) == 1:
            return self._run(pictures)
        return torch.cat([self._run(one[None]) for one in pictures])

    def score(self, pictures: torch.Tensor) -> torch.Tensor:
        """The target of each of a batch, (n,); gradients flow."""
        return self.aim.read(self.value(pictures))

    def share(self, pictures: torch.Tensor) -> torch.Tensor:
        """Its softmax where the target is one of a vector of logits, else the score itself."""
        value = self.value(pictures)
        return value.flatten(1).softmax(1)[:, self.aim.at[0]] if self.of_logits else self.aim.read(value)

    def summed(self, attributions: torch.Tensor) -> NDArray[np.float32]:
        """(1, C, h, w) or (1, h, w, C) added over colours, as a map (h, w)."""
        added = attributions.detach()[0].sum(2 if self.nhwc else 0)
        return np.asarray(added.numpy(), np.float32)

    def baseline(self, kind: Baseline) -> torch.Tensor:
        """Nothing, as an input of the picture's shape."""
        return torch.from_numpy(self.preprocessing.prepare(nothing(self.seen, kind))[0])

    def of(self, network: Network) -> Subject:
        """The same with other weights."""
        return replace(self, network=network)

    def _run(self, pictures: torch.Tensor) -> torch.Tensor:
        inputs = tuple(pictures if place == self.at else one for place, one in enumerate(self.inputs))
        if len(pictures) > 1:
            inputs = tuple(one if one is pictures else one.expand(len(pictures), *one.shape[1:]) for one in inputs)
        if self.aim.name:
            return _rows(self.network.values(inputs, [self.aim.name])[self.aim.name])
        found = self.network(*inputs)
        return _rows(found[self.aim.output] if isinstance(found, tuple) else found)


def subject(model: Model, picture: Image, spec: AttributeSpec, ctx: Context) -> Subject:
    """Raises `BadInput` where a picture cannot go in, `UsageError` for a target that the model has not."""
    if model.sheet.runs:
        raise BadInput(tr("This model cannot be run: {runs}", runs=model.sheet.runs), path=model.sheet.path)
    fitting = fitting_of(model, spec.model.shapes, spec.preprocessing)
    network, fitted, taken = Network(model), fitting.fit(picture), fitting.way
    aim, target = aim_of(spec.target, network, fitted.inputs)
    original, seen = _smaller(picture), _as_grey(fitted.picture) if taken.colours == "grey" else fitted.picture
    made = Subject(
        network, fitted.inputs, fitting.at, taken, taken.place(*original.shape[:2]), original, seen, _guessed(fitting),
        aim, target, ctx,
    )  # fmt: skip
    made.chunk = _chunk(model)
    made.together = made.chunk > 1 and _takes_batches(made)
    return made


def _guessed(fitting: Fitting) -> str:
    """What of how the picture goes in is a guess, in words."""
    way = fitting.way
    levels = tr("{colours} from 0 to {std:g}", colours=way.colours, std=255 / way.std[0])
    guess = tr("The file does not say how pictures go in: taken as {levels}, stretched", levels=levels)
    others = sum(given.picture for given in fitting.model.sheet.given) - 1
    noise = tr("The picture goes into the first of {others} picture inputs, the others get noise", others=others + 1)
    return ". ".join(([guess] if fitting.assumed else []) + ([noise] if others > 0 else []))


def nothing(seen: Image, kind: Baseline) -> Image:
    """A picture of the same size that shows nothing."""
    if kind == "blur":
        return np.asarray(cv2.GaussianBlur(seen, (0, 0), max(seen.shape[:2]) / 16), np.uint8)
    level = {"black": 0, "grey": 128, "mean": seen.reshape(-1, 3).mean(0)}[kind]
    return np.broadcast_to(np.round(level), seen.shape).astype(np.uint8)


def _chunk(model: Model) -> int:
    shapes = [tensor.shape or () for tensor in model.graph.tensors.values() if not tensor.stored]
    bytes_of_one = 4 * sum(math.prod(abs(size) for size in shape) for shape in shapes)
    return max(1, min(MOST, ROOM // max(bytes_of_one, 1)))


def _takes_batches(made: Subject) -> bool:
    """Whether two pictures at once give what each gives alone: shapes written into a graph may forbid it."""
    if any(one.shape[:1] != (1,) for one in made.inputs):
        return False
    pair = torch.cat([made.picture, made.picture.flip(1 if made.nhwc else 2)])
    with torch.no_grad():
        alone = torch.cat([made._run(one[None]) for one in pair])
        try:
            both = made._run(pair)
        except (RuntimeError, KinoscopeError):
            return False
    return both.shape == alone.shape and torch.allclose(both, alone, rtol=1e-4, atol=1e-5 * float(alone.abs().max()))


def _rows(value: torch.Tensor) -> torch.Tensor:
    """With a batch axis, where a model gives none."""
    return value if value.ndim > 1 else value.reshape(1, -1)


def _as_grey(picture: Image) -> Image:
    """A picture without its colours, uint8 BGR still."""
    return np.repeat(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[..., None], 3, 2)


def _smaller(picture: Image) -> Image:
    scale = LONGEST / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = tuple(max(1, round(length * scale)) for length in picture.shape[1::-1])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
