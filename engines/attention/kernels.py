"""The kernels by name, each imported when it is first asked for.

A kernel is a module with `forward(asked, lse) -> (output, log-sum-exp or None)` and, where it cannot do everything,
`refuses(asked, lse) -> why` ("" where it can).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

import torch
from torch import Tensor

from engines.attention.request import Request
from engines.attention.types import KINDS, Kind
from engines.core.errors import UsageError
from engines.core.words import tr

Forward = Callable[[Request, bool], tuple[Tensor, Tensor | None]]
Refuses = Callable[[Request, bool], str]


@dataclass(frozen=True, slots=True)
class Kernel:
    """version: goes into records of what ran; torch's own for what is torch's."""

    name: str
    version: str
    exact: bool
    forward: Forward
    refuses: Refuses


@cache
def kernel(name: str) -> Kernel:
    """A kernel by name. Raises `UsageError` for one that does not exist."""
    kind = next((kind for kind in KINDS if kind.id == name), None)
    if kind is None:
        known = ", ".join(kind.id for kind in KINDS)
        raise UsageError(
            tr("There is no attention called '{name}'", name=name), hint=tr("Known are auto, {known}", known=known)
        )
    module = import_module(f"engines.attention.{kind.module}")
    return Kernel(name, _version(kind), kind.exact, module.forward, getattr(module, "refuses", _can))


def refusal(name: str, asked: Request, lse: bool = False) -> str:
    """Why a kernel cannot do what is asked, or is not there on this machine; "" where it can."""
    try:
        return kernel(name).refuses(asked, lse)
    except ImportError as error:
        return tr("it cannot be loaded here: {error}", error=error)


def able(asked: Request, lse: bool = False) -> list[str]:
    """The kernels that can do what is asked, exact ones first."""
    return [kind.id for kind in KINDS if not refusal(kind.id, asked, lse)]


def _version(kind: Kind) -> str:
    return kind.version or torch.__version__.partition("+")[0]


def _can(asked: Request, lse: bool) -> str:
    return ""
