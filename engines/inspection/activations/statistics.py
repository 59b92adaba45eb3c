"""Statistics of a layer at work, channel by channel: what it gives now, what never changes, what is at its end."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engines.core.frames import Stamp
from engines.inspection.looks import Floats, Sort
from engines.inspection.types import Kind, Node

BINS = 64
SIDE = 128
"""Of a map that is shown, at most."""
CHUNK = 1 << 23
"""Elements that are counted at once: counts are kept in float32, exact up to 2^24."""
NEARLY = 1e-3
"""How near the end of a function that never reaches it counts as there."""
TOPS = {"relu6": 6.0, "hardsigmoid": 1.0, "hard_sigmoid": 1.0, "sigmoid": 1.0, "tanh": 1.0}
NEVER = ("sigmoid", "tanh")


@dataclass(frozen=True, slots=True)
class Channels:
    """A number for each channel, float32 (C,). spread: standard deviation; zeros: share of exact zeros."""

    mean: Floats
    spread: Floats
    low: Floats
    high: Floats
    zeros: Floats


def channels_of(maps: torch.Tensor) -> Channels:
    """Of (C, h, w)."""
    flat = maps.flatten(1)
    low, high = torch.aminmax(flat, dim=1)
    spread, mean = torch.std_mean(flat, dim=1, correction=0)
    zeros = (flat == 0).float().mean(1)
    return Channels(*(one.numpy() for one in (mean, spread, low, high, zeros)))


class Dead:
    """Which channels never were other than their least value, over all frames since it was made."""

    def __init__(self) -> None:
        self.frames = 0
        self._newest: Stamp | None = None
        self._low: Floats | None = None
        self._high: Floats | None = None

    def add(self, stamp: Stamp, maps: torch.Tensor, channels: Channels) -> NDArray[np.bool_]:
        """Of one frame more; one that stands still counts once. Of a single number one frame says nothing: none is
        dead before the second."""
        low, high = channels.low, channels.high
        if self._low is None or self._high is None or self._low.shape != low.shape:
            self.frames, self._newest, self._low, self._high = 0, None, low, high
        self.frames += stamp != self._newest
        self._newest = stamp
        self._low, self._high = np.fmin(self._low, low), np.fmax(self._high, high)
        if maps[0].numel() == 1 and self.frames == 1:
            return np.zeros(len(low), np.bool_)
        return np.asarray(self._low == self._high)


def saturated(maps: torch.Tensor, node: Node) -> float | None:
    """Share of elements at the upper end of the layer's function, None where it has none."""
    top = top_of(node)
    if top is None:
        return None
    slack = NEARLY if node.attributes.get("function") in NEVER else 0.0
    return float((maps >= top * (1 - slack)).float().mean())


def top_of(node: Node) -> float | None:
    """The largest value that a function can give."""
    if node.kind is not Kind.ACTIVATION:
        return None
    told = node.attributes.get("high")
    return TOPS.get(str(node.attributes.get("function"))) if told is None else float(told)


def histogram(values: torch.Tensor, bins: int = BINS) -> tuple[NDArray[np.int64], Floats]:
    """Counts of the finite elements, and the edges, (bins,) and (bins + 1,)."""
    flat = values.detach().flatten()
    if not bool(torch.isfinite(flat.sum())):
        flat = flat[torch.isfinite(flat)]
    low, high = (float(end) for end in torch.aminmax(flat)) if flat.numel() else (0.0, 1.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    counts = np.zeros(bins, np.int64)
    for part in torch.split(flat, CHUNK):
        counts += torch.histc(part, bins, low, high).numpy().astype(np.int64)
    return counts, np.linspace(low, high, bins + 1, dtype=np.float32)


def order_of(channels: Channels, sort: Sort, most: int) -> NDArray[np.int64]:
    """Numbers of the channels to show, by number or the largest first; at most so many."""
    if sort == "channel":
        return np.arange(min(most, len(channels.mean)))
    key = np.nan_to_num(getattr(channels, sort), nan=np.inf)
    return np.argsort(-key, kind="stable")[:most]


def shown_maps(maps: torch.Tensor, which: NDArray[np.int64]) -> Floats:
    """Some of the maps, no side longer than 128 (means of areas); a strip (1, 1, n) where they are single numbers."""
    chosen = maps[torch.from_numpy(which)].numpy()
    _, high, wide = chosen.shape
    if high == wide == 1:
        return np.ascontiguousarray(chosen.reshape(1, 1, -1))
    scale = max(high, wide) / SIDE
    if scale <= 1:
        return np.ascontiguousarray(chosen)
    size = (max(1, round(wide / scale)), max(1, round(high / scale)))
    return np.stack([cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in chosen])
