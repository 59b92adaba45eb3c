"""Values for work under way and for what went wrong with it, the same for every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engines.core.words import tr

NOTHING_MISSING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Busy:
    """A running or waiting job. seconds_left: None while it cannot be told."""

    note: str = ""
    done: float = 0.0
    total: float = 0.0
    seconds_left: float | None = None
    waiting: bool = False
    cancelling: bool = False


@dataclass(frozen=True, slots=True)
class CutOff:
    """A training that ended early and can go on. job: its number. step of steps: what is done."""

    job: int
    title: str
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happened, to which file, and what to do. fetch: model-store files whose absence is the trouble.

    retry: what would work instead (a lighter run, the board that fits), offered as a button that says `retry_words`.
    """

    what: str
    title: str = tr("That did not work")
    hint: str = ""
    path: str = ""
    fetch: tuple[str, ...] = ()
    retry: Any = None
    retry_words: str = tr("Try again")
