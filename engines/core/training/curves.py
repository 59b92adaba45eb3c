"""The curve of a loss over a training: so few points that it can be drawn and sent, however many steps there are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

FIGURES = 200
"""Points of a curve at most."""


@dataclass
class LossCurve:
    """Loss by step. Points are means since the point before."""

    steps: int
    loss: list[tuple[int, float]] = field(default_factory=list)
    _since: list[float] = field(default_factory=list)

    @property
    def every(self) -> int:
        """Steps between two points."""
        return max(1, math.ceil(self.steps / FIGURES))

    def add(self, step: int, loss: float) -> None:
        """The loss of every step, counted from 1."""
        self._since.append(loss)
        if step % self.every == 0 or step == self.steps:
            self.loss.append((step, math.fsum(self._since) / len(self._since)))
            self._since.clear()

    def said(self) -> dict[str, Any]:
        """As plain values."""
        return {"loss": self.loss, "since": self._since}

    def restore(self, said: dict[str, Any]) -> None:
        """The inverse of `said`."""
        self.loss = [(int(step), float(loss)) for step, loss in said["loss"]]
        self._since = [float(loss) for loss in said["since"]]
