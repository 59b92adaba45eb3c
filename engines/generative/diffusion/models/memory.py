"""The memory that a run will take, told beforehand. No torch: the window shows it while the form is filled in.

A figure for the queue and for advice, not a promise: weights, and what a forward pass holds at once for a batch.
"""

from __future__ import annotations

import math

from engines.generative.diffusion.types import ModelInfo, SampleSpec

BYTES = {"float32": 4, "float64": 8, "float16": 2, "bfloat16": 2}
FLOOR = 64 * 2**20
"""What torch itself takes before a model is opened."""
FEATURES = 320
"""Numbers alive at once for each number of the state in a small network (measured on the shipped ones)."""
LATENT_FEATURES = 2400
"""The same for each latent number of a large text-to-image network."""
DECODED_FEATURES = 512
"""Numbers alive at once for each pixel of a decoder, at float32."""
ANALYTIC_FEATURES = 256


def batch_of(spec: SampleSpec) -> int:
    """Samples at a time."""
    return 1 if spec.exact else min(spec.batch or len(spec.seeds), len(spec.seeds))


def estimate(info: ModelInfo, spec: SampleSpec) -> int:
    """Bytes at the highest moment of a run."""
    each = BYTES[spec.precision]
    numbers = math.prod(shape_of(info, spec))
    batch = batch_of(spec) * (2 if spec.guidance.kind == "cfg" and spec.guidance.weight != 1 else 1)
    states = 12 * batch_of(spec) * numbers * 4
    if info.kind == "analytic":
        return FLOOR + states + batch * (numbers * ANALYTIC_FEATURES + 16 * 2000) * 8
    features = LATENT_FEATURES if info.latent else FEATURES
    forward = batch * numbers * features * each
    decode = batch_of(spec) * numbers // info.shape[0] * info.factor**2 * DECODED_FEATURES * 4 if info.latent else 0
    return FLOOR + info.parameters * each + states + max(forward, decode)


def shape_of(info: ModelInfo, spec: SampleSpec) -> tuple[int, ...]:
    """Shape of one sample's state: what the model says, or what a size in pixels makes of it."""
    if spec.size is None or len(info.shape) != 3:
        return info.shape
    return (info.shape[0], spec.size[0] // info.factor, spec.size[1] // info.factor)
