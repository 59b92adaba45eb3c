"""The one loop of every training: steps to the last one, an early end, cancelling, lack of memory, a loss that is lost.

A subclass says what a step is, and what is told and kept. The loop draws no random numbers.
"""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from engines.core.context import Context
from engines.core.errors import Cancelled, WorkFailed
from engines.core.training.threads import enough_memory
from engines.core.words import tr

L = TypeVar("L")


class Loop(ABC):
    """A training. steps: all of them. smaller: what to change where the memory is too small, in words."""

    ctx: Context
    steps: int
    smaller: str
    too_large = tr("Not enough memory for this training")

    @property
    @abstractmethod
    def step(self) -> int:
        """Steps that are done."""

    def to_the_end(self) -> str:
        """Take all steps that are left; why it ended before the last one, or "".

        Raises `Cancelled` once what was learned is saved, `WorkFailed`, `OutOfResources`.
        """
        try:
            with enough_memory(self.too_large, self.smaller):
                self.begin()
                while self.step < self.steps:
                    self.ctx.check()
                    self.advance()
                    if why := self.now_and_then():
                        return why
        except Cancelled:
            self.save()
            raise
        return ""

    def begin(self) -> None:  # noqa: B027
        """Before the first step."""

    @abstractmethod
    def advance(self) -> None:
        """One step of the optimiser."""

    @abstractmethod
    def now_and_then(self) -> str:
        """After each step: look, tell and save where it is time for it; why the training is to end now, or ""."""

    def save(self) -> None:  # noqa: B027
        """Keep what was learned, to go on from."""


@dataclass(frozen=True)
class Schedule:
    """A learning rate that warms up in a straight line, then falls to 0 as half a cosine (Loshchilov, 2017).

    warm: steps of warming up, at most a tenth of all; least: of them at least. fall: False for a rate that stays.
    """

    steps: int
    rate: float
    warm: int
    least: int = 0
    fall: bool = True

    def at(self, step: int) -> float:
        if not self.fall:
            return self.rate
        warm = min(self.warm, max(self.least, self.steps // 10))
        if step < warm:
            return self.rate * (step + 1) / warm
        return self.rate * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(self.steps - warm, 1)))


def descend(
    optimiser: torch.optim.Optimizer,
    loss: Tensor,
    rate: float,
    clip: float = 0.0,
    adjust: Callable[[], None] | None = None,
) -> None:
    """One step down the gradient of a loss. clip: the longest gradient, 0 for any; adjust: changes it beforehand."""
    optimiser.zero_grad()
    torch.autograd.backward(loss)
    if adjust is not None:
        adjust()
    if clip:
        nn.utils.clip_grad_norm_([each for group in optimiser.param_groups for each in group["params"]], clip)
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.step()


def check_loss(loss: float, step: int, hint: str) -> float:
    """The loss of a step. Raises `WorkFailed` where it is no number."""
    if not math.isfinite(loss):
        raise lost(step, hint)
    return loss


def lost(step: int, hint: str, path: Path | None = None) -> WorkFailed:
    """The error of a training that ran away. path: of the last good checkpoint."""
    return WorkFailed(tr("The loss is no number any more at step {step}", step=step), path=path, hint=hint)


@dataclass
class EarlyStop(Generic[L]):
    """looks: at what is held out, so far. best: the best of them; weights: of the network at that time.

    better: whether the first look is better than the second. patience: looks without a better one before it is enough.
    """

    better: Callable[[L, L], bool]
    patience: int
    looks: list[L] = field(default_factory=list)
    best: L | None = None
    weights: dict[str, Any] = field(default_factory=dict)

    def add(self, look: L, network: nn.Module) -> None:
        self.looks.append(look)
        if self.best is None or self.better(look, self.best):
            self.best, self.weights = look, copy.deepcopy(network.state_dict())

    @property
    def stale(self) -> bool:
        """Whether the last `patience` looks brought nothing."""
        return self.best is not None and len(self.looks) - 1 - self.looks.index(self.best) >= self.patience
