"""Time of every node on this machine: medians of whole passes on one thread, beside passes that time nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch

from engines.core.context import Context
from engines.core.training.threads import threads
from engines.core.words import tr
from engines.inspection.opening.model import Model
from engines.inspection.running.network import Network

WARM_UP = 2
REPEATS = 7


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds, medians on one thread. nodes: by name. whole: of a pass without any timing in it. call: of a node
    that does nothing: what is near it is the call and no work."""

    nodes: dict[str, float]
    whole: float
    call: float

    @property
    def words(self) -> str:
        """"12.3 ms a pass, 11.9 ms of it in its nodes (one thread, medians); ..."."""  # fmt: skip
        total = sum(self.nodes.values())
        small = sum(1 for ms in self.nodes.values() if ms < 3 * self.call)
        said = tr(
            "{whole:.3g} ms a pass, {total:.3g} ms of it in its nodes (one thread, medians)",
            whole=self.whole,
            total=total,
        )
        less = tr(
            "; {small} nodes take little more than the call itself, {call:.2g} us", small=small, call=1000 * self.call
        )
        return said + (less if small else "")


def timed(model: Model, inputs: Sequence[torch.Tensor], ctx: Context, repeats: int = REPEATS) -> Timing:
    """Passes that time each node and passes that time the whole, in turns, after a warm-up.

    Raises what `Network` does, and `Cancelled`.
    """
    network, taken, whole = Network(model), dict[str, list[float]](), list[float]()
    with ctx.lease("cpu", threads=1), threads(1), torch.no_grad():
        for turn in range(WARM_UP + repeats):
            ctx.check()
            ctx.progress(turn, WARM_UP + repeats, tr("Timing every node"))
            with _clocked(network, taken if turn >= WARM_UP else {}):
                network(*inputs)
            begun = time.perf_counter()
            network(*inputs)
            whole.append(1000 * (time.perf_counter() - begun))
        return Timing({name: median(times) for name, times in taken.items()}, median(whole[WARM_UP:]), _call())


@contextmanager
def _clocked(network: Network, taken: dict[str, list[float]]) -> Iterator[None]:
    """Stamps around each node: the last thing before it and the first behind it."""
    begun = 0.0

    def begins(_step: Any, _inputs: object) -> None:
        nonlocal begun
        begun = time.perf_counter()

    def ends(step: Any, _inputs: object, _result: object) -> None:
        taken.setdefault(step.node.name, []).append(1000 * (time.perf_counter() - begun))

    handles = [step.register_forward_pre_hook(begins) for step in network.steps]
    handles += [step.register_forward_hook(ends) for step in network.steps]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _call() -> float:
    """Of an operator of torch that only hands its input on."""
    one = torch.zeros(1)
    times = []
    for _ in range(50):
        begun = time.perf_counter()
        torch.ops.aten.alias.default(one)
        times.append(1000 * (time.perf_counter() - begun))
    return median(times)
