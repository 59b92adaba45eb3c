"""Every page of the real window, lazily made ones too: names, keys, order, focus that is seen, and no word cut."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.workbench.opened import all_parts, every_page
from widgets.kit.work_state import Trouble
from workbench.tour.checks import called, cut, disordered, nameless, order, unreachable
from workbench.window.main import Window

SMALL = (1024, 640)


def test_every_page_of_a_small_window_can_be_heard_reached_seen_and_read(open_window, qtbot):
    """Names and keys of everything there is; order, whole words and a focus that is seen, page by page."""
    window = open_window(begin=False).window
    all_parts(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert nameless(window) == []
    assert unreachable(window) == []
    window.resize(*SMALL)
    found, looked = dict[str, list[str]](), set[str]()
    for page in pages(window):
        found[page] = [*disordered(window), *cut(window), *unseen(window, looked)]
    assert {page: what for page, what in found.items() if what} == {}
    assert len(looked) > 15


def pages(window: Window) -> Iterator[str]:
    for preset, page in every_page(window):
        QApplication.sendPostedEvents()
        yield f"{preset} {page}"


def unseen(window: Window, looked: set[str]) -> list[str]:
    """Controls that look the same with the focus and without; of each kind the first that is met."""
    firsts = {kind_of(part): part for part in reversed(order(window))}
    new = {kind: part for kind, part in firsts.items() if kind not in looked}
    looked.update(new)
    return [called(part) for part in new.values() if not shows_focus(part)]


def kind_of(part: QWidget) -> str:
    marks = (part.property(name) for name in ("role", "primary", "quiet", "ringed"))
    return " ".join([type(part).__name__, *(str(mark) for mark in marks if mark)])


def shows_focus(part: QWidget) -> bool:
    part.clearFocus()
    without = part.grab().toImage()
    part.setFocus(Qt.FocusReason.TabFocusReason)
    return part.grab().toImage() != without


def test_tab_goes_to_the_pages_before_what_went_wrong_below_them(open_window):
    window = open_window().window
    window.preset("calibrate")
    window.features["calibration"].choose_page("models")
    window.features["calibration"].board.trouble.show_trouble(Trouble("The board was not found"), {})
    QApplication.sendPostedEvents()
    assert "QuietButton 'Hide this message'" in " ".join(map(called, order(window)))
    assert disordered(window) == []


def test_tab_goes_through_a_page_and_comes_round(open_window, qtbot):
    window = open_window(begin=False).window
    window.preset("calibrate")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    stops = order(window)
    stops[0].setFocus(Qt.FocusReason.TabFocusReason)
    met = []
    for _ in range(len(stops) + 5):
        met.append(QApplication.focusWidget())
        QTest.keyClick(met[-1] or window, Qt.Key.Key_Tab)
    assert set(stops) <= set(met)
    assert met[-1] in met[:-6]
