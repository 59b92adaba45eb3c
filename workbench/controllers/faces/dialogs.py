"""The questions that the faces panel asks in dialogs; an answer is "" or empty when there is none."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QInputDialog, QLineEdit, QMessageBox, QWidget

from engines.core.errors import KinoscopeError
from engines.core.files import write_json, write_text
from engines.core.outputs import JSON, TABLE, check_file
from engines.core.pictures.files import DIALOG, ENDINGS
from engines.core.places import data_dir
from engines.core.words import tr
from widgets.kit.labels import really
from widgets.kit.save_file import ask_file, ask_folder, ask_open, ask_several
from workbench.services import Notify

GALLERIES = tr("Galleries (*.faces)")
FILMS = tr("Films and pictures (*.mp4 *.mov *.mkv *.avi *.webm {endings})", endings=ENDINGS)


class Dialogs:
    def __init__(self, window: QWidget, notify: Notify) -> None:
        self._window, self._notify = window, notify

    def new_gallery(self) -> str:
        return ask_file(self._window, tr("New gallery"), "gallery", GALLERIES, "people.faces", str(data_dir()))

    def open_gallery(self) -> str:
        return ask_open(self._window, tr("Open gallery"), "gallery", GALLERIES, first=str(data_dir()))

    def passphrase(self, name: str) -> str:
        """To unlock a gallery."""
        text, done = QInputDialog.getText(
            self._window, tr("Unlock gallery"), tr("Passphrase of {name}", name=name), QLineEdit.EchoMode.Password
        )
        return text if done else ""

    def new_passphrase(self, name: str) -> str:
        """Asked twice, because a forgotten one opens nothing."""
        echo = QLineEdit.EchoMode.Password
        first, done = QInputDialog.getText(
            self._window, tr("Encrypt gallery"), tr("New passphrase for {name}", name=name), echo
        )
        if not done or not first:
            return ""
        again, done = QInputDialog.getText(self._window, tr("Encrypt gallery"), tr("The same passphrase again"), echo)
        if done and again != first:
            QMessageBox.warning(
                self._window, tr("Encrypt gallery"), tr("The two passphrases differ; nothing was changed.")
            )
        return first if done and again == first else ""

    def recogniser(self) -> str:
        """An ONNX file that turns aligned faces into vectors."""
        return ask_open(self._window, tr("Recogniser"), "weights", "ONNX (*.onnx)")

    def pictures(self) -> list[str]:
        return ask_several(self._window, tr("Enrol pictures"), "faces", DIALOG)

    def picture(self, title: str) -> str:
        return ask_open(self._window, title, "faces", DIALOG)

    def folder(self, title: str) -> str:
        return ask_folder(self._window, title, "faces")

    def pairs(self) -> str:
        kinds = tr("Pair lists (*.tsv *.txt *.csv)")
        return ask_open(self._window, tr("Pair list"), "pairs", kinds)

    def film(self) -> str:
        return ask_open(self._window, tr("Cover faces in"), "film", FILMS)

    def covered(self, source: str) -> str:
        """Where the covered copy goes."""
        path = Path(source)
        offered = path.with_name(f"{path.stem} covered{path.suffix}")
        return ask_file(self._window, tr("Save the covered copy"), "film", FILMS, str(offered))

    def save_report(self, title: str, name: str, data: object, rows: Sequence[Sequence[object]]) -> None:
        """Ask where to, and write the data as JSON or the rows as CSV."""
        if path := ask_file(self._window, title, "report", "JSON (*.json);;CSV (*.csv)", name):
            try:
                write_report(path, data, rows)
            except (OSError, KinoscopeError) as error:
                self._notify(tr("{path} could not be saved: {error}", path=Path(path).name, error=error), "bad")
                return
            self._notify(tr("Saved {path}", path=Path(path).name), "good")

    def really(self, title: str, question: str, verb: str) -> bool:
        return really(self._window, title, question, verb)


def write_report(path: str, data: object, rows: Sequence[Sequence[object]]) -> None:
    """The data as JSON or, in a file that ends so, the rows as CSV."""
    if path.endswith(".csv"):
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        write_text(check_file(path, TABLE), text.getvalue())
    else:
        write_json(check_file(path, JSON), data)
