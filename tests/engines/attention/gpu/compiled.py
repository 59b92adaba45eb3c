"""Kernels compiled for a Hopper GPU where there is none: what they take of it is what its assembler says."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.runtime import driver
from triton.runtime.jit import JITFunction

from engines.attention.gpu import available, flash, fused, linear, step
from engines.attention.request import request

SHARED = 227 * 1024
HEADS = 132
TOOL = Path(triton.__file__).parent / "backends" / "nvidia" / "bin" / "cuobjdump"


class Hopper:
    """A device that is only compiled for."""

    def get_current_target(self) -> GPUTarget:
        return GPUTarget("cuda", 90, 32)

    def get_current_device(self) -> int:
        return 0

    def get_current_stream(self, device: int) -> int:
        return 0


def everything() -> None:
    """Every launch is compiled in place of run; it fails where one wants more shared memory than there is or spills."""
    torch.set_num_threads(1)
    driver.set_active(Hopper())
    available._missing = lambda device: ""
    run = JITFunction.run
    JITFunction.run = lambda self, *args, warmup, **options: _checked(
        self, run(self, *args, warmup=True, **options), options
    )
    _exact(64)
    _exact(128)
    _others(128)


def _exact(dim: int) -> None:
    q, k, v = (x.requires_grad_() for x in _tensors(dim, torch.bfloat16))
    out, _ = flash.attend(q, k, v, causal=True, bias=torch.zeros(256, 256, dtype=torch.bfloat16))
    out.sum().backward()
    if dim == 64:
        with torch.no_grad():
            flash.attend(*_tensors(dim, torch.float32), mask=torch.ones(256, 256, dtype=torch.bool))


def _others(dim: int) -> None:
    with torch.no_grad():
        q, k, v = _tensors(dim, torch.bfloat16)
        weight, table = torch.ones(dim, dtype=torch.bfloat16), torch.ones(256, dim // 2)
        fused.forward(q, k, v, weight, weight)
        fused.forward(q, k, v, weight, weight, rotary=(table, table))
        linear.causal(q, k, v)
        linear.forward(request(q, k, v))
        step.step(q[:, :, :1], k, v)


def _tensors(dim: int, dtype: torch.dtype) -> list[torch.Tensor]:
    return [torch.zeros(1, 256, HEADS, dim, dtype=dtype).transpose(1, 2) for _ in range(3)]


def _checked(function: JITFunction, made: object, options: dict[str, object]) -> object:
    name = (function.fn.__name__, options.get("DP"))
    shared, stack = made.metadata.shared, _stack(made.asm["cubin"])
    print(*name, "shared memory", shared, "stack", stack)
    assert shared <= SHARED, (name, shared)
    assert stack <= 512, (name, stack)
    return made


def _stack(cubin: bytes) -> int:
    """Bytes that a thread keeps outside its registers."""
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(cubin)
        file.flush()
        said = subprocess.run([TOOL, "-res-usage", file.name], capture_output=True, text=True, check=True).stdout
    return max(int(size) for size in re.findall(r"STACK:(\d+)", said))
