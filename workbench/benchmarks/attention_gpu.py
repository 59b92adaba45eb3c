"""What the attention benchmark measures on a GPU: `auto` beside each of torch's backends, flex_attention and what
torch.compile makes of the naive form; QK-norm and rotary embedding with attention; linear time; one query over a cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from engines.attention.ceilings import Ceiling, ceiling
from engines.attention.dispatch import attention
from engines.attention.exact import naive
from engines.attention.examples import example
from engines.attention.fused import by_definition, qk_norm_attention
from engines.attention.request import Request
from engines.attention.streams import Stream
from engines.attention.types import MemoryCase, WhichSpec
from workbench.benchmarks.attention_cases import ran
from workbench.benchmarks.attention_rows import Case, Run

LENGTHS = (64, 256, 576, 1024, 4096, 16384)
DIMS = (32, 64, 128)
TOKENS = 16384
"""Tokens of a request in all: short lengths come in large batches."""
BACKENDS = {"flash": SDPBackend.FLASH_ATTENTION, "cudnn": SDPBackend.CUDNN_ATTENTION}


def cases(quick: bool, device: str) -> Iterator[Callable[[], Case]]:
    """Each is made when it is its turn."""
    most = ceiling(torch.bfloat16, device)
    for dim in DIMS[1:2] if quick else DIMS:
        yield from (partial(forward, length, dim, device, most) for length in LENGTHS[:: 2 if quick else 1])
    yield from (partial(normed, length, device) for length in (64, 256, 576, 1024))
    yield from (partial(linear, causal, device, most) for causal in (False, True))
    yield partial(step, device, most)


def forward(length: int, dim: int, device: str, most: Ceiling) -> Case:
    spec = WhichSpec(max(1, TOKENS // length), 16, length, dim, "bfloat16", device=device)
    asked = example(spec)
    kernel = ran(asked)
    flops = 4.0 * spec.batch * spec.heads * length**2 * dim

    def more(ms: float) -> dict[str, Any]:
        return {"tflops": 1e-9 * flops / ms, "share_of_product": 1e-6 * flops / ms / most.gflops}

    words = f"bfloat16, {spec.batch} x {spec.heads} x {length:,} x {dim}"
    ours = partial(attention, asked.q, asked.k, asked.v)
    return Case(
        words, f"auto: {kernel}", ours, peers(asked), None, asked, kernel, "sdpa", MemoryCase(kernel, spec), more
    )


def peers(asked: Request) -> Mapping[str, Run]:
    """torch's ways that run here."""
    q, k, v = asked.q, asked.k, asked.v
    found: dict[str, Run] = {name: partial(_backend, backend, q, k, v) for name, backend in BACKENDS.items()}
    found["flex"] = partial(attention, q, k, v, kind="flex")
    found["compiled naive"] = partial(_compiled(), q, k, v)
    return {name: run for name, run in found.items() if _runs(run)} | {
        "sdpa": partial(F.scaled_dot_product_attention, q, k, v)
    }


def _backend(backend: SDPBackend, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    with sdpa_kernel(backend):
        return F.scaled_dot_product_attention(q, k, v)


def _compiled() -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    def run(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return naive.forward(Request(q, k, v, scale=q.shape[3] ** -0.5))[0]

    return torch.compile(run)


def _runs(run: Run) -> bool:
    try:
        run()
    except Exception:
        return False
    return True


def normed(length: int, device: str) -> Case:
    """QK-norm, rotary embedding and attention, as networks have them."""
    spec = WhichSpec(max(1, TOKENS // length), 16, length, 64, "bfloat16", device=device)
    asked = example(spec)
    weights = [torch.ones(64, device=device, dtype=torch.bfloat16) for _ in range(2)]
    angles = torch.arange(length, device=device)[:, None] * 10000.0 ** (-torch.arange(32, device=device) / 32)
    rotary = (angles.cos().bfloat16(), angles.sin().bfloat16())
    ours = partial(qk_norm_attention, asked.q, asked.k, asked.v, *weights, rotary=rotary)
    compiled = torch.compile(_norm_then_sdpa)
    ways = {"eager": _norm_then_sdpa, "compiled": compiled, "compiled naive": torch.compile(by_definition_of)}
    runs = {name: partial(way, asked.q, asked.k, asked.v, weights, rotary) for name, way in ways.items()}
    words = f"QK-norm, rotary and attention, bfloat16, {spec.batch} x 16 x {length:,} x 64"
    return Case(words, "fused", ours, {name: run for name, run in runs.items() if _runs(run)}, 1.3)


def by_definition_of(q: Tensor, k: Tensor, v: Tensor, weights: list[Tensor], rotary: tuple[Tensor, Tensor]) -> Tensor:
    return by_definition(q, k, v, weights[0], weights[1], rotary=rotary)


def _norm_then_sdpa(q: Tensor, k: Tensor, v: Tensor, weights: list[Tensor], rotary: tuple[Tensor, Tensor]) -> Tensor:
    turned = [_turned(F.rms_norm(x, (64,), weight, 1e-6), rotary) for x, weight in zip((q, k), weights, strict=True)]
    return F.scaled_dot_product_attention(turned[0], turned[1], v)


def _turned(x: Tensor, rotary: tuple[Tensor, Tensor]) -> Tensor:
    cos, sin = rotary
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)


def linear(causal: bool, device: str, most: Ceiling) -> Case:
    """q, k and v are read and the output written once at the least: the share of the copy's speed that this makes."""
    spec = WhichSpec(4, 16, 16384, 64, "bfloat16", causal, device=device)
    asked = example(spec)
    count = 4 * asked.q.nbytes

    def more(ms: float) -> dict[str, Any]:
        return {"gb_per_s": 1e-6 * count / ms, "share_of_copy": 1e-6 * count / ms / most.gbytes}

    ours = partial(attention, asked.q, asked.k, asked.v, kind="linear", causal=causal)
    own = partial(F.scaled_dot_product_attention, asked.q, asked.k, asked.v, is_causal=causal)
    words = f"linear, bfloat16, 4 x 16 x 16,384 x 64{', causal' if causal else ''}"
    return Case(words, "linear", ours, {"sdpa": own}, None, memory=MemoryCase("linear", spec), more=more)


def step(device: str, most: Ceiling) -> Case:
    """One query over a cache of 4k, beside the eager products."""
    asked = example(WhichSpec(1, 16, 4096, 64, "bfloat16", device=device))
    stream = Stream("exact", 16, 64, dtype=torch.bfloat16, device=device, window=4096)
    stream.step(asked.q, asked.k, asked.v)
    one = asked.q[:, :, :1].contiguous()
    count = 2 * asked.k.nbytes

    def eager() -> Tensor:
        return torch.softmax(one @ asked.k.transpose(-1, -2) * 0.125, -1) @ asked.v

    def more(ms: float) -> dict[str, Any]:
        return {"gb_per_s": 1e-6 * count / ms, "share_of_copy": 1e-6 * count / ms / most.gbytes}

    return Case(
        "bfloat16, one query, 16 heads, a ring of 4,096", "stream", lambda: stream.step(one, one, one),
        {"eager": eager, "sdpa": partial(F.scaled_dot_product_attention, one, asked.k, asked.v)}, 3.0, more=more,
    )  # fmt: skip
