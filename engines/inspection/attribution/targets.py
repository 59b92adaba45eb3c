"""Which number of a model is explained: an output, a norm, or a channel or unit of a layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from engines.core.errors import UsageError
from engines.core.words import tr
from engines.inspection.activations.layout import channel_axis
from engines.inspection.attribution.asked import Target
from engines.inspection.running.network import Network
from engines.inspection.shapes import shape_text

WHOLE = ("norm", "mean")
HINT = tr("Give a number of the output, norm, mean, or LAYER:CHANNEL")


@dataclass(frozen=True, slots=True)
class Aim:
    """name: of a layer ("" for an output). output: its place among the outputs. how: "index", "norm", "mean", "channel"
    or "unit" of the value; at: the numbers that go with it. axis: of channels."""

    name: str
    output: int
    how: str
    at: tuple[int, ...] = ()
    axis: int = 1

    def read(self, value: torch.Tensor) -> torch.Tensor:
        """(n, ...) -> (n,), one number for each of a batch."""
        flat = value.flatten(1)
        if self.how == "index":
            return flat[:, self.at[0]]
        if self.how == "norm":
            length: torch.Tensor = flat.norm(dim=1)
            return length
        moved = value.movedim(self.axis, 1) if value.ndim > 2 else flat
        if self.how == "mean":
            return flat.mean(1)
        channel = moved[:, self.at[0]]
        for place in self.at[1:]:
            channel = channel[:, place]
        return channel.flatten(1).mean(1) if channel.ndim > 1 else channel


def is_vector(value: torch.Tensor) -> bool:
    """(1, n), or the same with axes of length one."""
    return value.is_floating_point() and value.numel() > 1 and sum(size > 1 for size in value.shape) == 1


def aim_of(text: str, network: Network, inputs: Sequence[torch.Tensor]) -> tuple[Aim, Target]:
    """What `text` asks for, with its value on these inputs. Raises `UsageError` for what the model has not."""
    with torch.no_grad():
        found = network(*inputs)
    outputs = found if isinstance(found, tuple) else (found,)
    aim = _layer_aim(text, network) if ":" in text else _output_aim(text, outputs)
    with torch.no_grad():
        value = network.values(inputs, [aim.name])[aim.name] if aim.name else outputs[aim.output]
    value = value if value.ndim > 1 else value.reshape(1, -1)
    return aim, _told(aim, aim.name or network.graph.outputs[aim.output], value)


def _output_aim(text: str, outputs: Sequence[torch.Tensor]) -> Aim:
    number = next((at for at, one in enumerate(outputs) if is_vector(one)), 0)
    value = outputs[number]
    if not value.is_floating_point():
        raise UsageError(
            tr("The output is no number that changes with the picture"), hint=tr("Aim at LAYER:CHANNEL instead")
        )
    if text in WHOLE:
        return Aim("", number, text)
    if not text:
        return Aim("", number, "index", (int(value.flatten().argmax()),))
    index = _number(text)
    if not 0 <= index < value.numel():
        raise UsageError(
            tr("The output has {count} numbers, from 0; there is no {index}", count=value.numel(), index=index),
            hint=HINT,
        )
    return Aim("", number, "index", (index,))


def _layer_aim(text: str, network: Network) -> Aim:
    name, _, where = text.rpartition(":")
    step = network.layer(name)
    at = tuple(_number(part) for part in where.split(","))
    shape = network.graph.shape(step.node.output) or ()
    axis = channel_axis(network.model.sheet, network.graph, step.node)
    sizes = (shape[axis], *(size for place, size in enumerate(shape) if place not in (0, axis))) if shape else ()
    if len(at) not in (1, len(sizes)) or any(not 0 <= one < size for one, size in zip(at, sizes, strict=False)):
        told = {"name": name, "sizes": shape_text(sizes), "where": where}
        raise UsageError(
            tr("'{name}' has {sizes} (channels, rows, columns); '{where}' is not among them", **told)
            if sizes
            else tr(
                "How many channels, rows and columns '{name}' has is not known; '{where}' is not among them", **told
            ),
            hint=HINT,
        )
    return Aim(name, 0, "channel" if len(at) == 1 else "unit", at, axis)


def share_of(value: torch.Tensor, index: int) -> float | None:
    """The softmax of an output among its vector; None for what is no vector, and for numbers from 0 to 1, which stand
    for themselves."""
    if not is_vector(value) or (float(value.min()) >= 0 and float(value.max()) <= 1):
        return None
    return float(value.flatten(1).softmax(1)[0, index])


def _told(aim: Aim, name: str, value: torch.Tensor) -> Target:
    number = float(aim.read(value)[0])
    if not math.isfinite(number):
        raise UsageError(
            tr("The value of {name} is {number} on this picture", name=name, number=number),
            hint=tr("Its activations tell where that begins"),
        )
    if aim.how == "index":
        words = tr("output {at} of {count:,} in '{name}'", at=aim.at[0], count=value.numel(), name=name)
        return Target(name, words, number, aim.at[0], share_of(value, aim.at[0]))
    if aim.how in WHOLE:
        words = tr("norm of '{name}'", name=name) if aim.how == "norm" else tr("mean of '{name}'", name=name)
        return Target(name, words, number)
    told: dict[str, object] = {"name": name, "channel": aim.at[0]}
    if len(aim.at) == 2:
        words = tr("channel {channel}, token {token} of '{name}'", token=aim.at[1], **told)
    elif len(aim.at) == 3:
        words = tr("channel {channel}, row {row}, column {column} of '{name}'", row=aim.at[1], column=aim.at[2], **told)
    else:
        words = tr("channel {channel} of '{name}'", **told)
    return Target(name, words, number, aim.at[0])


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(tr("'{text}' is no target", text=text), hint=HINT) from None
