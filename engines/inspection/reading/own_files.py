"""Our own networks as models: generative ones by their card, heads of the actions engine by their metadata.

They are built by the engines that trained them and traced with attention as torch's own operator, so that it shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from engines.attention.listening import pinned
from engines.core.errors import BadInput, KinoscopeError
from engines.core.networks.preprocessing import Preprocessing
from engines.core.networks.safetensors_head import read_head, read_header
from engines.core.words import few_of, tr
from engines.inspection.opening.model import Model
from engines.inspection.reading.modules import from_module
from engines.inspection.shapes import shape_text
from engines.inspection.types import Format, Given, OpenSpec, Shape

LEVEL = 0.2
"""The noise level, in units of the data, that a network is told where a plain picture goes in."""
CHUNKS = 8
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Built:
    """A network with its inputs by name. values: what those are filled with that take no picture."""

    network: nn.Module
    inputs: dict[str, Tensor]
    title: str
    facts: tuple[tuple[str, str], ...]
    preprocessing: Preprocessing | None = None


def open_file(path: Path, spec: OpenSpec) -> Model:
    """shapes: of the first input, where another size or length is wanted.

    Raises `FileMissing` and `BadInput`: for weights without a card, of another maker, or that do not fit their card.
    """
    read_header(path)
    said = read_head(path)[0].get("__metadata__")
    build = _head if isinstance(said, dict) and _actions_key() in said else _generative
    with _of(path), torch.no_grad():
        built = build(path, spec.shapes[0] if spec.shapes else ())
        names, tensors = list(built.inputs), list(built.inputs.values())
        with pinned("sdpa"):
            model = from_module(built.network, *tensors, title=built.title)
    sheet = model.sheet
    values = [float(tensor.flatten()[0]) for tensor in tensors]
    given = tuple(_given(one, value) for one, value in zip(sheet.given, values, strict=True))
    sheet = replace(
        sheet, path=str(path), format=Format.KINOSCOPE, bytes=path.stat().st_size, given=given,
        facts=(*built.facts, (tr("inputs"), ", ".join(names))), preprocessing=built.preprocessing,
    )  # fmt: skip
    return replace(model, sheet=sheet)


def _given(given: Given, value: float) -> Given:
    return replace(given, value=0.0 if given.picture else value)


@contextmanager
def _of(path: Path) -> Iterator[None]:
    """Errors get the file's name where they have none."""
    try:
        yield
    except KinoscopeError as error:
        error.path = error.path or str(path)
        raise


def _actions_key() -> str:
    from engines.actions.models.files import KEY

    return KEY


def _generative(path: Path, told: Shape) -> Built:
    """`(x, time, label) -> F`; classifiers `(x)` or, of noised pictures, `(x, time)`."""
    from engines.generative.diffusion.axis.denoiser import Preconditioned, coefficients
    from engines.generative.diffusion.axis.process import process
    from engines.generative.diffusion.models.cards import read_card
    from engines.generative.diffusion.models.checkpoints import load_network

    card = read_card(path)
    network, _moments = load_network(path, card)
    shape = _asked(told, (1, *card.shape))
    noisy = card.architecture != "classifier" or bool(card.arguments.get("noisy"))
    kind = process(card.process)
    inputs = {"x": torch.zeros(shape)}
    if noisy:
        inputs["time"] = torch.full((shape[0],), float(kind.time(LEVEL)))
    if card.classes and card.architecture != "classifier":
        inputs["label"] = torch.full((shape[0],), len(card.classes))
    prediction = "edm" if card.architecture == "classifier" else card.prediction
    into = float(coefficients(Preconditioned(network, prediction, kind, card.data_std), LEVEL)[2]) if noisy else 1.0
    facts = (
        (tr("network"), f"{card.architecture}, {card.title}"), (tr("trained on"), card.data),
        (tr("licence"), card.licence),
        (tr("predicts"), "" if card.architecture == "classifier" else card.prediction),
        (tr("noise process"), card.process if noisy else ""), (tr("classes"), _few(card.classes)),
        (
            tr("time"),
            tr("{time:.4g} (noise level {level:g})", time=float(kind.time(LEVEL)), level=LEVEL) if noisy else "",
        ),
        (tr("label"), tr("{count} means no class", count=len(card.classes)) if "label" in inputs else ""),
    )  # fmt: skip
    picture = _prepared(shape, card.low, card.high, into) if len(shape) == 4 and shape[1] in (1, 3) else None
    return Built(network, inputs, card.title or path.name, tuple(fact for fact in facts if fact[1]), picture)


def _prepared(shape: Shape, low: float, high: float, into: float) -> Preprocessing:
    """In the values of the data, times what the network takes of it: x = into (low + (high - low) p / 255)."""
    mean, std = -low * 255 / (high - low), 255 / (high - low) / into
    return Preprocessing((shape[2], shape[3]), "grey" if shape[1] == 1 else "RGB", (mean,), (std,))


def _head(path: Path, told: Shape) -> Built:
    """`x (1, chunks, features) -> logits` and what is anticipated; features are standardised before they go in."""
    from engines.actions.heads.building import build
    from engines.actions.models.files import open_model

    model = open_model(path)
    card = model.card
    network = build(card.shape).eval()
    try:
        network.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in model.weights.items()})
    except RuntimeError as error:
        raise BadInput(tr("The weights do not fit the model's card"), path=path, hint=tr("Train it again")) from error
    shape = _asked(told, (1, min(card.shape.window, CHUNKS), sum(card.shape.inputs)))
    facts = (
        (tr("network"), tr("{kind} over features of frames", kind=card.shape.kind)),
        (tr("classes"), _few(card.classes)),
        (tr("trained on"), card.trained_on), (tr("chunks"), tr("{shape} a sequence, of any number", shape=shape[1])),
    )  # fmt: skip
    return Built(network, {"x": torch.zeros(shape)}, card.name, tuple(fact for fact in facts if fact[1]))


def _asked(told: Shape, usual: Shape) -> Shape:
    """The shape that was told. Raises `BadInput` for one with other axes."""
    if not told:
        return usual
    if len(told) != len(usual) or min(told) < 1:
        wanted = shape_text(usual)
        raise BadInput(
            tr("The input has {count} axes, such as {wanted}", count=len(usual), wanted=wanted),
            hint=tr("Tell a shape like {wanted}", wanted=wanted),
        )
    return tuple(told)


def _few(names: tuple[str, ...]) -> str:
    return few_of(names, SHOWN)
