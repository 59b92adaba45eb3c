"""Every command and preset of the application as data: one table feeds menus, toolbar, shortcuts and the palette."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import cast

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar, QToolButton

from engines.core.words import tr
from widgets.kit.fields import describe
from widgets.kit.icons import icon
from widgets.kit.menus import KEYS, SideMenu, marked
from workbench.features import Command, Feature, Preset
from workbench.plugged import FEATURES

DIGITS = 9
MONITOR = Preset(
    "monitor",
    tr("Monitor"),
    tr("Sources and a large viewer"),
    "viewer",
    {"sources": 264, "properties": 320, "jobs": 180, "log": 0},
)


def presets(features: Iterable[Feature] = FEATURES) -> tuple[Preset, ...]:
    """The window's own with what stands behind its docks, then one a feature: the order of toolbar, menu and keys."""
    features = tuple(features)
    behind = {dock.id: 0 for feature in features for dock in feature.docks if MONITOR.id in dock.behind}
    return (replace(MONITOR, docks={**MONITOR.docks, **behind}), *(feature.preset for feature in features))


def commands(features: Iterable[Feature] = FEATURES) -> tuple[Command, ...]:
    """In the order of menus and palette."""
    features = tuple(features)
    shown = (_preset(number, preset) for number, preset in enumerate(presets(features), 1))
    own = (command for feature in features for command in feature.commands)
    return (*FIRST, *own, *JOBS, *shown, *LAST)


def _preset(number: int, preset: Preset) -> Command:
    """The keys of presets are Ctrl and their place, as far as there are digits."""
    key = f"Ctrl+{number}" if number <= DIGITS else ""
    title = tr("{name} preset", name=preset.title)
    id = f"window.{preset.id}"
    return Command(id, title, tr("Window"), preset.tip, key, preset.icon, 1, choice="preset", short=preset.title)


