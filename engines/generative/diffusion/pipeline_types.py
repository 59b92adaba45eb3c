"""Values that say what a model's own pipeline does when nothing is said. They go to and from JSON; no torch.

A diffusers folder names a scheduler. What it does to noise levels, start, end and data is said here in the terms of
the one axis, so that schedule "own" gives the same pictures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Spacing: TypeAlias = Literal["leading", "trailing", "linspace"]
Curve: TypeAlias = Literal["", "karras", "exponential", "beta"]


@dataclass(frozen=True, slots=True)
class Betas:
    """The table of a variance-preserving model. kind: "linear", "scaled_linear", "squaredcos_cap_v2" or "trained".

    steps: T, of the training. first, last: ends of beta. trained: the betas themselves. noisy: scaled to end in pure
    noise (arXiv 2305.08891); least: abar that stands there for 0.
    """

    kind: str = "linear"
    steps: int = 1000
    first: float = 1e-4
    last: float = 0.02
    trained: tuple[float, ...] = ()
    noisy: bool = False
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The noise levels that a scheduler visits. betas: its table; None for a flow, whose levels are times of 0..1.

    spacing: of the training steps, "leading" (0, k, 2k, ... and `offset`), "trailing" (T - 1, T - 1 - T/n, ...) or
    "linspace". more: the steps are spaced for one more, and the lowest is left out. whole: they are whole numbers; else
    sigma is linear between them. top: steps that are spaced, 0 for all.
    curve: levels between the lowest and the highest (of the whole `table`, or as spaced) or `low` and `high`. told: the
    time that belongs to a curve's level is rounded ("round"), cut ("floor") or told as it is ("").
    ends: the last level is the table's lowest, not 0. stride: each step is taken to T // n below where it began.
    terminal: of a flow, its last time before 0; 0 as the shift says.
    """

    betas: Betas | None = None
    spacing: Spacing = "linspace"
    offset: int = 0
    more: bool = False
    whole: bool = True
    top: int = 0
    curve: Curve = ""
    table: bool = False
    low: float | None = None
    high: float | None = None
    told: Literal["", "round", "floor"] = ""
    ends: bool = False
    stride: bool = False
    terminal: float = 0.0


@dataclass(frozen=True, slots=True)
class Clamp:
    """What a scheduler does to D at every step: held within -most..most; or, where `share` is above 0, within that
    quantile of each sample's |D| (1 to `most`) and divided by it (arXiv 2205.11487, section 2.3)."""

    most: float = 1.0
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Own:
    """A model's own way of sampling.

    scheduler: its name in the folder. sampler, options: as in a `SampleSpec`; steps, guidance: those of its pipeline;
    shift: of schedule "own" (a flow's). unit_start: x_T, not y, begins as unit noise, so y is wider by sqrt(1 +
    sigma^2) / sigma. unit_end: what is left at a last level above 0 is x, not y. blank: no negative prompt is zeros,
    not the empty text. notes: what cannot be done as the pipeline does it.
    """

    scheduler: str
    sampler: str
    steps: int = 50
    options: dict[str, float] = field(default_factory=dict)
    guidance: float = 1.0
    shift: float = 1.0
    grid: Grid = Grid()
    unit_start: bool = True
    unit_end: bool = True
    clamp: Clamp | None = None
    blank: bool = False
    notes: tuple[str, ...] = ()
