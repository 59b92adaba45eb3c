"""Devices by name, looked at before any work: one that is not there is told in words."""

from __future__ import annotations

import torch

from engines.core.errors import BadInput, OutOfResources
from engines.core.words import tr


def named(name: str) -> torch.device:
    """cpu, cuda or cuda:N. Raises `BadInput` for another name, `OutOfResources` where there is no such GPU."""
    kind, _, number = name.partition(":")
    if kind not in ("cpu", "cuda") or (number and not number.isdecimal()):
        raise BadInput(tr("There is no device '{name}'", name=name), hint=tr("Known are cpu and cuda"))
    if kind == "cuda" and not torch.cuda.is_available():
        raise OutOfResources(tr("There is no CUDA device that torch can use"), hint=tr("Choose the CPU"))
    if kind == "cuda" and int(number or 0) >= torch.cuda.device_count():
        raise OutOfResources(
            tr("There is no {name}", name=name),
            hint=tr("The last is cuda:{device_count}", device_count=torch.cuda.device_count() - 1),
        )
    return torch.device(name)
