"""What the attention benchmark measures on a GPU: `auto` beside each of torch's backends, flex_attention and what
torch.compile makes of the naive form. The benchmark `gpu` measures our own kernels there, and sampling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from engines.attention.dispatch import attention
from engines.attention.exact import naive
from engines.attention.measuring.ceilings import Ceiling, ceiling
from engines.attention.measuring.examples import example
from engines.attention.request import Request
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
    found: dict[str, Run] = {name: partial(by_backend, backend, False, q, k, v) for name, backend in BACKENDS.items()}
    found["flex"] = partial(attention, q, k, v, kind="flex")
    found["compiled naive"] = partial(_compiled(), q, k, v)
    return {name: run for name, run in found.items() if _runs(run)} | {
        "sdpa": partial(F.scaled_dot_product_attention, q, k, v)
    }


def by_backend(backend: SDPBackend, causal: bool, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    with sdpa_kernel(backend):
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)


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
