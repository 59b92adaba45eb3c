"""Jobs of the inspector that take longer than a frame: what they are asked and give, free of torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.core.networks.preprocessing import Preprocessing
from engines.inspection.types import OpenSpec


@dataclass(frozen=True, slots=True)
class CompareSpec:
    """Job `engines.inspection.activations.comparing:run`: one model on two pictures, or two models on one.

    first, second: models; second "" for the first again. picture, other: files; "" for seeded noise, other "" for the
    picture again. Layers are matched by name, else by place where all shapes agree. tolerance: a layer differs where
    its relative error is above it.
    """

    first: OpenSpec = OpenSpec()
    second: OpenSpec = OpenSpec()
    picture: str = ""
    other: str = ""
    preprocessing: Preprocessing | None = None
    tolerance: float = 1e-5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class LayerDifference:
    """error: |a - b| / |a| of the whole layer (2-norms); largest: of an element, absolute; cosine between the two. None
    where shapes differ or it is in one model only, which `note` says."""

    name: str
    other_name: str
    type: str
    error: float | None
    largest: float | None
    cosine: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CompareResult:
    """layers in order of execution; first_differing: name of the first above the tolerance, "" for none."""

    spec: CompareSpec = CompareSpec()
    layers: tuple[LayerDifference, ...] = ()
    first_differing: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExciteSpec:
    """Job `engines.inspection.activations.exciting:run`: frames of a clip that excite a channel (or unit) most.

    unit: (row, column), (-1, -1) for the largest of the map. apart: frames between two that are shown, at least.
    """

    model: OpenSpec = OpenSpec()
    clip: str = ""
    layer: str = ""
    channel: int = 0
    unit: tuple[int, int] = (-1, -1)
    most: int = 12
    apart: int = 5
    preprocessing: Preprocessing | None = None


@dataclass(frozen=True, slots=True)
class Excited:
    """A frame, by its number, with its value and where in the input it comes from (top, left, bottom, right). picture:
    uint8 BGR thumbnail of the input."""

    frame: int
    seconds: float
    value: float
    box: tuple[int, int, int, int]
    picture: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ExciteResult:
    """frames: strongest first. values: of every frame, float32 (n,)."""

    spec: ExciteSpec
    frames: tuple[Excited, ...]
    values: NDArray[np.float32]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WeightsSpec:
    """Job `engines.inspection.activations.weights:run`: distribution of stored tensors, one or all (tensor "")."""

    model: OpenSpec = OpenSpec()
    tensor: str = ""


@dataclass(frozen=True, slots=True)
class WeightsRow:
    """Of one stored tensor of floats. counts over `edges`; not_finite: elements that are NaN or infinite."""

    name: str
    size: int
    mean: float
    spread: float
    low: float
    high: float
    zeros: float
    not_finite: int
    counts: NDArray[np.int64]
    edges: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WeightsResult:
    rows: tuple[WeightsRow, ...] = ()
    warnings: tuple[str, ...] = ()
