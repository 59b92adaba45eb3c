"""Where a job or live engine lies now that was written down under an earlier dotted path. Kept for good."""

from __future__ import annotations

from collections.abc import Mapping

MOVED: dict[str, str] = {}
"""The earlier path, of a package, a module or `module:name`, and that of today. Each move is one step: where a thing
moves again, its earlier entries name the new place too."""


def current(path: str, moved: Mapping[str, str] = MOVED) -> str:
    """The path of today; the most exact entry decides. What did not move, and what nobody knows, stays as it is."""
    known = [old for old in moved if path == old or path.startswith((f"{old}.", f"{old}:"))]
    old = max(known, key=len, default="")
    return moved[old] + path[len(old) :] if old else path
