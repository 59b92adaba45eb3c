"""Finds what is wrong with texts as they are painted, by whomever: cut, over one another, too faint, not translated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from widgets.kit.ink import contrast
from workbench.tour.cut import shown_parts
from workbench.tour.ink import Painted, painted
from workbench.tour.told import is_bare, is_given
from workbench.work.languages import MADE, spoken
from workbench.work.stretching import BEGIN, END

ACROSS, DOWN = 2, 5
"""Pixels that a line may stand out: what letters lean over, and the air above and below them."""
TOUCH = 2.0
"""Pixels by which two lines may lie over one another: letters leave so much of theirs empty."""
THROUGH = Qt.WidgetAttribute.WA_TransparentForMouseEvents
VEIL = 160
"""What is larger and lets the mouse through lies over a window for a moment: what is below is not read then."""
CONTRAST, LARGE_CONTRAST, LARGE = 4.5, 3.0, 24
"""What letters have against what is behind them, and those of so many pixels."""
ALIKE = 0xFFF0F0F0
"""What counts of a colour: what is behind letters may change a little from pixel to pixel."""
DOTS = "\u2026"
KEYS = QKeySequence.SequenceFormat.NativeText
SCROLLED = (QGraphicsView, QPlainTextEdit, QTextEdit)


def written(root: QWidget) -> list[str]:
    """Each with its kind before it."""
    found, image, parts = [], root.grab().toImage(), list(shown_parts(root))
    veils = [part for part in parts if part.testAttribute(THROUGH) and min(part.width(), part.height()) > VEIL]
    for part in parts:
        if any(not veil.isAncestorOf(part) and veil is not part for veil in veils):
            continue
        texts = [text for text in painted(part) if any(map(str.isalnum, text.words)) and _is_seen(part, text, root)]
        name = type(part).__name__
        found += [f"cut: {name} paints {text.words!r} with no room" for text in texts if _is_cut(part, text)]
        found += [f"cut: {name} paints {one!r} over {other!r}" for one, other in _over_one_another(texts)]
        found += [f"faint: {name} {text.words!r} {ratio:.1f}:1" for text, ratio in _faint(part, texts, root, image)]
        found += [f"not translated: {name} paints {words!r}" for words in _untold(part, texts)]
    return list(dict.fromkeys(found))


def _is_seen(part: QWidget, text: Painted, root: QWidget) -> bool:
    """It is not scrolled away, and nothing lies over it."""
    middle = text.box.center().toPoint()
    if part is root or not part.rect().contains(middle):
        return part is root or part.rect().intersects(text.box.toAlignedRect())
    return part.window() is root and root.childAt(part.mapTo(root, middle)) is part


def _is_cut(part: QWidget, text: Painted) -> bool:
    if isinstance(part, QLineEdit) or _scrolls(part, SCROLLED):
        return False
    room = QRectF(part.rect()) & text.room
    area = part.parentWidget()
    rows = isinstance(area, QAbstractScrollArea)
    if isinstance(area, QAbstractScrollArea) and area.horizontalScrollBar().maximum():
        return False
    if rows and not (part.rect().top() <= text.box.top() and text.box.bottom() <= part.rect().bottom()):
        return False
    across = text.box.left() < room.left() - ACROSS or text.box.right() > room.right() + ACROSS
    down = text.box.top() < room.top() - DOWN or text.box.bottom() > room.bottom() + DOWN
    return across or (down and not rows)


def _over_one_another(texts: list[Painted]) -> Iterator[tuple[str, str]]:
    for one, other in combinations(texts, 2):
        common = one.room & other.room
        if one.words != other.words and min(common.width(), common.height()) > TOUCH:
            yield other.words, one.words


def _scrolls(part: QWidget, kinds: tuple[type, ...]) -> bool:
    return isinstance(part.parentWidget(), kinds)


def _faint(part: QWidget, texts: list[Painted], root: QWidget, image: QImage) -> Iterator[tuple[Painted, float]]:
    """What is off may be faint, and so what stands in an empty field; behind letters is what most pixels are."""
    if not part.isEnabled() or isinstance(part, QLineEdit):
        return
    for text in texts:
        if any(root.childAt(part.mapTo(root, corner)) is not part for corner in _ends(text)) and part is not root:
            continue
        area = QRect(part.mapTo(root, text.box.topLeft().toPoint()), text.box.size().toSize()) & root.rect()
        if not area.isEmpty() and text.ink.alphaF() > 0:
            behind = _behind(image, area, text.ink)
            ratio = contrast(_laid(text.ink, behind), behind)
            if ratio < (LARGE_CONTRAST if text.box.height() >= LARGE else CONTRAST) - 0.05:
                yield text, ratio


def _ends(text: Painted) -> tuple[QPoint, QPoint]:
    box = text.box.toRect().adjusted(1, 2, -1, -2)
    return box.topLeft(), box.bottomRight()


def _behind(image: QImage, area: QRect, ink: QColor) -> QColor:
    """What most pixels are; on a picture, of which no two are alike, those of the letters may be the most."""
    scale = image.devicePixelRatio()
    alike: dict[int, list[int]] = {}
    for y in range(area.top(), area.bottom() + 1, 2):
        for x in range(area.left(), area.right() + 1, 2):
            pixel = image.pixel(QPoint(int(x * scale), int(y * scale)))
            alike.setdefault(pixel & ALIKE, []).append(pixel)
    letters = alike.get(ink.rgb() & ALIKE, [])
    if 2 * len(letters) < sum(map(len, alike.values())):
        alike.pop(ink.rgb() & ALIKE, None)
    return QColor(max(alike.values(), key=len)[0])


def _laid(ink: QColor, behind: QColor) -> QColor:
    share = ink.alphaF()
    over, under = ((color.redF(), color.greenF(), color.blueF()) for color in (ink, behind))
    return QColor.fromRgbF(*(share * one + (1 - share) * other for one, other in zip(over, under, strict=True)))


def _untold(part: QWidget, texts: list[Painted]) -> Iterator[str]:
    """A text in several lines has its marks in the first and the last."""
    if spoken() not in MADE or is_given(part) or _given(part):
        return
    within, keys = False, {action.shortcut().toString(KEYS) for action in part.actions()}
    for text in texts:
        within = within or BEGIN in text.words
        if not within and text.words not in keys and is_bare(text.words):
            yield text.words
        if END in text.words or DOTS in text.words:
            within = False


def _given(part: QWidget) -> bool:
    """Looked into by `told`, which knows whose words they are: labels, buttons, lists and fields."""
    return isinstance(part, (QLabel, QAbstractButton, QLineEdit, QComboBox)) or _scrolls(
        part, (*SCROLLED, QAbstractItemView)
    )
