"""The diffusion panel: what to sample, compare or train, as a form; the pictures themselves are the studio's.

`show_state(DiffusionView)` is the one way in; signals are the one way out. A change of the form goes out as the whole
new specification and runs nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from widgets.generative.panel import words
from widgets.generative.panel.compare import BaseSection, CompareSection
from widgets.generative.panel.model import ModelSection
from widgets.generative.panel.run import RunSection
from widgets.generative.panel.samples import PromptSection, SamplesSection, StartSection
from widgets.generative.panel.sampling import GuidanceSection, SamplerSection, ScheduleSection, edited
from widgets.generative.panel.train import DataSection, EffortSection, KeepSection, LevelsSection, NetworkSection
from widgets.generative.state import Busy, DiffusionView, Mode, Trouble
from widgets.kit.form import Form
from widgets.kit.panel import Panel, PrimaryButton, QuietButton, Segmented, describe
from widgets.kit.trouble_card import TroubleCard
from widgets.kit.work_parts import BusyLine

VERBS = {
    Mode.SAMPLE: ("Sample", "Draw samples with these settings (Ctrl+G); while one runs, the next waits"),
    Mode.COMPARE: ("Compare", "Fill the grid, one run a cell (Ctrl+G)"),
    Mode.TRAIN: ("Train", "Train a network with these settings, or go on where it stopped (Ctrl+G)"),
}


class DiffusionPanel(Panel):
    """What the user wants goes out by these signals."""

    modeChosen = Signal(str)
    modelChosen = Signal(str)
    openModelFileWanted = Signal()
    openModelFolderWanted = Signal()
    predictionChosen = Signal(str)
    specChanged = Signal(object)
    compareChanged = Signal(object)
    trainChanged = Signal(object)
    startWanted = Signal()
    cancelWanted = Signal()
    cancelAllWanted = Signal()
    curvesWanted = Signal()
    imageWanted = Signal()
    maskWanted = Signal()
    dataFolderWanted = Signal()
    copyCommandWanted = Signal()
    dropped = Signal(list)
    retryWanted = Signal()
    troubleDismissed = Signal()
    logWanted = Signal()
    helpWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Diffusion")
        self.setAcceptDrops(True)
        self.setMinimumWidth(320)
        self.shown, self._formed = DiffusionView(), False
        self.start = PrimaryButton("Sample", "sample")
        self.progress = BusyLine()
        self.cancel_all = QuietButton("Cancel all", "", "Stop the run under way and empty the queue")
        self.mode = Segmented("Mode", [(mode.value, VERBS[mode][0]) for mode in Mode])
        self.trouble = TroubleCard(narrow=True, titled=False)
        self.model, self.prompt, self.samples = ModelSection(), PromptSection(), SamplesSection()
        self.sampler, self.schedule, self.guidance = SamplerSection(), ScheduleSection(), GuidanceSection()
        self.begin, self.run = StartSection(), RunSection()
        self.grid, self.base = CompareSection(), BaseSection()
        self.data, self.network, self.levels = DataSection(), NetworkSection(), LevelsSection()
        self.effort, self.keep = EffortSection(), KeepSection()
        self.forms: dict[Mode, tuple[Form, ...]] = {
            Mode.SAMPLE: (
                *(self.model, self.prompt, self.samples, self.sampler, self.schedule, self.guidance),
                *(self.begin, self.run),
            ),
            Mode.COMPARE: (self.model, self.grid, self.base),
            Mode.TRAIN: (self.data, self.network, self.levels, self.effort, self.keep),
        }
        self._lay_out()
        self._wire()
        self.show_state(self.shown)

    def show_state(self, view: DiffusionView) -> None:
        """Show exactly this."""
        before, self.shown = self.shown, view
        self.set_state(words.headline(view), words.level(view))
        self._show_start(view)
        self._show_progress(view)
        self.mode.set_value(view.mode.value)
        self.trouble.show_trouble(trouble_of(view))
        if form_part(view) != form_part(before) or not self._formed:
            self._formed = True
            self._show_forms(view)

    def _show_forms(self, view: DiffusionView) -> None:
        for form in self.all_forms():
            form.setVisible(form in self.forms[view.mode])
        for form in self.forms[view.mode]:
            form.show_state(view)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.dropped.emit(paths)

    def _show_start(self, view: DiffusionView) -> None:
        verb, tip = VERBS[view.mode]
        why = words.problem(view)
        self.start.setText(verb)
        self.start.setEnabled(not why)
        describe(self.start, verb, f"{why}." if why else tip)

    def _show_progress(self, view: DiffusionView) -> None:
        self.cancel_all.setVisible(view.running is not None and view.queued > 0)
        self.progress.show_busy(busy_of(view))

    def all_forms(self) -> list[Form]:
        return list(dict.fromkeys(form for forms in self.forms.values() for form in forms))

    def _edit(self, part: str, fields: dict[str, Any]) -> None:
        """A field of the specification (part ""), its schedule or its guidance; shown at once, and told."""
        spec = edited(self.shown.spec, part, fields)
        if spec != self.shown.spec:
            self.show_state(replace(self.shown, spec=spec))
            self.specChanged.emit(spec)

    def _edit_compare(self, fields: dict[str, Any]) -> None:
        spec = replace(self.shown.compare, **fields)
        if spec != self.shown.compare:
            self.show_state(replace(self.shown, compare=spec))
            self.compareChanged.emit(spec)

    def _edit_train(self, fields: dict[str, Any]) -> None:
        spec = replace(self.shown.train, **fields)
        if spec != self.shown.train:
            self.show_state(replace(self.shown, train=spec))
            self.trainChanged.emit(spec)

    def _lay_out(self) -> None:
        self.add_head(self.start)
        self.progress.add_action(self.cancel_all)
        for part in (self.trouble, self.progress, self.mode, *self.all_forms()):
            self.add(part)
        self.body.addStretch(1)
        self._open = QuietButton("Open", "open", "Open a model: a safetensors file with its card")
        self._copy = QuietButton("", "command", "Copy the command line that does the same", name="Copy as command")
        self._help = QuietButton("", "help", "Samplers, schedules and guidance in short", name="Help")
        self.add_foot(self._open)
        self.foot.addStretch(1)
        self.add_foot(self._copy, self._help)

    def _wire(self) -> None:
        for part, forms in (
            ("", (self.prompt, self.samples, self.sampler, self.begin, self.run)),
            ("schedule", (self.schedule,)),
            ("guidance", (self.guidance,)),
        ):
            for form in forms:
                form.edited.connect(lambda fields, part=part: self._edit(part, fields))
        self.grid.edited.connect(self._edit_compare)
        for form in self.forms[Mode.TRAIN]:
            form.edited.connect(self._edit_train)
        for source, signal in (
            (self.start.clicked, self.startWanted),
            (self.progress.cancelled, self.cancelWanted),
            (self.cancel_all.clicked, self.cancelAllWanted),
            (self.mode.chosen, self.modeChosen),
            (self.model.modelChosen, self.modelChosen),
            (self.model.predictionChosen, self.predictionChosen),
            (self.model.fileWanted, self.openModelFileWanted),
            (self.model.folderWanted, self.openModelFolderWanted),
            (self.begin.imageWanted, self.imageWanted),
            (self.begin.maskWanted, self.maskWanted),
            (self.base.curvesWanted, self.curvesWanted),
            (self.data.folderWanted, self.dataFolderWanted),
            (self.trouble.retryWanted, self.retryWanted),
            (self.trouble.logWanted, self.logWanted),
            (self.trouble.dismissed, self.troubleDismissed),
            (self._open.clicked, self.openModelFileWanted),
            (self._copy.clicked, self.copyCommandWanted),
            (self._help.clicked, self.helpWanted),
        ):
            source.connect(signal)
        self.base.sampleWanted.connect(lambda: self.modeChosen.emit(Mode.SAMPLE.value))


def form_part(view: DiffusionView) -> tuple[object, ...]:
    """What the forms depend on: a preview or a step of progress changes none of it."""
    told = (view.mode, view.models, view.model, view.looking, view.spec, view.compare, view.train)
    return *told, view.devices, words.estimate_words(view)


def trouble_of(view: DiffusionView) -> Trouble | None:
    """What went wrong last in what the panel is about."""
    own = {Mode.COMPARE: view.compared.trouble, Mode.TRAIN: view.training.trouble}
    return own.get(view.mode) or view.trouble


def busy_of(view: DiffusionView) -> Busy | None:
    """The work that the mode's button began: runs, the comparison, or the training."""
    if view.mode is Mode.COMPARE:
        return view.compared.busy or view.compared.curves_busy
    if view.mode is Mode.TRAIN:
        return view.training.busy
    run = view.running
    return None if run is None else run.busy or Busy()
