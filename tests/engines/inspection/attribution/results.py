"""A result of every method as the job would give it, made up, for pages to show."""

from __future__ import annotations

import numpy as np

from engines.core.networks.preprocessing import Preprocessing
from engines.inspection.attribution.asked import (
    METHODS,
    AttributeResult,
    AttributeSpec,
    Completeness,
    Curve,
    Explained,
    Sanity,
    Stage,
    Target,
)
from engines.inspection.types import OpenSpec

SIDE = 16
SHARE = np.linspace(0, 1, 5, dtype=np.float32)
VERDICTS = ("depends", "partly", "ignores", "unknown", "depends")


def result(*methods: str, checked: bool = True) -> AttributeResult:
    """Of the methods that are named, or of all. checked: with sanity check and curves."""
    asked = [one for one in METHODS if not methods or one.id in methods]
    noise = np.random.default_rng(0)
    found = []
    for at, one in enumerate(asked):
        values = noise.normal(size=(SIDE, SIDE)).astype(np.float32)
        sane = Sanity(VERDICTS[at], (Stage(1.0, -0.1 + at / 5, 0.2),), f"Verdict {at}") if checked else None  # type: ignore[arg-type]
        whole = Completeness(2.0, 2.001, 5e-4, 64, True) if one.id == "integrated-gradients" else None
        found.append(Explained(one.id, one.title, values if one.signed else abs(values), one.signed, "conv2", 10.0 + at,
                               whole, sane, curve(0.1 * at) if checked else None))  # fmt: skip
    picture = noise.integers(0, 256, (30, 40, 3), np.uint8)
    spec = AttributeSpec(OpenSpec("net.onnx"), "cat.png", tuple(one.id for one in asked))
    target = Target("out", "output 3 of 10 in 'out'", 4.25, 3, 0.5)
    return AttributeResult(
        spec, target, tuple(found), picture, picture[:SIDE, :SIDE], Preprocessing((SIDE, SIDE)).place(30, 40),
        random=curve(0.9) if checked else None, score="probability", notes=("A note",),
    )  # fmt: skip


def curve(start: float) -> Curve:
    return Curve(SHARE, 1 - SHARE, SHARE + np.float32(start), 0.5, 0.5 + start)
