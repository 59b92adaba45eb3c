"""The state of a training between two steps: network, averaged weights, optimiser, curves; to and from a checkpoint.

A state that was written and read again goes on with the very numbers it would have had.
"""

from __future__ import annotations

import copy
from typing import Any, Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

from engines.core.errors import BadInput
from engines.core.training.loop import descend
from engines.core.words import tr

M = TypeVar("M", bound=nn.Module)
CLIP = 1.0


class Curves(Protocol):
    """Curves of a training that is resumed."""

    def tensors(self) -> dict[str, Tensor]: ...

    def said(self) -> dict[str, Any]: ...

    def restore(self, tensors: dict[str, Tensor], said: dict[str, Any]) -> None: ...


C = TypeVar("C", bound=Curves)


class State(Generic[M, C]):
    """model: in training. average: the same with averaged weights, which is what is kept in the end."""

    def __init__(self, model: M, curves: C, device: str = "cpu") -> None:
        self.model: M = model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average: M = copy.deepcopy(self.model).requires_grad_(False)
        self.parameters = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.averages = list(self.average.parameters())
        self.optimiser = torch.optim.Adam(self.parameters, betas=(0.9, 0.99), fused=True)
        self.curves = curves
        self.step = 0
        self.seconds = 0.0

    def update(self, loss: Tensor, rate: float, halving: float) -> None:
        """One step of Adam down the gradient of a loss, and one of the average."""
        descend(self.optimiser, loss, rate, CLIP)
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
            raise BadInput(tr("The checkpoint is of another network: {error}", error=error)) from error

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


def decay(step: int, halving: float) -> float:
    """How much of the average stays in a step. Early on the halving time is a tenth of the steps so far."""
    return 0.5 ** (1 / max(min(halving, step / 10), 1e-3)) if halving > 0 else 0.0
