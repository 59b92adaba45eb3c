"""What is trained on: labelled clips of the project with a tick each, or a benchmark folder with published settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engines.actions.models.settings import DEFAULT, PUBLISHED
from engines.actions.study_types import TrainSpec
from widgets.actions.panel.clips import ClipList
from widgets.actions.panel.frames import FramesField
from widgets.actions.panel.words import clips_summary, published_words
from widgets.actions.state import ClipState, Page, TrainView
from widgets.kit.form import Form, beside, say, words
from widgets.kit.panel import ChoiceField, PlainButton, Segmented, labelled
from widgets.kit.path_row import PathRow

SETTINGS = (("", "None: as set below"), ("trn", "TRN"), ("idn", "IDN"), ("miniroad", "MiniROAD"))
CLIPS, FOLDER = "clips", "folder"


class DataSection(Form):
    """`edited(fields)` of the specification; ticks go out by themselves."""

    folderWanted = Signal()
    clipTaken = Signal(str, bool)
    pageWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__("Learn from", name="actions.train.data")
        self._clips: tuple[ClipState, ...] | None = None
        self._spec: TrainSpec | None = None
        self.kind = Segmented(
            "Learn from",
            [(CLIPS, "Own clips"), (FOLDER, "Benchmark folder")],
            tip="Clips that were marked here, or a folder of features with targets as THUMOS14 and TVSeries come",
        )
        self.list, self.told = ClipList(), words("hint")
        self.teach = PlainButton("Mark clips", "", "Mark what happens in a film first")
        tip = "Which frames of each clip are learned from: A:B, B not included, counted from 0; empty for all"
        self.frames = FramesField(tip)
        self.folder = PathRow("Folder", "none", "A folder with features and targets for each video", clears=True)
        self.settings = ChoiceField(
            "Published settings", SETTINGS, tip="Settings of the paper, by the name of its network"
        )
        self.published = words("hint")
        self._none = beside(self.told, self.teach)
        self._settings = labelled("Published settings", self.settings, self.settings.toolTip())
        self._own: tuple[QWidget, ...] = (self.list, self._none, self.frames)
        self._bench: tuple[QWidget, ...] = (self.folder,)
        for part in (self.kind, self.list, self._none, self.frames, self.folder, self._settings, self.published):
            self.add(part)
        self.body.setSpacing(8)
        self._wire()

    def show_state(self, view: TrainView) -> None:
        if view.clips != self._clips:
            self._clips = view.clips
            self._show_clips(view.clips)
        if view.spec != self._spec:
            self._spec = view.spec
            self._show_spec(view.spec)

    def _show_clips(self, clips: tuple[ClipState, ...]) -> None:
        self.list.show_rows(clips)
        say(self.told, clips_summary(clips) if clips else "No film of this project is marked yet.")
        self.list.setVisible(bool(clips) and self.kind.value() == CLIPS)
        self.teach.setVisible(not clips)

    def _show_spec(self, spec: TrainSpec) -> None:
        bench = bool(spec.folder)
        self.kind.set_value(FOLDER if bench else CLIPS)
        for part in self._own:
            part.setVisible(not bench)
        self.list.setVisible(not bench and bool(self._clips))
        for part in self._bench:
            part.setVisible(bench)
        self._settings.setVisible(bench or bool(spec.settings))
        self.settings.set_value(spec.settings)
        say(self.published, published_words(spec))
        self.frames.show_frames(spec.frames)
        self.folder.show_path(spec.folder)
        self.set_summary(self.folder.name.text() if bench else clips_summary(self._clips or ()))

    def _wire(self) -> None:
        self.kind.chosen.connect(self._choose)
        self.list.clipTaken.connect(self.clipTaken)
        self.teach.clicked.connect(lambda: self.pageWanted.emit(Page.TEACH.value))
        self.frames.framesChanged.connect(lambda frames: self.edited.emit({"frames": frames}))
        self.folder.choose.clicked.connect(self.folderWanted)
        self.folder.clear.clicked.connect(lambda: self.edited.emit(own_clips()))
        self.settings.chosen.connect(lambda name: self.edited.emit(published(name)))

    def _choose(self, kind: str) -> None:
        """A folder is there once one was chosen; own clips at once."""
        if kind == CLIPS:
            self.edited.emit(own_clips())
        elif self._spec is None or not self._spec.folder:
            self.kind.set_value(CLIPS)
            self.folderWanted.emit()


def own_clips() -> Mapping[str, Any]:
    """Fields of a training on own clips: no folder, and nothing of what was published for one."""
    return published("") | {"folder": ""}


def published(name: str) -> dict[str, Any]:
    """Fields with the published settings of this name as they are: what they speak of is set by nobody else."""
    fields = {field for values, _way in PUBLISHED.values() for field in values}
    return {"settings": name} | {field: getattr(DEFAULT, field) for field in sorted(fields)}
