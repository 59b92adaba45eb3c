"""What the attention benchmark measures on a CPU: exact kernels, kinds in linear time, windows, steps, maps, `auto`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engines.attention import maps
from engines.attention.dispatch import attention
from engines.attention.exact.pages import in_pages
from engines.attention.exact.strips import has_bf16_products
from engines.attention.listening import heard
from engines.attention.measuring.examples import example
from engines.attention.request import Request
from engines.attention.streams import Stream
from engines.attention.types import MemoryCase, WhichSpec
from workbench.benchmarks.attention_rows import Case, Run, Turns, interleaved

LONG, CACHE = 16384, 4096
MAPPED = "workbench.benchmarks.attention_cases:mapped"
LARGEST = 128 << 20
"""Bytes of scores from which the naive form is no peer: it is never the best."""


def cases(quick: bool) -> Iterator[Callable[[], Case]]:
    """Each is made when it is its turn, so that no two lie in memory at once."""
    yield from (partial(low_precision, length) for length in (256, 1024, 4096)[: 2 if quick else 3])
    length = 4096 if quick else LONG
    for kind, causal, goal in (("linear", False, 40.0), ("linear", True, 15.0), ("performer", False, None),
                               ("performer", True, None), ("decay", True, None)):  # fmt: skip
        yield partial(linear_time, kind, length, causal, None if quick else goal)
    yield partial(windowed, 1024 if quick else 4096, None if quick else 3.5)
    for heads in (1, 4, 8, 16):
        yield partial(step, heads, None)
        yield partial(step, heads, CACHE)
    yield partial(mapping, 1024 if quick else 4096, False)
    yield partial(mapping, 1024 if quick else 4096, True)
    yield from (partial(chosen, spec, masked) for spec, masked in GRID[:: 3 if quick else 1])


def low_precision(length: int) -> Case:
    """bf16 beside SDPA in bf16; by `auto`, which takes products in it where the CPU has them."""
    spec = WhichSpec(heads=8 if length <= 1024 else 2, length=length, dtype="bfloat16")
    asked = example(spec)
    kernel = ran(asked)
    goal, note = (2.0, "") if has_bf16_products() else (None, ", not on this CPU")
    words = f"bfloat16, {spec.heads} x {length:,} x 64{note}"
    return Case(
        words, f"auto: {kernel}", call(asked), {"sdpa": torch_own(asked)}, goal, asked, kernel,
        memory=MemoryCase(kernel, spec),
    )  # fmt: skip


def linear_time(kind: str, length: int, causal: bool, goal: float | None) -> Case:
    spec = WhichSpec(length=length, causal=causal)
    asked = example(spec)
    features = ", 128 features" if kind == "performer" else ""
    words = f"float32, 1 x {length:,} x 64{', causal' if causal else ''}{features}"
    run = partial(attention, asked.q, asked.k, asked.v, kind=kind, causal=causal)
    return Case(words, kind, run, {"sdpa": torch_own(asked)}, goal, memory=MemoryCase(kind, spec))


def windowed(length: int, goal: float | None) -> Case:
    """A causal window beside dense SDPA; the ratio to causal SDPA is told too."""
    spec = WhichSpec(length=length, causal=True, window=256)
    asked = example(spec)
    kernel = ran(asked)
    dense, causal = (torch_own(replace(asked, window=None, causal=causal)) for causal in (False, True))
    found = Case(
        f"float32, 1 x {length:,} x 64, causal window of 256", f"auto: {kernel}", call(asked), {"sdpa dense": dense},
        goal, asked, kernel, memory=MemoryCase(kernel, spec),
    )  # fmt: skip

    def beside_causal(ms: float) -> dict[str, Any]:
        spent = interleaved({"ours": found.ours, "causal": causal}, Turns())
        return {"ratio_causal_sdpa": median(spent["causal"]) / median(spent["ours"])}

    found.more = beside_causal
    return found


def step(heads: int, window: int | None) -> Case:
    """One query over a cache of 4k: SDPA on keys and values that are there, ours appends them first."""
    asked = example(WhichSpec(heads=heads, length=CACHE))
    stream = Stream("exact", heads, 64, window=window)
    stream.step(asked.q, asked.k, asked.v)
    one = asked.q[:, :, :1].contiguous()
    kept = torch.from_numpy(in_pages((heads * CACHE * 64 * 2,), np.dtype(np.float32))).fill_(1.0)

    def share(ms: float) -> dict[str, Any]:
        """Of the speed at which as much memory is read and added up."""
        spent = interleaved({"step": lambda: stream.step(one, one, one), "read": kept.sum}, Turns())
        mine, read = (median(spent[name]) for name in ("step", "read"))
        return {"gb_per_s": 1e-9 * kept.nbytes / mine, "bandwidth_share": read / mine}

    return Case(
        f"float32, one query, {heads} heads, {'a ring' if window else 'a cache'} of {CACHE:,}", "stream",
        lambda: stream.step(one, one, one),
        {"sdpa": lambda: F.scaled_dot_product_attention(one, asked.k, asked.v)}, 1.2 if heads >= 8 else 1.0, more=share,
    )  # fmt: skip


def mapping(length: int, causal: bool) -> Case:
    spec = WhichSpec(length=length, causal=causal)
    asked = example(spec)
    lse = maps.log_sum_exp(asked.q, asked.k, causal=causal)
    return Case(
        f"float32, mass and entropy of {length:,} x {length:,}{', causal' if causal else ''}, log-sum-exp given",
        "maps", partial(maps.mass_and_entropy, asked.q, asked.k, lse, causal=causal),
        {"sdpa's forward": torch_own(asked)}, None if causal else 1 / 1.6, memory=MemoryCase(MAPPED, spec),
    )  # fmt: skip


def mapped(asked: Request) -> tuple[Tensor, Tensor]:
    """What the child process measures the memory of."""
    lse = maps.log_sum_exp(asked.q, asked.k, causal=asked.causal)
    return maps.mass_and_entropy(asked.q, asked.k, lse, causal=asked.causal)


GRID: tuple[tuple[WhichSpec, bool], ...] = (
    (WhichSpec(heads=16, length=196), False),
    (WhichSpec(batch=8, heads=8, length=64), False),
    (WhichSpec(heads=8, length=256), False),
    (WhichSpec(heads=8, length=1024), False),
    (WhichSpec(heads=2, length=4096), False),
    (WhichSpec(heads=8, length=1024, causal=True), False),
    (WhichSpec(heads=8, length=1024, causal=True, window=128), False),
    (WhichSpec(heads=8, length=512), True),
    (WhichSpec(heads=4, length=1024, dim=128), False),
    (WhichSpec(batch=4, heads=8, length=256, dim=32), False),
    (WhichSpec(heads=8, length=512, dtype="float64"), False),
    (WhichSpec(heads=8, length=1024, dtype="bfloat16"), False),
    (WhichSpec(heads=8, length=512, backward=True), False),
)


def chosen(spec: WhichSpec, masked: bool) -> Case:
    """`auto` beside SDPA and, where its scores are not too large, the naive form."""
    asked = example(spec)
    if masked:
        asked = replace(asked, mask=torch.rand(spec.length, spec.length) < 0.5)
    kernel = ran(asked)
    scores = spec.batch * spec.heads * spec.length**2 * asked.q.element_size()
    peers = {"sdpa": torch_own(asked)} | ({"naive": call(asked, "naive")} if scores <= LARGEST else {})
    words = [spec.dtype, f"{spec.batch} x {spec.heads} x {spec.length:,} x {spec.dim}"]
    words += [word for word, on in (("causal", spec.causal), (f"window {spec.window}", spec.window), ("mask", masked),
                                    ("with backward", spec.backward)) if on]  # fmt: skip
    return Case(f"auto, {', '.join(words)}", f"auto: {kernel}", call(asked), peers, 0.95)


def call(asked: Request, kind: str = "auto") -> Run:
    """The public call."""
    rest = {"causal": asked.causal, "mask": asked.mask, "window": asked.window}
    return _both(asked, lambda: attention(asked.q, asked.k, asked.v, kind=kind, **rest))  # type: ignore[arg-type]


def torch_own(asked: Request) -> Run:
    """torch's call, as one would write it."""
    mask = asked.seen() if asked.window or asked.mask is not None else None
    causal = asked.causal and mask is None

    def run() -> Tensor:
        return F.scaled_dot_product_attention(asked.q, asked.k, asked.v, attn_mask=mask, is_causal=causal)

    return _both(asked, run)


def _both(asked: Request, run: Callable[[], Tensor]) -> Run:
    if not asked.needs_gradient:
        return run
    return lambda: torch.autograd.grad(run().sum(), (asked.q, asked.k, asked.v))


def ran(asked: Request) -> str:
    """The kernel that `auto` takes."""
    with heard() as found:
        call(asked)()
    return next(iter(found.kernels)).partition(" ")[0]
