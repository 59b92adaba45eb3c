"""Command lines of `main.py` from a spec, quoted for this system's shell."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

from engines.core.installing import CALLED


def line(*words: object) -> str:
    """The words behind `python main.py` as they are typed into a shell."""
    said = [*CALLED, *(str(word) for word in words)]
    return subprocess.list2cmdline(said) if os.name == "nt" else shlex.join(said)


def options(spec: Any, *names: str) -> Iterator[str]:
    """`--name value` of each of these fields that is not as by default; a switch alone, and each item of a tuple."""
    defaults = {field.name: field.default for field in fields(spec)}
    for name in names:
        value, option = getattr(spec, name), f"--{name.replace('_', '-')}"
        if value == defaults[name] or defaults[name] is MISSING:
            continue
        for each in value if isinstance(value, tuple) else (value,):
            yield from (option,) if each is True else (option, str(each))
