"""A training between two steps: network, averaged weights, optimiser, curves. It goes to and from a checkpoint.

A state that was written and read again goes on with the very numbers it would have had.
"""

from __future__ import annotations

import copy
import math
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from engines.core.errors import BadInput
from engines.generative.training.curves import Curves

M = TypeVar("M", bound=nn.Module)
WARM_UP = 200
CLIP = 1.0


class State(Generic[M]):
    """model: in training. average: the same with averaged weights, which is what is kept in the end."""

    def __init__(self, model: M, device: str = "cpu") -> None:
        self.model: M = model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average: M = copy.deepcopy(self.model).requires_grad_(False)
        self.parameters = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.averages = list(self.average.parameters())
        self.optimiser = torch.optim.Adam(self.parameters, betas=(0.9, 0.99), fused=True)
        self.curves = Curves()
        self.step = 0
        self.seconds = 0.0

    def update(self, loss: Tensor, rate: float, halving: float) -> None:
        """One step of Adam down the gradient of a loss, and one of the average."""
        self.optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.parameters, CLIP)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        self.step += 1
        with torch.no_grad():
            torch._foreach_lerp_(self.averages, self.parameters, 1 - decay(self.step, halving))

    def is_finite(self) -> bool:
        """Whether every weight is a number."""
        return all(bool(torch.isfinite(value).all()) for value in self.parameters)

    def tensors(self) -> dict[str, Tensor]:
        """All that changes, by name."""
        names = [name for name, _ in self.model.named_parameters()]
        kept = {f"model.{name}": value for name, value in zip(names, self.parameters, strict=True)}
        kept |= {f"average.{name}": value for name, value in zip(names, self.averages, strict=True)}
        for name, parameter in zip(names, self.parameters, strict=True):
            moments = self.optimiser.state.get(parameter, {})
            kept |= {f"adam.{key}.{name}": value for key, value in moments.items()}
        return kept | self.curves.tensors()

    def said(self) -> dict[str, Any]:
        """The plain values."""
        return {"step": self.step, "seconds": self.seconds, "curves": self.curves.said()}

    @torch.no_grad()
    def restore(self, tensors: dict[str, Tensor], said: dict[str, Any]) -> None:
        """The state that `tensors` and `said` were of. Raises `BadInput` when they are of another network."""
        try:
            for name, parameter, average in zip(
                [name for name, _ in self.model.named_parameters()], self.parameters, self.averages, strict=True
            ):
                parameter.copy_(tensors[f"model.{name}"])
                average.copy_(tensors[f"average.{name}"])
                self.optimiser.state[parameter] = _adam(parameter, name, tensors)
            self.curves.restore(tensors, said["curves"])
            self.step, self.seconds = int(said["step"]), float(said["seconds"])
        except (KeyError, RuntimeError) as error:
            raise BadInput(f"The checkpoint is of another network: {error}") from error

    def weights(self) -> dict[str, Tensor]:
        """The averaged weights, by the names of the network."""
        named = self.average.named_parameters()
        return {name.removeprefix("network."): value for name, value in named}


def _adam(parameter: Tensor, name: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    held = {"step": tensors[f"adam.step.{name}"].clone()}
    for key in ("exp_avg", "exp_avg_sq"):
        held[key] = torch.zeros_like(parameter, memory_format=torch.preserve_format).copy_(
            tensors[f"adam.{key}.{name}"]
        )
    return held


def rate_at(step: int, steps: int, most: float) -> float:
    """Learning rate: up in a straight line, then down along a cosine to nothing."""
    warm = min(WARM_UP, max(1, steps // 10))
    if step < warm:
        return most * (step + 1) / warm
    return most * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def decay(step: int, halving: float) -> float:
    """How much of the average stays in a step. Early on the halving time is a tenth of the steps so far."""
    return 0.5 ** (1 / max(min(halving, step / 10), 1e-3)) if halving > 0 else 0.0
