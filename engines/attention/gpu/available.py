"""Whether the kernels in Triton can run here at all, in words."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec

import torch
from torch import Tensor

from engines.core.words import tr

DTYPES = (torch.float32, torch.bfloat16, torch.float16)
OLDEST = (8, 0)
WIDEST = 128


def interpreted() -> bool:
    """Whether Triton interprets kernels on the processor instead of compiling them."""
    return os.environ.get("TRITON_INTERPRET") == "1"


def lacks(*tensors: Tensor) -> str:
    """What keeps the kernels from these tensors (..., dim): type, dim, device, package; "" for nothing."""
    first = tensors[0]
    if first.dtype not in DTYPES:
        return tr(
            "it computes in float32, bfloat16 and float16, not in {dtype}",
            dtype=str(first.dtype).removeprefix("torch."),
        )
    wide = max(tensor.shape[-1] for tensor in tensors)
    if wide > WIDEST:
        return tr("head dimensions up to {widest}, not {wide}", widest=WIDEST, wide=wide)
    return _missing(first.device)


@cache
def _missing(device: torch.device) -> str:
    if find_spec("triton") is None:
        return tr("triton is not installed") if device.type == "cuda" else tr("it needs a CUDA device, and triton")
    if interpreted():
        return ""
    if device.type != "cuda":
        return tr("it needs a CUDA device, and these tensors are on {type}", type=device.type)
    found = torch.cuda.get_device_capability(device)
    if found < OLDEST:
        return tr(
            "it needs compute capability 8.0 or later, and this device has {major}.{minor}",
            major=found[0],
            minor=found[1],
        )
    return ""
