"""Keys of commands as the user wants them: kept in the settings, one command a key, shown on a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from engines.core.files import write_text
from engines.core.outputs import TABLE, check_file
from engines.core.words import tr
from widgets.kit.save_file import ask_file, save_or_say
from widgets.shell.shortcuts import ShortcutRow, ShortcutsDialog, ShortcutsPage, needed_elsewhere
from workbench.commands import Actions
from workbench.controllers.shell.step import FormStep
from workbench.services import Services

KEPT = "keys"
"""Of the settings' panels: keys by the ids of commands, "" for none."""


class ShortcutsController(QObject):
    """`serve(page)` joins any page to the keys; the dialog has one."""

    def __init__(self, window: QWidget, services: Services, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._services, self._actions = window, services, actions
        self.dialog: ShortcutsDialog | None = None
        actions.bind("help.shortcuts", self.show)
        self._put(sound(services.settings.value.panels.get(KEPT, {}), self._originals()))

    def show(self) -> None:
        if self.dialog is None:
            self.dialog = ShortcutsDialog(self._window)
            self.serve(self.dialog.page)
        self.dialog.page.show_rows(self.rows())
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self.dialog.page.search.setFocus()

    def serve(self, page: ShortcutsPage) -> None:
        """Let a page show the keys and change them."""
        page.chosen.connect(self.set_key)
        page.reset.connect(self.reset)
        page.exported.connect(lambda: self.export(page))
        self._actions.keysChanged.connect(lambda: page.show_rows(self.rows()))
        page.show_rows(self.rows())

    def rows(self) -> tuple[ShortcutRow, ...]:
        actions = self._actions
        return tuple(
            ShortcutRow(id, command.title.rstrip("…"), command.menu, actions.key(id), command.shortcut and
                        QKeySequence(command.shortcut).toString())
            for id, command in actions.commands.items()
        )  # fmt: skip

    def set_key(self, id: str, key: str) -> None:
        """This key for this command; whichever had it has none."""
        keys = {other: "" if key and held == key else held for other, held in self._now().items()}
        self._change(
            {**keys, id: key}, tr("Change key of {command}", command=self._actions.commands[id].title.rstrip("…"))
        )

    def reset(self, id: str = "") -> None:
        """The program's key for a command, taken from whichever has it now; for all of them without an id."""
        if id:
            self.set_key(id, self._originals()[id])
        else:
            self._change(self._originals(), tr("Reset all keys"))

    def export(self, parent: QWidget) -> None:
        """Every command with its key, as a table."""
        if path := ask_file(parent, tr("Save shortcuts"), "table", "CSV (*.csv)", "shortcuts.csv"):
            save_or_say(parent, path, lambda to: write_text(check_file(to, TABLE), self.table()))

    def table(self) -> str:
        """As CSV."""
        text = io.StringIO()
        csv.writer(text).writerows(
            [("menu", "command", "key"), *((row.menu, row.title, row.key) for row in self.rows())]
        )
        return text.getvalue()

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()

    def _originals(self) -> dict[str, str]:
        return {id: QKeySequence(one.shortcut).toString() for id, one in self._actions.commands.items()}

    def _now(self) -> dict[str, str]:
        return {id: self._actions.key(id) for id in self._actions.commands}

    def _change(self, keys: Mapping[str, str], text: str) -> None:
        before, after = self._changed(self._now()), self._changed(keys)
        if after != before:
            self._services.undo.push(FormStep(text, before, after, self._keep, self.show, text))

    def _changed(self, keys: Mapping[str, str]) -> dict[str, str]:
        """Those that are not the program's own."""
        originals = self._originals()
        return {id: key for id, key in keys.items() if key != originals[id]}

    def _keep(self, changed: Mapping[str, str]) -> None:
        panels = {name: values for name, values in self._services.settings.value.panels.items() if name != KEPT}
        self._services.settings.change(panels={**panels, KEPT: changed})
        self._put(changed)

    def _put(self, changed: Mapping[str, str]) -> None:
        if changed or self._now() != self._originals():
            self._actions.set_keys(changed)


def sound(kept: Mapping[str, object], originals: Mapping[str, str]) -> dict[str, str]:
    """What can be used of keys that were kept, or written by hand: known commands, real keys, each for one command."""
    taken: set[str] = set()
    keys: dict[str, str] = {}
    for id, key in kept.items():
        read = QKeySequence(key).toString() if isinstance(key, str) else ""
        if id in originals and isinstance(key, str) and _can_be(key, read) and read not in taken:
            keys[id] = read
            taken |= {read} - {""}
    for id, original in originals.items():
        if id not in keys and original in taken:
            keys[id] = ""
    return keys


def _can_be(key: str, read: str) -> bool:
    return not key or (bool(read) and "," not in read.removesuffix(",") and not needed_elsewhere(QKeySequence(read)))
