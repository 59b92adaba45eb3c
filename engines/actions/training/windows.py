"""Training windows: stretches of chunks drawn at random out of several clips, with what is true now and ahead.

Every window begins with a head that remembers nothing, as a stream does when it is opened; so the head learns to answer
well soon after a cold start. A target is a row of shares that sum to 1 (one class, or several at once); a row of zeros
is not known and teaches nothing: an ambiguous chunk, or one beyond the end of what is learned from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Chunks of one clip, one after another. features (n, D); targets (n, C); name: in words, for messages."""

    features: Floats
    targets: Floats
    name: str = ""

    def __len__(self) -> int:
        return len(self.features)

    def part(self, start: int, stop: int | None = None) -> Stretch:
        """Chunks start to stop, stop left out."""
        return Stretch(self.features[start:stop], self.targets[start:stop], self.name)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """B windows of T chunks. features (B, T, D); now (B, T, C); ahead (B, T, L, C); last (B,): the newest chunk that
    is part of each window.
    """

    features: Floats
    now: Floats
    ahead: Floats
    last: Rows


def shares(flags: ArrayLike) -> Floats:
    """(n, C) flags of the classes that are true, as shares that sum to 1; rows without any stay zero."""
    rows = np.asarray(flags, np.float32)
    total = rows.sum(axis=1, keepdims=True)
    divided: Floats = np.divide(rows, total, out=np.zeros_like(rows), where=total > 0)
    return divided


class Windows:
    """Draws windows of at most `length` chunks so that every chunk is drawn as often as any other.

    For that, windows at both ends of a clip are short. steps: chunks ahead of each decoder step. ends: instead, every
    chunk is as often the last one of its window (for a loss on the last step alone).
    """

    def __init__(
        self, stretches: Sequence[Stretch], length: int, steps: Sequence[int] = (), *, ends: bool = False, seed: int = 0
    ) -> None:
        self.length = min(length, max(map(len, stretches)))
        self._steps = np.asarray(steps, np.int64)
        self.chance = np.random.default_rng(seed)
        self._features = np.concatenate([_longer(each.features, self.length) for each in stretches])
        self._targets = np.concatenate([_longer(each.targets, self.length) for each in stretches])
        self._sizes = np.array([len(each) for each in stretches])
        self._begins = np.cumsum(self._sizes + self.length) - self._sizes - self.length
        self._places = np.cumsum([0, *(self._sizes if ends else self._sizes + self.length - 1)])

    def draw(self, count: int) -> Batch:
        """The next `count` windows."""
        drawn = self.chance.integers(0, self._places[-1], count)
        clip = np.searchsorted(self._places, drawn, side="right") - 1
        newest = drawn - self._places[clip]
        start = np.maximum(newest - self.length + 1, 0)
        last = np.minimum(newest, self._sizes[clip] - 1) - start
        within = np.arange(self.length)
        rows = start[:, None] + within
        inside = within <= last[:, None]
        features = self._features[self._begins[clip][:, None] + rows]
        now = self._known(clip[:, None], rows, inside)
        ahead = self._known(clip[:, None, None], rows[..., None] + self._steps, inside[..., None])
        return Batch(features, now, ahead, last)

    def _known(self, clip: Rows, rows: Rows, inside: NDArray[np.bool_]) -> Floats:
        """Targets of these rows of these clips; zero beyond a clip and outside of its window."""
        within = np.minimum(rows, self._sizes[clip])
        known: Floats = self._targets[self._begins[clip] + within] * inside[..., None]
        return known


def _longer(rows: Floats, by: int) -> Floats:
    """With zeros after the end, so that a window may run past it."""
    return np.concatenate([rows, np.zeros((by, rows.shape[1]), rows.dtype)])
