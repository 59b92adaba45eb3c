"""How far a training has come that was cut off: told by the head of its checkpoint, without torch."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.core.errors import KinoscopeError
from engines.core.networks.safetensors_head import METADATA, read_head
from engines.core.reading import parse_json
from engines.core.spec import to_json


@dataclass(frozen=True, slots=True)
class Standing:
    """path: of the checkpoint. step of steps: what is done."""

    path: Path
    step: int
    steps: int


def standing(path: Path, spec: object, free: Collection[str]) -> Standing | None:
    """Of the training of these settings whose checkpoint lies at `path`; None where there is none to go on with.

    free: names of settings that may differ.
    """
    said = said_of(path)
    now = to_json(spec)
    before = said.get("spec")
    if not isinstance(before, dict) or differing(before, now, free):
        return None
    step, steps = said.get("step"), now.get("steps") or said.get("steps")
    if not isinstance(step, int) or not isinstance(steps, int) or not 0 < step < steps:
        return None
    return Standing(path, step, steps)


def came_to_its_end(path: Path) -> bool:
    """Whether a checkpoint is of the last step that its training was to take."""
    said = said_of(path)
    before = said.get("spec")
    return isinstance(before, dict) and said.get("step") == before.get("steps")


def differing(before: dict[str, Any], now: dict[str, Any], free: Collection[str]) -> list[str]:
    """Names of settings that a checkpoint was made with otherwise than is asked for now."""
    return [name for name in now if name not in free and before.get(name, now[name]) != now[name]]


def said_of(path: Path) -> dict[str, Any]:
    """The plain values of a checkpoint; nothing for a file that is none."""
    try:
        said = parse_json(read_head(path)[0][METADATA]["said"]) if path.is_file() else {}
    except (KinoscopeError, KeyError, TypeError, OSError):
        return {}
    return said if isinstance(said, dict) else {}


def remove(path: Path) -> None:
    """Delete a checkpoint, and what is left of one that was being written; any other file of its name stays."""
    if "spec" in said_of(path):
        path.unlink(missing_ok=True)
    sweep_parts(path)


def sweep_parts(path: Path) -> None:
    """Delete what a program that was killed while it wrote this checkpoint left. Nobody else may be writing it."""
    if not path.parent.is_dir():
        return
    ours = re.compile(rf"\.{re.escape(path.stem[:100])}\.[0-9a-f]{{12}}\.part{re.escape(path.suffix)}")
    for part in path.parent.iterdir():
        if ours.fullmatch(part.name):
            part.unlink(missing_ok=True)
