"""Files in and out of the rig's panel: pictures and films, known cameras, calibrated rigs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from engines.core.pictures.files import ENDINGS
from engines.core.video.stills import DIALOG as FILMS
from widgets.kit.save_file import ask_file
from widgets.kit.work_state import Trouble
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

SHOWING = f"Pictures and films ({ENDINGS} {FILMS});;All files (*)"
RIGS = "Rigs (*.json *.yaml *.yml *.toml)"


class Files(QObject):
    """Every method that works on the disk takes what to do then; what goes wrong is told as `Trouble`."""

    def __init__(self, errands: Errands, window: QWidget, trouble: Callable[[Trouble], None]) -> None:
        super().__init__(window)
        self._errands, self._window, self._trouble = errands, window, trouble

    def ask_pictures(self) -> list[str]:
        """Picture files and films chosen by the user."""
        return QFileDialog.getOpenFileNames(self._window, "Add pictures or films of the board", "", SHOWING)[0]

    def ask_folder(self) -> list[str]:
        folder = QFileDialog.getExistingDirectory(self._window, "Add a folder of pictures or films")
        return [folder] if folder else []

    def ask_rig(self) -> str:
        """A calibrated rig, or cameras that are known."""
        return QFileDialog.getOpenFileName(self._window, "Open rig", "", RIGS)[0]

    def ask_target(self) -> str:
        """Where to save a rig; the suffix says how."""
        return ask_file(self._window, "Save rig", "rig.json", "JSON (*.json);;OpenCV YAML (*.yaml *.yml)")

    def told(self, title: str) -> Callable[[Failure], None]:
        """What is done with a failure: it is shown under this title."""
        return lambda failure: self._trouble(trouble_of(failure.as_json(), title))
