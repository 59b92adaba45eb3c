"""Times on a CUDA device: every method has a turn in every round, as one CUDA graph of several calls where it captures,
so that what is told is the device's time and not that of the launches. Inputs stay where the last call left them: small
ones in the cache.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch

Run = Callable[[], object]
ROUNDS = 10
WARM_UP = 3
TURN_MS = 2.0
MOST_CALLS = 64


@dataclass(frozen=True)
class Clock:
    """Seconds that a measurement may take in all, from when it is made."""

    ends: float

    @classmethod
    def of(cls, seconds: float) -> Clock:
        return cls(time.monotonic() + seconds)

    @property
    def over(self) -> bool:
        return time.monotonic() > self.ends


@dataclass(frozen=True)
class Ceiling:
    """What the device does at most: TFLOP/s by type of a product of 8192-wide matrices, GB/s of a large copy."""

    tflops: Mapping[torch.dtype, float]
    gbytes: float

    def share(self, ms: float, flops: float, moved: float, dtype: torch.dtype) -> float:
        """Of the time that it takes to compute or to move, whichever is longer, in the time that it took."""
        return max(flops / self.tflops[dtype] / 1e9, moved / self.gbytes / 1e6) / ms


def interleaved(runs: Mapping[str, Run], *, graphs: bool = True) -> tuple[dict[str, float], dict[str, str]]:
    """(median milliseconds a call, why not where a method failed), by name."""
    ready: dict[str, tuple[Run, int]] = {}
    failed: dict[str, str] = {}
    for name, run in runs.items():
        try:
            ready[name] = _prepared(run, graphs)
        except Exception as error:
            failed[name] = said(error)
    times: dict[str, list[float]] = {name: [] for name in ready}
    for _ in range(ROUNDS):
        for name, (turn, calls) in ready.items():
            times[name].append(_once(turn) / calls)
    return {name: median(each) for name, each in times.items()}, failed


def said(error: Exception) -> str:
    """Its first line, in a table's width."""
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def ceiling() -> Ceiling:
    """Measured here and now."""
    found = {}
    for dtype, size in ((torch.bfloat16, 8192), (torch.float16, 8192), (torch.float32, 4096)):
        a = torch.randn(size, size, device="cuda", dtype=dtype)
        found[dtype] = 2 * size**3 / interleaved({"product": lambda a=a: a @ a})[0]["product"] / 1e9  # type: ignore[misc]
    source = torch.empty(2**31, device="cuda", dtype=torch.uint8)
    target = torch.empty_like(source)
    return Ceiling(found, 2 * len(source) / interleaved({"copy": lambda: target.copy_(source)})[0]["copy"] / 1e6)


def row(about: Mapping[str, Any], times: Mapping[str, float], failed: Mapping[str, str]) -> dict[str, Any]:
    """A table row: what was asked, ours, the peers, and the ratio to the best; `failed`: what did not run."""
    peers = [ms for name, ms in times.items() if name != "ours"]
    ratio = {"best_peer_over_ours": min(peers) / times["ours"]} if peers and "ours" in times else {}
    without = {"failed": dict(failed)} if failed else {}
    return {**about, **{f"{name}_ms": ms for name, ms in times.items()}, **ratio, **without}


def _prepared(run: Run, graphs: bool) -> tuple[Run, int]:
    """(a turn, the calls in it)."""
    for _ in range(WARM_UP):
        run()
    calls = max(1, min(MOST_CALLS, int(TURN_MS / max(_once(run), 1e-3))))
    if not graphs:
        return (lambda: [run() for _ in range(calls)]), calls
    aside = torch.cuda.Stream()
    with torch.cuda.stream(aside):
        run()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(calls):
            run()
    graph.replay()
    return graph.replay, calls


def _once(turn: Run) -> float:
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    turn()
    end.record()
    end.synchronize()
    return float(start.elapsed_time(end))
