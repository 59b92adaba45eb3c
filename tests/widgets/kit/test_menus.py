"""Menus from a table: words, icons, lines between groups, and what an entry does."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from widgets.kit.menus import menu_of


def test_entries_in_their_order_each_with_its_deed(qtbot) -> None:
    parent, done = QWidget(), list[str]()
    qtbot.addWidget(parent)
    menu = menu_of(
        parent, ("edit", "Rename", lambda: done.append("rename")), None, ("", "Go", lambda: done.append("go"))
    )
    rename, line, go = menu.actions()
    assert (rename.text(), line.isSeparator(), go.text()) == ("Rename", True, "Go")
    assert (rename.icon().isNull(), go.icon().isNull()) == (False, True)
    go.trigger()
    rename.trigger()
    assert done == ["go", "rename"]
