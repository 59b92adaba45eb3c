"""What the training page shows as JSON values for the project, and back."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.core.spec import from_json
from engines.generative.training.types import TrainProgress
from widgets.generative.state import TrainView

CURVES, WHOLE, FIGURES = ("losses", "by_level"), ("step", "steps", "resumed"), ("loss", "rate")


def plain(view: TrainView) -> dict[str, Any]:
    """Title, curves, the latest samples, and what came of it."""
    told = view.progress
    kept: dict[str, Any] = {"title": view.title, "file": view.file, "stopped": view.stopped, "progress": None}
    if told is not None:
        figures = {name: getattr(told, name) for name in (*WHOLE, *FIGURES)}
        curves = {name: getattr(told, name).tolist() for name in CURVES}
        images = None if told.images is None else [told.images.shape, base64.b64encode(told.images.tobytes()).decode()]
        kept["progress"] = figures | curves | {"images": images}
    return kept


def shown(kept: dict[str, Any]) -> TrainView:
    """What `plain` told. Raises `BadInput`, `KeyError`, `TypeError` or `ValueError` for what is none."""
    told, file = kept["progress"], str(kept["file"])
    progress = None if told is None else _progress(told)
    file = file if Path(file).is_file() else ""
    return TrainView(str(kept["title"]), progress=progress, file=file, stopped=str(kept["stopped"]))


def _progress(told: dict[str, Any]) -> TrainProgress:
    step, steps, resumed = from_json(tuple[int, int, int], [told[name] for name in WHOLE])
    loss, rate = from_json(tuple[float, float], [told[name] for name in FIGURES])
    losses, by_level = (np.asarray(told[name], np.float32).reshape(-1, 2) for name in CURVES)
    return TrainProgress(step, steps, loss, rate, losses, by_level, _images(told["images"]), resumed)


def _images(told: Any) -> NDArray[np.uint8] | None:
    if told is None:
        return None
    shape, packed = told
    images = np.frombuffer(base64.b64decode(packed, validate=True), np.uint8).reshape(shape)
    if images.ndim not in (3, 4):
        raise ValueError("no pictures")
    return images
