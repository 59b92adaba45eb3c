"""Recipes of features: filled in from what is asked, and told apart by a digest of everything that matters."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType

from engines.actions.features import appearance, motion, skeleton
from engines.actions.types import STREAMS, FeatureKind, Recipe, Stream
from engines.core.errors import UsageError
from engines.core.spec import to_json
from engines.core.store.registry import REGISTRY
from engines.core.words import tr

FASTEST = 30.0
"""Chunks per second at most."""
DIMS: Mapping[Stream, int] = MappingProxyType(
    {"appearance": appearance.LENGTH, "motion": motion.LENGTH, "pose": skeleton.LENGTH}
)
NETWORKS: Mapping[Stream, tuple[str, ...]] = MappingProxyType(
    {"appearance": (appearance.NETWORK,), "motion": (), "pose": ("pose-detection", "pose-landmarks")}
)
VERSION = 1
"""Of the numbers that this package gives. Raised with every change of them, so that no cache and no model is mixed."""


def recipe_for(kind: FeatureKind, rate: float) -> Recipe:
    """How features of this kind are made at `rate` chunks per second. Raises `UsageError` for a rate that cannot be."""
    if not 0 < rate <= FASTEST:
        raise UsageError(
            tr("Chunks per second are between 0 and {fastest:g}, not {rate:g}", fastest=FASTEST, rate=rate),
            hint=tr("Try {rate}", rate=10),
        )
    if kind not in STREAMS:
        raise UsageError(
            tr("There are no features called '{kind}'", kind=kind),
            hint=tr("Choose one of {streams}", streams=", ".join(STREAMS)),
        )
    streams = STREAMS[kind]
    dims = tuple(DIMS[stream] for stream in streams)
    return Recipe(streams=streams, dims=dims, rate=float(rate), networks=networks_of(streams), version=VERSION)


def networks_of(streams: tuple[Stream, ...]) -> tuple[tuple[str, str], ...]:
    """Name and SHA-256 of every network that these streams need."""
    names = dict.fromkeys(name for stream in streams for name in NETWORKS.get(stream, ()))
    return tuple((name, REGISTRY[name].sha256) for name in names)


def digest(recipe: Recipe) -> str:
    """SHA-256 of all that makes the numbers, in hexadecimal."""
    content = json.dumps(to_json(recipe), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()
