"""Specs and results of the jobs that study samplers and models: grids, curves, flows, likelihoods.

Plain values that go to and from JSON; torch is not imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from engines.core.words import tr
from engines.generative.diffusion.types import Device, SampleSpec, Schedule

Axis: TypeAlias = Literal["sampler", "steps", "guidance", "schedule", "model", "seed", "class", "teleport"]
"""What a comparison may vary; values are written as text ("heun", "10", "1.5", "karras", "on")."""


@dataclass(frozen=True, slots=True)
class CompareSpec:
    """Job `comparing:run`. A grid: each cell is `base` with one value of `x` and one of `y` put in."""

    base: SampleSpec
    x: Axis
    x_values: tuple[str, ...]
    y: Axis = "seed"
    y_values: tuple[str, ...] = ()
    out: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its own specification, and what it gave. file: its first sample. error: mean relative distance to the
    exact ODE from the same start, None where truth is not known."""

    column: int
    row: int
    spec: SampleSpec
    file: str
    nfe: int
    seconds: float
    error: float | None = None


@dataclass(frozen=True, slots=True)
class CompareResult:
    """picture: the grid with its settings printed on it. Row by row."""

    folder: str
    picture: str
    x: Axis
    x_values: tuple[str, ...]
    y: Axis
    y_values: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CurveSpec:
    """Job `curves:run`. Error against the exact ODE and cost, for a model whose denoiser is exact."""

    model: str = "analytic:digits"
    samplers: tuple[str, ...] = ("euler", "heun", "dpm++2m", "unipc", "ipndm")
    evaluations: tuple[int, ...] = (5, 10, 20, 35, 50)
    teleport: bool = True
    starts: int = 64
    seed: int = 1
    schedule: Schedule = Schedule()


@dataclass(frozen=True, slots=True)
class Curve:
    """One sampler, after a jump if it is `teleport`: mean relative error and milliseconds of the whole run at each
    count of evaluations."""

    name: str
    evaluations: tuple[int, ...]
    errors: tuple[float, ...]
    milliseconds: tuple[float, ...]
    teleport: bool = False


@dataclass(frozen=True, slots=True)
class CurveResult:
    model: str
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class FlowSpec:
    """Job `flow:run`. Particles of a 2-D model from the same noise by several samplers, and the field they follow.

    samplers: names, or "flow" for Euler from infinite noise (rectified flow). particles: of each.
    grid: points a side of the field and density.
    """

    model: str = "analytic:spirals"
    samplers: tuple[str, ...] = ("ancestral", "euler", "flow", "heun")
    steps: int = 40
    particles: int = 512
    seed: int = 0
    grid: int = 25
    out: str = ""


@dataclass(frozen=True, slots=True)
class FlowResult:
    """file: an .npz with, for each sampler NAME, `NAME.paths` (K + 1, n, 2) float32 in the coordinates x_t of a flow
    (so that noise and data have one size) and `NAME.sigmas` (K + 1,); `levels` (L,), `field` (L, G, G, 2) and
    `density` (L, G, G) at those noise levels on `axis` (G,); `data` (m, 2). straightness: by sampler, 1 is straight.
    errors: by sampler, sliced Wasserstein distance of the end points to the data; nfe: by sampler.
    """

    file: str
    samplers: tuple[str, ...]
    straightness: dict[str, float]
    errors: dict[str, float]
    nfe: dict[str, int]


@dataclass(frozen=True, slots=True)
class SpectrumSpec:
    """Job `spectrum:run`. The radial power spectrum of a data set's pictures beside that of noise."""

    model: str = "mnist-unet"
    samples: int = 256


@dataclass(frozen=True, slots=True)
class SpectrumResult:
    """frequencies: cycles a pixel. power: of the data, in the units of unit white noise, so that a noise level sigma is
    the horizontal line sigma^2; where it crosses is the finest detail that has been decided at that level."""

    frequencies: tuple[float, ...]
    power: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LikelihoodSpec:
    """Job `likelihood:run`. Exact log-likelihood of pictures or points by the probability-flow ODE.

    images: picture files, folders, or .npy of (N, ...) in the model's own range. divergence: "exact", or "hutchinson"
    with `probes` directions a step, or "auto" (exact up to 256 dimensions).
    """

    model: str
    images: tuple[str, ...]
    steps: int = 200
    divergence: Literal["auto", "exact", "hutchinson"] = "auto"
    probes: int = 1
    seed: int = 0
    classes: tuple[int, ...] = ()
    limit: int = 0
    device: Device = "cpu"


@dataclass(frozen=True, slots=True)
class LikelihoodResult:
    """nats: log p(x) of each; bits: bits per dimension of 8-bit pixels, None for points; true: exact values where the
    distribution is known."""

    names: tuple[str, ...]
    nats: tuple[float, ...]
    bits: tuple[float, ...] | None = None
    true: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class PrecisionSpec:
    """Job `precision:run`. What bfloat16 gains and costs beside float32, here, for a run's model and batch."""

    base: SampleSpec

    @classmethod
    def of(
        cls, usual: SampleSpec, seeds: Sequence[int], steps: int | None = None, weight: float = 1.0, kernel: str = ""
    ) -> PrecisionSpec:
        """Of a model's usual run, with what bears on its time."""
        guidance = replace(usual.guidance, weight=weight)
        return cls(replace(usual, seeds=tuple(seeds), steps=steps or usual.steps, guidance=guidance, kernel=kernel))


@dataclass(frozen=True, slots=True)
class PrecisionResult:
    """milliseconds: of one evaluation of the batch, by precision, medians of turns. faster: median of the ratios turn
    by turn, above 1 where bfloat16 is faster. difference: root mean square between the pictures of the two, and worst
    the largest, as shares of the range from black to white; over `samples` of them.
    """

    model: str
    batch: int
    milliseconds: dict[str, float]
    faster: float
    difference: float
    worst: float
    samples: int

    @property
    def offered(self) -> bool:
        """Whether bfloat16 is worth its difference: faster by a tenth at least."""
        return self.faster >= 1.1

    @property
    def words(self) -> str:
        told = {"batch": self.batch, "difference": 100 * self.difference, "worst": 100 * self.worst}
        if self.faster >= 1:
            return tr(
                "bfloat16 is {times:.2f} times as fast as float32 here with {batch} at a time; "
                "pictures differ by {difference:.2g} % of the range, {worst:.2g} % at most",
                times=self.faster,
                **told,
            )
        return tr(
            "bfloat16 is {times:.2f} times slower here with {batch} at a time; "
            "pictures differ by {difference:.2g} % of the range, {worst:.2g} % at most",
            times=1 / self.faster,
            **told,
        )


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """Job `exporting:run`. Write a run in a form that others read.

    kind: "grid" (PNG of all samples), "strip" (PNG, one row a sample, one column a step), "gif" or "mp4" (the steps).
    """

    folder: str
    kind: Literal["grid", "strip", "gif", "mp4"]
    out: str
    columns: int = 0
    scale: int = 0
    samples: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportResult:
    file: str
    width: int
    height: int
    frames: int = 1
