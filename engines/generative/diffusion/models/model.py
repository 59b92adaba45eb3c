"""Opened models as plain values: a denoiser with its shape, range and conditions, whatever it was opened from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor, nn

from engines.generative.data.moments import Moments
from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.types import Card, ModelInfo

Condition: TypeAlias = Tensor | dict[str, Tensor] | None
"""What the samples are to be: labels (B,), or what a text encoder made of prompts, each (B, ...); None: anything."""


@dataclass(frozen=True)
class Latents:
    """The picture side of a model whose noise lives in latents. decode: (B, C, h, w) to (B, 3, H, W) in -1..1;
    encode: the inverse. to_rgb: (C + 1, 3) float32 on the CPU, a linear guess of the decoder, for previews."""

    decode: Callable[[Tensor], Tensor]
    encode: Callable[[Tensor], Tensor]
    to_rgb: Tensor
    factor: int


@dataclass(frozen=True)
class Model:
    """An opened model.

    apply: `(y, sigma, condition) -> D`. dtype: of the state y (a network in half precision keeps it in float32).
    describe: turns prompts into a condition, of models that take text. told: the same model whose network is told other
    times at some noise levels.
    """

    info: ModelInfo
    apply: Callable[[Tensor, Tensor, Condition], Tensor]
    device: torch.device
    dtype: torch.dtype = torch.float32
    moments: Moments | None = None
    network: nn.Module | None = None
    describe: Callable[[Sequence[str]], dict[str, Tensor]] | None = None
    latents: Latents | None = None
    card: Card | None = None
    told: Callable[[Mapping[float, float]], Model] | None = None

    def denoise(self, condition: Condition = None) -> Denoise:
        """The denoiser of a batch: labels (B,), what `describe` gave, or None for no condition."""
        return lambda y, sigma: self.apply(y, sigma, condition)

    @property
    def range(self) -> tuple[float, float]:
        """The values of black and white."""
        return self.info.low, self.info.high

    @property
    def nothing(self) -> int:
        """The label that stands for no class."""
        return len(self.info.classes)

    def labels(self, classes: Sequence[int]) -> Tensor | None:
        """Labels (B,) on the model's device; None for a model without classes."""
        return torch.tensor(list(classes), device=self.device) if self.info.classes else None
