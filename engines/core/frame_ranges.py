"""Ranges of frames as people write them: A:B, half open, counted from 0."""

from __future__ import annotations

from engines.core.errors import UsageError
from engines.core.words import tr


def parsed(text: str) -> tuple[int, int | None]:
    """ "0:191" as (0, 191), "85:" as (85, None), "" as all. Raises `UsageError` for what is no range or is empty."""
    if not text.strip():
        return 0, None
    parts = [part.strip() for part in text.split(":")]
    if len(parts) != 2 or not all(part.isdecimal() or not part for part in parts):
        raise UsageError(tr("'{text}' is no range of frames", text=text), hint=tr("Write A:B, like 0:191"))
    start, stop = int(parts[0] or 0), int(parts[1]) if parts[1] else None
    if stop is not None and stop <= start:
        raise UsageError(
            tr("There are no frames in {text}", text=text), hint=tr("A:B begins with A and ends before B, like 0:191")
        )
    return start, stop
