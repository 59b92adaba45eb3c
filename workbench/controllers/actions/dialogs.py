"""File dialogs of the actions panel; every answer is "" or empty when there is none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from engines.core.words import tr
from widgets.kit.save_file import ask_file
from workbench.controllers.actions.form import models_dir

MODELS = tr("Action models (*.safetensors)")
FILMS = tr("Films (*.mp4 *.avi *.mov *.mkv *.webm *.m4v)")
SCORES = tr("Scores (*.csv)")
LABELS = tr("Labels (*.csv *.json *.eaf *.txt)")
LABELS_OUT = "CSV (*.csv);;JSON (*.json);;ELAN (*.eaf);;VIA 3 (*.via.json)"
EVENTS_OUT = "CSV (*.csv);;JSON (*.json);;ELAN (*.eaf);;VIA 3 (*.via.json)"
REPORT = "JSON (*.json);;CSV (*.csv)"


class Dialogs:
    def __init__(self, window: QWidget) -> None:
        self._window = window

    def model(self) -> str:
        return QFileDialog.getOpenFileName(self._window, tr("Open model"), str(models_dir()), MODELS)[0]

    def models(self) -> list[str]:
        return QFileDialog.getOpenFileNames(self._window, tr("Compare models"), str(models_dir()), MODELS)[0]

    def new_model(self, offered: str) -> str:
        return self._save(tr("Save the model as"), offered, MODELS)

    def scores(self) -> list[str]:
        return QFileDialog.getOpenFileNames(self._window, tr("Compare scores"), "", SCORES)[0]

    def film(self) -> str:
        return QFileDialog.getOpenFileName(self._window, tr("Film"), "", FILMS)[0]

    def folder(self) -> str:
        return QFileDialog.getExistingDirectory(self._window, tr("Folder of features and targets"))

    def labels(self) -> str:
        return QFileDialog.getOpenFileName(self._window, tr("Open labels"), "", LABELS)[0]

    def new_labels(self, video: str) -> str:
        return self._save(tr("Save labels as"), str(Path(video).with_suffix(".labels.csv")), LABELS_OUT)

    def events(self, name: str) -> str:
        return self._save(tr("Export events"), f"{name or 'live'} events.csv", EVENTS_OUT)

    def report(self) -> str:
        return self._save(tr("Save the evaluation"), "actions evaluation.json", REPORT)

    def _save(self, title: str, offered: str, kinds: str) -> str:
        return ask_file(self._window, title, offered, kinds)
