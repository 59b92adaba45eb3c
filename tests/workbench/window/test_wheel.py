"""The wheel over anything that has not the focus changes nothing: every panel, page and dialog of the window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSignalBlocker, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QMenu,
    QScrollBar,
    QTabBar,
    QWidget,
)

from tests.workbench.opened import all_parts
from widgets.calibration.rig.space.view import RigSpace
from widgets.inspection.field.picture import FieldPicture
from widgets.inspection.graph.canvas import GraphCanvas
from widgets.kit.fields import ChoiceField, NumberField
from widgets.kit.panel import Panel, scrolled
from widgets.kit.wheel import area_around
from widgets.viewer.image_view import ImageView

PICTURES = (ImageView, GraphCanvas, FieldPicture, RigSpace)
VALUED = (QAbstractSlider, QAbstractSpinBox, QComboBox, QTabBar)


@pytest.fixture
def parts(qtbot, open_window) -> list[QWidget]:
    parts = all_parts(open_window(begin=False).window)
    for part in parts:
        if not isinstance(part, (QMenu, QDialog)):
            part.setEnabled(True)
    return parts


def turn(widget: QWidget, notches: int) -> bool:
    """Whether the widget kept the wheel; if not, Qt goes on to what lies around it."""
    at = QPointF(widget.rect().center())
    where = QPointF(widget.mapToGlobal(at.toPoint()))
    keys, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, where, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, keys, phase, False)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def _focus(widget: QWidget, qtbot) -> None:
    widget.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)


def _give_room(widget: QWidget) -> None:
    """Give the control room in both directions."""
    with QSignalBlocker(widget):
        if isinstance(widget, QAbstractSlider):
            widget.setRange(0, 100)
            widget.setValue(50)
        if isinstance(widget, QComboBox):
            widget.addItems(["one", "two", "three"])
            widget.setCurrentIndex(1)


def _value(widget: QWidget) -> object:
    if isinstance(widget, QAbstractSlider):
        return widget.value()
    if isinstance(widget, QAbstractSpinBox):
        return widget.text()
    return widget.currentIndex() if isinstance(widget, (QComboBox, QTabBar)) else None


def test_no_field_slider_or_row_of_tabs_changes(parts):
    valued = [part for part in parts if isinstance(part, VALUED) and not isinstance(part, QScrollBar)]
    kinds = {kind for kind in VALUED for part in valued if isinstance(part, kind)}
    changed = []
    for part in valued:
        _give_room(part)
        part.clearFocus()
        for notches in (1, -1):
            before = _value(part)
            kept = turn(part, notches)
            if kept or _value(part) != before or part.focusPolicy() == Qt.FocusPolicy.WheelFocus:
                changed.append(f"{type(part).__name__} '{part.accessibleName()}' {before} -> {_value(part)}")
    assert changed == []
    assert kinds == set(VALUED)
    assert len(valued) > 100


def test_what_takes_the_wheel_for_itself_does_not_lie_in_a_page_that_scrolls(parts):
    """But for pictures, which leave it to the page, see below, and lists, which do nothing but scroll."""
    own = [
        part for part in parts if _has_own_wheel(type(part)) and not isinstance(part, (*PICTURES, QAbstractItemView))
    ]
    assert own
    assert [type(part).__name__ for part in own if area_around(part)] == []


def _has_own_wheel(kind: type) -> bool:
    return any("wheelEvent" in vars(base) for base in kind.__mro__ if not base.__module__.startswith("PySide6"))


def test_every_picture_in_a_page_that_scrolls_can_have_the_focus(parts):
    pictures = [part for part in parts if isinstance(part, PICTURES) and area_around(part)]
    assert {type(part) for part in pictures} >= set(PICTURES[1:])
    assert all(part.focusPolicy() & Qt.FocusPolicy.ClickFocus for part in pictures)


@pytest.mark.parametrize("in_page", [True, False])
def test_a_picture_in_a_page_zooms_once_it_has_the_focus_and_one_elsewhere_at_once(qtbot, in_page):
    picture = ImageView()
    picture.setMinimumHeight(600)
    picture.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    around = scrolled(picture) if in_page else picture
    qtbot.addWidget(around)
    around.resize(300, 200)
    with qtbot.waitExposed(around):
        around.show()
    picture.set_image(np.full((90, 160, 3), 90, np.uint8))
    picture.clearFocus()
    turn(picture, 1)
    assert picture.viewport.fitted is in_page
    _focus(picture, qtbot)
    turn(picture, 1)
    assert not picture.viewport.fitted


def test_a_control_takes_the_wheel_once_it_has_the_focus(qtbot):
    panel = Panel("Settings")
    number, choice = NumberField("Rows", 5, 0, 10), ChoiceField("Kind", [("a", "A"), ("b", "B")])
    for part in (number, choice):
        panel.body.addWidget(part)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    for part, value in ((number, "4"), (choice, 1)):
        panel.setFocus()
        part.clearFocus()
        assert not turn(part, -1)
        _focus(part, qtbot)
        assert turn(part, -1)
        assert _value(part) == value
