"""Values of the attention engine that need no torch: its kinds, and what its jobs are asked and give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dtype = Literal["float64", "float32", "bfloat16", "float16"]
Family = Literal["exact", "linear", "sparse"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kernel by name. module: in `engines.attention`; version: of ours, "" for torch's own."""

    id: str
    title: str
    tip: str
    family: Family
    module: str
    version: str = "1"

    @property
    def exact(self) -> bool:
        """Whether it computes softmax attention itself and may be taken by `auto`."""
        return self.family == "exact"


KINDS = (
    Kind("sdpa", "SDPA", "torch's own kernel", "exact", "exact.sdpa", ""),
    Kind("triton", "Triton", "Ours for a CUDA device: one pass, with the log-sum-exp", "exact", "gpu.flash"),
    Kind("naive", "Naive", "The whole matrix of scores, as it is defined", "exact", "exact.naive"),
    Kind("triton-linear", "Triton, linear", "elu(x) + 1 in one pass on a CUDA device", "linear", "gpu.linear"),
)
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class CompareSpec:
    """Job `comparison:run`: kinds beside one another over lengths, in one run, turn by turn.

    backward: forward and backward together. threads: of the CPU, 0 for all. repeats: turns of each at least.
    """

    kinds: tuple[str, ...] = ("naive", "sdpa")
    lengths: tuple[int, ...] = (128, 256, 512, 1024, 2048, 4096)
    batch: int = 1
    heads: int = 4
    dim: int = 64
    dtype: Dtype = "float32"
    device: str = "cpu"
    causal: bool = False
    window: int | None = None
    backward: bool = False
    threads: int = 0
    repeats: int = 7
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One kind at one length. ms: median, with quartiles; extra_mb: peak beyond inputs and output; error, grad_error:
    the largest beside float64, over the largest value there; gflops: of exact attention's products a second, whatever
    the kind did; None where it was not measured, and `skipped` says why.
    """

    kind: str
    length: int
    ms: float | None = None
    low_ms: float | None = None
    high_ms: float | None = None
    extra_mb: float | None = None
    error: float | None = None
    grad_error: float | None = None
    gflops: float | None = None
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What this machine does at most, measured in the same run: GFLOP/s of a large matrix product in the dtype, GB/s of
    a large copy, read and written bytes counted.
    """

    gflops: float
    gbytes: float


@dataclass(frozen=True, slots=True)
class CompareResult:
    """points: kinds in the order of the spec, lengths within. auto: (length, the kernel that `auto` would take).
    machine: processor, threads and torch in words."""

    spec: CompareSpec
    points: tuple[Point, ...]
    ceiling: Ceiling
    auto: tuple[tuple[int, str], ...]
    machine: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeeSpec:
    """Job that samples a shipped model and keeps what its attention layers were asked at every step.

    label: class of the sample, None for none. out: a file; "" for one in the cache that the next takes the place of.
    """

    model: str = "mnist-dit"
    label: int | None = 3
    steps: int = 12
    seed: int = 0
    device: str = "cpu"
    out: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """An attention layer of a network. grid: (rows, columns) of its tokens on the picture."""

    name: str
    heads: int
    tokens: int
    grid: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SeeResult:
    """file: an `.npz` as `recording.Recording` reads it. sigmas: the noise level at each step. kernels: what ran."""

    spec: SeeSpec
    file: str
    sites: tuple[Site, ...]
    sigmas: tuple[float, ...]
    seconds: float
    kernels: tuple[str, ...]
    notes: tuple[str, ...] = ()
