"""What an output reads along one axis: windows, bins, pads, resizing, slices and folds of space, as indices."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from engines.inspection.types import Graph, Kind, Node, Shape, Window

Indices = NDArray[np.int64]
NOTHING = -(1 << 40)
"""An index that is nowhere, on an axis without ends too."""


@dataclass(frozen=True, slots=True)
class Along:
    """taps: outputs (n,) -> what they read (n, k), on an axis without ends. rate: inputs to an output. edge: what lies
    outside: "nothing", or an index inside by "replicate", "reflect", "symmetric" or "circular". whole: the one output
    reads it all."""

    taps: Callable[[Indices], Indices]
    rate: Fraction
    edge: str = "nothing"
    whole: bool = False

    def inside(self, inputs: int, outputs: int) -> Indices:
        """Of every output, with -1 for what does not exist."""
        reads = self.taps(np.arange(outputs))
        there = reads != NOTHING
        reads = EDGES[self.edge](reads, inputs)
        return np.where(there & (reads >= 0) & (reads < inputs), reads, -1)


def _reflected(reads: Indices, size: int) -> Indices:
    period = max(2 * (size - 1), 1)
    turned = np.mod(reads, period)
    return np.where(turned < size, turned, period - turned)


def _mirrored(reads: Indices, size: int) -> Indices:
    turned = np.mod(reads, 2 * size)
    return np.where(turned < size, turned, 2 * size - 1 - turned)


EDGES: Mapping[str, Callable[[Indices, int], Indices]] = {
    "nothing": lambda reads, _size: reads,
    "replicate": lambda reads, size: np.clip(reads, 0, size - 1),
    "reflect": _reflected,
    "symmetric": _mirrored,
    "circular": lambda reads, size: np.mod(reads, size),
}


def moves(node: Node, graph: Graph) -> dict[int, Along]:
    """What a node reads along each axis of its input that it moves on; empty for kinds that move along none."""
    make = MOVES.get(node.kind)
    before, after = graph.shape(node.inputs[0]) if node.inputs else None, graph.shape(node.output)
    return {} if make is None or before is None or after is None else make(node, before, after)


def windowed(window: Window, at: int) -> Along:
    """A sliding window's one axis."""
    kernel, stride, dilation, before = (
        numbers[at] for numbers in (window.kernel, window.stride, window.dilation, window.before)
    )
    taps = np.arange(kernel) * dilation
    if not window.transposed:
        return Along(lambda out: out[:, None] * stride - before + taps, Fraction(stride))

    def scattered(out: Indices) -> Indices:
        found = out[:, None] + before - taps
        return np.where(found % stride == 0, found // stride, NOTHING)

    return Along(scattered, Fraction(1, stride))


def bins(inputs: int, outputs: int) -> Along:
    """Adaptive pooling as torch has it: output o reads floor(o I / O) to ceil((o + 1) I / O) - 1."""
    most = max(-(-(o + 1) * inputs // outputs) - o * inputs // outputs for o in range(outputs))

    def taps(out: Indices) -> Indices:
        first, end = out * inputs // outputs, -(-(out + 1) * inputs // outputs)
        reads = first[:, None] + np.arange(most)
        return np.where(reads < end[:, None], reads, NOTHING)

    return Along(taps, Fraction(inputs, outputs), whole=outputs == 1 < inputs)


def resized(
    inputs: int, outputs: int, mode: str, corners: str, rounding: str = "", scale: float | None = None
) -> Along:
    """Taps that weigh something: nearest, linear (2) or cubic (4), between corners, centres or from the first pixel.

    scale: outputs to an input as the file tells it, where that is not the sizes' own.
    """
    if corners == "align":
        rate = Fraction(inputs - 1, max(outputs - 1, 1))
    else:
        rate = 1 / Fraction(scale).limit_denominator(1000) if scale else Fraction(inputs, outputs)

    def taps(out: Indices) -> Indices:
        if mode == "nearest":
            return _nearest(out, rate, corners, rounding)[:, None]
        shift = 0.5 if corners == "half" else 0.0
        place = (out + shift) * float(rate) - shift
        first = np.floor(place).astype(np.int64)
        wide = np.arange(-1, 3) if mode == "cubic" else np.arange(2)
        weighs = (place != first)[:, None] | (wide == 0)
        return np.where(weighs, first[:, None] + wide, NOTHING)

    return Along(taps, rate, "replicate")


def _nearest(out: Indices, rate: Fraction, corners: str, rounding: str) -> Indices:
    """In whole numbers: a tie is a tie. `rounding` as ONNX names it, else floor; the next between corners (TFLite)."""
    top, bottom = rate.numerator, rate.denominator
    if corners == "align" and not rounding:
        rounding = "round_prefer_ceil"
    twice = (2 * out + 1) * top if corners == "half" else 2 * out * top
    if not rounding:
        return twice // (2 * bottom)
    shifted = twice - (bottom if corners == "half" else 0)
    return {
        "floor": shifted // (2 * bottom),
        "ceil": -(-shifted // (2 * bottom)),
        "round_prefer_floor": -(-(shifted - bottom) // (2 * bottom)),
        "round_prefer_ceil": (shifted + bottom) // (2 * bottom),
    }[rounding]


def _windows(node: Node, _before: Shape, _after: Shape) -> dict[int, Along]:
    if node.window is None:
        raise LookupError(node.name)
    return {axis: windowed(node.window, at) for at, axis in enumerate(node.attributes["axes"])}


def _bins(node: Node, before: Shape, after: Shape) -> dict[int, Along]:
    return {axis: bins(before[axis], after[axis]) for axis in node.attributes["axes"]}


def _resize(node: Node, before: Shape, after: Shape) -> dict[int, Along]:
    told = node.attributes
    mode, corners = told["mode"], told.get("corners", "half")
    if mode not in MODES or corners not in CORNERS or told.get("antialias"):
        raise LookupError(node.name)
    scales = told.get("scales") or (None,) * len(told["axes"])
    return {
        axis: resized(before[axis], after[axis], mode, corners, told.get("rounding", ""), scale)
        for axis, scale in zip(told["axes"], scales, strict=True)
    }


def shifted(start: int, step: int = 1, edge: str = "nothing") -> Along:
    """Output o reads start + o step."""
    return Along(lambda out: (start + out * step)[:, None], Fraction(step), edge)


def _pad(node: Node, _before: Shape, _after: Shape) -> dict[int, Along]:
    modes = {"constant": "nothing", "edge": "replicate", "wrap": "circular"}
    mode = node.attributes.get("mode", "constant")
    pads = zip(node.attributes["before"], node.attributes["after"], strict=True)
    return {axis: shifted(-low, 1, modes.get(mode, mode)) for axis, (low, high) in enumerate(pads) if low or high}


def _slice(node: Node, _before: Shape, _after: Shape) -> dict[int, Along]:
    told = node.attributes
    cuts = zip(told["axes"], told["starts"], told["steps"], strict=True)
    return {axis: shifted(start, step) for axis, start, step in cuts}


def _fold(node: Node, _before: Shape, _after: Shape) -> dict[int, Along]:
    block = int(node.attributes["block"])
    if node.attributes["to"] == "space":
        along = Along(lambda out: (out // block)[:, None], Fraction(1, block))
    else:
        along = Along(lambda out: out[:, None] * block + np.arange(block), Fraction(block))
    return dict.fromkeys(node.attributes["axes"], along)


def _turn(node: Node, before: Shape, _after: Shape) -> dict[int, Along]:
    """Rolled or flipped; empty where indices are computed."""
    axes, shifts = node.attributes["axes"], node.attributes.get("shifts", ())
    if shifts is None:
        return {axis: shifted(before[axis] - 1, -1) for axis in axes}
    return {axis: shifted(-shift, 1, "circular") for axis, shift in zip(axes, shifts, strict=False)}


MODES, CORNERS = ("nearest", "linear", "cubic"), ("half", "align", "asymmetric")
MOVES: Mapping[Kind, Callable[[Node, Shape, Shape], dict[int, Along]]] = {
    Kind.CONV: _windows,
    Kind.POOL: _windows,
    Kind.ADAPTIVE_POOL: _bins,
    Kind.RESIZE: _resize,
    Kind.PAD: _pad,
    Kind.SLICE: _slice,
    Kind.SPACE_DEPTH: _fold,
    Kind.GATHER: _turn,
}


@dataclass(frozen=True, slots=True)
class Reach:
    """On an axis without ends: unit a period + f sees pixels from a step + low[f] to a step + high[f]."""

    step: int
    low: Indices
    high: Indices

    @property
    def stride(self) -> Fraction:
        return Fraction(self.step, len(self.low))

    def at(self, unit: int) -> tuple[int, int]:
        """First and last pixel."""
        turns, phase = divmod(unit, len(self.low))
        return turns * self.step + int(self.low[phase]), turns * self.step + int(self.high[phase])

    def moved(self, along: Along) -> Reach | None:
        """Behind an operator; None where the pattern repeats too late to be kept."""
        period = len(self.low)
        turns = along.rate.denominator * (period // math.gcd(along.rate.numerator, period))
        if turns > MOST_PHASES or not along.rate:
            return None
        reads = along.taps(np.arange(turns))
        there = reads != NOTHING
        base = reads // period * self.step
        low = np.where(there, base + self.low[reads % period], FAR).min(1)
        high = np.where(there, base + self.high[reads % period], -FAR).max(1)
        return Reach(int(along.rate * turns / period * self.step), low, high)

    def spread(self, period: int) -> tuple[Indices, Indices]:
        """The same over a longer period."""
        units = np.arange(period)
        turns, phase = units // len(self.low), units % len(self.low)
        return turns * self.step + self.low[phase], turns * self.step + self.high[phase]

    def joined(self, other: Reach) -> Reach | None:
        """What either sees; None where their neighbours lie otherwise."""
        if self.stride != other.stride:
            return None
        period = math.lcm(len(self.low), len(other.low))
        if period > MOST_PHASES:
            return None
        (low, high), (its_low, its_high) = self.spread(period), other.spread(period)
        return Reach(int(self.stride * period), np.minimum(low, its_low), np.maximum(high, its_high))


FAR = 1 << 40
MOST_PHASES = 4096
PIXEL = Reach(1, np.zeros(1, np.int64), np.zeros(1, np.int64))
