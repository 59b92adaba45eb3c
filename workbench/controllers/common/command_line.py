"""Command lines of `main.py` from a spec, quoted for this system's shell, that give what the job of that spec gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from engines.core.spec import to_json
from workbench.work.commands import job_line, shell

P = ParamSpec("P")


line = shell
Line = Callable[Concatenate[Any, P], str]


def saying(job: str, *names: str, when: Callable[[Any], bool] = bool) -> Callable[[Line[P]], Line[P]]:
    """Of a function that writes a line for a spec: the settings that it says, and when it can say them.

    Where another setting is not as usual, the line is that of the job itself, with all of its settings.
    """

    def wrapped(line_of: Line[P]) -> Line[P]:
        @wraps(line_of)
        def whole(spec: Any, *more: P.args, **named: P.kwargs) -> str:
            if when(spec) and all(field.name in names or is_usual(spec, field) for field in fields(spec)):
                return line_of(spec, *more, **named)
            return job_line(job, to_json(spec))

        return whole

    return wrapped


def but(kind: type, *names: str) -> tuple[str, ...]:
    """All settings of a kind but these."""
    return tuple(field.name for field in fields(kind) if field.name not in names)


def is_usual(spec: Any, field: Field[Any]) -> bool:
    """Whether a setting is as by default."""
    usual = field.default if field.default_factory is MISSING else field.default_factory()
    return usual is not MISSING and getattr(spec, field.name) == usual


def options(spec: Any, *names: str) -> Iterator[str]:
    """`--name value` of each of these fields that is not as by default; a switch alone, and each item of a tuple."""
    defaults = {field.name: field.default for field in fields(spec)}
    for name in names:
        value, option = getattr(spec, name), f"--{name.replace('_', '-')}"
        if value == defaults[name] or defaults[name] is MISSING:
            continue
        for each in value if isinstance(value, tuple) else (value,):
            yield from (option,) if each is True else (option, str(each))
