"""A head by its shape: the one place where a kind becomes a network."""

from __future__ import annotations

from torch import nn

from engines.actions.heads.gru import MiniROAD, OneFrame, Recurrent
from engines.actions.heads.idn import IDN
from engines.actions.heads.outputs import HeadOutput
from engines.actions.heads.trn import TRN
from engines.actions.types import HeadShape
from engines.core.errors import UsageError
from engines.core.words import tr

__all__ = ["HeadOutput", "build", "initialise_as_published"]

PUBLISHED_DEVIATION = 0.001


def build(shape: HeadShape) -> nn.Module:
    """A new head, x (B, T, sum(inputs)) -> `HeadOutput`, with torch's own random weights.

    Raises UsageError for sizes that no network can have.
    """
    check(shape)
    inputs, classes, steps = sum(shape.inputs), shape.classes, shape.future_steps
    if shape.kind == "frame":
        return OneFrame(inputs, classes, steps)
    sizes = (inputs, classes, shape.features, shape.hidden, steps)
    if shape.kind == "trn":
        return TRN(*sizes, dropout=shape.dropout, norm=shape.norm)
    if shape.kind == "idn":
        hard, window = shape.hard_sigmoid, shape.window
        return IDN(*sizes, window=window, dropout=shape.dropout, norm=shape.norm, hard_sigmoid=hard)
    if shape.kind == "miniroad":
        return MiniROAD(*sizes, dropout=shape.dropout, norm=shape.norm)
    return Recurrent(*sizes, cell=shape.kind, dropout=shape.dropout, norm=shape.norm)


def check(shape: HeadShape) -> None:
    """Raises UsageError where a size makes no sense."""
    if not shape.inputs or min(shape.inputs) < 1:
        raise UsageError(tr("A head needs features to look at, not {inputs}", inputs=shape.inputs))
    for name, least in {"classes": 2, "features": 1, "hidden": 1, "window": 1, "future_steps": 0}.items():
        if getattr(shape, name) < least:
            raise UsageError(
                tr(
                    "{name} of a head must be at least {least}, not {shape}",
                    name=name,
                    least=least,
                    shape=getattr(shape, name),
                )
            )
    if not 0 <= shape.dropout < 1:
        raise UsageError(tr("Dropout must be at least 0 and under 1, not {dropout}", dropout=shape.dropout))


def initialise_as_published(network: nn.Module) -> None:
    """TRN's released start: weights of linear and convolution layers N(0, .001), their biases left as they are;
    matrices of LSTM cells orthogonal, their biases N(0, 1)."""
    for layer in network.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            nn.init.normal_(layer.weight, std=PUBLISHED_DEVIATION)
        elif isinstance(layer, nn.LSTMCell):
            for weight in layer.parameters():
                nn.init.orthogonal_(weight) if weight.ndim > 1 else nn.init.normal_(weight)
