"""Values of the attention engine that need no torch: its kinds, and what its jobs are asked and give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engines.core.words import tr

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
    Kind("sdpa", "SDPA", tr("torch's own kernel"), "exact", "exact.sdpa", ""),
    Kind("naive", tr("Naive"), tr("The whole matrix of scores, as it is defined"), "exact", "exact.naive"),
    Kind(
        "strips",
        tr("Strips"),
        tr("Strips of queries over what they see, in bf16 products where the CPU has them"),
        "exact",
        "exact.strips",
    ),
    Kind(
        "tiled",
        tr("Tiled"),
        tr("Flash attention in plain torch: memory O(n), forward and backward"),
        "exact",
        "exact.tiled",
    ),
    Kind("triton", tr("Triton"), tr("Ours for a CUDA device: one pass, with the log-sum-exp"), "exact", "gpu.flash"),
    Kind("flex", "FlexAttention", tr("torch's flex_attention, compiled for the request"), "exact", "exact.flex", ""),
    Kind("linear", tr("Linear"), tr("Features elu(x) + 1 for the exponential, in linear time"), "linear", "linear.elu"),
    Kind("triton-linear", tr("Triton, linear"), tr("elu(x) + 1 in one pass on a CUDA device"), "linear", "gpu.linear"),
    Kind(
        "decay", tr("Decay"), tr("Retention: a memory that fades, in each head at its pace"), "linear", "linear.decay"
    ),
    Kind(
        "performer", tr("Performer"), tr("FAVOR+: softmax estimated by random features"), "linear", "linear.performer"
    ),
    Kind(
        "local",
        tr("Local"),
        tr("The keys nearby, 256 on either side unless a window is given"),
        "sparse",
        "sparse.local",
    ),
    Kind("strided", tr("Strided"), tr("The keys nearby and every so many further off"), "sparse", "sparse.strided"),
    Kind("block", tr("Block"), tr("The blocks of scores that a mask of blocks shows"), "sparse", "sparse.block"),
)
"""In the order in which they are shown."""
USUAL = tuple(kind.id for kind in KINDS if kind.id in ("sdpa", "naive", "tiled", "strips", "linear"))
"""Those that a comparison begins with: each fast here or known to all."""


@dataclass(frozen=True, slots=True)
class CompareSpec:
    """Job `comparison:run`: kinds beside one another over lengths, in one run, turn by turn.

    backward: forward and backward together. threads: of the CPU, 0 for all. repeats: turns of each at least.
    """

    kinds: tuple[str, ...] = USUAL
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
    """What this machine does at most, measured in the same run: GFLOP/s of matrix products in the dtype (at least what
    an exact kind reached), GB/s of a large copy, read and written bytes counted; 0 before.
    """

    gflops: float = 0.0
    gbytes: float = 0.0


@dataclass(frozen=True, slots=True)
class CompareResult:
    """points: kinds in the order of the spec, lengths within. auto: (length, the kernel that `auto` would take).
    machine: processor, threads and torch in words."""

    spec: CompareSpec = CompareSpec()
    points: tuple[Point, ...] = ()
    ceiling: Ceiling = Ceiling()
    auto: tuple[tuple[int, str], ...] = ()
    machine: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchSpec:
    """What is gone through tile by tile: `tiling.trace` of made-up inputs, backward: `back_tiling.back_trace` of it.

    window: keys, 0 for none.
    """

    length: int = 24
    query_tile: int = 6
    key_tile: int = 6
    causal: bool = False
    window: int = 0
    backward: bool = False
    dim: int = 8
    seed: int = 0


@dataclass(frozen=True, slots=True)
class SeeSpec:
    """Job `engines.generative.diffusion.studies.attention:run`: sample a model and keep what its attention layers were
    asked at every step.

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
    """file: an `.npz` as `recording.Recording` reads it. sigmas: the noise level at each step, the last is the result.
    steps: those whose attention was kept. kernels: what ran, as "name version".
    """

    spec: SeeSpec
    file: str
    sites: tuple[Site, ...]
    sigmas: tuple[float, ...]
    steps: tuple[int, ...]
    seconds: float
    kernels: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhichSpec:
    """A request by its shape alone: q, k and v are (batch, heads, length, dim). backward: its gradients are wanted."""

    batch: int = 1
    heads: int = 1
    length: int = 1024
    dim: int = 64
    dtype: Dtype = "float32"
    causal: bool = False
    window: int | None = None
    device: str = "cpu"
    backward: bool = False


@dataclass(frozen=True, slots=True)
class MemoryCase:
    """What `memory.extra_mb` measures: a kind, or "module:function" that takes the request; what it is asked."""

    kind: str
    asked: WhichSpec


@dataclass(frozen=True, slots=True)
class Choice:
    """What `auto` takes for a class of requests, and why. times: least milliseconds of each kernel, forward, or with
    backward where gradients are wanted. refused: kernels that cannot do it, with the reason. measured: local time.
    """

    kernel: str
    times: dict[str, float]
    refused: dict[str, str]
    measured: str


@dataclass(frozen=True, slots=True)
class Known:
    """A row of the table that `auto` chooses by. machine: in words; request: the class, in words."""

    machine: str
    request: str
    choice: Choice


@dataclass(frozen=True, slots=True)
class WhichResult:
    """kernel: what `auto` takes. times: milliseconds, the least, of every exact kernel that can do it, fastest first.
    refused: the others, with the reason. measured: whether `auto` goes by these times; it does not for requests so
    small that it takes the usual kernel unmeasured. when: of the measurement. request: the class of such requests.
    """

    spec: WhichSpec
    kernel: str
    times: dict[str, float]
    refused: dict[str, str]
    measured: bool
    when: str
    machine: str
    request: str


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """Job `check:run`: kinds beside float64. kinds: () for all that there are."""

    kinds: tuple[str, ...] = ()
    dtypes: tuple[Dtype, ...] = ("float64", "float32", "bfloat16", "float16")
    device: str = "cpu"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """A kind in a dtype. error, grad_error: of output and gradients beside the kind's own float64 form, relative;
    reference_error, grad_reference_error: those of a reference in the same dtype on the same numbers; None where there
    is none. skipped: why nothing was computed, "" where it was.
    """

    error: float | None = None
    grad_error: float | None = None
    reference_error: float | None = None
    grad_reference_error: float | None = None
    ok: bool = True
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """kinds: by name, then by dtype. ok: whether none of them failed."""

    kinds: dict[str, dict[str, Checked]]
    ok: bool
    machine: str
