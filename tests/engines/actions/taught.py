"""Clips whose features are known, benchmark folders in the released layout, and a rule of time that can be learned.

Features of a clip are put where the engine keeps those it has made, so that everything else is the real thing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.actions.features import cache
from engines.actions.features.recipes import recipe_for
from engines.actions.study_types import WHOLE, Clip, FeatureKind, Frames
from tests.engines.actions.watching import make_film

Floats = NDArray[np.float32]
LATE = 2


def clip(
    folder: Path,
    features: Floats,
    rows: Sequence[tuple[int, int, str]],
    *,
    name: str = "clip",
    frames: Frames = WHOLE,
    kind: FeatureKind = "pose",
    missing: float = 0.0,
) -> Clip:
    """A film of len(features) frames at 10 a second, labelled; its features are kept as if they had been made."""
    film = make_film(folder / f"{name}.mkv", len(features))
    labels = folder / f"{name}.csv"
    lines = [f"{start},{end},{action}" for start, end, action in rows]
    labels.write_text("\n".join(["start_frame,end_frame,action", *lines]) + "\n", encoding="utf-8")
    numbers = np.arange(len(features))[frames[0] : frames[1]]
    gone = np.arange(len(numbers)) < missing * len(numbers)
    recipe = recipe_for(kind, 10.0)
    made = cache.Extracted(features[numbers], numbers / 10.0, numbers, gone)
    cache.write(cache.place(film, recipe, frames), made)
    return Clip(str(film), str(labels))


def length(kind: FeatureKind = "pose") -> int:
    return sum(recipe_for(kind, 10.0).dims)


def shown(classes: Sequence[int], dims: int, seed: int = 0) -> Floats:
    """Noise in which the class of each chunk (n,) shows at once."""
    rng = np.random.default_rng(seed)
    marks = np.random.default_rng(7).normal(0, 1, (max(classes) + 1, dims))
    return (marks[np.asarray(classes)] + 0.3 * rng.normal(size=(len(classes), dims))).astype(np.float32)


def late_rule(rng: np.random.Generator, chunks: int, widths: tuple[int, int], classes: int) -> tuple[Floats, ...]:
    """Features of two streams and targets (chunks, classes) of one video: what shows is true `LATE` chunks later.

    So a single chunk says little of its own class, and everything of what is true two chunks ahead.
    """
    signs = np.repeat(rng.integers(0, classes, chunks // 2 + 1), 2)[:chunks]
    true = np.concatenate([np.zeros(LATE, np.int64), signs[:-LATE]])
    streams = []
    for width in widths:
        rows = 0.1 * rng.normal(size=(chunks, width))
        rows[np.arange(chunks), signs] += 1.0
        streams.append(rows.astype(np.float32))
    return (*streams, np.eye(classes, dtype=np.float32)[true])


def benchmark(
    folder: Path, *, train: int = 8, test: int = 3, chunks: int = 120, classes: int = 5, ambiguous: bool = False
) -> Path:
    """A THUMOS14 style folder of the late rule. ambiguous: a last column of what nobody can tell, set in ten chunks
    beside a class that is wrong there."""
    rng = np.random.default_rng(3)
    parts = [folder / name for name in ("rgb_made", "flow_made", "target_perframe")]
    for part in parts:
        part.mkdir(parents=True)
    names = [f"video_validation_{index:07d}" for index in range(train)]
    tests = [f"video_test_{index:07d}" for index in range(test)]
    for name in (*names, *tests):
        arrays = list(late_rule(rng, chunks, (classes + 2, classes), classes))
        if ambiguous:
            arrays[2] = np.concatenate([arrays[2], np.zeros((chunks, 1), np.float32)], axis=1)
            arrays[2][20:30] = np.eye(classes + 1)[1] + np.eye(classes + 1)[classes]
        for part, array in zip(parts, arrays, strict=True):
            np.save(part / f"{name}.npy", array)
    titles = ["Background", *(f"Action{index}" for index in range(1, classes))] + ["Ambiguous"] * ambiguous
    info = {"MADE": {"class_index": titles, "train_session_set": names, "test_session_set": tests}}
    (folder / "data_info.json").write_text(json.dumps(info), encoding="utf-8")
    return folder
