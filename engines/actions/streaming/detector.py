"""A model on a stream of features: frames pooled to chunks, a step of the head for each, decisions and events.

The one core of the live engine and of the detection in films, so both give the same numbers. What a frame costs does
not depend on how long the stream is.
"""

from __future__ import annotations

from collections import deque
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.actions.features.chunks import Chunker
from engines.actions.features.describing import Describer
from engines.actions.heads.stream_parts import Step
from engines.actions.heads.streaming import open_stream, softmax
from engines.actions.models.files import Model
from engines.actions.streaming.events import EventFinder
from engines.actions.types import Decision, Event, Recipe, Weights
from engines.core.errors import BadInput
from engines.core.words import tr

BODY_ALONE = Recipe(streams=(), dims=())
KEPT = 64
"""Newest decisions that are kept."""


class Detector:
    """weights: how the head keeps its numbers; dtype: in which it counts; threads: that share its large products.
    keep: newest events kept, None for all.

    finder: makes the events out of the decisions that stand at the end of a frame; its thresholds may be changed as it
    goes. milliseconds: of the newest steps.
    """

    def __init__(
        self,
        model: Model,
        weights: Weights = "float32",
        dtype: Any = np.float32,
        keep: int | None = KEPT,
        threads: int = 1,
    ) -> None:
        """Raises `BadInput` for weights that are not those of the card's head."""
        card = model.card
        self.model, self.dtype = model, np.dtype(dtype)
        self.finder = EventFinder(card.classes, keep=keep)
        self.decisions: deque[Decision] = deque(maxlen=KEPT)
        self.milliseconds = 0.0
        self._stream = open_stream(card.shape, model.weights, self.dtype, weights, threads)
        self._chunker = Chunker(card.recipe.rate)
        self._length, self._number = sum(card.shape.inputs), 0
        self._since: float | None = None

    @property
    def newest(self) -> Decision | None:
        return self.decisions[-1] if self.decisions else None

    @property
    def events(self) -> tuple[Event, ...]:
        return self.finder.events

    def push(self, seconds: float, features: NDArray[np.floating]) -> list[Decision]:
        """One frame's features (D,), as the model's recipe makes them -> the decisions made with it: one with the first
        frame and wherever a chunk ends, else none. Raises `BadInput` for another length and for what is no number.
        """
        self._check(features)
        chunks = self._chunker.push(seconds, features.astype(self.dtype, copy=False))
        if self._chunker.gap:
            self._forget()
        self._since = seconds if self._since is None else self._since
        began = perf_counter()
        made = [self._decide(seconds, chunk, self._since) for chunk in chunks]
        if made:
            self.milliseconds = 1000 * (perf_counter() - began)
            self.finder.push(made[-1])
        return made

    def reset(self) -> None:
        """The next frame has nothing to do with those before: what lasts ends with the newest decision. Numbers go
        on.
        """
        self._chunker.reset()
        self._forget()

    def _forget(self) -> None:
        self._stream.reset()
        self._since = None
        self.finder.close()

    def _decide(self, seconds: float, chunk: NDArray[np.floating], since: float) -> Decision:
        decision = decision_of(self._number, seconds, self._stream.step(self._standardise(chunk)), since)
        self._number += 1
        self.decisions.append(decision)
        return decision

    def _standardise(self, chunk: NDArray[np.floating]) -> NDArray[np.floating]:
        if self.dtype == np.float32:
            return self.model.standardise(chunk)
        scaled: NDArray[np.floating] = (chunk - self.model.mean) / self.model.deviation
        return scaled

    def _check(self, features: NDArray[np.floating]) -> None:
        if features.shape != (self._length,):
            message = tr(
                "These features have {size} numbers, the model was trained on {length}",
                size=features.size,
                length=self._length,
            )
            raise BadInput(message, path=self.model.path or None, hint=tr("Use the features that it was trained on"))
        if not np.isfinite(features).all():
            raise BadInput(tr("The features hold NaN or infinity"))


def decision_of(number: int, seconds: float, step: Step, since: float = 0.0) -> Decision:
    """A head's scores as probabilities."""
    now = tuple(softmax(step.logits).tolist())
    ahead = () if step.ahead is None else tuple(map(tuple, softmax(step.ahead).tolist()))
    return Decision(number, seconds, now, ahead, since)


def describer_of(model: Model | None, threads: int = 1, pose: bool = False) -> Describer:
    """The maker of features that a model was trained on; without a model the body alone. Raises `BadInput` where they
    cannot be made from pictures, `FileMissing` for a network that was not fetched.
    """
    if model is None:
        return Describer(BODY_ALONE, threads, pose=True)
    try:
        return Describer(model.card.recipe, threads, pose)
    except BadInput as error:
        raise BadInput(error.message, path=model.path or None, hint=error.hint) from error
