"""Untrained models that answer differently to different features, and small films in which something moves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from engines.actions.features.recipes import DIMS, recipe_for
from engines.actions.heads.building import build
from engines.actions.models.files import Model, open_model, save_model
from engines.actions.types import STREAMS, HeadShape, ModelCard, Recipe
from engines.core.frames import Size
from tests.engines.cameras.films import write_video

CLASSES = ("background", "wave", "jump", "squat")
MOTION = Recipe(streams=("motion",), dims=(DIMS["motion"],), rate=10.0, flow=Size(64, 48))
"""Needs no network, and little time."""


def make_model(path: Path, recipe: Recipe = MOTION, kind: str = "trn", steps: int = 3, size: int = 16) -> Model:
    """A model file whose weights are random, large enough that its probabilities differ from frame to frame."""
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    shape = HeadShape(kind, recipe.dims, len(CLASSES), size, size, future_steps=steps, window=6)  # type: ignore[arg-type]
    weights = {name: 3 * value.numpy() for name, value in build(shape).state_dict().items()}
    card = ModelCard("made", CLASSES, shape, recipe, tuple(0.5 * (step + 1) for step in range(steps)))
    length = sum(recipe.dims)
    save_model(path, card, weights, rng.normal(0, 0.1, length), rng.uniform(0.3, 2, length))
    return open_model(path)


def recipe_of(kind: str, rate: float = 10.0) -> Recipe:
    return recipe_for(kind, rate) if kind in STREAMS else MOTION  # type: ignore[arg-type]


def whole(model: Model, chunks: np.ndarray, dtype: Any = torch.float32) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, C) and ahead (n, L, C) of a whole sequence (n, D) at once, by the network itself."""
    network = build(model.card.shape).to(dtype).eval()
    network.load_state_dict({name: torch.tensor(value, dtype=dtype) for name, value in model.weights.items()})
    mean, deviation = (torch.tensor(value, dtype=dtype) for value in (model.mean, model.deviation))
    with torch.no_grad():
        out = network((torch.tensor(chunks, dtype=dtype)[None] - mean) / deviation)
    assert out.ahead is not None
    return out.logits.softmax(-1)[0].numpy(), out.ahead.softmax(-1)[0].numpy()


@cache
def moving(index: int, size: tuple[int, int] = (160, 96)) -> np.ndarray:
    """A textured square on its way round, uint8 BGR."""
    rng = np.random.default_rng(5)
    picture = cv2.GaussianBlur(rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8), (0, 0), 3)
    patch = rng.integers(0, 255, (32, 32, 3), dtype=np.uint8)
    x, y = round(64 + 50 * np.cos(index / 5)), round(32 + 28 * np.sin(index / 3))
    picture[y : y + 32, x : x + 32] = patch
    return picture


def make_film(path: Path, frames: int, times: Sequence[float] | None = None, fps: int = 10) -> Path:
    """times: seconds of each frame, for a variable rate (a .mkv)."""
    milliseconds = None if times is None else [round(1000 * time) for time in times]
    return write_video(
        path, frames, fps=fps if times is None else 1000, times=milliseconds, picture=moving, codec="ffv1"
    )
