"""Packed sequences, fused QK-norm, linear attention and the streaming step in Triton, beside their definitions in
float64.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.attention.exact import naive
from engines.attention.gpu import flash, fused
from engines.attention.gpu import linear as linear_kernels
from engines.attention.gpu import step as step_kernels
from engines.attention.request import request

LENGTHS = ((5, 9), (33, 40), (1, 1), (17, 70))
TOLERANCE = {torch.float32: 5e-6, torch.float16: 2e-3, torch.bfloat16: 3e-2}


def packed(causal: bool, window: int | None, dtype: torch.dtype, device: str = "cpu") -> None:
    """Sequences in one tensor are each what they are alone, gradients too."""
    starts = [torch.tensor([0, *lengths], device=device).cumsum(0).int() for lengths in zip(*LENGTHS, strict=True)]
    totals = [int(part[-1]) for part in starts]
    q, k, v = (_drawn(seed, (total, 2, 16), dtype, device) for seed, total in enumerate((totals[0], *totals[1:] * 2)))
    grad = _drawn(9, q.shape, dtype, device)
    longest = (max(n for n, _ in LENGTHS), max(m for _, m in LENGTHS))
    inputs = [x.requires_grad_() for x in (q, k, v)]
    out, lse = flash.attend_packed(q, k, v, *starts, longest, causal=causal, window=window)
    made = (out, lse, *torch.autograd.grad([out, lse], inputs, [grad, torch.ones_like(lse)]))
    for ours, true in zip(made, _one_by_one(inputs, grad, causal, window, starts), strict=True):
        _close(ours, true, dtype)


def _one_by_one(
    inputs: list[Tensor], grad: Tensor, causal: bool, window: int | None, starts: list[Tensor]
) -> tuple[Tensor, ...]:
    wide = [x.detach().double().requires_grad_() for x in inputs]
    ends = [part.tolist() for part in starts]
    parts = []
    for i in range(len(LENGTHS)):
        rows, keys = (slice(end[i], end[i + 1]) for end in ends)
        q, k, v = (x[part].transpose(0, 1)[None] for x, part in zip(wide, (rows, keys, keys), strict=True))
        parts.append(naive.forward(request(q, k, v, causal=causal, window=window), True))
    out = torch.cat([out[0].transpose(0, 1) for out, _ in parts])
    lse = torch.cat([lse[0] for _, lse in parts], 1)
    return out, lse, *torch.autograd.grad([out, lse], wide, [grad.double(), torch.ones_like(lse)])


def normed(n: int, m: int, dim: int, interleaved: bool | None, dtype: torch.dtype, device: str = "cpu") -> None:
    """QK-norm, rotary where asked (interleaved or by halves) and attention in one kernel are the three one by one."""
    q, k, v = (_drawn(i, (2, 2, size, dim), dtype, device) for i, size in enumerate((n, m, m)))
    weights = [_drawn(i, (dim,), dtype, device).abs() + 0.5 for i in (3, 4)]
    angles = 6 * _drawn(5, (m, dim // 2), torch.float32, device)
    rotary = None if interleaved is None else (angles.cos(), angles.sin())
    out, lse = fused.forward(q, k, v, *weights, 1e-6, rotary, interleaved=bool(interleaved))
    turned = [_normed(x, weight) for x, weight in zip((q, k), weights, strict=True)]
    if interleaved is not None:
        turned = [_turned(x, angles[m - x.shape[2] :].double(), interleaved) for x in turned]
    true, level = naive.forward(request(turned[0], turned[1], v.double()), True)
    _close(out, true, dtype)
    _close(lse, level, dtype)


def _normed(x: Tensor, weight: Tensor) -> Tensor:
    return torch.nn.functional.rms_norm(x.double(), x.shape[-1:], weight.double(), 1e-6)


def _turned(x: Tensor, angles: Tensor, interleaved: bool) -> Tensor:
    a, b = (x[..., ::2], x[..., 1::2]) if interleaved else x.chunk(2, -1)
    turned = torch.view_as_real(torch.complex(a, b) * torch.polar(torch.ones_like(angles), angles))
    return turned.flatten(-2) if interleaved else torch.cat(turned.unbind(-1), -1)


def linear(n: int, m: int, dim: int, wide: int, causal: bool, dtype: torch.dtype, device: str = "cpu") -> None:
    """By segments and chunks, what the whole matrix of weights gives."""
    q, k, v = (_drawn(i, (2, 2, *shape), dtype, device) for i, shape in enumerate(((n, dim), (m, dim), (m, wide))))
    shortest, linear_kernels.SHORTEST = linear_kernels.SHORTEST, 64
    out, level = linear_kernels.forward(request(q, k, v, causal=causal), True)
    linear_kernels.SHORTEST = shortest
    weights = _features(q) @ _features(k).transpose(-1, -2)
    weights = weights.tril(m - n) if causal else weights
    assert level is not None
    _close(out, weights @ v.double() / weights.sum(-1, keepdim=True), dtype)
    _close(level, weights.sum(-1).log(), dtype)


def carried(device: str = "cpu") -> None:
    """A sequence in two parts, the state carried between them, is the sequence."""
    q, k, v = (_drawn(i, (1, 2, 150, 16), torch.float32, device) for i in range(3))
    first, _, state = linear_kernels.causal(*(x[:, :, :70] for x in (q, k, v)))
    second, _, state = linear_kernels.causal(*(x[:, :, 70:] for x in (q, k, v)), state)
    whole, _, after = linear_kernels.causal(q, k, v)
    assert state is not None
    assert after is not None
    for ours, true in zip((torch.cat([first, second], 2), *state), (whole, *after), strict=True):
        assert torch.allclose(ours, true, rtol=2e-5, atol=2e-6)


def _features(x: Tensor) -> Tensor:
    return torch.nn.functional.elu(x.double()) + 1


def step(m: int, dim: int, dtype: torch.dtype, device: str = "cpu") -> None:
    """One query on a cache that holds fewer keys than it has places for."""
    q, k, v = (_drawn(i, (2, 3, size, dim), dtype, device) for i, size in enumerate((1, m, m)))
    for lengths in (None, torch.tensor([m // 2, m - m // 3], dtype=torch.int32, device=device)):
        out, lse = step_kernels.step(q, k, v, lengths)
        mask = None if lengths is None else torch.arange(m, device=device) < lengths[:, None, None, None]
        true, level = naive.forward(request(*(x.double() for x in (q, k, v)), mask=mask), True)
        _close(out, true, dtype)
        assert torch.equal(lse == -torch.inf, level == -torch.inf)
        _close(lse.clamp(min=-1e3), level.clamp(min=-1e3), dtype)


def _close(ours: Tensor, true: Tensor, dtype: torch.dtype) -> None:
    worst = float((ours.detach().double() - true.detach()).abs().max())
    assert worst <= TOLERANCE[dtype] * max(1.0, float(true.detach().abs().max())), worst


def _drawn(seed: int, shape: tuple[int, ...], dtype: torch.dtype, device: str) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(device, dtype)
