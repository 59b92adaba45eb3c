"""Finds words that are cut: in labels, buttons, fields, tabs, headers, cells and menus, and in what is painted.

Words that the user gave, a name or a file, may be longer than any place; they end in an ellipsis and are whole in the
tooltip. What the program says itself must fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QStackedLayout,
    QStyledItemDelegate,
    QTabBar,
    QTableView,
    QToolButton,
    QTreeView,
    QWidget,
)

from widgets.kit.access.elided import listening
from widgets.kit.fields import Toggle
from widgets.kit.labels import NO_SPACE, ElidedLabel, Lines

SLACK = 1
"""Pixels that may be missing: what fonts are rounded by."""
TEXT_MARGIN = 4
CELL_PADDING, HEAD_PADDING = 16, 22
"""Pixels beside the words of a cell and of a column's head, as `resources/theme.qss` has them."""
LEVELS = 16
"""So deep widgets lie within one another at the most."""
TAB_PADDING = {True: 18, False: 24}


def settle() -> None:
    """Have layouts done that wait for the event loop, which does one level of widgets a time."""
    for _ in range(LEVELS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def cut(root: QWidget) -> list[str]:
    """Texts that are seen in part, with how many pixels they lack."""
    settle()
    found = [f"{type(part).__name__} {what}" for part in shown_parts(root) for check in CHECKS for what in check(part)]
    found += [f"{type(part).__name__} {what}" for part in root.findChildren(QWidget) for what in _outside(part)]
    with listening() as elided:
        root.grab()
    return found + [f"painted {text}" for text in dict.fromkeys(elided)]


def shown_parts(root: QWidget) -> Iterator[QWidget]:
    """All that is to be seen."""
    for part in (root, *root.findChildren(QWidget)):
        if part.isVisible() and not _in_view(part, root).isEmpty():
            yield part


def _in_view(part: QWidget, root: QWidget) -> QRect:
    """What of a widget its parents leave room for, on itself."""
    room, above = part.rect(), None if part is root else part.parentWidget()
    while above is not None:
        room &= QRect(part.mapFrom(above, QPoint(0, 0)), above.size())
        above = None if above is root or above.isWindow() else above.parentWidget()
    return room


def _outside(part: QWidget) -> Iterator[str]:
    """A button, a field or words that lie where their parent ends, and cannot be scrolled to."""
    said = part.text() if isinstance(part, (QLabel, QAbstractButton)) else part.accessibleName()
    if not (said and isinstance(part, SPEAKING) and part.isVisible() and not part.size().isEmpty()):
        return
    above = part.parentWidget()
    if above is None or part.isWindow() or part.geometry().intersects(above.rect()):
        return
    if not isinstance(above.parentWidget(), QAbstractScrollArea):
        yield f"{said!r} lies outside {type(above).__name__}"


SPEAKING = (QLabel, QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit)


def _label(part: QWidget) -> Iterator[str]:
    if not isinstance(part, QLabel) or isinstance(part, (ElidedLabel, Lines)) or not part.text():
        return
    room = part.contentsRect()
    if part.wordWrap():
        lacking = part.heightForWidth(part.width()) - part.height()
        if lacking > SLACK or _longest_word(part) > room.width() + SLACK:
            yield f"{part.text()!r} wraps to {lacking} px more"
    elif (lacking := part.minimumSizeHint().width() - part.width()) > SLACK:
        yield f"{part.text()!r} lacks {lacking} px"


def _longest_word(label: QLabel) -> int:
    metrics = label.fontMetrics()
    return max((metrics.horizontalAdvance(word) for word in label.text().replace(NO_SPACE, " ").split()), default=0)


def _button(part: QWidget) -> Iterator[str]:
    if not isinstance(part, QAbstractButton) or not part.text() or not _worded(part) or part.hasHeightForWidth():
        return
    wanted: QSize = part.sizeHint()
    if isinstance(part, (QCheckBox, QRadioButton)):
        wanted = part.minimumSizeHint()
    if (lacking := wanted.width() - part.width()) > SLACK:
        yield f"{part.text()!r} lacks {lacking} px"


def _worded(part: QAbstractButton) -> bool:
    """It shows its text, which may not be short by design, and does not write it itself."""
    if isinstance(part, QToolButton):
        return part.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly
    return isinstance(part, (QPushButton, QCheckBox, QRadioButton)) and not isinstance(part, Toggle)


def _field(part: QWidget) -> Iterator[str]:
    """The words in an empty field, a number with its unit. What was typed scrolls."""
    if isinstance(part, QAbstractSpinBox):
        line = part.lineEdit()
        yield from _too_long(line, part.text())
    elif isinstance(part, QLineEdit) and not part.text() and not isinstance(part.parentWidget(), _COMPOUND):
        yield from _too_long(part, part.placeholderText())


_COMPOUND = (QAbstractSpinBox, QComboBox)


def _too_long(line: QLineEdit, text: str) -> Iterator[str]:
    margins = line.textMargins()
    room = line.contentsRect().width() - margins.left() - margins.right() - TEXT_MARGIN
    if (lacking := line.fontMetrics().horizontalAdvance(text) - room) > SLACK:
        yield f"{text!r} lacks {lacking} px"


def _tabs(part: QWidget) -> Iterator[str]:
    if not isinstance(part, QTabBar):
        return
    padding = TAB_PADDING[bool(part.property("dense"))]
    for at in range(part.count()):
        wanted = part.fontMetrics().horizontalAdvance(part.tabText(at)) + padding
        if part.isTabVisible(at) and (lacking := wanted - part.tabRect(at).width()) > SLACK:
            yield f"{part.tabText(at)!r} lacks {lacking} px"


def _heads(part: QWidget) -> Iterator[str]:
    if not isinstance(part, QHeaderView) or part.orientation() != Qt.Orientation.Horizontal or part.model() is None:
        return
    for at in range(part.count()):
        text = str(part.model().headerData(at, part.orientation()) or "")
        lacking = part.fontMetrics().horizontalAdvance(text) + HEAD_PADDING - part.sectionSize(at)
        if text and not part.isSectionHidden(at) and lacking > SLACK:
            yield f"{text!r} lacks {lacking} px"


def _cells(part: QWidget) -> Iterator[str]:
    """Cells that Qt writes. One that is cut is whole in its tooltip."""
    if not isinstance(part, QAbstractItemView) or isinstance(part, QHeaderView) or part.model() is None:
        return
    for index in _shown_cells(part):
        if type(part.itemDelegateForIndex(index)) is not QStyledItemDelegate:
            continue
        text, tip = (str(index.data(role) or "") for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole))
        font = index.data(Qt.ItemDataRole.FontRole) or part.font()
        widest = max(map(QFontMetrics(font).horizontalAdvance, text.splitlines()), default=0)
        lacking = widest + CELL_PADDING - part.visualRect(index).width()
        if text and lacking > SLACK and text not in tip:
            yield f"cell {text!r} lacks {lacking} px and has no tooltip"


