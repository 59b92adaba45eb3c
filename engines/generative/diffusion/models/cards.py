"""Cards of models, read before their weights are. Torch is not imported, so the window may ask.

A network is NAME.safetensors with NAME.json beside it. It is found by its name, in the user's own folder first and
then in what ships, or by the path of its file. Models with an exact denoiser are named by the catalog.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, Literal

from engines.core import places
from engines.core.errors import BadInput, FileMissing, KinoscopeError
from engines.core.networks.safetensors_head import read_header
from engines.core.reading import read_json
from engines.core.spec import from_json
from engines.core.words import tr
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.types import Card, ModelInfo

SHIPPED = Path(__file__).resolve().parents[4] / "resources" / "weights"
SUFFIX = ".safetensors"
PICKLES = (".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle")
PREDICTIONS = ("eps", "x0", "v", "u", "score", "edm")
PROCESSES = ("edm", "ve", "flow", "vp", "vp-scaled", "vp-cosine")
ARCHITECTURES = ("unet", "dit")
SIDES = {"analytic:digits": (1, 8, 8), "analytic:digits-set": (1, 8, 8)}
CLASSES = {"analytic:mixture": 8, "analytic:spirals": 2, "analytic:moons": 2}
CLASSES |= {"analytic:digits": 10, "analytic:digits-set": 10}
SUMMARIES = {
    "analytic:digits": tr("Ten Gaussians fitted to scikit-learn's 8 x 8 digits; the denoiser is exact"),
    "analytic:digits-set": tr("scikit-learn's 1797 digits; a perfect sampler gives one of them back"),
}
MOST_VALUES, DEEPEST = 1 << 26, 257
"""Numbers in one sample, and layers, that no card may exceed."""
POINTS = tr("A 2-D shape with its exact denoiser")


def models_dir() -> Path:
    """The folder of the user's own networks when no other is said. Made when missing."""
    folder = places.data_dir() / "diffusion" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def known_models() -> tuple[ModelInfo, ...]:
    """All that can be sampled by name: exact models, our networks, the user's own. A broken card is left out."""
    return (*_analytic(), *(card_info(card, path, "network") for card, path in _cards()))


def find(name: str) -> Path:
    """The weights that a name or a path means. Raises `FileMissing`, which says what there is, or `BadInput`."""
    path = Path(name).expanduser()
    if path.suffix in (SUFFIX, *PICKLES):
        if not path.is_file():
            raise FileMissing(tr("There is no such file"), path=path)
        return path
    for folder in (models_dir(), SHIPPED):
        if (folder / f"{name}{SUFFIX}").is_file() and re.fullmatch(r"[\w.+-]+", name):
            return folder / f"{name}{SUFFIX}"
    known = ", ".join(info.name for info in known_models())
    raise FileMissing(
        tr("There is no model called '{name}'", name=name),
        hint=tr("Known are {known}; or name a file or folder", known=known),
    )


def card_path(weights: Path) -> Path:
    """The path of a weights file's card."""
    return weights.with_suffix(".json")


def read_card(weights: Path) -> Card:
    """The card beside a weights file. Raises `FileMissing` without one, `BadInput` where it makes no sense."""
    path = card_path(weights)
    if not path.is_file():
        hint = tr(
            "Write {path} beside it: architecture, arguments, shape, prediction and process (see a shipped one)",
            path=path.name,
        )
        raise FileMissing(tr("The weights have no card that says what network they belong to"), path=path, hint=hint)
    return parse_card(read_json(path), path)


def parse_card(data: object, path: Path) -> Card:
    """A card from its JSON. Raises `BadInput` that names the file and the field."""
    if not isinstance(data, dict):
        raise BadInput(tr("A card is a JSON object"), path=path)
    known = {key: value for key, value in data.items() if key in Card.__dataclass_fields__}
    try:
        card: Card = from_json(Card, known)
    except KinoscopeError as error:
        raise BadInput(
            tr("The card does not fit: {message}", message=error.message), path=path, hint=tr("Mend that line")
        ) from error
    _check(card, path)
    return card


def card_info(card: Card, weights: Path, kind: Literal["network", "file"]) -> ModelInfo:
    """Facts of a network for a panel, from its card and the head of its file."""
    return ModelInfo(
        name=weights.stem if kind == "network" else str(weights),
        title=card.title or card.name,
        kind=kind,
        shape=card.shape,
        prediction=card.prediction,
        process=card.process,
        classes=card.classes,
        sigma_min=card.sigma_min,
        sigma_max=card.sigma_max,
        moments="moments.mean" in read_header(weights),
        weak=card.weak,
        classifier=card.classifier,
        parameters=card.parameters,
        summary=_summary(card),
        figures=card.figures,
        low=card.low,
        high=card.high,
    )


def analytic_shape(name: str) -> tuple[int, ...]:
    """Shape of one sample of an exact model of the catalog."""
    return SIDES.get(name, (2,))


def _analytic() -> tuple[ModelInfo, ...]:
    return tuple(
        ModelInfo(
            name=name,
            title=title,
            kind="analytic",
            shape=analytic_shape(name),
            classes=tuple(map(str, range(CLASSES.get(name, 0)))),
            exact=True,
            moments=True,
            summary=SUMMARIES.get(name, POINTS),
        )
        for name, title in catalog.ANALYTIC
    )


def _cards() -> list[tuple[Card, Path]]:
    found: dict[str, tuple[Card, Path]] = {}
    for folder in (models_dir(), SHIPPED):
        for weights in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                read_header(weights)
                found.setdefault(weights.stem, (read_card(weights), weights))
            except (KinoscopeError, OSError):
                continue
    return [(card, path) for card, path in found.values() if card.architecture in ARCHITECTURES]


def _summary(card: Card) -> str:
    size = tr("{parameters:.2g} M parameters", parameters=card.parameters / 1000000.0) if card.parameters else "Network"
    return tr("{size}, trained on {data}", size=size, data=card.data) if card.data else size


def _check(card: Card, path: Path) -> None:
    rules = {
        tr("prediction is '{prediction}'", prediction=card.prediction): card.prediction in PREDICTIONS,
        tr(
            "process is '{process}', known are {processes}", process=card.process, processes=", ".join(PROCESSES)
        ): card.process in PROCESSES,
        tr("shape is {shape}, expected channels, height, width", shape=json.dumps(card.shape)): len(card.shape)
        in (1, 3),
        tr("shape holds a number below 1"): all(side > 0 for side in card.shape),
        tr("shape is larger than any picture"): math.prod(card.shape) <= MOST_VALUES,
        tr("arguments ask for too many layers"): _can_be_built(card.arguments),
        tr("low is not below high"): card.low < card.high,
        tr("sigma_min is not above 0"): card.sigma_min > 0,
        tr("sigma_max is not above sigma_min"): card.sigma_max == 0 or card.sigma_max > card.sigma_min,
    }
    broken = [text for text, holds in rules.items() if not holds]
    if broken:
        raise BadInput(
            tr("The card does not fit: {broken}", broken=broken[0]), path=path, hint=tr("Mend that line of the card")
        )


def _can_be_built(arguments: dict[str, Any]) -> bool:
    """Whether a network of these arguments has few enough layers to be thought of at all."""
    lists = (value for value in arguments.values() if isinstance(value, list))
    return arguments.get("depth", 0) in range(DEEPEST) and all(len(value) <= DEEPEST for value in lists)
