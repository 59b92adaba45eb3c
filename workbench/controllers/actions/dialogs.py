"""File dialogs of the actions panel; every answer is "" or empty when there is none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from widgets.kit.save_file import ask_file, ask_folder, ask_open, ask_several
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
        return ask_open(self._window, tr("Open model"), tr("action model"), MODELS, first=str(models_dir()))

    def models(self) -> list[str]:
        return ask_several(self._window, tr("Compare models"), tr("action model"), MODELS, first=str(models_dir()))

    def new_model(self, offered: str) -> str:
        return self._save(tr("Save the model as"), tr("action model"), offered, MODELS)

    def scores(self) -> list[str]:
        return ask_several(self._window, tr("Compare scores"), "scores", SCORES)

    def film(self) -> str:
        return ask_open(self._window, tr("Film"), "film", FILMS)

    def folder(self) -> str:
        return ask_folder(self._window, tr("Folder of features and targets"), tr("training data"))

    def labels(self) -> str:
        return ask_open(self._window, tr("Open labels"), "labels", LABELS)

    def new_labels(self, video: str) -> str:
        return self._save(tr("Save labels as"), "labels", str(Path(video).with_suffix(".labels.csv")), LABELS_OUT)

    def events(self, name: str) -> str:
        return self._save(tr("Export events"), "events", f"{name or 'live'} events.csv", EVENTS_OUT)

    def report(self) -> str:
        return self._save(tr("Save the evaluation"), "report", "actions evaluation.json", REPORT)

    def _save(self, title: str, kind: str, offered: str, filters: str) -> str:
        return ask_file(self._window, title, kind, filters, offered)
