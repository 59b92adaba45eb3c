"""Attention's kernels beside torch's own and the naive form, in one run and in turn, and the memory each takes.

On a CPU, one thread unless told: bf16 where the CPU has such products; kinds in linear time at 16k; a causal window;
one query over a cache of 4k, with the share of the memory's measured speed; maps of what attention looked at; `auto`
beside the best of SDPA and naive over a grid of requests, and what it adds to small ones. Ratios above 1 mean faster
than the best peer; a row with a goal says whether it is met. With one thread times are that thread's own, in which
other programs' turns do not count. Errors are beside float64, the largest over the largest value.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from statistics import median
from typing import Annotated, Any

import torch
import torch.nn.functional as F
import typer
from rich import box
from rich.table import Table
from threadpoolctl import threadpool_limits

from engines.attention.auto.machine import machine
from engines.attention.dispatch import attention
from engines.attention.measuring import memory
from engines.attention.measuring.ceilings import ceiling
from engines.attention.measuring.examples import example
from engines.attention.types import KINDS, MemoryCase, WhichSpec
from engines.core.errors import UsageError
from engines.core.training.devices import named
from engines.core.training.threads import threads as of_torch
from workbench.benchmarks import attention_cases
from workbench.benchmarks.attention_rows import Turns, interleaved, row

SMALL = (WhichSpec(heads=2, length=16, dim=32), WhichSpec(heads=4, length=64), WhichSpec(heads=4, length=100))
CALLS = 2000
ADDED_US = 20.0
LEFT_OUT = ("naive", "flex", "block")
"""Kinds without a figure for memory at 16k: the whole matrix, a compiler, a mask of blocks."""


def main(
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    quick: Annotated[bool, typer.Option("--quick", help="Fewer and shorter requests, without most goals.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="Of the CPU.")] = 1,
    only: Annotated[str, typer.Option(help="Requests that have this in their words.", show_default=False)] = "",
) -> dict[str, Any]:
    """Milliseconds of each kernel and of its peers, ratios, errors, and mebibytes beyond inputs and output."""
    named(device)
    with of_torch(threads), threadpool_limits(threads, user_api="blas"):
        result = {"machine": _machine(device), **_ceilings(device)}
        return result | (_on_gpu(quick, device) if device.startswith("cuda") else _on_cpu(quick, threads, only))


def _on_cpu(quick: bool, count: int, only: str) -> dict[str, Any]:
    turns = Turns(rounds=7, least=3, seconds=4.0) if quick else Turns()
    rows = []
    with memory.measuring(count) as measure:
        for make in attention_cases.cases(quick):
            case = make()
            if only in case.request:
                rows.append(row(case, turns, measure))
        if only and not rows:
            raise UsageError(f"No request has '{only}' in its words", hint="Try causal, bfloat16 or maps")
        if only:
            return {"rows": rows}
        return {"rows": rows, "small": [_added(spec) for spec in SMALL], "memory": _memory(measure, quick)}


def _on_gpu(quick: bool, device: str) -> dict[str, Any]:
    from workbench.benchmarks import attention_gpu

    turns = Turns(device, rounds=20 if quick else 50, least=10, seconds=4.0)
    with memory.measuring() as measure:
        return {"rows": [row(make(), turns, measure) for make in attention_gpu.cases(quick, device)]}


def _added(spec: WhichSpec) -> dict[str, Any]:
    """Microseconds that `auto` adds to SDPA."""
    asked = example(spec)
    ours = partial(attention, asked.q, asked.k, asked.v)
    theirs = partial(F.scaled_dot_product_attention, asked.q, asked.k, asked.v)
    with torch.no_grad():
        spent = interleaved({"auto": ours, "sdpa": theirs}, Turns(rounds=CALLS))
    auto, sdpa = (1e6 * median(each) for each in (spent["auto"], spent["sdpa"]))
    words = f"float32, {spec.heads} x {spec.length} x {spec.dim}"
    added = {"added_us": auto - sdpa, "goal_us": ADDED_US, "met": auto - sdpa <= ADDED_US}
    return {"request": words, "auto_us": auto, "sdpa_us": sdpa} | added


def _memory(measure: memory.Measure, quick: bool) -> list[dict[str, Any]]:
    """Mebibytes of each kind at 16k, one head, which no kind in memory O(n) needs many of."""
    length = 4096 if quick else attention_cases.LONG
    kinds = [kind.id for kind in KINDS if kind.id not in LEFT_OUT]
    cases = {kind: MemoryCase(kind, WhichSpec(length=length, causal=kind == "decay")) for kind in kinds}
    return [{"kind": kind, "length": length, "extra_mb": measure(case)} for kind, case in cases.items()]


def _machine(device: str) -> dict[str, Any]:
    here = machine(device)
    return {
        "processor": here.processor, "cores": os.cpu_count(), "threads": here.threads, "torch": here.torch,
        "device": here.device, "flags": " ".join(here.flags),
    }  # fmt: skip


def _ceilings(device: str) -> dict[str, float]:
    found = {dtype: ceiling(getattr(torch, dtype), device) for dtype in ("float32", "bfloat16")}
    products = {f"gflops_{dtype}": each.gflops for dtype, each in found.items()}
    return products | {"copy_gb_per_s": max(each.gbytes for each in found.values())}


def tables(result: dict[str, Any]) -> Iterator[Table | str]:
    """Rows, what `auto` adds to small requests, and memory; the flags of the processor are in the JSON alone."""
    here = result["machine"]
    rows = Table("", "kernel", "ms", "best peer", "ratio", "goal", box=box.SIMPLE_HEAD)
    for each in result["rows"]:
        name, ms = min(each["peers"].items(), key=lambda pair: pair[1])
        ours, ratio = f"{each['ms']:.3g}", f"{each['ratio_best_peer']:.2f}"
        rows.add_row(each["request"], each["kernel"], ours, f"{name} {ms:.3g}", ratio, _goal(each, "goal"))
    yield rows
    if "small" in result:
        small = Table("", "auto us", "sdpa us", "added", "goal", box=box.SIMPLE_HEAD)
        for each in result["small"]:
            times = (f"{each[key]:.1f}" for key in ("auto_us", "sdpa_us", "added_us"))
            small.add_row(each["request"], *times, _goal(each, "goal_us"))
        yield small
        yield ", ".join(_megabytes(each) for each in result["memory"])
    yield f"{here['processor']}, {here['threads']} of {here['cores']} cores, torch {here['torch']}"


def _goal(row: dict[str, Any], key: str) -> str:
    return "" if key not in row else f"{row[key]:.3g} {'met' if row['met'] else 'missed'}"


def _megabytes(row: dict[str, Any]) -> str:
    figure = "unknown" if row["extra_mb"] is None else f"{row['extra_mb']:.1f} MiB"
    return f"{row['kind']} at {row['length']:,}: {figure}"
