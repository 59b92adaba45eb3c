"""Figures, durations, counts and names of files in words."""

from __future__ import annotations

from pathlib import PurePath

from engines.core.names import shown
from engines.core.words import tr
from widgets.kit.work_state import Busy

DASH = "\u2013"
DOT = " \u00b7 "


def busy_words(busy: Busy) -> str:
    """'Step 7 of 20, 3 s left'."""
    if busy.cancelling:
        return tr("Cancelling")
    words = tr("Waiting for its turn") if busy.waiting else busy.note or tr("Starting")
    left = seconds_left(busy.seconds_left)
    return f"{words}, {left}" if left else words


def seconds_left(value: float | None) -> str:
    """'4 s left', '2 min left', '3 h 30 min left', or nothing."""
    return tr("{time} left", time=time_words(max(1, round(value)))) if value is not None else ""


def time_words(value: float) -> str:
    """How long something lasts, in seconds, as a person says it: '3.1 s', '2 min', '1 h 20 min'."""
    if value < 90:
        return f"{value:.1f} s" if value < 10 and value != round(value) else f"{value:.0f} s"
    minutes = round(value / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def seconds_words(value: float) -> str:
    """'0.84 s', '12 s', '3 min 5 s'."""
    if value < 100:
        return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


def count(value: int, word: str, plural: str = "") -> str:
    """'1 sample', '1,200 samples'; plural where it is not the word with an s."""
    return f"{value:,} {word if value == 1 else plural or word + 's'}"


def file_name(path: str) -> str:
    """The last part of a path, or the whole of what is no path."""
    return shown(PurePath(path.replace("\\", "/")).name or path)


def file_title(path: str) -> str:
    """A file's name without its ending, a folder's name."""
    return shown(PurePath(path.replace("\\", "/")).stem or path)


def size_words(value: int) -> str:
    """'812 B', '4 kB', '12.4 MB', '3.1 GB'."""
    for limit, unit, scale in ((1e3, "B", 1.0), (1e6, "kB", 1e3), (1e9, "MB", 1e6)):
        if value < limit:
            return f"{value / scale:.0f} {unit}" if unit != "MB" else f"{value / scale:.1f} MB"
    return f"{value / 1e9:.1f} GB"
