"""A change of theme touches what can be seen; the rest is dressed when it is shown, and looks the same."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QCursor, QImage
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tests.workbench.opened import every_page
from widgets.kit.fields import PlainButton
from widgets.kit.theme import DARK, LIGHT, LOOK
from workbench.window import theme


@pytest.fixture
def opened(qtbot, open_window):
    """Everything made and shown once, in the dark theme, and nothing under the pointer."""
    QCursor.setPos(4000, 4000)
    opened = open_window(begin=False)
    pictures(opened.window)
    opened.window.preset("monitor")
    yield opened
    LOOK.apply(QApplication.instance(), DARK)


def pictures(window) -> dict[str, QImage]:
    """Of every preset and of every page in one."""
    window.resize(1280, 800)
    return {f"{preset} {page}": settled(window) for preset, page in every_page(window)}


def settled(window) -> QImage:
    """A picture of the window once it stays as it is, with the focus nowhere."""
    if (focus := window.focusWidget()) is not None:
        focus.clearFocus()
    before, now = None, window.grab().toImage()
    while before != now:
        QApplication.processEvents()
        before, now = now, window.grab().toImage()
    return now


def test_what_is_shown_after_a_change_looks_as_in_a_window_opened_in_this_theme(opened, open_window):
    for name in ("light", "dark", "light"):
        opened.window.set_theme(name)
    changed = pictures(opened.window)
    opened.end()
    again = open_window(begin=False)
    assert LOOK.now is LIGHT
    pictures(again.window)
    born = pictures(again.window)
    assert [name for name in born if changed[name] != born[name]] == []


def test_a_dialog_that_was_closed_is_dressed_when_it_opens_again(opened, open_window):
    dialog = settings_of(opened.window)
    dialog.close()
    opened.window.set_theme("light")
    changed = settled(settings_of(opened.window))
    opened.end()
    assert changed == settled(settings_of(open_window(begin=False).window))


def settings_of(window) -> QDialog:
    window.commands.run("file.settings")
    return window.dialogs.settings


def test_a_change_tells_no_hidden_widget_of_another_style(opened, qtbot):
    told = _Told()
    hidden = [widget for widget in opened.window.findChildren(QWidget) if not widget.isVisible()]
    for widget in hidden:
        widget.installEventFilter(told)
    opened.window.set_theme("light")
    qtbot.waitUntil(lambda: LOOK.now is LIGHT)
    settled(opened.window)
    for widget in hidden:
        widget.removeEventFilter(told)
    assert len(hidden) > 1000
    assert told.widgets == []


class _Told(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.widgets: list[QObject] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            self.widgets.append(watched)
        return False


def test_the_theme_of_the_desktop_is_followed_only_while_that_is_chosen(qapp, monkeypatch):
    now, named = [DARK], theme.tokens_of
    monkeypatch.setattr(theme, "tokens_of", lambda name: now[0] if name == "system" else named(name))
    changed = qapp.styleHints().colorSchemeChanged
    theme.apply(qapp, "system")
    now[0] = LIGHT
    changed.emit(Qt.ColorScheme.Light)
    assert LOOK.now is LIGHT
    theme.change("dark")
    changed.emit(Qt.ColorScheme.Light)
    assert LOOK.now is DARK


def test_what_is_put_aside_in_time_is_dressed_only_where_the_theme_changed(qtbot, qapp):
    LOOK.apply(qapp, DARK)
    window, button = QWidget(), PlainButton("Words")
    qtbot.addWidget(window)
    button.setParent(window)
    window.show()
    button.show()
    before = button.grab().toImage()
    for name, same in (("dark", True), ("light", False), ("dark", True)):
        button.hide()
        theme.WARDROBE.take_turn()
        assert not button.testAttribute(theme.POLISHED)
        theme.change(name)
        button.show()
        assert button.testAttribute(theme.POLISHED)
        assert (button.grab().toImage() == before) is same
