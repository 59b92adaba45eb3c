"""Methods of attribution by name: each gives a map of a subject's input. captum's where it has them.

captum is imported where it is used: it takes a second, and brings a plotting library along.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from engines.core.context import Context
from engines.core.words import tr
from engines.inspection.attribution.asked import AttributeSpec, Completeness
from engines.inspection.attribution.grad_cam import grad_cam
from engines.inspection.attribution.gradients import flowing
from engines.inspection.attribution.integrated import integrated
from engines.inspection.attribution.subject import Subject


@dataclass(frozen=True, slots=True)
class Made:
    """map: (h, w) of the input."""

    map: NDArray[np.float32]
    layer: str = ""
    completeness: Completeness | None = None
    note: str = ""


Way: TypeAlias = Callable[[Subject, AttributeSpec, Context], Made]


def gradient(it: Subject, _spec: AttributeSpec, _ctx: Context) -> Made:
    """|gradient|, the largest over colours. Simonyan, Vedaldi, Zisserman 2014."""
    from captum.attr import Saliency

    found = flowing(Saliency(it.score).attribute, it)
    return Made(found[0].amax(2 if it.nhwc else 0).numpy())


def gradient_x_input(it: Subject, _spec: AttributeSpec, _ctx: Context) -> Made:
    """The gradient times the input as the network has it, added over colours. Shrikumar et al. 2016."""
    from captum.attr import InputXGradient

    return Made(it.summed(flowing(InputXGradient(it.score).attribute, it)))


def integrated_gradients(it: Subject, spec: AttributeSpec, ctx: Context) -> Made:
    """Sundararajan, Taly, Yan 2017."""
    found, completeness, note = integrated(it, spec, ctx)
    return Made(it.summed(found), completeness=completeness, note=note)


def class_activation(it: Subject, spec: AttributeSpec, _ctx: Context) -> Made:
    """Selvaraju et al. 2017, for maps and for tokens."""
    found, layer = grad_cam(it, spec.layer)
    note = "" if found.any() else tr("Nothing in '{layer}' speaks for the target", layer=layer)
    return Made(found, layer, note=note)


def occlusion(it: Subject, spec: AttributeSpec, ctx: Context) -> Made:
    """How much the score falls when a patch becomes the baseline, the mean of those on a pixel. Zeiler, Fergus 2014."""
    from captum.attr import Occlusion

    patch = min(spec.patch or max(1, min(it.size) // 8), *it.size)
    stride = spec.stride or max(1, patch // 2)
    total = 1
    for side in it.size:
        total *= -(-(side - patch) // stride) + 1
    done = 0

    def score(pictures: torch.Tensor) -> torch.Tensor:
        nonlocal done
        ctx.progress(done, total, tr("Occlusion"))
        done += len(pictures)
        return it.score(pictures)

    window, step = _window(it, patch), _window(it, stride)
    with torch.no_grad():
        found = Occlusion(score).attribute(
            it.picture, window, strides=step, baselines=it.baseline(spec.baseline), perturbations_per_eval=it.chunk
        )
    return Made(it.summed(found) / np.float32(it.picture.shape[3 if it.nhwc else 1]))


WAYS: dict[str, Way] = {
    "gradient": gradient,
    "gradient-x-input": gradient_x_input,
    "integrated-gradients": integrated_gradients,
    "grad-cam": class_activation,
    "occlusion": occlusion,
}


def _window(it: Subject, side: int) -> tuple[int, ...]:
    channels = int(it.picture.shape[3 if it.nhwc else 1])
    return (side, side, channels) if it.nhwc else (channels, side, side)
