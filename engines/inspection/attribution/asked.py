"""What an attribution is asked and gives: values between the job and the window, free of torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.core.networks.preprocessing import Placement, Preprocessing
from engines.core.words import tr
from engines.inspection.types import OpenSpec

Baseline = Literal["black", "grey", "blur", "mean"]
"""What stands for "nothing there": pixels of 0, of 128, the picture blurred, or its mean colour."""
BASELINES: tuple[Baseline, ...] = get_args(Baseline)
Verdict = Literal["depends", "partly", "ignores", "unknown"]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MethodInfo:
    """signed: its maps tell what speaks for the target from what speaks against it. layered: it needs a layer."""

    id: str
    title: str
    tip: str
    signed: bool = False
    layered: bool = False


METHODS = (
    MethodInfo("gradient", tr("Gradient"), tr("How much the output changes with each pixel (Simonyan et al. 2014)")),
    MethodInfo("gradient-x-input", tr("Gradient x input"), tr("The gradient times the pixel (Shrikumar "
"et al. 2016)"), True),
    MethodInfo("integrated-gradients", tr("Integrated gradients"),
               tr("The gradient along the way from a baseline; adds up to the output (Sundararajan et "
"al. 2017)"), True),
    MethodInfo("grad-cam", tr("Grad-CAM"),
               tr("A layer's maps or tokens, weighted by their gradient (Selvaraju et al. 2017)"), layered=True),
    MethodInfo("occlusion", tr("Occlusion"),
               tr("How much the output falls when a patch is covered (Zeiler, Fergus 2014)"), True),
)  # fmt: skip
INFO = {method.id: method for method in METHODS}


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """Job `engines.inspection.attribution.job:run`. picture: a file. methods: ids of `METHODS`.

    layer: of Grad-CAM, "" for the last that has a map. target: "" the largest output; "7" an output by its number;
    "norm" or "mean" of the output; "LAYER:CHANNEL" the mean of a layer's channel, "LAYER:CHANNEL,ROW,COLUMN" one unit.

    steps, most_steps: gradients on the way of integrated gradients, at first and at most. patch, stride: of occlusion,
    in pixels of the input; 0 for an eighth of the shorter side, and half a patch. sanity: with weights shuffled, in so
    many `stages` from the output back. curves: deletion and insertion at so many `points`. preprocessing: None for the
    model's own, where that is known.
    """

    model: OpenSpec = OpenSpec()
    picture: str = ""
    methods: tuple[str, ...] = ("integrated-gradients",)
    layer: str = ""
    target: str = ""
    preprocessing: Preprocessing | None = None
    baseline: Baseline = "black"
    steps: int = 32
    most_steps: int = 512
    patch: int = 0
    stride: int = 0
    sanity: bool = False
    stages: int = 1
    curves: bool = False
    points: int = 32
    seed: int = 0
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """What is explained. name: of the output or layer; words: in a sentence; value: of it on this picture. share: its
    softmax, where it is one of a vector of numbers that are no probabilities yet, else None."""

    name: str
    words: str
    value: float
    index: int = -1
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Completeness:
    """sum of the attributions, and output(picture) - output(baseline), which it should equal. error: of the two,
    relative to the difference. steps: gradients that were taken. holds: to 1e-3."""

    sum: float
    difference: float
    error: float
    steps: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """share: of the layers, from the output back, whose weights were shuffled. rank: Spearman's correlation of |map|
    before and after; ssim: structural similarity of the two (Wang et al. 2004)."""

    share: float
    rank: float
    ssim: float


@dataclass(frozen=True, slots=True)
class Sanity:
    """Does the map depend on what the model learned? (Adebayo et al. 2018). The last stage has all weights shuffled."""

    verdict: Verdict
    stages: tuple[Stage, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The target's score as pixels go (deletion: low is good) or come (insertion: high is good), the most important
    first (Petsiuk et al. 2018). share: of pixels, from 0 to 1; areas under each by the trapezium rule."""

    share: Floats
    deletion: Floats
    insertion: Floats
    deletion_area: float
    insertion_area: float


@dataclass(frozen=True, slots=True)
class Explained:
    """map: float32 (h, w) of the input, signed where the method is. layer: that it took, "" for none."""

    method: str
    title: str
    map: Floats
    signed: bool
    layer: str = ""
    milliseconds: float = 0.0
    completeness: Completeness | None = None
    sanity: Sanity | None = None
    curve: Curve | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AttributeResult:
    """picture: uint8 BGR, upright, at most 960 pixels long; placed: where it lies in the input; seen: what went in.

    random: curves of pixels in random order, the floor of a comparison. score: what curves are of, in words.
    """

    spec: AttributeSpec
    target: Target
    explained: tuple[Explained, ...]
    picture: Image
    seen: Image
    placed: Placement
    fitted: str = ""
    random: Curve | None = None
    score: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def said(self) -> tuple[str, ...]:
        """The notes on the whole, and what methods have to say of themselves."""
        return (*self.notes, *(f"{one.title}: {one.note}" for one in self.explained if one.note))
