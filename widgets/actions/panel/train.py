"""The panel's page Train: the clips, the features, the network with its loss, and where the model is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engines.actions.models.settings import DEFAULT, PUBLISHED, filled
from engines.actions.study_types import TrainSpec
from engines.core.words import tr
from widgets.actions.panel.clips import ClipList
from widgets.actions.panel.form import FeaturesSection, MoreSection, NetworkSection
from widgets.actions.panel.frames import FramesField
from widgets.actions.panel.segments import AdviceLines
from widgets.actions.panel.words import clips_summary, published_words
from widgets.actions.state import ActionsView, ClipState, TrainView
from widgets.kit.form import Form, beside, say, words
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of
from widgets.kit.panel import ChoiceField, PlainButton, Segmented, labelled
from widgets.kit.path_row import PathRow
from widgets.kit.when_new import when_new

SETTINGS = (("", tr("None: as set below")), ("trn", "TRN"), ("idn", "IDN"), ("miniroad", "MiniROAD"))
CLIPS, FOLDER = "clips", "folder"


class DataSection(Form):
    """`edited(fields)` of the specification; `list` and `teach` say what they want themselves."""

    folderWanted = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Learn from"), name="actions.train.data")
        self._clips: tuple[ClipState, ...] = ()
        self._spec: TrainSpec | None = None
        self.kind = Segmented(
            tr("Learn from"),
            [(CLIPS, tr("Own clips")), (FOLDER, tr("Benchmark folder"))],
            tip=tr("Clips that were marked here, or a folder of features with targets as THUMOS14 and TVSeries come"),
        )
        self.list, self.told = ClipList(), words("hint")
        self.teach = PlainButton(tr("Mark clips"), "", tr("Mark what happens in a film first"))
        tip = tr("Which frames of each clip are learned from: A:B, B not included, counted from 0; empty for all")
        self.frames = FramesField(tip)
        keep("actions.train", frames=self.frames.text)
        self.folder = PathRow(
            tr("Folder"), tr("none"), tr("A folder with features and targets for each film"), clears=True
        )
        self.settings = ChoiceField(
            tr("Published settings"), SETTINGS, tip=tr("Settings of the paper, by the name of its network")
        )
        self.published = words("hint")
        self._none = beside(self.told, self.teach)
        self._settings = labelled(tr("Published settings"), self.settings, self.settings.toolTip())
        for part in (self.kind, self.list, self._none, self.frames, self.folder, self._settings, self.published):
            self.add(part)
        self.body.setSpacing(8)
        self.kind.chosen.connect(self._choose)
        self.frames.framesChanged.connect(lambda frames: self.edited.emit({"frames": frames}))
        self.folder.choose.clicked.connect(self.folderWanted)
        self.folder.clear.clicked.connect(lambda: self.edited.emit(own_clips()))
        self.settings.chosen.connect(lambda name: self.edited.emit(published(name)))

    def show_state(self, view: TrainView) -> None:
        self._show_clips(view.clips)
        self._show_spec(view.spec)

    @when_new
    def _show_clips(self, clips: tuple[ClipState, ...]) -> None:
        self._clips = clips
        self.list.show_rows(clips)
        say(self.told, clips_summary(clips) if clips else tr("No film of this project is marked yet."))
        self.list.setVisible(bool(clips) and self.kind.value() == CLIPS)
        self.teach.setVisible(not clips)

    @when_new
    def _show_spec(self, spec: TrainSpec) -> None:
        self._spec, bench = spec, bool(spec.folder)
        self.kind.set_value(FOLDER if bench else CLIPS)
        for part in (self._none, self.frames):
            part.setVisible(not bench)
        self.list.setVisible(not bench and bool(self._clips))
        self.folder.setVisible(bench)
        self._settings.setVisible(bench or bool(spec.settings))
        self.settings.set_value(spec.settings)
        say(self.published, published_words(spec))
        self.frames.show_frames(spec.frames)
        self.folder.show_path(spec.folder)
        self.set_summary(self.folder.name.text() if bench else clips_summary(self._clips))

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


class TrainPage(QWidget):
    """A change of the form goes out as the whole new specification; its parts say what else is wanted."""

    trainChanged = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._view = TrainView()
        self.advice = AdviceLines()
        self.data, self.features = DataSection(), FeaturesSection()
        self.network, self.more = NetworkSection(), MoreSection()
        self.out = PathRow(tr("Save as"), tr("a name of its own"), tr("Where the model is saved"), clears=True)
        self._form = QWidget()
        self.frames = self.data.frames
        self._form.setLayout(column_of(self.data, self.features, self.network, self.more, self.out, spacing=12))
        self.setLayout(column_of(self.advice, self._form, None, spacing=12))
        for section in (self.data, self.features, self.network, self.more):
            section.edited.connect(self._edit)
        self.out.clear.clicked.connect(lambda: self._edit({"out": ""}))

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
        train = self._view = view.train
        self._form.setEnabled(train.busy is None)
        done = train.result if train.busy is None else None
        self.advice.show_advice(tuple(dict.fromkeys((*train.advice, *(done.advice if done is not None else ())))))
        self.data.show_state(train)
        for section in (self.features, self.network):
            section.show_state(train.spec)
        self.more.show_state(train)
        self.out.show_path(train.spec.out)

    def _edit(self, fields: Mapping[str, Any]) -> None:
        """Shown at once, and told."""
        spec = edited(self._view.spec, fields)
        if spec != self._view.spec:
            self.show_state(ActionsView(train=replace(self._view, spec=spec)))
            self.trainChanged.emit(spec)


def edited(spec: TrainSpec, fields: Mapping[str, Any]) -> TrainSpec:
    """The specification with these fields. Published settings take the place of whatever stands at its default, so a
    field that is to stand at its default ends them: what they had set stays.
    """
    changed = replace(spec, **fields)
    used, _way = filled(changed)
    if "settings" in fields or all(getattr(used, name) == value for name, value in fields.items()):
        return changed
    return replace(filled(spec)[0], settings="", **fields)
