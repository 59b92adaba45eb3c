"""Puts the controls of a panel or page into the order of its layouts, as they are read, whatever was made first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QBoxLayout,
    QComboBox,
    QLayout,
    QLineEdit,
    QMenu,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QWidget,
)

ORDERED = "tabs_in_order"
TAKE_TAB = frozenset((Qt.FocusPolicy.TabFocus, Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.WheelFocus))
BACKWARDS = (QBoxLayout.Direction.RightToLeft, QBoxLayout.Direction.BottomToTop)
WHOLE = (QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView, QMenu)


def order_tabs(root: QWidget) -> None:
    """Tab goes through the root's layouts from their first part to their last."""
    root.setProperty(ORDERED, True)
    stops = list(_stops(root))
    others = [(part, policy) for part in stops if (policy := part.focusPolicy()) not in TAKE_TAB]
    for part, policy in others:
        part.setFocusPolicy(policy | Qt.FocusPolicy.TabFocus)
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
    for part, policy in others:
        part.setFocusPolicy(policy)


def reorder_tabs(part: QWidget) -> None:
    """The same for the panel or page that this is a part of, which has got new controls."""
    around = part.parentWidget()
    while around is not None and not around.property(ORDERED):
        around = around.parentWidget()
    if around is not None:
        order_tabs(around)


def takes_tab(widget: QWidget) -> bool:
    """Tab stops here."""
    return widget.focusPolicy() in TAKE_TAB and widget.focusProxy() is None


def _stops(widget: QWidget) -> Iterator[QWidget]:
    if takes_tab(widget) or _may_be_chosen(widget):
        yield widget
    if not isinstance(widget, WHOLE):
        for part in _parts(widget):
            yield from _stops(part)


def _may_be_chosen(widget: QWidget) -> bool:
    """One of a few of which the chosen one takes Tab."""
    return isinstance(widget, QAbstractButton) and (group := widget.group()) is not None and group.exclusive()


def _parts(widget: QWidget) -> list[QWidget]:
    """What a widget holds, in order; what no layout has comes last."""
    if isinstance(widget, QScrollArea):
        return [held] if (held := widget.widget()) is not None else []
    if isinstance(widget, (QStackedWidget, QSplitter)):
        return [part for at in range(widget.count()) if (part := widget.widget(at)) is not None]
    laid = list(_laid(widget.layout()))
    own = [part for part in widget.children() if isinstance(part, QWidget) and not part.isWindow()]
    among = set(laid)
    return [*laid, *(part for part in own if part not in among)]


def _laid(layout: QLayout | None) -> Iterator[QWidget]:
    places = range(layout.count() if layout is not None else 0)
    for at in reversed(places) if isinstance(layout, QBoxLayout) and layout.direction() in BACKWARDS else places:
        item = layout.itemAt(at)  # type: ignore[union-attr]
        if item is not None and (widget := item.widget()) is not None:
            yield widget
        elif item is not None:
            yield from _laid(item.layout())