FIRST = (
    Command("file.open-sample", tr("Open sample"), tr("File"), tr("Play a rendered four-camera rig with a moving board"), "Ctrl+Shift+O", "viewer"),
    Command("file.new", tr("New project"), tr("File"), tr("Close all sources and start an empty project"), "Ctrl+N", "add", 1),
    Command("file.open", tr("Open project…"), tr("File"), tr("Open a .kino project"), "Ctrl+O", "open", 1),
    Command("file.save", tr("Save project"), tr("File"), tr("Make certain that this project is on the disk; it is saved by itself after every "
"change too"), "Ctrl+S", "save", 1),
    Command("file.save-as", tr("Save project as…"), tr("File"), tr("Keep this project in a .kino file; it is saved by itself from then on"), "Ctrl+Shift+S", "", 1, also=tr("name project")),
    Command("file.rename", tr("Rename project…"), tr("File"), tr("Call this project something else"), "", "", 1),
    Command("file.duplicate", tr("Duplicate project"), tr("File"), tr("Go on in a copy; this project stays as it is"), "", "", 1),
    Command("file.export", tr("Export bundle…"), tr("File"), tr("Export sources and calibrations as plain JSON files"), "", "export", 1),
    Command("file.import", tr("Import bundle…"), tr("File"), tr("Make a project of the plain files of a bundle"), "", "", 1),
    Command("file.settings", tr("Settings…"), tr("File"), tr("Language, look, folders, performance, privacy and keys"), "Ctrl+,", "settings", 3),
    Command("file.quit", tr("Quit"), tr("File"), tr("Close Kinoscope"), "Ctrl+Q", "close", 4),
    Command("edit.undo", tr("Undo"), tr("Edit"), tr("Take the last change back"), "Ctrl+Z", "undo", needs=tr("Nothing was changed yet")),
    Command("edit.redo", tr("Redo"), tr("Edit"), tr("Make again what was taken back"), "Ctrl+Shift+Z", "redo", needs=tr("Nothing was taken back")),
    Command("edit.cut", tr("Cut"), tr("Edit"), tr("Move the selected text to the clipboard"), "Ctrl+X", "", 1, needs=tr("Needs the focus in a text")),
    Command("edit.copy", tr("Copy"), tr("Edit"), tr("Copy what is selected where the focus is"), "Ctrl+C", "copy", 1, needs=tr("Needs the focus in a text or table")),
    Command("edit.paste", tr("Paste"), tr("Edit"), tr("Insert text of the clipboard where the focus is"), "Ctrl+V", "", 1, needs=tr("Needs the focus in a text")),
    Command("edit.select-all", tr("Select all"), tr("Edit"), tr("Select everything where the focus is"), "Ctrl+A", "", 1, needs=tr("Needs the focus in a text or table")),
    Command("edit.find", tr("Find…"), tr("Edit"), tr("Search the list in front; where there is none, every command, page and setting"), "Ctrl+F", "search", 2),
    Command("view.one", tr("One tile"), tr("View"), tr("Show one tile"), "Ctrl+Alt+1", "grid-1", 0, choice="grid"),
    Command("view.two", tr("1 × 2 tiles"), tr("View"), tr("Show two tiles side by side"), "", "grid-2", 0, choice="grid"),
    Command("view.four", tr("2 × 2 tiles"), tr("View"), tr("Show four tiles"), "Ctrl+Alt+2", "grid-2", 0, choice="grid"),
    Command("view.nine", tr("3 × 3 tiles"), tr("View"), tr("Show nine tiles"), "Ctrl+Alt+3", "grid-3", 0, choice="grid"),
    Command("view.follow", tr("As many tiles as sources"), tr("View"), tr("The grid grows and shrinks with what is shown"), "Ctrl+Alt+0", "layout", 0, choice="grid"),
    Command("view.maximise", tr("Maximise tile"), tr("View"), tr("Show the selected tile alone, and back"), "Ctrl+M", "maximise", 1, needs=tr("No source is shown")),
    Command("view.fit", tr("Fit picture"), tr("View"), tr("Show the whole picture of the selected tile"), "Ctrl+Alt+F", "fit", 1, needs=tr("Needs a source in the selected tile")),
    Command("view.snapshot", tr("Snapshot to PNG"), tr("View"), tr("Save the picture in the selected tile at full resolution"), "Ctrl+Alt+S", "snapshot", 2),
    Command("view.record", tr("Record tile"), tr("View"), tr("Record what the selected tile shows as a film, faces covered where they are in the "
"view"), "Ctrl+Alt+R", "record", 2, check=True),
    Command("view.record-all", tr("Record all tiles"), tr("View"), tr("Record what every tile shows, each as a film of its own"), "Ctrl+Alt+Shift+R", "record", 2),
    Command("view.record-stop", tr("Stop all recordings"), tr("View"), tr("End every recording; each film is kept"), "", "stop", 2, needs=tr("No tile is being recorded")),
    Command("view.clear", tr("Empty tile"), tr("View"), tr("Show nothing in the selected tile; the source goes on"), "", "clear", 2, needs=tr("Needs a source in the selected tile")),
    Command("view.dark", tr("Dark theme"), tr("View"), tr("Light text on dark surfaces"), "", "dark", 3, choice="theme"),
    Command("view.light", tr("Light theme"), tr("View"), tr("Dark text on light surfaces"), "", "light", 3, choice="theme"),
    Command("view.system", tr("System theme"), tr("View"), tr("Dark or light, as the desktop is"), "", "theme", 3, choice="theme"),
    Command("view.full-screen", tr("Full screen"), tr("View"), tr("The whole screen for the window; Esc leaves it"), "F11", "maximise", 4, check=True),
    Command("view.present", tr("Show the picture alone"), tr("View"), tr("The whole screen for what is in the centre, without panels and bars; Esc leaves "
"it"), "Shift+F11", "", 4, check=True),
    Command("source.add-usb", tr("Add camera…"), tr("Source"), tr("A USB or built-in camera, chosen by name"), "Ctrl+Shift+C", "usb"),
    Command("source.add-file", tr("Add video file…"), tr("Source"), tr("Play a video file"), "Ctrl+Shift+V", "file"),
    Command("source.add-folder", tr("Add folder of pictures…"), tr("Source"), tr("Play the pictures of a folder in natural order"), "Ctrl+Shift+F", "folder"),
    Command("source.add-stream", tr("Add network stream…"), tr("Source"), tr("An RTSP or HTTP address"), "Ctrl+Shift+N", "stream"),
    Command("source.add-tiled", tr("Add tiled source…"), tr("Source"), tr("Split any source into rows and columns"), "Ctrl+Shift+T", "tiled"),
    Command("source.add-scene", tr("Add rendered scene…"), tr("Source"), tr("Cameras with exactly known parameters that look at a moving board"), "Ctrl+Shift+R", "scene"),
    Command("source.play", tr("Play or pause"), tr("Source"), tr("Play or pause the source in the selected tile; Space does the same in the viewer"), "K", "play", 1, needs=tr("Needs a selected source")),
    Command("source.step-back", tr("Step back"), tr("Source"), tr("One frame back"), "Ctrl+Left", "step-back", 1, needs=tr("Needs a selected source")),
    Command("source.step-forward", tr("Step forward"), tr("Source"), tr("One frame on"), "Ctrl+Right", "step-forward", 1, needs=tr("Needs a selected source")),
    Command("source.retry", tr("Reconnect"), tr("Source"), tr("Open the source in the selected tile again"), "Ctrl+R", "retry", 2, needs=tr("Needs a selected source")),
    Command("source.rename", tr("Rename source"), tr("Source"), tr("Type another name for the selected source or tile (F2 in its list)"), "", "edit", 2, needs=tr("Needs a selected source")),
    Command("source.edit", tr("Edit source…"), tr("Source"), tr("Address, size, loop and all else that the selected source was added with"), "", "settings", 2, needs=tr("Needs a selected source")),
    Command("source.split", tr("Split source…"), tr("Source"), tr("Rows, columns and names of the tiles of the selected source"), "", "tiled", 2, needs=tr("Needs a selected source")),
    Command("source.duplicate", tr("Duplicate source"), tr("Source"), tr("Open the selected source a second time"), "", "copy", 2, needs=tr("Needs a selected source")),
    Command("source.replace", tr("Replace source by file…"), tr("Source"), tr("Play a file where the selected source is shown"), "", "swap", 2, needs=tr("Needs a selected source")),
    Command("source.reveal", tr("Reveal source file"), tr("Source"), tr("Open the folder of the selected source's file"), "", "reveal", 2, needs=tr("Needs a selected source that is a file or folder")),
    Command("source.properties", tr("Source properties"), tr("Source"), tr("What is known of the selected source"), "", "properties", 2, needs=tr("Needs a selected source")),
    Command("source.remove", tr("Remove source"), tr("Source"), tr("Close the selected source; Undo brings it back"), "", "remove", 2, needs=tr("Needs a selected source")),
    Command("source.undistort", tr("Undistort"), tr("Source"), tr("Show straight lines straight in the selected tile, and back"), "Ctrl+U", "straight", 3, also=tr("straighten rectify"), needs=tr("Needs a source in the selected tile")),
    Command("source.undistort-settings", tr("Undistort settings…"), tr("Source"), tr("Balance, crop, size, mirror and calibration of the straightened picture"), "", "straight", 3, needs=tr("Needs a source in the selected tile")),
    Command("source.lens-file", tr("Use calibration file…"), tr("Source"), tr("Keep a calibration from a file for the camera in the selected tile"), "", "open", 3, needs=tr("Needs a source in the selected tile")),
)  # fmt: skip
JOBS = (
    Command("jobs.start", tr("Start"), tr("Jobs"), tr("Press the large button of the panel in front: Calibrate, Sample, Compare, Train"), "Ctrl+Return", "play", also=tr("go run begin")),
    Command("jobs.cancel-all", tr("Cancel all jobs"), tr("Jobs"), tr("Cancel what runs and what waits"), "", "cancel", needs=tr("No job runs or waits")),
    Command("jobs.clear", tr("Clear ended jobs"), tr("Jobs"), tr("Take ended jobs off the list; results stay where they are"), "", "clear", needs=tr("No job has ended")),
)  # fmt: skip
LAST = (
    Command("window.reset", tr("Reset layout"), tr("Window"), tr("Put every panel where it was at the first start"), "Ctrl+0", "layout", 1),
    Command("window.palette", tr("Command palette…"), tr("Window"), tr("Find any command, page, setting, source or heading of the guide"), "Ctrl+Shift+P", "search", 2, short=tr("Palette"), also=tr("search find")),
    Command("window.menus", tr("Open the menus"), tr("Window"), tr("To the first menu, as Alt does; Alt and a letter opens that menu"), "F10", "", 2, also=tr("menu bar")),
    Command("window.notice", tr("Go to notice"), tr("Window"), tr("To the button of the newest notice in the corner; Esc closes it"), "F8", "info", 2),
    Command("help.guide", tr("Guide to this panel"), tr("Help"), tr("What the panel in front does and how"), "F1", "help"),
    Command("help.shortcuts", tr("Keyboard shortcuts…"), tr("Help"), tr("Every command with its key; keys can be changed there"), "", "", 0),
    Command("help.log-folder", tr("Open log folder"), tr("Help"), tr("The folder with the log files, in the file manager"), "", "reveal", 0, also=tr("logs diagnostics bug report")),
    Command("help.report", tr("Report a problem…"), tr("Help"), tr("Gather versions, settings and logs without names, paths and passwords, look through "
"them, save them"), "", "report", 1, also=tr("bug diagnostics crash support")),
    Command("help.about", tr("About Kinoscope"), tr("Help"), tr("Versions, folders, and licences of what it stands on"), "", "info", 1),
)  # fmt: skip
COMMANDS = commands()
PRESETS = presets()

