"""Cuts words that have no room, and tells whoever listens: a check hears of every painted text that did not fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF

RIGHT = Qt.TextElideMode.ElideRight
_heard: list[str] | None = None


def elided(
    metrics: QFontMetrics | QFontMetricsF,
    text: str,
    width: float,
    mode: Qt.TextElideMode = RIGHT,
    *,
    given: bool = False,
) -> str:
    """The text in this many pixels, with an ellipsis where it is cut. given: words of the user, which may be long."""
    room = round(width) if isinstance(metrics, QFontMetrics) else width
    shown = metrics.elidedText(text, mode, room)  # type: ignore[arg-type]
    if shown != text and _heard is not None and not given:
        _heard.append(f"{text!r} as {shown!r}")
    return shown


def wrapping(metrics: QFontMetrics | QFontMetricsF, text: str, width: float) -> int:
    """How to write a text in several lines: broken between its words, or anywhere where one of them has no room."""
    flags = Qt.TextFlag
    fits = all(metrics.horizontalAdvance(word) <= width for word in text.split())
    return (flags.TextWordWrap if fits else flags.TextWrapAnywhere).value


@contextmanager
def listening() -> Iterator[list[str]]:
    """Hear of every text of the program that is cut while it is painted."""
    global _heard
    before, _heard = _heard, []
    try:
        yield _heard
    finally:
        _heard = before
