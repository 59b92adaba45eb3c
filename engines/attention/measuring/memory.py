"""The memory that a kernel takes beyond what goes in and comes out: its highest growth in a child process of its own.

The child measures one case after another: memory that was freed is handed back to the system, the mark of the highest
use is set back, the kernel runs once. On CUDA it is the allocator's highest count. A first call at a small length keeps
what is loaded only once (libraries, thread pools) out of the figure.
"""

from __future__ import annotations

import ctypes
import gc
import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.attention.types import KINDS, MemoryCase
from engines.core.errors import UsageError
from engines.core.spec import from_json, resolve, to_json
from engines.core.words import tr

ROOT = Path(__file__).parents[3]
SMALL = 64
MEBIBYTE = 2**20

Measure = Callable[[MemoryCase], float | None]


def extra_mb(cases: Sequence[MemoryCase], threads: int = 1) -> list[float | None]:
    """Mebibytes of each case at the peak beyond inputs, output and gradients; None where the system cannot tell, the
    kind cannot do it or died of it. threads: of the CPU, 0 for all. Raises `UsageError` for a kind there is not.
    """
    with measuring(threads) as measure:
        return [measure(case) for case in cases]


@contextmanager
def measuring(threads: int = 1) -> Iterator[Measure]:
    """A function that measures one case at a time, in one child process; a child that dies is followed by another."""
    child: subprocess.Popen[str] | None = None

    def measure(case: MemoryCase) -> float | None:
        nonlocal child
        if ":" not in case.kind and case.kind not in (kind.id for kind in KINDS):
            raise UsageError(tr("There is no attention called '{kind}'", kind=case.kind))
        if child is None or child.poll() is not None:
            child = _child(threads)
        return _ask(child, case)

    try:
        yield measure
    finally:
        if child is not None:
            child.kill()
            child.communicate()


def _child(threads: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "engines.attention.measuring.memory", str(threads)]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def _ask(child: subprocess.Popen[str], case: MemoryCase) -> float | None:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(json.dumps(to_json(case)) + "\n")
        child.stdin.flush()
    except BrokenPipeError:
        return None
    answer = child.stdout.readline()
    if not answer:
        child.wait()
        return None
    found = json.loads(answer)
    return None if found is None else float(found)


def serve(threads: int) -> None:
    """What the child does: read a case a line, write its figure a line."""
    import torch

    answers, sys.stdout = sys.stdout, sys.stderr
    torch.set_num_threads(threads or torch.get_num_threads())
    for line in sys.stdin:
        try:
            figure = measured(from_json(MemoryCase, json.loads(line)))
        except Exception:
            figure = None
        answers.write(json.dumps(figure) + "\n")
        answers.flush()


def measured(case: MemoryCase) -> float | None:
    """Mebibytes of a case in this process."""
    from engines.attention.measuring.examples import example

    run = _runner(case.kind)
    run(example(replace(case.asked, length=min(SMALL, case.asked.length))))
    asked = example(case.asked)
    gauge = _Gauge(case.asked.device)
    kept = run(asked)
    grown = gauge.grown()
    if grown is None:
        return None
    return max(0.0, grown - float(sum(tensor.nbytes for tensor in kept))) / MEBIBYTE


def _runner(kind: str) -> Callable[[Any], list[Any]]:
    """A function that runs a kind on a request and gives the tensors that it leaves behind."""
    from engines.attention.kernels import kernel

    call = resolve(kind) if ":" in kind else None
    forward = None if call else kernel(kind).forward

    def run(asked: Any) -> list[Any]:
        found = call(asked) if call else forward(asked, False)[0]  # type: ignore[misc]
        outputs = list(found) if isinstance(found, tuple) else [found]
        if not asked.needs_gradient:
            return outputs
        found.sum().backward()
        return [*outputs, asked.q.grad, asked.k.grad, asked.v.grad]

    return run


class _Gauge:
    """The highest use of memory from now on."""

    def __init__(self, device: str) -> None:
        self._cuda = device if device.startswith("cuda") else ""
        gc.collect()
        self._before = self._reset_cuda() if self._cuda else _reset_high_water()

    def grown(self) -> float | None:
        """Bytes; None where the system cannot tell."""
        if self._cuda:
            import torch

            torch.cuda.synchronize(self._cuda)
            return float(torch.cuda.max_memory_allocated(self._cuda) - self._before)
        return None if math.isnan(self._before) else _status("VmHWM") - self._before

    def _reset_cuda(self) -> float:
        import torch

        torch.cuda.synchronize(self._cuda)
        torch.cuda.reset_peak_memory_stats(self._cuda)
        return float(torch.cuda.memory_allocated(self._cuda))


def _reset_high_water() -> float:
    """Set the mark of the highest use to what is used now; that in bytes, NaN where there is no such mark."""
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        return _status("VmHWM")
    except (OSError, AttributeError, StopIteration):
        return math.nan


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
