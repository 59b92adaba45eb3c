"""Work under way, and what went wrong with it, as panels show them: one value for every engine."""

from __future__ import annotations

from dataclasses import dataclass


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
class Trouble:
    """What happened, to which file, and what to do. fetch: model-store files whose absence is the trouble."""

    what: str
    title: str = "That did not work"
    hint: str = ""
    path: str = ""
    fetch: tuple[str, ...] = ()
