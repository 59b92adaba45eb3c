"""Finds painted words that are cut by the box they are written in or by their widget's edge, or that stand on others.

It hears of everything that is written with a `QPainter` in Python: delegates, charts, overlays, drawings.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

SLACK = 1.5
"""Pixels that may be missing: what fonts are rounded by."""
TOUCH = 2.0
"""Pixels by which two boxes may lie over one another: letters leave so much of theirs empty."""


@dataclass(frozen=True, slots=True)
class Written:
    """Words and where they came out, in pixels of `sheet`: the widget's corner in the picture, and its size."""

    text: str
    box: QRectF
    sheet: tuple[int, int, int, int]
    lacks: float
    beyond: float


@contextmanager
def reading() -> Iterator[list[Written]]:
    """Hear of everything that is written meanwhile."""
    found: list[Written] = []
    draw = QPainter.drawText

    def told(painter: QPainter, *how: Any) -> Any:
        said = draw(painter, *how)
        if (one := _written(painter, how)) is not None:
            found.append(one)
        return said

    QPainter.drawText = told  # type: ignore[method-assign, assignment]
    try:
        yield found
    finally:
        QPainter.drawText = draw  # type: ignore[method-assign]


def cut_or_covered(found: list[Written], root: QWidget) -> Iterator[str]:
    """What is wrong with what was written on `root`, in words. What scrolls across may be seen in part."""
    areas = (area for area in root.findChildren(QAbstractScrollArea) if area.horizontalScrollBar().maximum())
    scrolled = {(area.viewport().width(), area.viewport().height()) for area in areas}
    for one in found:
        if one.lacks > SLACK:
            yield f"{one.text!r} lacks {one.lacks:.0f} px"
        elif one.beyond > SLACK and one.sheet[2:] not in scrolled:
            yield f"{one.text!r} ends {one.beyond:.0f} px beyond its widget"
    for one, other in combinations(found, 2):
        if one.sheet == other.sheet and one.text != other.text:
            common = one.box & other.box
            if min(common.width(), common.height()) > TOUCH:
                yield f"{one.text!r} and {other.text!r} stand on one another"


def _written(painter: QPainter, how: tuple[Any, ...]) -> Written | None:
    text = next((part for part in how if isinstance(part, str)), "")
    if not text.strip():
        return None
    at = how[0]
    if isinstance(at, QRect | QRectF):
        flags = next((part for part in how[1:] if isinstance(part, int | Qt.AlignmentFlag | Qt.TextFlag)), 0)
        room = QRectF(at)
        box = painter.boundingRect(room, _number(flags), text)
        wraps = bool(_number(flags) & Qt.TextFlag.TextWordWrap.value)
        lacks = max(box.width() - room.width(), box.height() - room.height() - 3 if wraps else 0.0)
    else:
        spot = QPointF(at) if isinstance(at, QPoint | QPointF) else QPointF(*how[:2])
        metrics = painter.fontMetrics()
        box = QRectF(metrics.boundingRect(text)).translated(spot)
        lacks = 0.0
    seen = painter.transform().mapRect(box)
    sheet = QRectF(painter.viewport())
    beyond = max(sheet.left() - seen.left(), seen.right() - sheet.right()) if seen.intersects(sheet) else 0.0
    corner = painter.deviceTransform().map(QPointF(0, 0)) - painter.transform().map(QPointF(0, 0))
    key = round(corner.x()), round(corner.y()), round(sheet.width()), round(sheet.height())
    return Written(text, seen, key, lacks, beyond)


def _number(flags: Any) -> int:
    return flags if isinstance(flags, int) else flags.value
