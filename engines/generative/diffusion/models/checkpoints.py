"""Opening a network's weights safely: safetensors only, every name and shape checked, every number finite.

Nothing from outside is executed. What does not fit its card is said by name, before a gigabyte is read.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from engines.core.errors import BadInput
from engines.core.networks.safetensors_head import read_header
from engines.core.reading import making_sense
from engines.core.words import all_of, few_of, tr
from engines.generative.data.moments import Moments
from engines.generative.data.pickles import is_pickle, refuse
from engines.generative.diffusion.models.cards import ARCHITECTURES, PICKLES, read_card
from engines.generative.diffusion.types import Card

MOMENTS = "moments."
SHOWN = 3


def check(weights: Path, prediction: str = "") -> Card:
    """The card of a weights file after comparing it with the file's head; nothing else is read.

    prediction: the user's answer in place of the card's. Raises `BadInput` for whatever does not fit.
    """
    if weights.suffix in PICKLES or is_pickle(weights):
        refuse(weights)
    read_header(weights)
    card = read_card(weights)
    if card.architecture not in ARCHITECTURES:
        hint = tr("Samples come from {architectures}", architectures=all_of(ARCHITECTURES))
        raise BadInput(
            tr("A network of the kind '{architecture}' gives no samples", architecture=card.architecture),
            path=weights,
            hint=hint,
        )
    return replace(card, prediction=prediction) if prediction else card  # type: ignore[arg-type]


def load_network(weights: Path, card: Card) -> tuple[nn.Module, Moments | None]:
    """The network that a card describes with the weights of a file, in float32 and evaluation mode, and the moments
    of its data where the file holds them. Raises `BadInput` for whatever does not fit, before memory is taken for it.
    """
    with torch.device("meta"):
        plan = _build(weights, card)
    expected = {name: tuple(tensor.shape) for name, tensor in plan.state_dict().items()}
    tensors = load_tensors(weights, expected, card.sha256)
    network = _build(weights, card)
    network.load_state_dict({name: tensor for name, tensor in tensors.items() if name in expected})
    return network.float().eval().requires_grad_(False), _moments(tensors)


def load_tensors(weights: Path, expected: dict[str, tuple[int, ...]], sha256: str = "") -> dict[str, Tensor]:
    """The tensors of a safetensors file by name; beside the expected ones only moments may be there."""
    if weights.suffix in PICKLES or is_pickle(weights):
        refuse(weights)
    held = {name: entry.shape for name, entry in read_header(weights).items()}
    _compare(weights, expected, {name: shape for name, shape in held.items() if not name.startswith(MOMENTS)})
    if sha256 and hashlib.sha256(weights.read_bytes()).hexdigest() != sha256:
        raise BadInput(
            tr("The weights are not those that the card was written for"), path=weights, hint=tr("Get both again")
        )
    try:
        tensors = load_file(weights)
    except (SafetensorError, OSError) as error:
        raise BadInput(tr("The weights cannot be read: {error}", error=error), path=weights) from error
    _all_finite(weights, tensors)
    return tensors


def _build(weights: Path, card: Card) -> nn.Module:
    from engines.generative import networks

    shape = card.arguments.get("shape", card.shape)
    if not isinstance(shape, list | tuple) or tuple(shape) != card.shape:
        message = tr("The card says a sample is {shape} and its network's is {built}", shape=card.shape, built=shape)
        raise BadInput(message, path=weights.with_suffix(".json"), hint=tr("Mend 'shape' in 'arguments' or above it"))
    hint = tr("Mend 'architecture' and 'arguments'")
    with making_sense(weights.with_suffix(".json"), tr("The card's network cannot be built"), hint=hint):
        network: nn.Module = networks.build(card.architecture, **card.arguments)
    return network


def _compare(path: Path, expected: dict[str, tuple[int, ...]], held: dict[str, tuple[int, ...]]) -> None:
    missing = [name for name in expected if name not in held]
    extra = [name for name in held if name not in expected]
    wrong = [name for name, shape in expected.items() if name in held and held[name] != shape]
    if wrong:
        name = wrong[0]
        message = tr(
            "'{name}' has shape {held}, the card's network wants {expected}",
            name=name,
            held=held[name],
            expected=expected[name],
        )
        raise BadInput(message + _more(wrong[1:]), path=path, hint=tr("The card's arguments are of another network"))
    if missing or extra:
        parts = [tr("{few} missing", few=_few(missing))] * bool(missing) + [
            tr("{few} unexpected", few=_few(extra))
        ] * bool(extra)
        message = tr("The weights do not belong to the card's network: {parts}", parts=", ".join(parts))
        raise BadInput(
            message, path=path, hint=tr("The card's architecture is another, or the file is of a part alone")
        )


def _all_finite(path: Path, tensors: dict[str, Tensor]) -> None:
    broken = [name for name, t in tensors.items() if t.is_floating_point() and not torch.isfinite(t).all()]
    if broken:
        message = tr("The weights hold numbers that are not finite: {few}", few=_few(broken))
        raise BadInput(message, path=path, hint=tr("Training diverged before it was saved; take an earlier checkpoint"))


def _moments(tensors: dict[str, Tensor]) -> Moments | None:
    parts = [tensors.get(f"{MOMENTS}{part}") for part in ("mean", "values", "vectors")]
    if any(part is None for part in parts):
        return None
    mean, values, vectors = (part.double() for part in parts if part is not None)
    return Moments(mean, values, vectors)


def _few(names: list[str]) -> str:
    return few_of([f"'{name}'" for name in names], SHOWN)


def _more(names: list[str]) -> str:
    return tr(" ({count} more do not fit)", count=len(names)) if names else ""
