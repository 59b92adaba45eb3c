"""A race between kernels on one request: run in turn and in any order, so that what else the machine does, and what a
kernel leaves in the processor's cache for the next, counts for all alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from statistics import median
from time import get_clock_info, perf_counter, thread_time

import torch
from torch import Tensor

from engines.attention.kernels import kernel
from engines.attention.request import Request

LEAST, MOST = 4, 51
"""Rounds."""
BUDGET, CALLS = 0.08, 10
"""A race ends after so many seconds and so many calls of the fastest."""
HOPELESS, BEHIND = 3.0, 1.25
"""Times the fastest: who is out after the first call, and who after two rounds."""
COLD = 0.4
"""Seconds: a shorter first call tells nothing, it may have loaded a library or started threads."""

Run = Callable[[], object]


@dataclass(slots=True)
class Race:
    """times: milliseconds by kernel, the least, which what else the machine does changes least; failed: what those that
    did not finish said. spent: seconds by kernel, round by round.
    """

    times: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    spent: dict[str, list[float]] = field(default_factory=dict)

    def faster(self, name: str, other: str) -> float:
        """How many times faster than another that finished: by the least times or by the median round, whichever says
        less, so that one lucky call decides nothing. 1 for one that did not finish."""
        if name not in self.times:
            return 1.0
        rounds = [b / a for a, b in zip(self.spent.get(name, ()), self.spent.get(other, ()), strict=False)]
        ratio = self.times[other] / self.times[name]
        return min(ratio, median(rounds)) if rounds else ratio


def race(asked: Request, lse: bool, names: Sequence[str]) -> Race:
    """Time kernels on the request's own tensors; forward and backward where it wants gradients."""
    result, first, runs = Race(), {}, {}
    for name in names:
        try:
            runs[name] = _run(asked, lse, name)
            first[name] = _first(asked, runs[name])
        except (RuntimeError, MemoryError, ImportError) as error:
            result.failed[name] = (str(error).splitlines() or [type(error).__name__])[0]
    result.spent = _rounds(asked, runs, first) if first else {}
    result.times = {name: 1000 * min(result.spent.get(name) or [once]) for name, once in first.items()}
    return result


def _rounds(asked: Request, runs: dict[str, Run], first: dict[str, float]) -> dict[str, list[float]]:
    best = min(first.values())
    left = [name for name, once in first.items() if once <= max(COLD, HOPELESS * best)]
    spent: dict[str, list[float]] = {name: [] for name in left}
    until = perf_counter() + BUDGET + CALLS * best
    shuffled = Random(0)
    for count in range(MOST):
        if len(left) == 1 and count or count >= LEAST and perf_counter() > until:
            break
        for name in shuffled.sample(left, len(left)):
            spent[name].append(_timed(asked, runs[name]))
        if count:
            least = {name: min(spent[name]) for name in left}
            left = [name for name in left if least[name] <= BEHIND * min(least.values())]
    return spent


def clock(on_gpu: bool) -> Callable[[], float]:
    """Seconds: those of this thread alone where it does all the work, so that other programs' turns do not count."""
    alone = not on_gpu and torch.get_num_threads() == 1 and get_clock_info("thread_time").resolution < 1e-6
    return thread_time if alone else perf_counter


def _first(asked: Request, run: Run) -> float:
    """On a GPU a kernel is compiled at its first call."""
    if asked.q.is_cuda:
        run()
    return _timed(asked, run)


def _timed(asked: Request, run: Run) -> float:
    now = clock(asked.q.is_cuda)
    settle(asked.q.device)
    start = now()
    run()
    settle(asked.q.device)
    return now() - start


def settle(device: torch.device | str) -> None:
    """Wait for a GPU to be done."""
    if str(device).startswith("cuda"):
        torch.cuda.synchronize(device)


def _run(asked: Request, lse: bool, name: str) -> Run:
    forward = kernel(name).forward
    if not asked.needs_gradient:

        def run() -> None:
            with torch.no_grad():
                forward(asked, lse)

        return run
    fresh = replace(asked, q=_leaf(asked.q), k=_leaf(asked.k), v=_leaf(asked.v))
    if asked.bias is not None:
        fresh = replace(fresh, bias=_leaf(asked.bias))
    wanted = [tensor for tensor in (fresh.q, fresh.k, fresh.v, fresh.bias) if tensor is not None]
    wanted = [tensor for tensor in wanted if tensor.requires_grad]

    def both() -> None:
        out = forward(fresh, lse)[0]
        if not out.requires_grad:
            raise RuntimeError("it has no backward")
        torch.autograd.grad(out, wanted, torch.ones_like(out))

    return both


def _leaf(tensor: Tensor) -> Tensor:
    return tensor.detach().requires_grad_(tensor.requires_grad)
