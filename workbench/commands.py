"""Commands as actions: what menus, toolbar, shortcuts and the palette show and run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from widgets.kit.icons import icon
from workbench.features import Command


class Actions(QObject):
    """The table brought to life: one `QAction` a command, bound by id to what it does."""

    def __init__(self, parent: QObject, commands: Iterable[Command]) -> None:
        super().__init__(parent)
        self.commands = {command.id: command for command in commands}
        self._groups: dict[str, QActionGroup] = {}
        self._runs: dict[str, Callable[[], object]] = {}
        self._actions = {command.id: self._make(command) for command in self.commands.values()}

    def bind(self, id: str, run: Callable[[], object]) -> None:
        """Run `run()` when the command is chosen, and nothing else. One that nothing is bound to stays disabled."""
        self._runs[id] = run
        self._actions[id].setEnabled(True)

    def serve(self, feature: str, controller: object) -> None:
        """Run what this feature's table says, on its controller."""
        for command in self._of(feature):
            if command.run is not None:
                self.bind(command.id, partial(command.run, controller))

    def refresh(self, feature: str, controller: object) -> None:
        """Enable what can be done now, by the feature's table."""
        for command in self._of(feature):
            if command.enabled is not None:
                self.enable(command.id, command.enabled(controller))

    def _of(self, feature: str) -> list[Command]:
        return [command for command in self.commands.values() if command.id.startswith(f"{feature}.")]

    def enable(self, id: str, on: bool) -> None:
        self._actions[id].setEnabled(on)

    def check(self, id: str, on: bool = True) -> None:
        self._actions[id].setChecked(on)

    def action(self, id: str) -> QAction:
        return self._actions[id]

    def run(self, id: str) -> None:
        """Do it, as if chosen from the menu."""
        self._actions[id].trigger()

    def fill(self, bar: QMenuBar, extra: Callable[[str, QMenu], None] | None = None) -> None:
        """Make the menus; `extra(name, menu)` may add what is not a fixed command (recent files, dock toggles)."""
        for name in dict.fromkeys(command.menu for command in self.commands.values()):
            menu = bar.addMenu(name)
            menu.setToolTipsVisible(True)
            group = 0
            for command in (c for c in self.commands.values() if c.menu == name):
                if command.group != group:
                    menu.addSeparator()
                    group = command.group
                menu.addAction(self._actions[command.id])
            if extra is not None:
                extra(name, menu)

    def _make(self, command: Command) -> QAction:
        action = QAction(command.title, self)
        action.setObjectName(command.id)
        action.setToolTip(command.tip)
        action.setStatusTip(command.tip)
        action.setEnabled(False)
        action.triggered.connect(lambda _checked=False: self._runs[command.id]())
        action.setIconText(
            command.title.removesuffix(" preset").removesuffix("…").removeprefix("Command ").capitalize()
        )
        if command.icon:
            action.setIcon(icon(command.icon))
        if command.shortcut:
            action.setShortcut(QKeySequence(command.shortcut))
            action.setToolTip(f"{command.tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
        action.setCheckable(command.check or bool(command.choice))
        if command.choice:
            group = self._groups.setdefault(command.choice, QActionGroup(self))
            group.addAction(action)
        return action
