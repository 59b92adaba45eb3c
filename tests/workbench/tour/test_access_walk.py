"""Every page of the real window, lazily made ones too: names, keys, order, focus that is seen, and no word cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.workbench.opened import all_parts, every_page
from workbench.tour.checks import called, cut, disordered, nameless, order, unreachable
from workbench.window.main import Window


@pytest.fixture
def window(open_window, qtbot) -> Window:
    window = open_window(begin=False).window
    all_parts(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def pages(window: Window) -> Iterator[str]:
    for preset, page in every_page(window):
        QApplication.sendPostedEvents()
        yield f"{preset} {page}"


def test_every_control_has_a_name_and_a_role_and_a_key_leads_to_it(window):
    assert nameless(window) == []
    assert unreachable(window) == []


@pytest.mark.parametrize("size", [(1440, 900), (1024, 640)])
def test_tab_follows_the_eye_and_no_word_is_cut(window, size):
    window.resize(*size)
    found = {page: disordered(window) + cut(window) for page in pages(window)}
    assert {page: what for page, what in found.items() if what} == {}


def test_the_focus_is_seen_on_every_control_of_every_page(window):
    unseen: dict[str, None] = {}
    looked: set[QWidget] = set()
    for _ in pages(window):
        for part in order(window):
            if part not in looked:
                looked.add(part)
                if not shows_focus(part):
                    unseen[called(part)] = None
    assert len(looked) > 200
    assert list(unseen) == []


def shows_focus(part: QWidget) -> bool:
    part.clearFocus()
    without = picture(part)
    part.setFocus(Qt.FocusReason.TabFocusReason)
    return picture(part) != without


def picture(part: QWidget) -> QImage:
    return part.grab().toImage()


def test_tab_goes_through_a_page_and_comes_round(window):
    window.preset("calibrate")
    stops = order(window)
    stops[0].setFocus(Qt.FocusReason.TabFocusReason)
    met = []
    for _ in range(len(stops) + 5):
        met.append(QApplication.focusWidget())
        QTest.keyClick(met[-1] or window, Qt.Key.Key_Tab)
    assert set(stops) <= set(met)
