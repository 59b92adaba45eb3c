"""The colour, dash and hatch of an action class, the same in every chart; colour is never alone.

A class's look follows from its place among the classes without the background. The eight series colours of the theme
come first with solid lines; from the ninth on they come again with another dash and another hatch. Each is made a
little lighter or darker (`TONES`), because two hues that a colour-blind eye takes for one still differ in lightness.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from widgets.kit.theme import LOOK, THEMES, Tokens, mixed

DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DashDotDotLine,
)
HATCHES = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.FDiagPattern,
    Qt.BrushStyle.DiagCrossPattern,
    Qt.BrushStyle.VerPattern,
)
TONES = {
    "dark": (0.0, 0.0, 0.24, 0.36, -0.36, -0.24, -0.36, 0.12),
    "light": (-0.12, 0.0, 0.48, -0.24, 0.0, -0.24, 0.12, 0.36),
}
"""Share of the text's colour (above 0) or of the base (below 0) in each series colour: found by search for the largest
least difference (CIELAB) between any two as seen with normal, protanopic and deuteranopic eyes, at a contrast of 3:1
to the surface or better."""


def class_color(index: int, look: Tokens | None = None) -> QColor:
    """Colour of the index-th class, the background not counted; below 0 the background's quiet gray."""
    look = look or LOOK.now
    return QColor(_toned(look.name, index % len(look.series))) if index >= 0 else look.color("muted")


def class_dash(index: int) -> Qt.PenStyle:
    """Line style of the index-th class: solid for the first eight, then another for every eight."""
    return DASHES[_round(index) % len(DASHES)]


def class_hatch(index: int) -> Qt.BrushStyle:
    """Pattern of an area of the index-th class: plain for the first eight, then another for every eight."""
    return HATCHES[_round(index) % len(HATCHES)]


def class_brush(index: int, alpha: float = 1.0, look: Tokens | None = None) -> QBrush:
    """Colour and hatch of the index-th class as a brush; `alpha` from 0 to 1."""
    color = class_color(index, look)
    color.setAlphaF(alpha)
    return QBrush(color, class_hatch(index))


def draw_swatch(painter: QPainter, box: QRectF, index: int) -> None:
    """A class's colour as a small square, hatched where its bars are."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    hatched = class_hatch(index) is not Qt.BrushStyle.SolidPattern
    painter.setPen(QPen(class_color(index), 1) if hatched else Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(_faded(class_color(index), 0.35)) if hatched else class_brush(index))
    painter.drawRoundedRect(box, 2, 2)
    if hatched:
        painter.setBrush(class_brush(index))
        painter.drawRoundedRect(box, 2, 2)
    painter.restore()


def place_of(action: str, classes: Sequence[str]) -> int:
    """A class's place among `classes`, -1 where it is none of them (the background, or a foreign name)."""
    return classes.index(action) if action in classes else -1


@cache
def _toned(theme: str, place: int) -> str:
    look, tone = THEMES[theme], TONES[theme][place]
    return mixed(look.series[place], look.text if tone > 0 else look.base, abs(tone))


def _faded(color: QColor, alpha: float) -> QColor:
    color.setAlphaF(alpha)
    return color


def _round(index: int) -> int:
    return max(index, 0) // len(LOOK.now.series)


def class_words(action: str) -> str:
    """A class's name as it is shown: 'lunge_left' reads 'lunge left'."""
    return action.replace("_", " ")
