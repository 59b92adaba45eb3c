"""The loss of a training over its steps, smoothed, and at each noise level."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

EDGES = torch.linspace(-6, 6, 25)
FORGET = 0.995
SMOOTH = 0.98
MOST = 2000


class LossByLevel:
    """Smoothed as it comes; at most `MOST` points, of which every second is dropped when they are full."""

    def __init__(self) -> None:
        self.sums = torch.zeros(len(EDGES) + 1)
        self.counts = torch.zeros(len(EDGES) + 1)
        self.points: list[tuple[float, float]] = []
        self.every = 1
        self.loss = 0.0
        self.weight = 0.0

    def add(self, step: int, sigma: Tensor, losses: Tensor) -> float:
        """Count a step's losses (B,) at its noise levels (B,); their mean."""
        at = torch.bucketize(sigma.log(), EDGES)
        self.sums.mul_(FORGET).index_add_(0, at, losses)
        self.counts.mul_(FORGET).index_add_(0, at, torch.ones_like(losses))
        loss = float(losses.mean())
        self.loss = SMOOTH * self.loss + (1 - SMOOTH) * loss
        self.weight = SMOOTH * self.weight + 1 - SMOOTH
        if step % self.every == 0:
            self._point(step)
        return loss

    def _point(self, step: int) -> None:
        self.points.append((float(step), self.smoothed))
        if len(self.points) >= MOST:
            self.points = self.points[::2]
            self.every *= 2

    @property
    def smoothed(self) -> float:
        """The loss, a mean over the last fifty steps or so."""
        return self.loss / self.weight if self.weight else 0.0

    def over_steps(self) -> NDArray[np.float32]:
        """(k, 2): step, smoothed loss."""
        return np.array(self.points, np.float32).reshape(-1, 2)

    def by_level(self) -> NDArray[np.float32]:
        """(b, 2): ln sigma, mean loss, where there is any."""
        middles = (EDGES[1:] + EDGES[:-1]) / 2
        sums, counts = self.sums[1:-1], self.counts[1:-1]
        seen = counts > 1
        return np.asarray(torch.stack([middles[seen], sums[seen] / counts[seen]], 1).numpy(), np.float32)

    def tensors(self) -> dict[str, Tensor]:
        points = torch.tensor(self.points, dtype=torch.float64).reshape(-1, 2)
        return {"curves.sums": self.sums, "curves.counts": self.counts, "curves.points": points}

    def said(self) -> dict[str, Any]:
        return {"every": self.every, "loss": self.loss, "weight": self.weight}

    def restore(self, tensors: dict[str, Tensor], said: dict[str, Any]) -> None:
        self.sums.copy_(tensors["curves.sums"])
        self.counts.copy_(tensors["curves.counts"])
        self.points = [(step, loss) for step, loss in tensors["curves.points"].tolist()]
        self.every, self.loss, self.weight = int(said["every"]), float(said["loss"]), float(said["weight"])
