"""Whether a map depends on what the model learned: its weights are shuffled, and the map must change.

Adebayo et al.: Sanity Checks for Saliency Maps (NeurIPS 2018). The elements of each stored tensor change places, from
the output back, so that sizes and spread stay as they were and only what was learned is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engines.core.context import Context, Part
from engines.core.words import tr
from engines.inspection.attribution.asked import AttributeSpec, Sanity, Stage, Verdict
from engines.inspection.attribution.subject import Subject
from engines.inspection.running.network import Network

PARTLY, IGNORES = 0.5, 0.8
"""Rank correlations from which a map changes in part only, and from which it hardly changes."""
DRAWS = 3
VANISHES = tr(", and vanishes without them")
WORDS: dict[Verdict, str] = {
    "depends": tr("Depends on the weights"),
    "partly": tr("Changes in part: read with care"),
    "ignores": tr("Hardly changes: do not trust it"),
    "unknown": tr("Cannot be checked: the map is the same everywhere"),
}
NOTHING = tr("Cannot be checked: there are no weights that shuffling changes")
Map: TypeAlias = NDArray[Any]
Attribute: TypeAlias = Callable[[Subject, AttributeSpec, Context], Map]


def sane(it: Subject, made: Map, spec: AttributeSpec, ctx: Context, attribute: Attribute) -> Sanity:
    """Compare a map with those of the same method as more and more of the weights are shuffled."""
    stages, flat = [], False
    for number in range(1, spec.stages + 1):
        share = number / spec.stages
        part = Part(
            ctx,
            number - 1,
            spec.stages,
            tr("Sanity check, {share} % of the weights shuffled", share=round(100 * share)),
        )
        part.progress(0, 1)
        other = _changed(it, share, spec, part, attribute)
        flat = float(np.ptp(other)) == 0
        stages.append(Stage(share, *alike(made, other)))
    rank = stages[-1].rank
    verdict: Verdict = "ignores" if rank >= IGNORES else "partly" if rank >= PARTLY else "depends"
    learned = any(bool((weight != weight.flatten()[0]).any()) for weight in _weights(it.network) if weight.numel())
    verdict = verdict if np.ptp(made) > 0 and learned else "unknown"
    words = WORDS[verdict] if learned else NOTHING
    return Sanity(verdict, tuple(stages), words + (VANISHES if flat and verdict == "depends" else ""))


def _changed(it: Subject, share: float, spec: AttributeSpec, ctx: Context, attribute: Attribute) -> Map:
    """The map after the weights were shuffled; drawn again where the target is at rest whatever the picture."""
    found: Map = np.zeros(it.size)
    for draw in range(DRAWS):
        found = attribute(replace(it.of(shuffled(it.network, share, spec.seed + draw)), ctx=ctx), spec, ctx)
        if np.ptp(found) > 0:
            break
    return found


def alike(one: Map, other: Map) -> tuple[float, float]:
    """Spearman's rank correlation and structural similarity of |map|. What is the same everywhere ranks 0."""
    from scipy.stats import spearmanr

    first, second = np.abs(one).astype(np.float64), np.abs(other).astype(np.float64)
    flat = np.ptp(first) == 0 or np.ptp(second) == 0
    rank = 0.0 if flat else float(spearmanr(first.ravel(), second.ravel()).statistic)
    return rank, ssim(_scaled(first), _scaled(second))


def ssim(one: Map, other: Map, spread: float = 1.5) -> float:
    """Structural similarity of two maps from 0 to 1, with a Gaussian window. Wang et al. 2004, eq. 13."""

    def mean(values: Map) -> Map:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), spread))

    a, b, steady, steadier = mean(one), mean(other), 0.01**2, 0.03**2
    aa, bb, ab = mean(one * one) - a * a, mean(other * other) - b * b, mean(one * other) - a * b
    above = (2 * a * b + steady) * (2 * ab + steadier)
    return float((above / ((a * a + b * b + steady) * (aa + bb + steadier))).mean())


def shuffled(network: Network, share: float, seed: int) -> Network:
    """The same network, the weights of this share of its layers, from the last back, with their elements shuffled."""
    made, random = Network(network.model), torch.Generator().manual_seed(seed)
    weights = _weights(made)
    for weight in weights[len(weights) - round(share * len(weights)) :]:
        order = torch.randperm(weight.numel(), generator=random)
        weight.data = weight.flatten()[order].reshape(weight.shape)
    return made


def _weights(network: Network) -> list[torch.Tensor]:
    """Stored floats in the order in which they are used, each once."""
    tensors = network.graph.tensors
    read = [tensors[name] for node in network.graph.nodes for name in node.inputs if name]
    found = [network.weight(tensor.name) for tensor in read if tensor.stored and not tensor.constant]
    floats = [weight for weight in found if weight is not None and weight.is_floating_point()]
    return list({id(weight): weight for weight in floats}.values())


def _scaled(values: Map) -> Map:
    return np.asarray(values / max(float(values.max()), 1e-30))
