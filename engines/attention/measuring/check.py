"""Job: every kind of attention in every dtype beside its own float64 form, forward and backward.

A kind is right in float64 where it is within 1e-12, in float32 where its error is at most twice that of a reference in
the same dtype on the same numbers, in bfloat16 and float16 at most 2.2 times. The reference is torch's kernel; for
torch's and for the naive form it is the naive form; for kinds in linear time, which compute something else, their own
definition. An error is the norm of the difference over the norm of what is right, the largest of several requests:
plain, causal, masked with a row that sees nothing, in a window, at odd lengths, a single query.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, TypeAlias

import torch
from torch import Tensor

from engines.attention.auto.machine import machine
from engines.attention.exact import naive
from engines.attention.kernels import kernel, refusal
from engines.attention.measuring.examples import check_seed
from engines.attention.request import Request, Widen, request, wide
from engines.attention.types import KINDS, Checked, CheckResult, CheckSpec
from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.training.devices import named
from engines.core.words import tr

TIMES = {"float32": 2.0, "bfloat16": 2.2, "float16": 2.2}
EXACT = 1e-12
BLOCK = 32
DIM = 32
COMPILED = ("flex",)
"""Kinds that compile for each form of a request, which takes half a minute: they are checked on the first alone."""

Form: TypeAlias = Callable[[Request], Tensor]


@dataclass(slots=True)
class Errors:
    """The largest so far; None before the first."""

    out: float | None = None
    grad: float | None = None

    def add(self, out: float, grad: float | None) -> None:
        self.out = max(out, self.out or 0.0)
        if grad is not None:
            self.grad = max(grad, self.grad or 0.0)


def run(spec: CheckSpec, ctx: Context) -> CheckResult:
    """Raises `UsageError` for a kind that there is not, and what `named` raises."""
    named(spec.device)
    check_seed(spec.seed)
    names = spec.kinds or tuple(kind.id for kind in KINDS)
    unknown = {*names} - {kind.id for kind in KINDS}
    if unknown:
        known = ", ".join(kind.id for kind in KINDS)
        raise UsageError(
            tr("There is no attention called '{name}'", name=unknown.pop()), hint=tr("Known are {known}", known=known)
        )
    kinds: dict[str, dict[str, Checked]] = {name: {} for name in names}
    with ctx.lease(spec.device):
        for done, (name, dtype) in enumerate(itertools.product(names, spec.dtypes)):
            ctx.check()
            ctx.progress(done, len(names) * len(spec.dtypes), tr("{name} in {dtype}", name=name, dtype=dtype))
            kinds[name][dtype] = _checked(name, dtype, spec)
    ok = all(one.ok for each in kinds.values() for one in each.values())
    return CheckResult(kinds, ok, str(machine(spec.device)))


def cases(name: str, dtype: torch.dtype, device: str, seed: int) -> Iterator[Request]:
    """The requests that a kind is held to. Those it refuses are among them."""
    drawn = torch.Generator().manual_seed(seed)

    def drawing(rows: int, keys: int, **asked: object) -> Request:
        shapes = ((2, 3, rows, DIM), (2, 3, keys, DIM), (2, 3, keys, DIM))
        q, k, v = (torch.randn(shape, generator=drawn).to(device, dtype) for shape in shapes)
        return request(q, k, v, **asked, blocks=name == "block")  # type: ignore[arg-type]

    if name == "block":
        for sides, causal in (((4, 6), False), ((6, 6), True), ((3, 5), False)):
            mask = (torch.rand(3, *sides, generator=drawn) < 0.5).to(device)
            yield drawing(sides[0] * BLOCK, sides[1] * BLOCK, mask=mask, causal=causal)
        return
    yield drawing(192, 192, causal=True)
    if name in COMPILED:
        return
    yield drawing(192, 192)
    mask = torch.rand(192, 192, generator=drawn) < 0.5
    mask[7] = False
    yield drawing(192, 192, mask=mask.to(device))
    yield drawing(192, 192, causal=True, window=20)
    yield drawing(63, 65)
    yield drawing(65, 129, causal=True)
    yield drawing(1, 77, causal=True)


def _checked(name: str, dtype: str, spec: CheckSpec) -> Checked:
    own, peer, refused = Errors(), Errors(), ""
    for asked in cases(name, getattr(torch, dtype), spec.device, spec.seed):
        why = refusal(name, asked)
        if why:
            refused = why
            continue
        try:
            own.add(*_errors(asked, _forward(name), _definition(name), name))
        except (RuntimeError, ImportError) as error:
            return Checked(
                ok=False,
                skipped=tr("it failed: {error}", error=(str(error).splitlines() or [type(error).__name__])[0]),
            )
        peer.add(*_peer_errors(asked, name))
    if own.out is None:
        return Checked(skipped=refused)
    return Checked(own.out, own.grad, peer.out, peer.grad, _right(dtype, own, peer))


def _right(dtype: str, own: Errors, peer: Errors) -> bool:
    pairs = ((own.out, peer.out), (own.grad, peer.grad))
    return all(
        found is None or other is None or found <= (TIMES[dtype] * other if dtype in TIMES else EXACT)
        for found, other in pairs
    )


def _peer_errors(asked: Request, name: str) -> tuple[float, float | None]:
    kind = next(kind for kind in KINDS if kind.id == name)
    if kind.family == "linear":
        return _errors(asked, _narrow(_module(name).reference), _definition(name), name)
    peer = "naive" if name in ("sdpa", "naive") else "sdpa"
    return _errors(_whole(asked), _forward(peer), naive_form, peer)


def _narrow(reference: Callable[[Request, Widen], Tensor]) -> Form:
    """A definition computed no wider than its dtype needs."""
    return lambda asked: reference(asked, wide).to(asked.q.dtype)


def _whole(asked: Request) -> Request:
    """Without what is a mask of blocks: torch's kernel has none."""
    square = (asked.q.shape[2], asked.k.shape[2])
    return asked if asked.mask is None or asked.mask.shape[-2:] == square else replace(asked, mask=None)


