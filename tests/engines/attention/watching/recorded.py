"""A small recording on disk, for tests of what reads one; its maps from the whole matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from engines.attention.types import Site
from engines.attention.watching.recording import Asked, Recorder, Recording

SITES = (Site("Layer 1", 3, 12, (3, 4)), Site("Layer 2", 1, 12, (3, 4)))
SIGMAS = (80.0, 3.0, 0.1, 0.0)


def asked(site: Site, q: np.ndarray, k: np.ndarray, v: np.ndarray, scale: float) -> Asked:
    """With the maps of the matrix as it is defined."""
    scores = q.astype(float) @ k.astype(float).swapaxes(1, 2) * scale
    lse = np.log(np.exp(scores).sum(2))
    whole = np.exp(scores - lse[..., None])
    parts = (part.astype(np.float32) for part in (q, k, v))
    return Asked(site, *parts, scale, lse, whole.sum(1), -(whole * np.log(whole)).sum(2))


def drawn(site: Site, seed: int, scale: float = 0.5) -> Asked:
    """Of random numbers."""
    return asked(site, *np.random.default_rng(seed).standard_normal((3, site.heads, site.tokens, 5)), scale)


def write(
    path: Path,
    made: str = "A three",
    sites: Sequence[Site] = SITES,
    one: Callable[[Site, int], Asked] = drawn,
    picture: Callable[[int], np.ndarray] = lambda step: np.full((12, 16), 40 * step, np.uint8),
) -> Recording:
    """Three steps and the result."""
    with Recorder(path, SIGMAS, made) as recorder:
        for step in range(3):
            recorder.add(step, picture(step), [one(site, step) for site in sites])
        recorder.finish(picture(3))
    return Recording.open(path)
