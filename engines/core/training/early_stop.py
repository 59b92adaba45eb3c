"""The best weights of a training by what is held out, and the end of one that gets no better."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from torch import nn

L = TypeVar("L")


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