def naive_form(asked: Request) -> Tensor:
    """Softmax attention by its definition, of a request in float64."""
    return naive.forward(asked)[0]


def _forward(name: str) -> Form:
    return lambda asked: kernel(name).forward(asked, False)[0]


def _definition(name: str) -> Form:
    form: Form = getattr(_module(name), "reference", naive_form)
    return form


def _module(name: str) -> Any:
    return import_module(f"engines.attention.{next(kind.module for kind in KINDS if kind.id == name)}")


def _errors(asked: Request, form: Form, definition: Form, name: str) -> tuple[float, float | None]:
    """Of the output, and of the gradients of q, k and v; None where the kind has no backward."""
    with torch.no_grad():
        out = form(asked)
    truth, wide = _leaves(asked, torch.float64)
    known = definition(truth)
    error = _apart([out], [known.detach()])
    mine, leaves = _leaves(asked, asked.q.dtype)
    if refusal(name, mine):
        return error, None
    pull = torch.randn(out.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64).to(out)
    grads = torch.autograd.grad(form(mine), leaves, pull)
    return error, _apart(grads, torch.autograd.grad(known, wide, pull.double()))


def _leaves(asked: Request, dtype: torch.dtype) -> tuple[Request, list[Tensor]]:
    leaves = [tensor.detach().to(dtype).requires_grad_() for tensor in (asked.q, asked.k, asked.v)]
    return replace(asked, q=leaves[0], k=leaves[1], v=leaves[2]), leaves


def _apart(found: list[Tensor] | tuple[Tensor, ...], true: list[Tensor] | tuple[Tensor, ...]) -> float:
    """The norm of the difference over that of what is right, the largest of some; NaN counts as infinite."""
    norm = torch.linalg.vector_norm
    worst = [
        float(norm(mine.double() - right) / norm(right).clamp_min(1e-300))
        for mine, right in zip(found, true, strict=True)
    ]
    return math.inf if any(map(math.isnan, worst)) else max(worst)
