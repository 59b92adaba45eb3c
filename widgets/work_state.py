"""Work under way as panels show it: one value for every engine."""

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
