"""Deletion and insertion: how fast the score falls as the pixels that a map calls important go, and rises as they come.

Petsiuk, Das, Saenko: RISE (BMVC 2018). Pixels go to the baseline, and come onto the blurred picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engines.core.context import Context
from engines.core.words import tr
from engines.inspection.attribution.asked import AttributeSpec, Curve
from engines.inspection.attribution.subject import Subject


def curve(it: Subject, made: NDArray[Any], spec: AttributeSpec, ctx: Context) -> Curve:
    """Of the pixels in the order of a map (h, w), largest first."""
    share = np.linspace(0, 1, spec.points + 1)
    rank = np.empty(made.size, np.int64)
    rank[np.argsort(-made.ravel(), kind="stable")] = np.arange(made.size)
    places = torch.from_numpy(rank.reshape(made.shape))
    bare, blurred = it.baseline(spec.baseline), it.baseline("blur")
    scores: list[list[float]] = [[], []]
    for at in range(0, len(share), it.chunk):
        ctx.progress(at, len(share), tr("Deletion and insertion"))
        gone = torch.stack([places < round(part * made.size) for part in share[at : at + it.chunk]])
        mask = gone[..., None] if it.nhwc else gone[:, None]
        with torch.no_grad():
            scores[0] += it.share(torch.where(mask, bare, it.picture)).tolist()
            scores[1] += it.share(torch.where(mask, it.picture, blurred)).tolist()
    deletion, insertion = np.array(scores)
    areas = [float(np.trapezoid(line, share)) for line in (deletion, insertion)]
    return Curve(share.astype(np.float32), deletion.astype(np.float32), insertion.astype(np.float32), *areas)


def at_random(it: Subject, spec: AttributeSpec, ctx: Context) -> Curve:
    """Of the pixels in a random order: a method that is not better tells nothing."""
    return curve(it, np.random.default_rng(spec.seed).random(it.size), spec, ctx)
