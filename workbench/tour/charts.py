"""Finds charts that cannot be read: an axis without title or values, words over one another, cut, or too faint.

What is looked at is the drawing itself: its words and where they stand are read from the SVG that the chart exports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QTransform
from PySide6.QtWidgets import QWidget

from widgets.charts.drawn import DrawnChart
from widgets.kit.ink import contrast
from widgets.kit.theme import number_font
from workbench.tour.ink import HALO

VALUES = 2
"""So many values an axis has at least."""
SLACK = 1.0
"""Pixels that words may share with others, or lie beyond the edge."""
CONTRAST = 4.5
"""Of words on what is behind them (WCAG 2)."""
MATRIX = re.compile(r"[-.\de]+")


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it is drawn: the place of its ink, and its colour."""

    text: str
    place: QRectF
    color: QColor


def unread(root: QWidget) -> list[str]:
    """What is wrong with the charts that are seen."""
    charts = [part for part in root.findChildren(DrawnChart) if part.isVisible() and not part.visibleRegion().isEmpty()]
    return [f"{type(chart).__name__} '{chart.accessibleName()}': {what}" for chart in charts for what in faults(chart)]


def faults(chart: DrawnChart) -> list[str]:
    """What is wrong with a chart as it is now."""
    words = drawn_words(chart)
    return [*_without_values(chart, words), *_overlapping(words), *_cut(chart, words), *_faint(chart, words)]


def drawn_words(chart: DrawnChart) -> list[Words]:
    """Every text that the chart draws; written again over itself it is one."""
    words = list(_texts(ElementTree.fromstring(chart.svg()), QTransform()))
    return [one for at, one in enumerate(words) if not any(_covers(later, one) for later in words[at + 1 :])]


def _covers(later: Words, one: Words) -> bool:
    way = later.place.topLeft() - one.place.topLeft()
    return later.text == one.text and way.manhattanLength() <= HALO


def _texts(part: ElementTree.Element, turned: QTransform) -> Iterator[Words]:
    if matrix := part.get("transform"):
        turned = QTransform(*(float(number) for number in MATRIX.findall(matrix.removeprefix("matrix"))))
    if part.tag.endswith("text") and (part.text or "").strip():
        yield _word(part, turned)
    for inner in part:
        yield from _texts(inner, turned)


def _word(part: ElementTree.Element, turned: QTransform) -> Words:
    font = number_font(round(float(part.get("font-size", "11"))))
    font.setWeight(QFont.Weight(int(part.get("font-weight", "400"))))
    ink = QFontMetricsF(font).tightBoundingRect(part.text or "")
    ink.translate(float(part.get("x", "0")), float(part.get("y", "0")))
    color = QColor(part.get("fill", "#000000"))
    color.setAlphaF(float(part.get("fill-opacity", "1")))
    return Words(part.text or "", turned.mapRect(ink), color)


def _without_values(chart: DrawnChart, words: list[Words]) -> Iterator[str]:
    """A title may be drawn in parts, where a font lacks one of its letters."""
    said = "".join(part for one in words for part in one.text.split())
    for title, room in chart.axes():
        values = {one.text for one in words if room.contains(one.place.center()) and one.text != title}
        if len(values) < VALUES:
            yield f"{len(values)} values on the axis {title!r}"
        if "".join(title.split()) not in said:
            yield f"the axis {title!r} does not say so"


def _overlapping(words: list[Words]) -> Iterator[str]:
    for first, second in combinations(words, 2):
        both = first.place & second.place
        if first != second and both.width() > SLACK and both.height() > SLACK:
            yield f"{first.text!r} and {second.text!r} lie over one another"


def _cut(chart: DrawnChart, words: list[Words]) -> Iterator[str]:
    seen = QRectF(chart.rect()).adjusted(-SLACK, -SLACK, SLACK, SLACK)
    yield from (f"{one.text!r} is cut by the edge" for one in words if not seen.contains(one.place))


def _faint(chart: DrawnChart, words: list[Words]) -> Iterator[str]:
    image = chart.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ratio = image.devicePixelRatio()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()]
    for one in words:
        left, top, right, bottom = (round(end * ratio) for end in one.place.getCoords())
        if (behind := pixels[max(top, 0) : bottom + 1, max(left, 0) : right + 1]).size:
            kinds, counts = np.unique(behind, return_counts=True)
            ratio_of = contrast(one.color, QColor(int(kinds[counts.argmax()])))
            if ratio_of < CONTRAST:
                yield f"{one.text!r} has a contrast of {ratio_of:.1f}"
