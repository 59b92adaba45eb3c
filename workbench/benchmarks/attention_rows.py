"""Rows of the attention benchmark: a kernel and its peers in turn, so that what else the machine does slows all."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

import torch

from engines.attention.auto.race import clock, settle
from engines.attention.measuring import exactness
from engines.attention.measuring.memory import Measure
from engines.attention.request import Request
from engines.attention.types import MemoryCase

Run = Callable[[], object]


@dataclass(slots=True)
class Case:
    """A row to be. request: what is asked, in words. ours: what is measured, under the name `kernel`; peers: what the
    usual ways do for the same. goal: times the best peer. asked, exact, peer: for the errors beside float64, of the
    kinds `exact` and `peer`. memory: for the memory beyond inputs and output; more: further figures, given ms.
    """

    request: str
    kernel: str
    ours: Run
    peers: Mapping[str, Run]
    goal: float | None = None
    asked: Request | None = None
    exact: str = ""
    peer: str = "sdpa"
    memory: MemoryCase | None = None
    more: Callable[[float], dict[str, Any]] = field(default=lambda ms: {})


@dataclass(frozen=True, slots=True)
class Turns:
    """rounds: each way once a round; at least `least`, and then no longer than `seconds`."""

    device: str = "cpu"
    rounds: int = 20
    least: int = 5
    seconds: float = 12.0


def row(case: Case, turns: Turns, memory: Measure) -> dict[str, Any]:
    """One row: median milliseconds, and how many times faster that is than the fastest peer."""
    gc.collect()
    ways = {case.kernel: case.ours, **{f"peer {name}": run for name, run in case.peers.items()}}
    spent = interleaved(ways, turns)
    mine = spent.pop(case.kernel)
    peers = {name.removeprefix("peer "): 1e3 * median(each) for name, each in spent.items()}
    best = min(peers, key=peers.__getitem__)
    found: dict[str, Any] = {"request": case.request, "kernel": case.kernel, "ms": 1e3 * median(mine), "peers": peers}
    ratio = peers[best] / found["ms"]
    found |= {"ratio_best_peer": ratio} | _errors(case)
    found["extra_mb"] = None if case.memory is None else memory(case.memory)
    if case.goal is not None:
        found |= {"goal": case.goal, "met": ratio >= case.goal}
    return found | case.more(found["ms"])


def interleaved(ways: Mapping[str, Run], turns: Turns) -> dict[str, list[float]]:
    """Seconds of each turn, by `clock`. Each has run twice before, so that nothing is loaded or compiled in a turn."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for run in (*ways.values(), *ways.values()):
        run()
    begun, now = perf_counter(), clock(turns.device != "cpu")
    shuffled = Random(0)
    for count in range(turns.rounds):
        if count >= turns.least and perf_counter() - begun > turns.seconds:
            break
        for name, run in shuffled.sample(list(ways.items()), len(ways)):
            settle(turns.device)
            start = now()
            run()
            settle(turns.device)
            spent[name].append(now() - start)
    return spent


def _errors(case: Case) -> dict[str, float | None]:
    """The largest error over the largest value, on rows spread over the whole length."""
    if case.asked is None or not case.exact:
        return {"error": None, "peer_error": None}
    with torch.no_grad():
        truth = exactness.truth(case.asked)
        error, peer = (exactness.errors(case.asked, name, truth)[0] for name in (case.exact, case.peer))
    return {"error": error, "peer_error": peer}
