"""Initial states of runs: noise, a noised picture, a picture with a hole, an inverted picture, a walk between.

Each is a state, the levels from there on and the denoiser to follow; every sampler can go on from it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.core.errors import BadInput, UsageError
from engines.core.words import tr
from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.models.model import Model
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.samplers.stepping import begin as from_noise
from engines.generative.diffusion.sampling.plan import Conditions, Plan, guided
from engines.generative.runs.png import read_image

INVERSION_SAMPLER = "heun"


@dataclass(frozen=True)
class Begun:
    """y: (B, ...) at sigmas[0]. noise: what the sampler draws from on the way."""

    y: Tensor
    sigmas: Tensor
    denoise: Denoise
    noise: SeededNoise


def begin(ready: Plan, indices: Sequence[int], noise: SeededNoise, told: Conditions | None = None) -> Begun:
    """The beginning that a run asks for, for these of its samples. told: their conditions, where they are known."""
    start = ready.spec.start
    denoise = guided(ready, indices, told)
    if start is None:
        y = _wide(from_noise(noise(ready.empty(len(indices))), _first(ready)), ready)
        if ready.jump is not None:
            y = _jump(ready.model, y, *ready.jump)
        return Begun(y, ready.sigmas, denoise, noise)
    if start.kind == "between":
        y = _wide(from_noise(between(ready, indices), ready.sigmas), ready)
        return Begun(y, ready.sigmas, denoise, noise)
    picture = load_picture(start.image, ready).expand(len(indices), *ready.shape)
    if start.kind == "image":
        return _from_picture(ready, picture, denoise, noise, start.strength)
    if start.kind == "inpaint":
        return _around_hole(ready, picture, load_mask(start.mask, ready), denoise, noise)
    return _inverted(ready, picture, denoise, noise)


def end(ready: Plan, y: Tensor) -> Tensor:
    """The samples of a state at the last level: those of a pipeline that ends above 0 in x are x."""
    last = float(ready.sigmas[-1])
    unit = ready.own is not None and ready.own.unit_end and last > 0
    return y / math.hypot(1, last) if unit else y


def _wide(y: Tensor, ready: Plan) -> Tensor:
    """First noise of variance sigma^2, of a pipeline that begins with x as unit noise of variance 1 + sigma^2."""
    first = float(_first(ready)[0])
    unit = ready.own is not None and ready.own.unit_start and first < math.inf
    return y * math.hypot(1, 1 / first) if unit else y


def between(ready: Plan, indices: Sequence[int]) -> Tensor:
    """Noise on the great circle from the first seed's to the last one's, a stop a sample (Shoemake 1985)."""
    seeds = ready.spec.seeds
    ends = SeededNoise([seeds[0], seeds[-1]])(ready.empty(2)).double()
    shares = [index / (len(seeds) - 1) for index in indices]
    return torch.stack([slerp(ends[0], ends[1], share) for share in shares]).to(ready.model.dtype)


def slerp(first: Tensor, second: Tensor, share: float) -> Tensor:
    """Between two tensors of any shape on the sphere through them; share 0 is the first, 1 the second."""
    cosine = float((first * second).sum() / (first.norm() * second.norm()))
    angle = math.acos(max(-1.0, min(1.0, cosine)))
    if angle < 1e-6:
        return torch.lerp(first, second, share)
    left, right = math.sin((1 - share) * angle), math.sin(share * angle)
    return (first * left + second * right) / math.sin(angle)


def _jump(model: Model, y: Tensor, begin_at: float, end_at: float) -> Tensor:
    from engines.generative.diffusion.samplers.teleport import teleport

    assert model.moments is not None
    return teleport(model.moments, y, begin_at, end_at)


def _from_picture(ready: Plan, picture: Tensor, denoise: Denoise, noise: SeededNoise, strength: float) -> Begun:
    """SDEdit (arXiv 2108.01073): the last `strength` of the levels, from the picture with the first one's noise."""
    steps = len(ready.sigmas) - 1
    sigmas = ready.sigmas[steps - max(1, round(strength * steps)) :]
    y = from_noise(noise(picture), sigmas)
    return Begun(y if float(sigmas[0]) == math.inf else picture + y, sigmas, denoise, noise)


