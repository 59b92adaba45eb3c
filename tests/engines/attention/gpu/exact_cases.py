"""What the kernels in Triton are asked, beside naive attention in float64 and in their own type: forward, log-sum-exp
and gradients, into memory that holds NaN before.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from engines.attention.exact import naive
from engines.attention.gpu import flash
from engines.attention.request import request

TERMS = ("plain", "causal", "window", "causal window", "mask", "bias", "alibi", "blocks")
BLOCK = 32
HEADS = 2


def check(
    terms: str, n: int, m: int, dim: int, wide: int, dtype: torch.dtype, device: str = "cpu", batch: int = 2
) -> None:
    """The error is at most 2 (half precision: 2.2) times that of naive attention in the same type."""
    generator = torch.Generator().manual_seed(n + m + dim)
    shapes = ((n, dim), (m, dim), (m, wide), (n, wide))
    q, k, v, grad = (_drawn(generator, batch, HEADS, *shape).to(dtype) for shape in shapes)
    asked, meant = _terms(terms, generator, n, m, dtype)
    made = _run(True, q, k, v, grad, asked, dtype, device)
    same = _run(False, q, k, v, grad, meant, dtype, device)
    truth = _run(False, q, k, v, grad, meant, torch.float64, device)
    factor = 2.0 if dtype == torch.float32 else 2.2
    for name, ours, theirs, true in zip(("out", "lse", "dq", "dk", "dv", "dbias"), made, same, truth, strict=False):
        assert torch.equal(torch.isfinite(ours), torch.isfinite(true)), (terms, name)
        error, usual = (_error(given, true) for given in (ours, theirs))
        assert error <= factor * usual + _floor(dtype) * max(1.0, _size(true)), (
            terms,
            n,
            m,
            dim,
            dtype,
            name,
            error,
            usual,
        )


def _terms(
    name: str, generator: torch.Generator, n: int, m: int, dtype: torch.dtype
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `flash.attend` is asked, and naive attention for the same."""
    if name == "bias":
        bias = _drawn(generator, HEADS, n, m).to(dtype)
        return {"bias": bias}, {"bias": bias}
    if name == "mask":
        mask = _some(generator, 1, HEADS, n, m)
        mask[0, 0, n // 2] = False
        return {"mask": mask}, {"mask": mask}
    if name == "alibi":
        slopes = torch.tensor([0.5, 0.1])
        distance = (torch.arange(m) - torch.arange(n)[:, None] - (m - n)).abs()
        return {"slopes": slopes}, {"bias": -slopes[:, None, None].double() * distance}
    if name == "blocks":
        blocks = _some(generator, 1, HEADS, -(-n // BLOCK), -(-m // BLOCK))
        mask = blocks[:, :, torch.arange(n)[:, None] // BLOCK, torch.arange(m) // BLOCK]
        return {"blocks": blocks, "block": BLOCK}, {"mask": mask}
    asked = {"causal": "causal" in name, "window": _window(n) if "window" in name else None}
    return asked, asked


def _window(n: int) -> int:
    """Shorter than any tile, or longer than one."""
    return 9 if n < 100 else 100


def _run(
    ours: bool, q: Tensor, k: Tensor, v: Tensor, grad: Tensor, options: dict[str, Any], dtype: torch.dtype, device: str
) -> list[Tensor]:
    """Output, log-sum-exp and gradients; q lies transposed in memory, as a layer's projections leave it."""
    given = [x.to(device, dtype).clone() for x in (q.transpose(1, 2).contiguous().transpose(1, 2), k, v)]
    options = {name: x.to(device) if isinstance(x, Tensor) else x for name, x in options.items()}
    inputs = [x.requires_grad_() for x in given]
    if "bias" in options:
        options["bias"] = options["bias"].to(dtype).clone().requires_grad_()
        inputs.append(options["bias"])
    if ours:
        out, lse = flash.attend(*given, **options)
    else:
        out, lse = naive.forward(request(*given, **options), True)
    seen = torch.where(torch.isfinite(lse), lse, 0.0)
    loss = (out * grad.to(device, dtype)).sum() + seen.sum()
    return [x.detach().double().cpu() for x in (out, lse, *torch.autograd.grad(loss, inputs))]


def _error(given: Tensor, true: Tensor) -> float:
    finite = torch.isfinite(true)
    return float((given - true)[finite].abs().max()) if finite.any() else 0.0


def _size(true: Tensor) -> float:
    finite = torch.isfinite(true)
    return float(true[finite].abs().max()) if finite.any() else 0.0


def _floor(dtype: torch.dtype) -> float:
    """Where naive attention happens to be exact, as for one key: some roundings of the type."""
    return 4 * torch.finfo(dtype).eps


def _drawn(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator)


def _some(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.rand(*shape, generator=generator) > 0.4
