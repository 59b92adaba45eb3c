"""Devices by name, looked at before any work: one that is not there is told in words."""

from __future__ import annotations

import torch

from engines.core.errors import BadInput, OutOfResources


def named(name: str) -> torch.device:
    """cpu, cuda or cuda:N. Raises `BadInput` for another name, `OutOfResources` where there is no such GPU."""
    kind, _, number = name.partition(":")
    if kind not in ("cpu", "cuda") or (number and not number.isdecimal()):
        raise BadInput(f"There is no device '{name}'", hint="Known are cpu and cuda")
    if kind == "cuda" and not torch.cuda.is_available():
        raise OutOfResources("There is no CUDA device that torch can use", hint="Choose the CPU")
    if kind == "cuda" and int(number or 0) >= torch.cuda.device_count():
        raise OutOfResources(f"There is no {name}", hint=f"The last is cuda:{torch.cuda.device_count() - 1}")
    return torch.device(name)