def _around_hole(ready: Plan, picture: Tensor, hole: Tensor, denoise: Denoise, noise: SeededNoise) -> Begun:
    """Inpainting by replacement (RePaint without its repeats, arXiv 2201.09865): where the mask is black the state is
    held at the picture with the sample's own noise, and D at the picture, so what is known is kept to the last bit."""
    eps = noise(picture)

    def held(y: Tensor, sigma: Tensor) -> Tensor:
        level = float(sigma)
        known = eps if level == math.inf else torch.add(picture, eps, alpha=level)
        return torch.where(hole, denoise(torch.where(hole, y, known), sigma), picture)

    y = from_noise(eps, ready.sigmas)
    y = y if float(ready.sigmas[0]) == math.inf else picture * ~hole + y
    return Begun(y, ready.sigmas, held, noise)


def _inverted(ready: Plan, picture: Tensor, denoise: Denoise, noise: SeededNoise) -> Begun:
    """The picture turned into noise by the ODE, without guidance, along the same levels; then the run turns it back."""
    if float(ready.sigmas[0]) == math.inf:
        raise UsageError(tr("A picture cannot be followed to infinite noise"), hint=tr("Give a finite sigma_max"))
    rising = ready.sigmas.flip(0)
    rising = rising[1:] if float(rising[0]) == 0 else rising
    y = sample(denoise, picture, rising, sampler=INVERSION_SAMPLER)
    return Begun(y, ready.sigmas, denoise, noise)


def load_picture(path: str, ready: Plan) -> Tensor:
    """A picture file as one state, (1, C, H, W): its middle in the shape's proportions and size; or its latents."""
    channels, height, width = pixel_shape(ready)
    image = fitted(read_image(Path(path).expanduser()), height, width)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 and channels == 1 else image
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB) if grey.ndim == 2 and channels == 3 else grey
    values = torch.from_numpy(np.atleast_3d(colour).astype(np.float64)).permute(2, 0, 1)[None] / 255
    low, high = ready.model.range
    state = (low + (high - low) * values).to(dtype=ready.model.dtype, device=ready.model.device)
    return ready.model.latents.encode(state) if ready.model.latents else state


def load_mask(path: str, ready: Plan) -> Tensor:
    """True where something new is to be drawn (white), (1, 1, h, w) in the state's size."""
    channels, height, width = pixel_shape(ready)
    image = fitted(read_image(Path(path).expanduser()), height, width)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    small = cv2.resize(grey, (ready.shape[2], ready.shape[1]), interpolation=cv2.INTER_AREA)
    hole = torch.from_numpy(small > 127)[None, None].to(ready.model.device)
    if not bool(hole.any()):
        raise BadInput(
            tr("The mask is all black: nothing is to be drawn"), path=path, hint=tr("Paint white what is to be new")
        )
    return hole


def pixel_shape(ready: Plan) -> tuple[int, int, int]:
    """(C, H, W) of a picture of the run."""
    channels, height, width = ready.shape
    factor = ready.model.info.factor
    return (3 if ready.model.latents else channels), height * factor, width * factor


def fitted(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """The middle of a picture in the proportions of height and width, brought to them."""
    share = min(image.shape[0] / height, image.shape[1] / width)
    tall, wide = max(1, round(height * share)), max(1, round(width * share))
    top, left = (image.shape[0] - tall) // 2, (image.shape[1] - wide) // 2
    cut = np.ascontiguousarray(image[top : top + tall, left : left + wide])
    way = cv2.INTER_AREA if share > 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(cut, (width, height), interpolation=way), np.uint8)


def _first(ready: Plan) -> Tensor:
    """The level that noise is drawn at: before the jump, where there is one."""
    return ready.sigmas if ready.jump is None else torch.tensor([ready.jump[0]], dtype=torch.float64)
