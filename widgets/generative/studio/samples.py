"""The samples of a run as they form: pictures in the middle, their steps below, earlier runs in a strip.

Preview, result and step are drawn in the same cells, so nothing moves or flickers when one follows the other.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engines.generative.diffusion.types import ModelInfo, SampleSpec
from widgets.generative.state import DiffusionView, Pictures, Run, RunState, StepPictures
from widgets.generative.studio.grid import SampleGrid
from widgets.generative.studio.history import HistoryStrip, add_exports
from widgets.generative.studio.images import as_image
from widgets.generative.studio.points import PointsView
from widgets.generative.studio.scrubber import FORMS, Scrubber
from widgets.generative.studio.spectrum import SpectrumPlot
from widgets.generative.studio.words import cost_words, sample_name, seeds_words, settings_words
from widgets.kit.panel import FOLDS, ElidedLabel, EmptyState, QuietButton
from widgets.kit.theme import number_font
from widgets.kit.trouble_card import TroubleCard
from widgets.kit.words import DOT
from widgets.kit.work_parts import BusyLine, Framed

SPECTRUM = "studio.spectrum"
ROOM_FOR_COST = 800
NO_POINTS = np.empty((0, 2), np.float32)
Images: TypeAlias = NDArray[np.uint8]


class SamplesPage(QWidget):
    """Samples, scrubber, history."""

    runChosen = Signal(str)
    sampleChosen = Signal(int)
    stepWanted = Signal(int)
    againWanted = Signal(str)
    useWanted = Signal(str)
    deleteWanted = Signal(str)
    revealWanted = Signal(str)
    exportWanted = Signal(str)
    cancelWanted = Signal(str)
    startWanted = Signal()
    retryWanted = Signal()
    spectrumWanted = Signal()
    logWanted = Signal()
    SIGNALS = (
        "runChosen", "sampleChosen", "stepWanted", "againWanted", "useWanted", "deleteWanted", "revealWanted",
        "exportWanted", "cancelWanted", "startWanted", "retryWanted", "spectrumWanted", "logWanted",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.shown = DiffusionView()
        self._spec: SampleSpec | None = None
        self._asked = ""
        self.empty = EmptyState("Samples appear here and sharpen step by step.", "Sample", "diffusion")
        self.trouble = TroubleCard()
        self.grid, self.points = SampleGrid(), PointsView()
        self.scrubber, self.progress = Scrubber(), BusyLine()
        self.spectrum, self.history = SpectrumPlot(), HistoryStrip()
        self.chosen, self.caption, self.cost = ElidedLabel(), ElidedLabel("", "muted"), ElidedLabel("", "hint")
        self._lay_out()
        self._wire()

    def show_state(self, view: DiffusionView) -> None:
        self.shown = view
        run = view.run
        self._body.setCurrentIndex(0 if run is None else 1)
        self.trouble.show_trouble(view.trouble)
        self.history.show_runs(view.runs, view.shown)
        self.history.setVisible(bool(view.runs))
        if run is not None:
            self._show_run(view, run)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrubber.set_words_shown(self.width() >= 560)
        self.cost.setVisible(self.width() >= ROOM_FOR_COST)

    def _show_run(self, view: DiffusionView, run: Run) -> None:
        step = view.step if view.step is not None and view.step.run == run.id else None
        if step is not None and step.step >= step.steps:
            step = None  # the result, which is in the pictures
        live = run.state in (RunState.QUEUED, RunState.RUNNING)
        self.scrubber.show_state(view)
        self._foot.setCurrentIndex(1 if live else 0)
        self.progress.show_busy(run.busy) if run.busy is not None else self.progress.set_progress(0, 0, "Starting")
        self._foot.setVisible(live or self.scrubber.available)
        self._show_samples(view, run, step)
        self._show_words(view, run, step)
        self._show_spectrum(step.sigma if step is not None else None)
        for button in (self._export, self._reveal):
            button.setEnabled(run.result is not None)
        self._delete.setEnabled(not live)

    def _show_samples(self, view: DiffusionView, run: Run, step: StepPictures | None) -> None:
        pictures = view.pictures if view.pictures.run == run.id else Pictures()
        fresh = run.spec != self._spec or run.state is RunState.QUEUED
        self._spec = run.spec
        form = self.scrubber.form.value()
        points = _first(_points_of(step, form), pictures.points)
        images = _first(_images_of(step, form), pictures.images)
        planar = points is not None or (images is None and _planar(view, run))
        self.scrubber.set_planar(planar)
        if planar:
            self._canvas.setCurrentWidget(self.points)
            if points is not None or fresh:
                self.points.show_points(NO_POINTS if points is None else points, view.selected)
            return
        self._canvas.setCurrentWidget(self.grid)
        first = pictures.first if images is pictures.images else 0
        self._show_images(view, run, images, first, fresh)
        self.grid.show_parts(_parts(step, view.selected))

    def _show_images(self, view: DiffusionView, run: Run, images: Images | None, first: int, fresh: bool) -> None:
        """Pictures from cell `first` on; neither another run's nor another step's are left standing beside them."""
        preview = run.state in (RunState.QUEUED, RunState.RUNNING)
        if fresh or (images is not None and not preview and len(images) < len(run.spec.seeds)):
            self.grid.clear()
        total = max(len(run.spec.seeds), first + (len(images) if images is not None else 0))
        size = (images.shape[1], images.shape[2]) if images is not None else _size(view, run, self.grid.picture_size)
        names = [sample_name(view, run.spec, index) for index in range(len(run.spec.seeds))]
        self.grid.show_cells(total, size, view.selected, names)
        self.grid.show_message(_message(run))
        if images is not None:
            self.grid.show_images(images, first)

    def _show_words(self, view: DiffusionView, run: Run, step: StepPictures | None) -> None:
        chosen = sample_name(view, run.spec, view.selected) if view.selected >= 0 else seeds_words(run.spec)
        self.chosen.setText(chosen)
        self.caption.setText(DOT.join((run.title, settings_words(run.spec))))
        notes = list(run.result.notes) if run.result is not None else []
        self.cost.setText(DOT.join(word for word in (run.note, cost_words(run)) if word))
        self.cost.set_tip("\n".join(notes))
        self._note.setVisible(bool(notes))
        self._note.setToolTip("\n".join(notes))

    def _show_spectrum(self, sigma: float | None) -> None:
        on = self.scrubber.spectrum.isChecked() and self.scrubber.available
        on = on and self._canvas.currentWidget() is self.grid
        self.spectrum.setVisible(on)
        if not on:
            return
        self.spectrum.show_spectrum(self.shown.spectrum, sigma)
        model = self.shown.run.spec.model if self.shown.run is not None else ""
        if self.shown.spectrum is None and model != self._asked:
            self._asked = model
            self.spectrumWanted.emit()

    def _fold_spectrum(self, on: bool) -> None:
        FOLDS.state[SPECTRUM] = not on
        self.show_state(self.shown)

    def _lay_out(self) -> None:
        self.trouble.close_button.hide()
        self._canvas = QStackedWidget()
        self._canvas.addWidget(self.grid)
        self._canvas.addWidget(self.points)
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._canvas)
        self._split.addWidget(Framed(self.spectrum, 8, 8))
        self._split.setStretchFactor(0, 1)
        self._split.setSizes([700, 260])
        self.scrubber.spectrum.setChecked(not FOLDS.state.get(SPECTRUM, True))
        self._foot = QStackedWidget()
        self._foot.addWidget(self.scrubber)
        self._foot.addWidget(Framed(self.progress))
        self._foot.setFixedHeight(40)
        full = QWidget()
        inner = QVBoxLayout(full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        for part in (self._split, self._captions(), self._foot):
            inner.addWidget(part, 1 if part is self._split else 0)
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(full)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Framed(self.trouble, 8, 8))
        column.addWidget(self._body, 1)
        column.addWidget(Framed(self.history, 8, 4))
        for part in (full, self._body):
            part.setProperty("role", "panel")
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def _captions(self) -> QWidget:
        """What is shown, what it cost, and what can be done with it."""
        self._note = QuietButton("", "info", "", name="Notes of this run")
        self._use = QuietButton("", "settings", "Put the settings of this run into the panel", name="Use settings")
        self._again = QuietButton("", "retry", "The same run once more: the same settings and seeds", name="Run again")
        self._export = QuietButton("", "export", "Write the samples or their steps as a file", name="Export")
        self._export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        add_exports(menu, self.exportWanted.emit)
        self._export.setMenu(menu)
        self._reveal = QuietButton("", "reveal", "Show the folder of this run", name="Reveal")
        self._delete = QuietButton("", "delete", "Delete this run; Undo brings it back", name="Delete run")
        for label in (self.chosen, self.caption, self.cost):
            label.setFont(number_font(11 if label is self.cost else 13))
        for label in (self.chosen, self.cost):
            label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 4, 8, 0)
        row.setSpacing(2)
        row.addWidget(self.chosen)
        row.addSpacing(10)
        row.addWidget(self.caption, 1)
        row.addSpacing(8)
        row.addWidget(self.cost)
        row.addSpacing(8)
        for button in (self._note, self._use, self._again, self._export, self._reveal, self._delete):
            row.addWidget(button)
        return bar

    def _wire(self) -> None:
        self.empty.clicked.connect(self.startWanted)
        self.trouble.retryWanted.connect(self.retryWanted)
        self.trouble.logWanted.connect(self.logWanted)
        self.progress.cancelled.connect(lambda: self.cancelWanted.emit(self.shown.shown))
        self.grid.chosen.connect(self.sampleChosen)
        self.points.chosen.connect(self.sampleChosen)
        self.scrubber.stepWanted.connect(self.stepWanted)
        self.scrubber.formChosen.connect(lambda: self.show_state(self.shown))
        self.scrubber.spectrumToggled.connect(self._fold_spectrum)
        self._use.clicked.connect(lambda: self.useWanted.emit(self.shown.shown))
        self._again.clicked.connect(lambda: self.againWanted.emit(self.shown.shown))
        self._reveal.clicked.connect(lambda: self.revealWanted.emit(self.shown.shown))
        self._delete.clicked.connect(lambda: self.deleteWanted.emit(self.shown.shown))
        for name in ("runChosen", "useWanted", "againWanted", "revealWanted", "deleteWanted", "cancelWanted"):
            getattr(self.history, name).connect(getattr(self, name))
        self.history.exportWanted.connect(self.exportWanted)


def _first(asked: Any, otherwise: Any) -> Any:
    return otherwise if asked is None else asked


def _images_of(step: StepPictures | None, form: str) -> Images | None:
    """The pictures of a step that are asked for; "y", "denoised", "eps" or "difference"."""
    return getattr(step, form) if step is not None else None


def _points_of(step: StepPictures | None, form: str) -> NDArray[np.float32] | None:
    """The state, or else the estimate."""
    if step is None or step.denoised_points is None or form == "y":
        return step.y_points if step is not None else None
    return step.denoised_points


def _message(run: Run) -> str:
    """Why a run has no samples."""
    words = {RunState.FAILED: "This run failed.", RunState.CANCELLED: "This run was cancelled before it had samples."}
    said = words.get(run.state, "")
    return f"{said} {run.note}".strip() if said else ""


def _planar(view: DiffusionView, run: Run) -> bool:
    model = _model(view, run)
    return model is not None and len(model.shape) == 1


def _model(view: DiffusionView, run: Run) -> ModelInfo | None:
    return next((info for info in view.models if info.name == run.spec.model), None)


def _size(view: DiffusionView, run: Run, otherwise: tuple[int, int]) -> tuple[int, int]:
    """Height and width of a sample before there is one."""
    model = _model(view, run)
    if run.spec.size is not None:
        return run.spec.size
    return (model.shape[1], model.shape[2]) if model is not None and len(model.shape) == 3 else otherwise


def _parts(step: StepPictures | None, selected: int) -> list[tuple[str, QImage]]:
    """The four pictures of one sample at a step, with what they are."""
    if step is None or selected < 0:
        return []
    found = [(title, getattr(step, form)) for form, title in FORMS]
    return [
        (title, as_image(images[selected])) for title, images in found if images is not None and selected < len(images)
    ]