NARROW = QSize(12, 12)
"""What a bar of menus leaves for the button of those that have no room."""


class Actions(QObject):
    """The table brought to life: one `QAction` a command, bound by id to what it does. `keysChanged`: another key."""

    keysChanged = Signal()

    def __init__(self, parent: QObject, commands: Iterable[Command] = COMMANDS) -> None:
        super().__init__(parent)
        self.commands = {command.id: command for command in commands}
        self._groups: dict[str, QActionGroup] = {}
        self._runs: dict[str, Callable[[], object]] = {}
        self._keys: dict[str, str] = {}
        self._actions = {command.id: self._make(command) for command in self.commands.values()}
        self._say_keys()

    def bind(self, id: str, run: Callable[[], object]) -> None:
        """Run `run()` when the command is chosen, and nothing else. One that nothing is bound to stays disabled."""
        self._runs[id] = run
        self.enable(id, True)

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
        self._say(id)

    def check(self, id: str, on: bool = True) -> None:
        self._actions[id].setChecked(on)

    def call(self, id: str, title: str) -> None:
        """Say more than the table does: what would be undone."""
        self._actions[id].setText(title.replace("&", "&&"))

    def title(self, id: str) -> str:
        """As it is called now."""
        return self._actions[id].text().replace("&&", "&")

    def action(self, id: str) -> QAction:
        return self._actions[id]

    def run(self, id: str) -> None:
        """Do it, as if chosen from the menu."""
        self._actions[id].trigger()

    def key(self, id: str) -> str:
        """What stands for the command now, "" for nothing; the same words on every system."""
        return self._actions[id].shortcut().toString()

    def set_keys(self, keys: Mapping[str, str]) -> None:
        """Keys other than those of the table, by id; every command that is not named has the table's."""
        for id, command in self.commands.items():
            self._actions[id].setShortcut(QKeySequence(keys.get(id, command.shortcut)))
        self._say_keys()
        self.keysChanged.emit()

    def fill(self, bar: QMenuBar, extra: Callable[[str, QMenu], None] | None = None) -> None:
        """Make the menus; `extra(name, menu)` may add what is not a fixed command (recent files, dock toggles)."""
        window = cast(QMainWindow, bar.parentWidget())  # Qt may give its bar anew
        self.bind("window.menus", lambda: window.menuBar().setActiveAction(window.menuBar().actions()[0]))
        for rest in bar.findChildren(QToolButton, "qt_menubar_ext_button"):
            rest.setIcon(icon("caret-down", "text"))
            rest.setIconSize(NARROW)
            describe(rest, tr("More"), tr("Menus that have no room"))
        for name, title in marked(command.menu for command in self.commands.values()).items():
            menu = SideMenu(title, bar)
            bar.addMenu(menu)
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
        action.setEnabled(False)
        action.triggered.connect(lambda _checked=False: self._runs[command.id]())
        action.setIconText(command.short or command.title.rstrip("…"))
        if command.icon:
            action.setIcon(icon(command.icon))
        action.setShortcut(QKeySequence(command.shortcut))
        action.setCheckable(command.check or bool(command.choice))
        if command.choice:
            group = self._groups.setdefault(command.choice, QActionGroup(self))
            group.addAction(action)
        return action

    def _say_keys(self) -> None:
        """Tell each key of now, here and wherever a button stands for a command."""
        native = QKeySequence.SequenceFormat.NativeText
        self._keys = {id: action.shortcut().toString(native) for id, action in self._actions.items()}
        for id in self._actions:
            self._say(id)
        KEYS.tell(self._keys)

    def _say(self, id: str) -> None:
        """A tooltip says what is done, with which key, and why it cannot be done while it cannot."""
        action, command, key = self._actions[id], self.commands[id], self._keys[id]
        tip = tr("{tip} ({key})", tip=command.tip, key=key) if key else command.tip
        action.setToolTip(tip if action.isEnabled() or not command.needs else f"{tip}\n{command.needs}")
