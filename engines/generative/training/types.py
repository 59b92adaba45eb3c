"""Specs and results of trainings. Plain values that go to and from JSON; torch is not imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engines.core.training.standing import Standing, came_to_its_end, standing
from engines.generative.diffusion.types import Device, Prediction

CHECKPOINT = ".checkpoint"

FREE = (
    *("out", "steps", "minutes", "threads", "save_seconds", "sample_every", "device", "weak", "classifier"),
    *("anew", "keep"),
)
"""Settings that may differ between a training and its continuation."""


@dataclass(frozen=True, slots=True)
class TrainSpec:
    """Job `training:run`. Train a small network, or go on with what `out` holds.

    data: "digits", "mnist", or a folder of images. architecture: "unet" or "dit". width: channels of the first level or
    of a token. prediction, process: as in a card. weighting: of |D - x0|^2 over sigma: "prediction" (unit on what the
    network gives), "eps", "x0", "edm", "min-snr". ln sigma is drawn from N(mean, std): EDM is (-1.2, 1.2), SD3 (0, 1).
    ema: halving time in steps of the averaged weights. drop_class: share of samples trained without their class.
    depth: blocks a level or layers, 0 the usual; patch: side of the pixel patches, 0 by the picture's size.
    augment: pixels by which pictures are moved at random, either way. size: side to which a folder's images are
    brought. minutes: stop after so long, 0 never. threads: CPU threads. save_seconds: between checkpoints, 30 at most.
    sample_every: steps between live samples, 0 none.
    reflow_of: name of a flow model whose noise-to-sample pairs are learned instead of data (rectified flow).
    weak, classifier: names of models to go with this one, for its card.
    anew: from the first step, whatever checkpoint is there; keep: write the weights of the checkpoint as they are.
    """

    data: str
    out: str
    name: str = ""
    architecture: Literal["unet", "dit"] = "unet"
    width: int = 32
    prediction: Prediction = "edm"
    process: str = "edm"
    weighting: Literal["prediction", "eps", "x0", "edm", "min-snr"] = "prediction"
    mean: float = -1.2
    std: float = 1.2
    steps: int = 5000
    batch: int = 128
    rate: float = 1e-3
    ema: float = 500.0
    drop_class: float = 0.1
    use_classes: bool = True
    size: int = 32
    seed: int = 0
    minutes: float = 0.0
    threads: int = 1
    save_seconds: float = 30.0
    sample_every: int = 250
    reflow_of: str = ""
    reflow_pairs: int = 20000
    depth: int = 0
    patch: int = 0
    augment: int = 0
    weak: str = ""
    classifier: str = ""
    device: Device = "cpu"
    anew: bool = False
    keep: bool = False


def name_of(spec: TrainSpec) -> str:
    """The network's name."""
    return spec.name or f"{Path(spec.data).name}-{spec.architecture}"


def checkpoint_path(spec: TrainSpec) -> Path:
    """Of the checkpoint beside the weights."""
    return Path(spec.out) / f"{name_of(spec)}{CHECKPOINT}"


def standing_of(spec: TrainSpec) -> Standing | None:
    """How far the training of this spec came that was cut off; None where there is nothing to go on with."""
    return standing(checkpoint_path(spec), spec, FREE)


def lengthens(spec: TrainSpec) -> bool:
    """Whether a training of these settings had come to its end, and this one only asks for more steps."""
    path = checkpoint_path(spec)
    return standing(path, spec, FREE) is not None and came_to_its_end(path)


@dataclass(frozen=True, slots=True)
class TrainProgress:
    """Event "train". loss: mean since the last event, weighted; losses: (k, 2) float32 of step and smoothed loss.

    by_level: (b, 2) float32 of ln sigma and mean loss there. images: (n, H, W[, 3]) uint8, the latest samples.
    resumed: step at which it went on, 0 for a new one.
    """

    step: int
    steps: int
    loss: float
    rate: float
    losses: NDArray[np.float32]
    by_level: NDArray[np.float32]
    images: NDArray[np.uint8] | None = None
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class TrainResult:
    """file: the weights (safetensors, with NAME.json beside it). resumed_at: step it went on from, 0 for a new one.
    stopped: why before the last step. notes: what the user should know, in sentences."""

    file: str
    steps: int
    loss: float
    seconds: float
    resumed_at: int = 0
    stopped: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassifierSpec:
    """Job `classifiers:run`. A small classifier of a data set; noisy: it is told sigma and sees noise of every level
    (for classifier guidance); else it sees clean pictures (for judging samples). anew, keep: as of a `TrainSpec`."""

    data: str
    out: str
    name: str = ""
    noisy: bool = False
    steps: int = 2000
    batch: int = 128
    rate: float = 1e-3
    seed: int = 0
    threads: int = 1
    anew: bool = False
    keep: bool = False
