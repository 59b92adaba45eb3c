"""Values of the diffusion engine, asked and answered. They go to and from JSON; torch is not imported.

Each job is `engines.diffusion.MODULE:run(spec, ctx) -> result`; the module is named at its spec.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engines.generative.diffusion.pipeline_types import Own

Prediction: TypeAlias = Literal["eps", "x0", "v", "u", "score", "edm"]
Device: TypeAlias = Literal["cpu", "cuda"]
Precision: TypeAlias = Literal["float32", "float64", "float16", "bfloat16"]


@dataclass(frozen=True, slots=True)
class Card:
    """Facts of a network in a safetensors file; kept beside it as NAME.json.

    architecture and arguments: what builds it ("unet", "dit", "classifier"). shape: of one sample, (C, H, W).
    classes: their names, () for none; where there are any, label len(classes) means "no class". process: "edm", "ve",
    "flow", "vp", "vp-scaled" or "vp-cosine". sigma_max: 0 stands for infinity (a flow). low, high: the values that
    black and white have in the data. weak: name of a weaker model for autoguidance. figures: measured, units in the
    names. command: the line that trains it again. cut_off: step at which a cancelled training was kept, 0 for a whole
    one.
    """

    name: str
    title: str
    architecture: str
    arguments: dict[str, Any]
    shape: tuple[int, ...]
    prediction: Prediction
    process: str
    classes: tuple[str, ...] = ()
    data_std: float = 0.5
    sigma_min: float = 0.002
    sigma_max: float = 80.0
    low: float = -1.0
    high: float = 1.0
    data: str = ""
    licence: str = "Apache-2.0"
    seed: int = 0
    steps: int = 0
    batch: int = 0
    parameters: int = 0
    command: str = ""
    weak: str = ""
    classifier: str = ""
    sha256: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    cut_off: int = 0


@dataclass(frozen=True, slots=True)
class InspectSpec:
    """Job `models:run`. model: as in `SampleSpec`. prediction: the user's answer where nothing says it."""

    model: str
    prediction: str = ""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Facts of a model for a panel.

    name: what `SampleSpec.model` takes. kind: "analytic", "network" (ours), "file" (a safetensors file with its
    card) or "diffusers". shape: of one sample, (C, H, W), or (2,) for a point. sigma_max: 0 stands for infinity.
    exact: the optimal denoiser, so errors can be measured. moments: mean and covariance are known (teleport).
    text: takes a prompt. needs_prediction: nothing says what it predicts; ask the user. summary: one sentence.
    low, high: the values of black and white. latent: noise lives in a decoder's latents, whose shape is `shape`;
    factor: pixels a side of a latent; multiple: a picture's sides are multiples of it. own: how its own pipeline
    samples, where it has one.
    """

    name: str
    title: str
    kind: Literal["analytic", "network", "file", "diffusers"]
    shape: tuple[int, ...]
    prediction: str = "x0"
    process: str = "edm"
    classes: tuple[str, ...] = ()
    sigma_min: float = 0.002
    sigma_max: float = 80.0
    exact: bool = False
    moments: bool = False
    text: bool = False
    needs_prediction: bool = False
    weak: str = ""
    classifier: str = ""
    parameters: int = 0
    summary: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    low: float = -1.0
    high: float = 1.0
    latent: bool = False
    multiple: int = 1
    factor: int = 1
    own: Own | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Noise levels of a run. name: as in `catalog.SCHEDULES`, or "own": with start, end and clamp as the model's own
    pipeline has them (`ModelInfo.own`). sigma_min, sigma_max: None as the model says; 0 as a sigma_max stands for
    infinity. rho: Karras. shift: sigma' = shift sigma; of a flow's own levels the shift that they are made with.
    points: for "custom", pairs (share of the steps, ln sigma) from (0, ...) to (1, ...), between which ln sigma is
    monotone cubic.
    """

    name: str = "karras"
    sigma_min: float | None = None
    sigma_max: float | None = None
    rho: float = 7.0
    shift: float = 1.0
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Guidance:
    """weight 1 is no guidance. kind: "cfg" (against no class), "auto" (against a weaker model) or "classifier".

    interval: noise levels (low, high) outside which the weight is 1; None: everywhere. weak: model for "auto", ""
    for the one that the card names; classifier: the same for "classifier", where D of no class is guided and 0 is none.
    """

    weight: float = 1.0
    kind: Literal["cfg", "auto", "classifier"] = "cfg"
    interval: tuple[float, float] | None = None
    weak: str = ""
    classifier: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of a run, other than pure noise.

    image: a picture file. kind: "image" begins at the picture with noise of level `strength` of the schedule (0..1);
    "inpaint" keeps what is black in `mask`; "invert" turns the picture into noise by the ODE and back.
    "between" walks from the first seed's noise to the last one's on the sphere, one sample a stop.
    """

    kind: Literal["image", "inpaint", "invert", "between"]
    image: str = ""
    mask: str = ""
    strength: float = 0.6


@dataclass(frozen=True, slots=True)
class SampleSpec:
    """Job `sampling:run`. One run: as many samples as seeds.

    model: a name of the catalog ("analytic:digits", "mnist-unet"), a diffusers folder or a .safetensors file.
    options: of the sampler, by the names of `catalog.SAMPLERS`. classes: one a sample, or one for all, or () for none.
    prompt, negative: for models with text. size: (height, width), None as the model says. batch: samples at a time, 0
    all at once (halved by itself when memory runs out). exact: one sample at a time, so that a picture does not depend
    on its batch in any bit, and held to one attention kernel. kernel: of attention, "NAME" or, of a run that is
    repeated, "NAME VERSION"; "" for the fastest here. teleport: jump by the Gaussian's closed form to noise level
    `teleport_to` first. preview_every: steps between two previews, 0 none. keep_steps: write y and D of each step for
    scrubbing.
    prediction: the user's answer for a model that does not say. out: a folder; "" for one of its own in the history.
    """

    model: str
    sampler: str = "dpm++2m"
    steps: int = 20
    schedule: Schedule = Schedule()
    options: dict[str, float] = field(default_factory=dict)
    guidance: Guidance = Guidance()
    seeds: tuple[int, ...] = (0,)
    classes: tuple[int, ...] = ()
    prompt: str = ""
    negative: str = ""
    size: tuple[int, int] | None = None
    batch: int = 0
    device: Device = "cpu"
    precision: Precision = "float32"
    exact: bool = False
    kernel: str = ""
    teleport: bool = False
    teleport_to: float | None = None
    start: Start | None = None
    prediction: str = ""
    preview_every: int = 1
    keep_steps: bool = True
    out: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """Event "preview" of a run: the x0 estimates of the samples in work.

    step: of steps. first: index of the first sample shown. images: (n, H, W) or (n, H, W, 3) uint8 RGB, or None;
    points: (n, 2) float32 for 2-D models, or None.
    """

    step: int
    steps: int
    sigma: float
    first: int = 0
    images: NDArray[np.uint8] | None = None
    points: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class SampleResult:
    """folder: holds `run.json` (the spec and this), `NNNN.png` a sample (settings inside) or `points.npy`, `grid.png`,
    and `steps.npz` when steps were kept (see `history.Steps`). files: the samples, in the order of the seeds.

    seconds: of sampling alone. nfe: evaluations of the network a sample. batch: what was used in the end. bytes: peak
    of memory that was estimated. straightness: mean of |y_0 - y_end| / path length in noise-free coordinates, 1 is
    straight; None where it means nothing. notes: what the user should know, in sentences. kernels: of attention, those
    that ran, "NAME VERSION" each.
    """

    folder: str
    files: tuple[str, ...]
    seconds: float
    nfe: int
    sigmas: tuple[float, ...]
    batch: int
    seeds: tuple[int, ...]
    preview_share: float = 0.0
    bytes: int = 0
    straightness: float | None = None
    curvature: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    kernels: tuple[str, ...] = ()
