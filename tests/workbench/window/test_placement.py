"""The window fits small screens: 1366x768, 1920x1080 at 200 %, and the one that is left when another vanished."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QMainWindow, QScrollArea, QToolButton, QWidget

from engines.core.words import tr
from tests.workbench.opened import every_page
from workbench.commands import PRESETS, Actions
from workbench.window import placement
from workbench.window.placement import FRAME, LEAST, Placement, inside
from workbench.window.toolbar import TopBar

LAPTOP, HALF = QRect(0, 0, 1366, 768), QRect(0, 0, 960, 540)


@pytest.fixture
def on_screen(open_window, monkeypatch):
    """Open the window where the screen leaves this room."""

    def make(room: QRect):
        monkeypatch.setattr(Placement, "room", lambda _self: room)
        window = open_window(begin=False).window
        QApplication.processEvents()
        return window

    return make


@pytest.mark.parametrize("room", [LAPTOP, HALF, QRect(1920, 40, 1280, 680)], ids=["1366x768", "200 %", "second"])
def test_the_window_opens_within_the_screen(on_screen, room):
    assert room.contains(on_screen(room).frameGeometry())


def test_on_a_large_screen_it_is_as_large_as_ever_and_no_smaller_than_the_least(on_screen):
    window = on_screen(QRect(0, 0, 3840, 2160))
    assert window.size() == QSize(1440, 900)
    assert window.minimumSize() == LEAST


def test_every_preset_and_page_fits_or_scrolls(on_screen, qtbot):
    window = on_screen(HALF)
    for _ in every_page(window):
        QApplication.processEvents()
        least, room = window.layout().minimumSize(), HALF.size() - FRAME
        assert least.boundedTo(room) == least
        assert HALF.contains(window.frameGeometry())
        qtbot.waitUntil(lambda: all(reachable(area) for area in window.centre.findChildren(QScrollArea)))


def reachable(area: QScrollArea) -> bool:
    """What the page needs and has not can be scrolled to."""
    need, room = area.widget().size(), area.viewport().size()
    across, down = area.horizontalScrollBar().maximum(), area.verticalScrollBar().maximum()
    cut = area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    fits = (cut or across >= need.width() - room.width()) and down >= need.height() - room.height()
    return fits or not area.isVisible()


def test_settings_of_a_larger_screen_do_not_put_the_window_outside(on_screen, open_window, monkeypatch):
    first = on_screen(QRect(0, 0, 3840, 1080))
    first.setGeometry(2400, 100, 1400, 900)
    first.close()
    assert LAPTOP.contains(on_screen(LAPTOP).frameGeometry())


def test_a_screen_that_vanishes_leaves_the_window_on_another(on_screen, monkeypatch):
    window = on_screen(QRect(0, 0, 3840, 1080))
    window.setGeometry(2400, 100, 1400, 900)
    monkeypatch.setattr(Placement, "room", lambda _self: LAPTOP)
    QGuiApplication.instance().screenRemoved.emit(window.screen())
    QApplication.processEvents()
    assert LAPTOP.contains(window.frameGeometry())


def test_docks_leave_the_middle_its_room(on_screen):
    window = on_screen(LAPTOP)
    for preset in PRESETS:
        window.preset(preset.id)
        QApplication.processEvents()
        assert window.centre.width() >= 0.4 * LAPTOP.width(), preset.id
        assert window.centre.height() >= 0.4 * LAPTOP.height(), preset.id


def test_a_title_bar_that_comes_late_and_stands_above_the_screen_comes_down(on_screen, qtbot):
    window = on_screen(LAPTOP)
    window.move(-1, -20)
    assert not LAPTOP.contains(window.frameGeometry())
    qtbot.waitUntil(lambda: LAPTOP.contains(window.frameGeometry()))


def test_a_frame_that_comes_long_after_the_window_is_waited_for(on_screen, qtbot, monkeypatch):
    monkeypatch.setattr(placement, "LOOK_MS", 20)
    monkeypatch.setattr(QWindow, "frameMargins", lambda _window: QMargins())
    window = on_screen(LAPTOP)
    for _look in range(6):
        window.move(-1, -20)
        qtbot.waitUntil(lambda: LAPTOP.contains(window.frameGeometry()))


@pytest.mark.parametrize(
    ("frame", "place"),
    [((10, 20, 400, 300), (10, 20)), ((-50, -20, 400, 300), (0, 0)), ((1200, 700, 400, 300), (966, 468))],
)
def test_inside_moves_no_more_than_it_must(frame, place):
    assert inside(QRect(*frame), LAPTOP).toTuple() == place


@pytest.mark.parametrize("room", [HALF, QRect(0, 0, 1024, 640), QRect(0, 0, 1920, 1080)], ids=["half", "least", "wide"])
def test_every_button_of_the_toolbar_is_in_view(on_screen, room):
    window = on_screen(room)
    window.resize(room.size() - FRAME)
    QApplication.processEvents()
    bar = window.findChild(TopBar)
    hidden = [button.accessibleName() for button in bar.findChildren(QToolButton) if not button.isVisible()]
    assert hidden == [tr("More")]
    assert bar.findChild(QWidget, "wordmark").isVisible() == (room.width() > 1800)


def test_the_name_gives_way_first_and_the_words_of_the_presets_last(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    bar = TopBar(Actions(window), [f"window.{preset.id}" for preset in PRESETS], window)
    window.addToolBar(bar)
    with qtbot.waitExposed(window):
        window.show()
    named = {button.accessibleName(): button for button in bar.findChildren(QToolButton)}
    givers = [tr("{name} preset", name=tr("Monitor")), tr("Add source"), tr("Open sample"), tr("Command palette…")]
    seen = []
    for width in range(1900, 500, -25):
        window.resize(width, 200)
        QApplication.sendPostedEvents()
        bar.layout().activate()
        worded = [named[name].toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly for name in givers]
        seen.append([*worded, not bar.findChild(QWidget, "wordmark").isHidden()].count(True))
        assert worded == sorted(worded, reverse=True)
    assert seen == sorted(seen, reverse=True)
    assert set(seen) == {0, 1, 2, 3, 4, 5}


def test_what_the_toolbar_has_no_room_for_is_in_a_menu_that_keys_open(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    bar = TopBar(actions, [f"window.{preset.id}" for preset in PRESETS], window)
    window.addToolBar(bar)
    window.resize(300, 200)
    with qtbot.waitExposed(window):
        window.show()
    rest = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    qtbot.waitUntil(rest.isVisible)
    hidden = [button for button in bar.findChildren(QToolButton) if not button.isVisible()]
    rest.setFocus()
    qtbot.keyPress(rest, Qt.Key.Key_Space)
    qtbot.waitUntil(bar.rest.isVisible)
    words = [action.text() for action in bar.rest.actions()]
    assert len(words) == len(hidden)
    assert actions.action("view.snapshot").text() in words
    bar.rest.close()
    window.resize(1600, 200)
    qtbot.waitUntil(lambda: not rest.isVisible())
    bar.fill_rest(bar.rest)
    assert bar.rest.actions() == []
