"""The work of a comparison in figures: products, bytes, the roofline, and how long it is likely to take. No torch.

Products are those of exact attention over the keys that are seen, whatever a kind does instead, so that kinds can be
set beside one another; the roofline follows Williams, Waterman and Patterson, "Roofline" (2009).
"""

from __future__ import annotations

from engines.attention.types import Ceiling, CompareSpec

BYTES = {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2}
BACKWARD = 3.5
"""Products of forward and backward together, in those of forward: two beside five."""
SLOW = 20e9
"""Products a second of one thread where nothing was measured yet."""
USUAL_SHARE = 0.3
"""Of the ceiling: what kinds reach, fast and slow ones."""
BEGINNING = 6.0
"""Seconds for starting a worker and its child, and for the ceilings."""
EXTRA_CALLS = 6
"""Calls beyond the turns: the first, those that errors are taken from, `auto`'s, the one in the child."""
LEAST_SECONDS = 0.12
"""Of one kind at one length, however short."""


def pairs(length: int, causal: bool, window: int | None) -> int:
    """Keys that all queries see, together."""
    reach = min(window or length, length) - 1
    one_side = reach * length - reach * (reach + 1) // 2
    return length + (one_side if causal else 2 * one_side)


def products(spec: CompareSpec, length: int) -> float:
    """Floating-point operations: two products of seen pairs by `dim`, a multiplication and an addition each."""
    seen = spec.batch * spec.heads * pairs(length, spec.causal, spec.window)
    return 4.0 * seen * spec.dim * (BACKWARD if spec.backward else 1)


def traffic(spec: CompareSpec, length: int) -> float:
    """Bytes that must be moved: q, k, v in and the output out; backward also reads them, the output's gradient, and
    writes three.
    """
    tensor = spec.batch * spec.heads * length * spec.dim * BYTES[spec.dtype]
    return float(tensor * (12 if spec.backward else 4))


def roof(spec: CompareSpec, length: int, ceiling: Ceiling) -> float:
    """GFLOP/s that this machine allows at most: of its products, or of the bytes that must be moved."""
    return min(ceiling.gflops, ceiling.gbytes * products(spec, length) / traffic(spec, length))


def roof_ms(spec: CompareSpec, length: int, ceiling: Ceiling) -> float:
    """Milliseconds of exact attention under that roof."""
    return 1e-6 * products(spec, length) / roof(spec, length, ceiling)


def matrix_bytes(kind: str, spec: CompareSpec, length: int) -> float:
    """Of the kinds that hold a whole matrix: scores and probabilities with their gradients; SDPA's mask of a window."""
    cells, size = float(length) ** 2, BYTES[spec.dtype]
    if kind == "naive":
        return spec.batch * spec.heads * cells * size * (4 if spec.backward else 2)
    return cells * (1 + size) if kind == "sdpa" and spec.window is not None else 0.0


def seconds_at(spec: CompareSpec, length: int, ceiling: Ceiling | None = None) -> float:
    """Seconds that one kind is likely to take at a length, all its calls together."""
    rate = USUAL_SHARE * 1e9 * ceiling.gflops if ceiling else SLOW * max(1, spec.threads)
    return LEAST_SECONDS + (spec.repeats + EXTRA_CALLS) * products(spec, length) / rate


def seconds(spec: CompareSpec, ceiling: Ceiling | None = None) -> float:
    """Seconds that a comparison is likely to take. ceiling: of an earlier one with this dtype and device."""
    return BEGINNING + len(spec.kinds) * sum(seconds_at(spec, length, ceiling) for length in spec.lengths)
