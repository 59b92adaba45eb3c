"""The models that the live engine runs, as files that others may look into: its feature networks and the head.

The pose networks see squares about a body here, and are given the whole picture elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engines.actions.features import appearance
from engines.actions.types import ModelCard, WatchSettings
from engines.core.networks.in_use import ModelInUse
from engines.core.networks.preprocessing import Fit, Preprocessing
from engines.core.store.in_use import stored_in_use
from engines.core.store.preparing import prepared_path
from engines.core.words import tr

PREPROCESSING = {
    appearance.NETWORK: Preprocessing((appearance.SIDE, appearance.SIDE), "RGB", (127.0,), (128.0,)),
    "pose-detection": Preprocessing((224, 224), "RGB", (127.5,), (127.5,), "NHWC", "letterbox"),
    "pose-landmarks": Preprocessing((256, 256), "RGB", axes="NHWC", fit="letterbox"),
}
"""By name in the model store, as `features` feed them."""
POSE = {"pose-detection": tr("Pose detection"), "pose-landmarks": tr("Pose landmarks")}


def models_of(settings: WatchSettings, card: ModelCard | None, feed: str) -> tuple[ModelInUse, ...]:
    """What is run with these settings on a feed. card: of the head in use, None for none; files that are not on this
    machine are left out."""
    streams = card.recipe.streams if card is not None else ()
    models: tuple[ModelInUse, ...] = ()
    if card is not None and "appearance" in streams:
        models += _lite0(card, feed)
    if card is None or settings.pose or "pose" in streams:
        for name, title in POSE.items():
            models += stored_in_use(name, title, feed, PREPROCESSING[name])
    if card is not None and Path(settings.model).is_file():
        models += (ModelInUse(card.name or Path(settings.model).stem, settings.model, card.sha256, None, feed),)
    return models


def _lite0(card: ModelCard, feed: str) -> tuple[ModelInUse, ...]:
    """Once it was made ready out of the published weights, which happens when it is first run."""
    path, side = prepared_path(appearance.CONVERTED_NAME), card.recipe.side
    fit: Fit = "crop" if card.recipe.crop == "centre" else "stretch"
    how = replace(PREPROCESSING[appearance.NETWORK], size=(side, side), fit=fit)
    named = ModelInUse("EfficientNet-Lite0", str(path), appearance.CONVERTED, how, feed)
    return (named,) if path.is_file() else ()
