"""Which kernel `auto` takes: the fastest exact one on this machine, measured once for a class of requests.

A class is dtype, device, causal, what mask and bias span, whether log-sum-exp and gradients are wanted, and sizes to a
quarter of an octave. The first request of a class is the one that is measured on, in some ten times the time it takes;
from then on the answer stays, in this process and, by the file of `kept`, in the next; `known` shows it, and the log
says when it is measured. Requests that are over sooner than a measurement could matter take the usual kernel.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterable
from threading import RLock

import torch
from torch import Tensor

from engines.attention.auto.kept import Book
from engines.attention.auto.machine import Machine, machine
from engines.attention.auto.race import race
from engines.attention.kernels import refusal
from engines.attention.request import Request
from engines.attention.types import KINDS, Choice, Known
from engines.core.words import tr

USUAL = tuple(name for name in ("sdpa", "tiled", "naive") if name in (kind.id for kind in KINDS))
EXACT = tuple(kind.id for kind in KINDS if kind.exact)
"""What may be taken, whatever a file says."""
SLOW_TO_START = ("flex",)
"""Exact kernels that compile for every shape: taken where they are named, never by `auto`."""
SMALL = 2.5e7
"""Floating-point operations of the products below which nothing is measured: a quarter to half a millisecond on one
core, where what a measurement could gain is less than it may mistake."""
LARGEST = 128 << 20
"""Bytes of scores from which the naive form is not tried."""
EQUAL = 1.04
"""The usual kernel is taken unless another is faster than this many times."""
MOST = 4096

log = logging.getLogger(__name__)

Order = tuple[tuple[str, str], ...]
_LOCK = RLock()
_ORDERS: dict[tuple[object, ...], Order] = {}
_FAILED: dict[tuple[str, str], dict[str, str]] = {}
_book = Book()


def order(asked: Request, lse: bool, pin: str = "") -> Iterable[tuple[str, str]]:
    """Kernels to try, the best first, each with what the user should know of it. pin: one to take where it can."""
    if pin:
        return _pinned(asked, lse, pin)
    if torch.compiler.is_compiling():
        return _usual(asked, lse)
    key = _key(asked, lse)
    return _ORDERS.get(key) or _ordered(key, asked, lse)


def failed(asked: Request, lse: bool, name: str, why: str) -> None:
    """A kernel failed at run time: it is not tried again for this class by this process."""
    with _LOCK:
        _FAILED.setdefault((machine(asked.q.device).id, class_of(asked, lse)), {})[name] = why
        _ORDERS.clear()


def known() -> tuple[Known, ...]:
    """The table: every class that was measured, with the machine, the times and when."""
    with _LOCK:
        return _book.known()


def forget() -> None:
    """Begin anew in this process, from what the file holds."""
    global _book
    with _LOCK:
        _ORDERS.clear()
        _FAILED.clear()
        _book = Book()


def measured(asked: Request, lse: bool) -> Choice:
    """What is measured for the class of a request, now if it never was. Small requests are measured too."""
    with _LOCK:
        return _choice(machine(asked.q.device), class_of(asked, lse), asked, lse)


def small(asked: Request) -> bool:
    """Whether the usual kernel is taken unmeasured."""
    batch, heads, rows, dim = asked.q.shape
    return 2.0 * batch * heads * rows * asked.k.shape[2] * (dim + asked.v.shape[3]) < SMALL


def class_of(asked: Request, lse: bool) -> str:
    """The class of a request, in words: "float32 cpu, 4 heads in all, 1024 x 1024, d 64"."""
    (batch, heads, rows, dim), keys, out = asked.q.shape, asked.k.shape[2], asked.v.shape[3]
    dims = f"d {_near(dim)}" if out == dim else tr("d {near} and {near2}", near=_near(dim), near2=_near(out))
    words = [
        f"{str(asked.q.dtype).removeprefix('torch.')} {asked.q.device}",
        tr("{near} heads in all", near=_near(batch * heads)),
        f"{_near(rows)} x {_near(keys)}",
        dims,
    ]
    words += ["causal"] if asked.causal else []
    words += [] if asked.window is None else [tr("window {near}", near=_near(asked.window))]
    for name, square in (("mask", asked.mask), ("bias", asked.bias)):
        words += [] if square is None else [tr("{name} of {sides}", name=name, sides=_sides(square))]
    words += [tr("with log-sum-exp")] if lse else []
    return ", ".join([*words, tr("with gradients")] if asked.needs_gradient else words)


def _near(size: int) -> int:
    return round(2 ** (round(4 * math.log2(size)) / 4))


def _sides(square: Tensor) -> str:
    """Which of (batch, heads, queries, keys) it spans."""
    names = ("batch", "heads", "queries", "keys")[4 - square.ndim :]
    spans = " x ".join(name for name, side in zip(names, square.shape, strict=True) if side > 1) or "one"
    return (
        spans
        if square.dtype == torch.bool
        else tr("{spans} in {dtype}", spans=spans, dtype=str(square.dtype).removeprefix("torch."))
    )


def _key(asked: Request, lse: bool) -> tuple[object, ...]:
    """All that a kernel may refuse by or be slow by."""
    q, k, v, mask, bias = asked.q, asked.k, asked.v, asked.mask, asked.bias
    return (
        q.shape, k.shape[2], v.shape[3], q.dtype, q.device, asked.causal, asked.window, lse, torch.get_num_threads(),
        None if mask is None else mask.shape, None if bias is None else (bias.shape, bias.dtype, bias.requires_grad),
        torch.is_grad_enabled() and (q.requires_grad, k.requires_grad, v.requires_grad),
    )  # fmt: skip


def _pinned(asked: Request, lse: bool, pin: str) -> Order:
    why = refusal(pin, asked, lse)
    if not why:
        return ((pin, ""), *_usual(asked, lse))
    return _noted(_usual(asked, lse), tr("{pin} cannot do this ({why})", pin=pin, why=why))


def _usual(asked: Request, lse: bool) -> Order:
    return tuple((name, "") for name in USUAL if not refusal(name, asked, lse))


def _noted(found: Order, note: str) -> Order:
    return tuple((name, note) for name, _ in found)


def _ordered(key: tuple[object, ...], asked: Request, lse: bool) -> Order:
    with _LOCK:
        here, request = machine(asked.q.device), class_of(asked, lse)
        times = dict[str, float]()
        if not small(asked):
            if _book.find(here, request) is None and _captured(asked):
                return _usual(asked, lse)
            choice = _choice(here, request, asked, lse)
            times = {choice.kernel: 0.0} | choice.times
        found, broken = _alive(asked, lse, sorted(times, key=times.__getitem__), _FAILED.get((here.id, request), {}))
        if len(_ORDERS) >= MOST:
            _ORDERS.clear()
        _ORDERS[key] = _noted(found, broken)
        return _noted(found, ". ".join(part for part in (_book.notes(), broken) if part))


def _alive(asked: Request, lse: bool, best: list[str], dead: dict[str, str]) -> tuple[Order, str]:
    """The best and then the usual kernels that can do it, without those that failed if any other is left."""
    usual = _usual(asked, lse)
    able = [(name, "") for name in best if name in EXACT and not refusal(name, asked, lse)]
    able += [each for each in usual if each not in able]
    left = tuple(each for each in able if each[0] not in dead) or tuple(able)
    gone = [tr("{name} failed before and is not tried again: {why}", name=name, why=why) for name, why in dead.items()]
    return left, ". ".join(gone)


def _captured(asked: Request) -> bool:
    return asked.q.is_cuda and torch.cuda.is_current_stream_capturing()


def _choice(here: Machine, request: str, asked: Request, lse: bool) -> Choice:
    found = _book.find(here, request)
    if found is None:
        found = _book.keep(here, request, _measure(asked, lse))
        times = ", ".join(f"{name} {ms:.3g} ms" for name, ms in found.times.items())
        log.info("Attention of %s takes %s: measured %s, %s", request, found.kernel, found.measured, times)
    return found


def _measure(asked: Request, lse: bool) -> Choice:
    refused = {kind.id: _refusal(asked, lse, kind.id) for kind in KINDS if kind.exact}
    result = race(asked, lse, [name for name, why in sorted(refused.items(), key=_usual_first) if not why])
    times = dict(sorted(result.times.items(), key=lambda pair: pair[1]))
    best = next(iter(times), USUAL[0])
    if USUAL[0] in times and result.faster(best, USUAL[0]) <= EQUAL:
        best = USUAL[0]
    refused = {name: why for name, why in refused.items() if why} | result.failed
    return Choice(best, times, refused, time.strftime("%Y-%m-%d %H:%M"))


def _usual_first(item: tuple[str, str]) -> int:
    return USUAL.index(item[0]) if item[0] in USUAL else len(USUAL)


def _refusal(asked: Request, lse: bool, name: str) -> str:
    if name in SLOW_TO_START:
        return tr("it compiles for every shape, which auto does not wait for")
    if name == "triton" and not asked.q.is_cuda:
        return tr("it is for a GPU")
    scores = asked.q.shape[0] * asked.q.shape[1] * asked.q.shape[2] * asked.k.shape[2] * asked.q.element_size()
    if name == "naive" and scores > LARGEST:
        return tr("its scores alone would take {scores} MB", scores=scores >> 20)
    return refusal(name, asked, lse)
