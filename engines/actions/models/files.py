"""Model files: one safetensors file with the head's weights, the standardisation and the card in its metadata.

So the same file gives the same answer everywhere: classes, recipe of the features, horizons and shape go with the
weights. Free of torch, because the window opens models too. Tensors are named as in the head's `state_dict`; the mean
and the deviation of the features are `features.mean` and `features.deviation`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.models.settings import filled
from engines.actions.study_types import FREE, TrainSpec
from engines.actions.types import BACKGROUND, ModelCard
from engines.core.errors import BadInput
from engines.core.files import atomic_path
from engines.core.networks.safetensors_head import MOST, read_head
from engines.core.outputs import check_file, holding
from engines.core.reading import parse_json
from engines.core.spec import from_json, to_json
from engines.core.training.standing import Standing, standing
from engines.core.words import tr

Floats = NDArray[np.float32]

SUFFIX = ".safetensors"
KEY = "kinoscope.actions"
VERSION_KEY = "kinoscope.actions.version"
VERSION = 1
MODEL = holding(tr("a model of the actions engine"), KEY.encode())
MEAN, DEVIATION = "features.mean", "features.deviation"
SMALL = 4_000_000
"""No head of a file of ours is longer; that of any other is told in no time."""
FOREIGN = tr("Train one, or choose a file that a training wrote")


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """An opened model file. weights: float32, by name as in `state_dict()`. mean, deviation (D,): of the features."""

    card: ModelCard
    weights: dict[str, Floats]
    mean: Floats
    deviation: Floats
    path: str = ""

    def standardise(self, features: ArrayLike) -> Floats:
        """Features (..., D) less their mean, over their deviation."""
        scaled: Floats = (np.asarray(features, np.float32) - self.mean) / self.deviation
        return scaled


def model_path(out: str | Path) -> Path:
    """The path of a model that the user calls `out`: with the suffix of safetensors."""
    path = Path(out)
    return path if path.suffix.casefold() == SUFFIX else path.with_name(path.name + SUFFIX)


def checkpoint_path(spec: TrainSpec) -> Path:
    """Of the checkpoint beside the model."""
    return model_path(spec.out).with_suffix(".checkpoint")


def standing_of(spec: TrainSpec) -> Standing | None:
    """How far the training of this spec came that was cut off; None where there is nothing to go on with."""
    return standing(checkpoint_path(spec), filled(spec)[0], FREE)


def check_place(out: str | Path) -> Path:
    """The path of a new model, once it can surely be written. Raises `BadInput`, so that nobody trains first
    and is told afterwards.
    """
    path = model_path(out)
    check_file(path, MODEL)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        allowed = os.access(path.parent, os.W_OK)
    except OSError:
        allowed = False
    if not allowed:
        raise BadInput(tr("The model cannot be written there"), path=path, hint=tr("Choose another folder"))
    return path


def save_model(
    path: str | Path, card: ModelCard, weights: Mapping[str, ArrayLike], mean: ArrayLike, deviation: ArrayLike
) -> ModelCard:
    """Write a model whole or not at all; its card with the file's hash.

    mean, deviation (D,): of the features that it was trained on; D is the sum of the card's `shape.inputs`. Raises
    `BadInput` for weights that are no numbers or do not fit the card, `OutOfResources` when the disk is full.
    """
    from safetensors.numpy import save

    tensors = {name: np.ascontiguousarray(value, np.float32) for name, value in weights.items()}
    tensors |= {name: np.ascontiguousarray(value, np.float32) for name, value in ((MEAN, mean), (DEVIATION, deviation))}
    card = replace(card, sha256="", parameters=sum(np.size(value) for value in weights.values()))
    _check(card, tensors, Path(path))
    check_file(path, MODEL)
    data = save(tensors, {KEY: json.dumps(to_json(card)), VERSION_KEY: str(VERSION)})
    with atomic_path(path) as part:
        part.write_bytes(data)
    return replace(card, sha256=hashlib.sha256(data).hexdigest())


def open_model(path: str | Path) -> Model:
    """Raises `BadInput` for a file that is missing, broken, of another maker or version, or holds NaN."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = Path(path)
    card = read_card(path)
    data = path.read_bytes()
    try:
        tensors = {name: np.asarray(value, np.float32) for name, value in load(data).items()}
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise BadInput(
            tr("The model file is broken or cut short"), path=path, hint=tr("Train or fetch it again")
        ) from error
    _check(card, tensors, path)
    mean, deviation = tensors.pop(MEAN), tensors.pop(DEVIATION)
    return Model(replace(card, sha256=hashlib.sha256(data).hexdigest()), tensors, mean, deviation, str(path))


def read_card(path: str | Path) -> ModelCard:
    """The card alone, without reading the weights (its hash is empty). Raises `BadInput` as `open_model` does."""
    path = Path(path)
    said = _metadata(path)
    if KEY not in said:
        raise BadInput(tr("This is no model of the actions engine"), path=path, hint=FOREIGN)
    if said.get(VERSION_KEY) != str(VERSION):
        message = tr(
            "The model file has version {version}, this program reads {known}",
            version=said.get(VERSION_KEY, tr("none")),
            known=VERSION,
        )
        raise BadInput(message, path=path, hint=tr("Open it with the program that wrote it, or train it again"))
    try:
        return from_json(ModelCard, parse_json(str(said[KEY])))
    except BadInput as error:
        raise BadInput(
            tr("The card of the model makes no sense: {error}", error=error), path=path, hint=FOREIGN
        ) from error


def is_model(path: str | Path) -> bool:
    """Whether a file is a model of the actions engine, told by its head alone; False for what cannot be read."""
    try:
        return KEY in _metadata(Path(path), most=SMALL)
    except (BadInput, OSError):
        return False


def _metadata(path: Path, most: int = MOST) -> dict[str, Any]:
    if not path.exists():
        raise BadInput(tr("There is no such model file"), path=path, hint=FOREIGN)
    table, _ = read_head(path, hint=FOREIGN, most=most)
    said = table.get("__metadata__", {})
    if not isinstance(said, dict):
        raise BadInput(tr("Not a safetensors file"), path=path, hint=FOREIGN)
    return said


def _check(card: ModelCard, tensors: dict[str, Floats], path: Path) -> None:
    """Raises `BadInput` for whatever would give no or wrong answers later."""
    length, again = sum(card.shape.inputs), tr("Train it again")
    if len(card.classes) != card.shape.classes or len(set(card.classes)) < len(card.classes):
        message = tr(
            "The card names {count} classes and its head has {classes}",
            count=len(card.classes),
            classes=card.shape.classes,
        )
        raise BadInput(message, path=path, hint=again)
    if card.classes[:1] != (BACKGROUND,):
        raise BadInput(
            tr("The first class of a model must be '{background}'", background=BACKGROUND), path=path, hint=again
        )
    for name in (MEAN, DEVIATION):
        if name not in tensors or tensors[name].shape != (length,):
            raise BadInput(
                tr("The model says nothing usable of its features ('{name}')", name=name), path=path, hint=again
            )
    for name, value in tensors.items():
        if not np.isfinite(value).all():
            raise BadInput(tr("The weights '{name}' hold NaN or infinity", name=name), path=path, hint=again)
    if not (tensors[DEVIATION] > 0).all():
        raise BadInput(tr("A deviation of the model's features is not positive"), path=path, hint=again)
