"""Attention and sampling on a CUDA device, beside torch's kernels and diffusers' loop, in the share of what it can do.

Everything is run in one process, turn by turn. What does not fit into `seconds` is left out, and named.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any

import torch
import typer

from engines.attention.gpu.available import lacks
from engines.core.errors import OutOfResources
from workbench.benchmarks import gpu_attention as attention
from workbench.benchmarks import gpu_errors as errors
from workbench.benchmarks import gpu_sampling as sampling
from workbench.benchmarks.gpu_turns import Ceiling, Clock, ceiling, said

Rows = list[dict[str, Any]]


def main(
    quick: Annotated[bool, typer.Option(help="One head dimension and few lengths.")] = False,
    seconds: Annotated[int, typer.Option(help="Stop measuring after so long.", min=10)] = 420,
) -> dict[str, Any]:
    """Milliseconds, TFLOP/s or GB/s and their share of the ceiling; errors of every gradient; samples a second.

    Raises `OutOfResources` without a device. A section that fails leaves the others be.
    """
    if not torch.cuda.is_available():
        raise OutOfResources("There is no CUDA device here", hint="Run this where there is one")
    why = lacks(torch.empty(1, 64, device="cuda"))
    if why:
        raise OutOfResources(f"The kernels in Triton cannot run here: {why}")
    torch.cuda.init()
    clock, limits = Clock.of(seconds), ceiling()
    sections: dict[str, Callable[[bool, Clock, Ceiling], Rows]] = {
        "gradients_beside_float64": errors.gradients,
        "norm_rotary_attention": attention.fused,
        "linear_attention": attention.linear,
        "streaming_step": attention.step,
        "samples_a_second": sampling.rows,
        "forward": attention.forward,
    }
    measured: dict[str, Rows] = {}
    left_out: dict[str, str] = {}
    for name, section in sections.items():
        try:
            measured[name] = section(quick, clock, limits)
        except Exception as error:
            measured[name], left_out[name] = [], said(error)
    left_out |= _left_out(measured) | ({"the rest": f"{seconds} seconds were over"} if clock.over else {})
    return _about(limits) | {"targets": _targets(measured)} | measured | {"left_out": left_out}


def _left_out(measured: dict[str, Rows]) -> dict[str, str]:
    """What did not run and why, once each, taken out of the rows."""
    found = {}
    for name, rows in measured.items():
        for row in rows:
            found.update({f"{name}: {method}": why for method, why in row.pop("failed", {}).items()})
    return found


def _about(limits: Ceiling) -> dict[str, Any]:
    found = {f"tflops_{str(dtype).removeprefix('torch.')}": value for dtype, value in limits.tflops.items()}
    return {
        "device": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "triton": version("triton"),
        "ceiling": found | {"gbytes_a_second": limits.gbytes},
    }


def _targets(measured: dict[str, Rows]) -> dict[str, Any]:
    """What is to be reached, and what was."""
    short = measured["norm_rotary_attention"]
    causal = [row for row in measured["linear_attention"] if row["causal"]]
    wrong = [row for row in measured["gradients_beside_float64"] if not row["ok"]]
    return {
        "norm_rotary_attention_over_best_peer_at_least_1.3": _least(short, "best_peer_over_ours"),
        "chunked_linear_share_of_bandwidth_at_least_0.5": _least(causal, "share_of_ceiling"),
        "streaming_step_over_eager_at_least_3": _least(measured["streaming_step"], "eager_over_ours"),
        "gradients_wrong": len(wrong),
        "gradients_checked": len(measured["gradients_beside_float64"]),
    }


def _least(rows: Rows, key: str) -> float | None:
    return min((row[key] for row in rows if key in row), default=None)
