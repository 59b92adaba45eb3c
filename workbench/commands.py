"""Every command of the application as data: one table feeds menus, toolbar, shortcuts and the palette."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from widgets.kit.icons import icon


@dataclass(frozen=True, slots=True)
class Command:
    """id: "menu.verb". group: commands of one number stand between two separators of a menu.

    choice: name of a group of which one is checked at a time; check: can be on or off.
    """

    id: str
    title: str
    menu: str
    tip: str
    shortcut: str = ""
    icon: str = ""
    group: int = 0
    check: bool = False
    choice: str = ""


MENUS = ("File", "Source", "View", "Calibration", "Faces", "Actions", "Diffusion", "Jobs", "Window", "Help")

COMMANDS: tuple[Command, ...] = (
    Command("file.open-sample", "Open sample", "File", "Play a rendered four-camera rig with a moving board", "Ctrl+Shift+O", "viewer"),
    Command("file.new", "New project", "File", "Close all sources and start an empty project", "Ctrl+N", "add", 1),
    Command("file.open", "Open project…", "File", "Open a .kino project", "Ctrl+O", "open", 1),
    Command("file.save-as", "Save project as…", "File", "Keep this project in a .kino file; it is saved by itself from then on", "Ctrl+Shift+S", "save", 1),
    Command("file.export", "Export bundle…", "File", "Write sources and calibrations as plain JSON files", "", "export", 1),
    Command("file.settings", "Settings…", "File", "Theme and start-up", "Ctrl+,", "settings", 3),
    Command("file.quit", "Quit", "File", "Close Kinoscope", "Ctrl+Q", "close", 4),
    Command("source.add-usb", "Add camera…", "Source", "A USB or built-in camera, chosen by name", "Ctrl+Shift+C", "usb"),
    Command("source.add-file", "Add video file…", "Source", "Play a video file", "Ctrl+Shift+V", "file"),
    Command("source.add-folder", "Add folder of images…", "Source", "Play the images of a folder in natural order", "Ctrl+Shift+F", "folder"),
    Command("source.add-stream", "Add network stream…", "Source", "An RTSP or HTTP address", "Ctrl+Shift+N", "stream"),
    Command("source.add-tiled", "Add tiled source…", "Source", "Split any source into rows and columns", "Ctrl+Shift+T", "tiled"),
    Command("source.add-scene", "Add rendered scene…", "Source", "Cameras with exactly known parameters that look at a moving board", "Ctrl+Shift+R", "scene"),
    Command("source.play", "Play or pause", "Source", "Play or pause the source in the selected tile; Space does the same in the viewer", "K", "play", 1),
    Command("source.step-back", "Step back", "Source", "One frame back", "Ctrl+Left", "step-back", 1),
    Command("source.step-forward", "Step forward", "Source", "One frame on", "Ctrl+Right", "step-forward", 1),
    Command("source.retry", "Reconnect", "Source", "Open the source in the selected tile again", "Ctrl+R", "retry", 2),
    Command("source.remove", "Remove source", "Source", "Close the selected source; Undo brings it back", "", "remove", 2),
    Command("view.one", "One tile", "View", "Show one tile", "Ctrl+Alt+1", "grid-1", 0, choice="grid"),
    Command("view.four", "2 × 2 tiles", "View", "Show four tiles", "Ctrl+Alt+2", "grid-2", 0, choice="grid"),
    Command("view.nine", "3 × 3 tiles", "View", "Show nine tiles", "Ctrl+Alt+3", "grid-3", 0, choice="grid"),
    Command("view.maximise", "Maximise tile", "View", "Show the selected tile alone, and back", "Ctrl+M", "maximise", 1),
    Command("view.fit", "Fit picture", "View", "Show the whole picture of the selected tile", "Ctrl+F", "fit", 1),
    Command("view.snapshot", "Snapshot to PNG", "View", "Save the picture in the selected tile at full resolution", "Ctrl+S", "snapshot", 2),
    Command("view.record", "Record tile", "View", "Record what the selected tile shows as a film, faces covered where they are in the view", "Ctrl+Alt+R", "record", 2, check=True),
    Command("view.clear", "Empty tile", "View", "Show nothing in the selected tile; the source goes on", "", "clear", 2),
    Command("view.dark", "Dark theme", "View", "Light text on dark surfaces", "", "dark", 3, choice="theme"),
    Command("view.light", "Light theme", "View", "Dark text on light surfaces", "", "light", 3, choice="theme"),
    Command("calibration.capture", "Capture view", "Calibration", "Keep this view of the board for the calibration", "C", "capture"),
    Command("calibration.add-images", "Add photographs…", "Calibration", "Calibrate from image files or folders", "", "views"),
    Command("calibration.run", "Calibrate", "Calibration", "Solve for the camera from the views", "Ctrl+Return", "calibrate"),
    Command("calibration.open", "Open calibration…", "Calibration", "Load an OpenCV YAML or JSON calibration", "", "open", 1),
    Command("calibration.save", "Save calibration…", "Calibration", "Save as OpenCV YAML or JSON", "", "save", 1),
    Command("calibration.board-pdf", "Print board…", "Calibration", "A PDF of the board in true size", "", "print", 1),
    Command("calibration.copy-command", "Copy as command", "Calibration", "The command line that gives the same result", "", "copy", 1),
    Command("calibration.clear", "Discard views", "Calibration", "Forget all views; Undo brings them back", "", "clear", 2),
    Command("faces.start", "Look for faces", "Faces", "Find, follow and name faces in the chosen source, or stop doing so", "Ctrl+Shift+L", "faces"),
    Command("faces.enrol", "Enrol this face…", "Faces", "Give the chosen track a name and keep its best pictures", "Ctrl+E", "add"),
    Command("faces.enrol-files", "Enrol pictures…", "Faces", "Find the faces in pictures and review them before they are stored", "", "file"),
    Command("faces.enrol-folder", "Enrol a folder…", "Faces", "One folder a person, or files named NAME_0001.jpg", "", "folder"),
    Command("faces.sample", "Open sample portrait", "Faces", "A free portrait under a moving camera, to try faces on", "", "file"),
    Command("faces.new-gallery", "New gallery…", "Faces", "An empty .faces file", "", "add", 1),
    Command("faces.open-gallery", "Open gallery…", "Faces", "A .faces file", "", "open", 1),
    Command("faces.protect", "Protect gallery…", "Faces", "Encrypt the gallery, or change its passphrase", "", "", 1),
    Command("faces.people", "People", "Faces", "Everybody in the gallery, suggestions and unknown faces", "", "", 2),
    Command("faces.threshold", "Threshold", "Faces", "How sure is sure enough, for this gallery", "", "chart", 2),
    Command("faces.verify", "Verify two pictures…", "Faces", "Are these two the same person", "", "", 2),
    Command("faces.evaluate", "Evaluate…", "Faces", "Accuracy, ROC and open-set rates on a folder", "", "chart", 2),
    Command("faces.audit", "Find wrong names…", "Faces", "The most suspicious pictures of a gallery or folder", "", "search", 2),
    Command("faces.train", "Train a head…", "Faces", "A margin-softmax recogniser of your own", "", "chart", 2),
    Command("faces.gaze", "Gaze and head pose", "Faces", "Where the face points and looks, and the nine-point calibration", "", "", 2),
    Command("faces.redact", "Cover faces in a film…", "Faces", "Write a copy of a film or picture in which faces are covered", "", "", 3),
    Command("faces.cancel", "Cancel", "Faces", "Stop the work of the faces panel that is under way", "", "cancel", 3),
    Command("faces.copy-command", "Copy as command", "Faces", "The command line that does the same", "", "copy", 3),
    Command("actions.start", "Watch for actions", "Actions", "Say what is happening in the chosen source, or stop doing so", "Ctrl+Shift+W", "actions"),
    Command("actions.open-model", "Open model…", "Actions", "A model that was trained before", "", "open"),
    Command("actions.sample", "Open sample clip", "Actions", "A free clip of one person walking, to try the pose and labels on", "", "file"),
    Command("actions.detect", "Run over the whole film", "Actions", "Decide for every frame of the chosen film, as a job", "", "play"),
    Command("actions.export-events", "Export events…", "Actions", "As CSV, JSON, ELAN or VIA", "", "export"),
    Command("actions.teach", "Label a film", "Actions", "Mark on the timeline what happens when", "", "", 1),
    Command("actions.import-labels", "Open labels…", "Actions", "CSV, JSON, ELAN, VIA or THUMOS", "", "open", 1),
    Command("actions.export-labels", "Save labels as…", "Actions", "CSV, JSON, ELAN or VIA", "", "save", 1),
    Command("actions.train", "Train a model", "Actions", "On labelled clips or on a folder of features", "", "chart", 2),
    Command("actions.evaluate", "Evaluate models", "Actions", "Precision, anticipation, starts and segments, models side by side", "", "chart", 2),
    Command("actions.cancel", "Cancel", "Actions", "Stop training, detection and evaluation", "", "clear", 3),
    Command("actions.copy-command", "Copy as command", "Actions", "The command line that does the same", "", "copy", 3),
    Command("diffusion.sample", "Sample", "Diffusion", "Draw samples with the settings of the panel; while one runs, the next waits", "Ctrl+G", "sample"),
    Command("diffusion.compare", "Compare…", "Diffusion", "One setting against another, as a grid", "", "grid-3"),
    Command("diffusion.train", "Train…", "Diffusion", "A small network of your own, or go on with one", "", "chart"),
    Command("diffusion.flow", "Show flow", "Diffusion", "Particles of a 2-D model on their way from noise to data", "", "play", 1),
    Command("diffusion.curves", "Error curves", "Diffusion", "Error against evaluations where the truth is known", "", "chart", 1),
    Command("diffusion.cancel", "Cancel run", "Diffusion", "Stop the run under way; those that wait go on", "Ctrl+Shift+G", "cancel", 2),
    Command("diffusion.open-file", "Open model file…", "Diffusion", "A .safetensors file with its card", "", "open", 3),
    Command("diffusion.open-folder", "Open model folder…", "Diffusion", "A folder written by diffusers", "", "folder", 3),
    Command("diffusion.use-settings", "Use settings of a picture…", "Diffusion", "Every setting comes back from a PNG that was sampled here", "", "load", 3),
    Command("diffusion.copy-command", "Copy as command", "Diffusion", "The command line that gives the same result", "", "copy", 3),
    Command("diffusion.export-grid", "Export grid…", "Diffusion", "All samples of the run in one PNG", "", "export", 4),
    Command("diffusion.export-strip", "Export film strip…", "Diffusion", "A row a sample, a column a step, as PNG", "", "export", 4),
    Command("diffusion.export-gif", "Export GIF…", "Diffusion", "The steps as a GIF", "", "export", 4),
    Command("diffusion.export-mp4", "Export MP4…", "Diffusion", "The steps as a film", "", "export", 4),
    Command("diffusion.reveal", "Show run in its folder", "Diffusion", "Open the run's folder in the file manager", "", "reveal", 4),
    Command("jobs.cancel-all", "Cancel all jobs", "Jobs", "Cancel what runs and what waits", "", "cancel"),
    Command("jobs.clear", "Clear finished jobs", "Jobs", "Take ended jobs off the list; results stay where they are", "", "clear"),
    Command("edit.undo", "Undo", "Window", "Take the last change back", "Ctrl+Z", "undo"),
    Command("edit.redo", "Redo", "Window", "Make it again", "Ctrl+Shift+Z", "redo"),
    Command("window.monitor", "Monitor preset", "Window", "Sources and a large viewer", "Ctrl+1", "viewer", 1, choice="preset"),
    Command("window.calibrate", "Calibrate preset", "Window", "Viewer and calibration side by side", "Ctrl+2", "calibrate", 1, choice="preset"),
    Command("window.faces", "Faces preset", "Window", "Live recognition, people and what is known of them", "Ctrl+3", "faces", 1, choice="preset"),
    Command("window.diffusion", "Diffusion preset", "Window", "The diffusion studio and its settings", "Ctrl+4", "diffusion", 1, choice="preset"),
    Command("window.actions", "Actions preset", "Window", "The viewer over its timeline: watch, teach, train, evaluate", "Ctrl+5", "actions", 1, choice="preset"),
    Command("window.reset", "Reset layout", "Window", "Put every dock where it was at the first start", "Ctrl+0", "layout", 1),
    Command("window.palette", "Command palette…", "Window", "Find and run any command", "Ctrl+Shift+P", "search", 2),
    Command("help.guide", "Guide to this panel", "Help", "What the panel in front does and how", "F1", "help"),
    Command("help.about", "About Kinoscope", "Help", "Version, versions of what it stands on, folders", "", "info", 1),
)  # fmt: skip


class Actions(QObject):
    """The table brought to life: one `QAction` a command, bound by id to what it does."""

    def __init__(self, parent: QObject, commands: Iterable[Command] = COMMANDS) -> None:
        super().__init__(parent)
        self.commands = {command.id: command for command in commands}
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {command.id: self._make(command) for command in self.commands.values()}

    def bind(self, id: str, run: Callable[[], object]) -> None:
        """Run `run()` when the command is chosen. A command that nothing is bound to stays disabled."""
        action = self._actions[id]
        action.setEnabled(True)
        action.triggered.connect(lambda _checked=False: run())

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
        for name in MENUS:
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