def _shown_cells(view: QAbstractItemView) -> Iterator[QModelIndex | QPersistentModelIndex]:
    model, seen = view.model(), view.viewport().rect()
    columns = model.columnCount(QModelIndex()) if isinstance(view, (QTableView, QTreeView)) else 1
    for row in range(min(model.rowCount(), 100)):
        for column in range(columns):
            index = model.index(row, column)
            if view.visualRect(index).intersects(seen):
                yield index


def _menu(part: QWidget) -> Iterator[str]:
    screen = QApplication.primaryScreen().availableGeometry()
    if isinstance(part, QMenu) and part.sizeHint().width() > screen.width():
        yield f"{part.title()!r} is wider than the screen"


def _sideways(part: QWidget) -> Iterator[str]:
    """A page that is wider than its place; one that scrolls sideways alone is meant to."""
    if not isinstance(part, QScrollArea) or (body := part.widget()) is None:
        return
    lacking = body.width() - part.viewport().width()
    if lacking > SLACK and part.verticalScrollBarPolicy() != Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
        yield f"of {type(body).__name__} {body.accessibleName()!r} lacks {lacking} px across"


def _pressed(part: QWidget) -> Iterator[str]:
    """Neighbours in a row or column that lie over one another, for want of room."""
    layout = part.layout()
    if layout is None or isinstance(layout, QStackedLayout) or isinstance(part, QMainWindow):
        return
    shown = [(at, at.geometry()) for at in _laid(layout) if at.isVisible()]
    for (one, place), (other, beside) in combinations(shown, 2):
        if min((common := place & beside).width(), common.height()) > SLACK:
            yield f"has {type(one).__name__} over {type(other).__name__}, {common.height()} px"


def _laid(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        if (item := layout.itemAt(at)) is None:
            continue
        if (widget := item.widget()) is not None:
            yield widget
        elif (within := item.layout()) is not None:
            yield from _laid(within)


CHECKS: tuple[Callable[[QWidget], Iterator[str]], ...] = (
    _label, _button, _field, _tabs, _heads, _cells, _menu, _sideways, _pressed,
)  # fmt: skip
