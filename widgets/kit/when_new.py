"""A method that shows values: showing the same again costs a comparison and touches no widget."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

W = TypeVar("W")
P = ParamSpec("P")


def when_new(show: Callable[Concatenate[W, P], None]) -> Callable[Concatenate[W, P], None]:
    """Runs `show` only with values that differ from those it ran with last on the same widget."""
    name = f"_shown by {show.__qualname__}"

    @wraps(show)
    def made(widget: W, *values: P.args, **named: P.kwargs) -> None:
        now: Any = values, named
        if getattr(widget, name, None) != now:
            setattr(widget, name, now)
            show(widget, *values, **named)

    return made
