"""Small networks to train and to ship: `(x, time, label) -> F`, built by name from what a card says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from engines.core.errors import BadInput
from engines.core.reading import MISFITS
from engines.core.words import tr
from engines.generative.networks.classifier import Classifier
from engines.generative.networks.dit import DiT
from engines.generative.networks.unet import UNet

ARCHITECTURES: dict[str, Callable[..., nn.Module]] = {"unet": UNet, "dit": DiT, "classifier": Classifier}


def build(architecture: str, **arguments: Any) -> nn.Module:
    """A network with fresh weights. Raises `BadInput` for an architecture or arguments that do not exist."""
    if architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise BadInput(
            tr("There is no architecture called '{architecture}'", architecture=architecture),
            hint=tr("Known are {known}", known=known),
        )
    try:
        return ARCHITECTURES[architecture](**arguments)
    except (RuntimeError, *MISFITS) as error:
        raise BadInput(
            tr("No {architecture} can be built from these arguments: {error}", architecture=architecture, error=error)
        ) from error


def parameters(network: nn.Module) -> int:
    """How many numbers a network has learned."""
    return sum(parameter.numel() for parameter in network.parameters())
