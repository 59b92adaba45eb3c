"""What is looked at on a live feed, and what is seen: values between the live engine and the window, free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image, Stamp
from engines.core.networks.preprocessing import Placement, Preprocessing
from engines.inspection.types import Shape

View = Literal["field", "activations", "attention"]
Sort = Literal["channel", "mean", "spread", "zeros"]
Map = Literal["row", "mass", "entropy", "rollout"]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LookSpec:
    """Settings of `engines.inspection.live:Look`. path, shapes, code: as in `OpenSpec`. layer: name of a node, "" for a
    fitting one. channel: of the layer. unit: (row, column) of its map, (-1, -1) for the middle.

    sort, most: order and number of the maps shown. map, head (-1: their mean): of attention; token (row, column) is
    `unit`. effective: the gradient of the unit too.
    """

    path: str = ""
    shapes: tuple[Shape, ...] = ()
    code: bool = False
    preprocessing: Preprocessing | None = None
    view: View = "activations"
    layer: str = ""
    channel: int = 0
    unit: tuple[int, int] = (-1, -1)
    sort: Sort = "channel"
    most: int = 64
    map: Map = "mass"
    head: int = -1
    effective: bool = True
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Seen:
    """What every look carries: the picture as it went in (uint8 BGR, of the input's size), where the feed's picture
    lies in it, and how it was fitted, in words."""

    stamp: Stamp
    layer: str
    shape: Shape
    picture: Image
    placed: Placement
    fitted: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class ActivationLook:
    """A layer at work. maps: float32 (shown, h, w), or (1, 1, n) for what has no map; channels: number of each map.

    Per channel of this frame: mean, spread (standard deviation), low, high, zeros (share of exact zeros). dead: share
    of channels that never were other than their least value since the look began, over `frames` frames; saturated:
    share of elements at the activation's upper end (1 of a sigmoid, 6 of a ReLU6), None where it has none. counts,
    edges: histogram of the layer's elements. born: the first layer whose output is not finite, "" while all is.
    """

    seen: Seen
    maps: Floats
    channels: tuple[int, ...]
    mean: Floats
    spread: Floats
    low: Floats
    high: Floats
    zeros: Floats
    dead: NDArray[np.bool_]
    saturated: float | None
    frames: int
    counts: NDArray[np.int64]
    edges: Floats
    born: str = ""


@dataclass(frozen=True, slots=True)
class FieldLook:
    """A unit's field on the picture. exact: (top, left, bottom, right), half open, in pixels of the input, cut to it;
    seen_pixels: share of the box that it really sees (holes of dilation). effective: float32 (h, w), |gradient| of the
    unit's value summed over colours, largest 1, None where it was not asked for; side: of the square with as many
    pixels as are above 4.55 % of the largest. value: of the unit. grid: (rows, columns) of the layer's map; channels:
    how many values lie at each of its places.
    """

    seen: Seen
    unit: tuple[int, int]
    grid: tuple[int, int]
    channel: int
    value: float
    exact: tuple[int, int, int, int]
    seen_pixels: float
    whole: bool
    effective: Floats | None
    side: float
    channels: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class AttentionLook:
    """A layer of attention. grid: (rows, columns) of its tokens on the picture; extra: tokens before them (the class).

    map: float32, grid-shaped, of the head or their mean; heads: (H, rows, columns). token: (row, column) whose row of
    weights is shown, (-1, -1) for the class token. entropy: mean of the rows of each head in nats. layers: all layers
    of attention of the model, in order.
    """

    seen: Seen
    layers: tuple[str, ...]
    grid: tuple[int, int]
    extra: int
    token: tuple[int, int]
    kind: Map
    map: Floats
    heads: Floats
    entropy: Floats
    note: str = ""


LookResult = ActivationLook | FieldLook | AttentionLook
