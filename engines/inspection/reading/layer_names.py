"""Names of layers from those that exporters write: paths of modules, unique, in order of execution.

"/layer4/layer4.1/relu/Relu_1" is a call of the module "layer4.1.relu"; exporters differ in how they write that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """What a file says of a layer: the module's path, the last part of its name, and whether that is no more than the
    operator's own name."""

    module: str
    last: str
    plain: bool = False


def named(layers: Sequence[Written]) -> list[tuple[str, str]]:
    """(name, module) of each. A module that does one thing gives its own name, else the operator's is added; later ones
    of the same name are numbered from 1, past names that are there already."""
    does: dict[str, set[str]] = {}
    for each in layers:
        does.setdefault(each.module, set()).add(each.last)
    wanted = [each.module if each.plain and each.module and len(does[each.module]) == 1 else _joined(each)
              for each in layers]  # fmt: skip
    return list(zip(_unique(wanted), (each.module for each in layers), strict=True))


def path_of(parts: Sequence[str]) -> str:
    """ "layer4", "layer4.1", "relu" -> "layer4.1.relu": a part that repeats the one before stands for both."""
    path: list[str] = []
    for part in parts:
        if path and part.startswith(f"{path[-1]}."):
            path[-1] = part
        else:
            path.append(part)
    return ".".join(path)


def _joined(layer: Written) -> str:
    return f"{layer.module}.{layer.last}" if layer.module else layer.last


def _unique(wanted: Sequence[str]) -> list[str]:
    taken, often, found = set(wanted), Counter[str](), []
    for name in wanted:
        often[name] += 1
        own, number = name, often[name] - 1
        while number and (own := f"{name}_{number}") in taken:
            number += 1
        if number:
            often[name] = number + 1
        taken.add(own)
        found.append(own)
    return found
