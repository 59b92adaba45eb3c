"""The samples page: pictures of a run as they form, their steps below, earlier runs in a strip.

Preview, result and step are drawn in the same cells, so nothing moves or flickers when one follows the other.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QSplitter, QStackedWidget, QToolButton, QWidget

from engines.core.words import tr
from engines.generative.diffusion.study_types import SpectrumResult
from engines.generative.diffusion.types import ModelInfo, SampleSpec
from widgets.charts.axes import figure
from widgets.charts.plot import Plot, Series
from widgets.generative.state import DiffusionView, Pictures, Run, RunState, StepPictures
from widgets.generative.studio.grid import SampleGrid
from widgets.generative.studio.history import HistoryStrip, add_exports
from widgets.generative.studio.images import as_image
from widgets.generative.studio.points import PointsView
from widgets.generative.studio.scrubber import FORMS, Scrubber
from widgets.generative.studio.words import cost_words, sample_name, seeds_words, settings_words
from widgets.kit.layouts import column_of, held, row_of, styled
from widgets.kit.panel import FOLDS, ElidedLabel, EmptyState, QuietButton
from widgets.kit.theme import number_font
from widgets.kit.words import DOT
from widgets.kit.work_parts import BusyLine, Framed

SPECTRUM = "studio.spectrum"
ROOM_FOR_COST = 800
BUTTONS = (
    ("use", "settings", tr("Use settings"), tr("Put the settings of this run into the panel")),
    ("again", "retry", tr("Run again"), tr("The same run once more: the same settings and seeds")),
    ("reveal", "reveal", tr("Reveal"), tr("Show the folder of this run")),
    ("delete", "delete", tr("Delete run"), tr("Delete this run; Undo brings it back")),
)
"""Act, icon, name and tip."""
NO_POINTS = np.empty((0, 2), np.float32)
Images: TypeAlias = NDArray[np.uint8]


class SamplesPage(QWidget):
    """Samples, scrubber, history. `spectrumWanted(model)`; what its buttons want is told by `history.wanted`."""

    spectrumWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.shown = DiffusionView()
        self._spec: SampleSpec | None = None
        self._asked = ""
        self.empty = EmptyState(tr("Samples appear here and sharpen step by step."), tr("Sample"), "diffusion")
        self.grid, self.points = SampleGrid(), PointsView()
        self.scrubber, self.progress = Scrubber(), BusyLine()
        self.spectrum, self.history = SpectrumPlot(), HistoryStrip()
        self.chosen, self.caption, self.cost = ElidedLabel(), ElidedLabel("", "muted"), ElidedLabel("", "hint")
        self.caption.given = True
        self._lay_out()
        self._wire()

    def show_state(self, view: DiffusionView) -> None:
        self.shown = view
        run = view.run
        self._body.setCurrentIndex(0 if run is None else 1)
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
        self.progress.show_busy(run.busy) if run.busy is not None else self.progress.set_progress(0, 0, tr("Starting"))
        self._foot.setVisible(live or self.scrubber.available)
        self._show_samples(view, run, step)
        self._show_words(view, run, step)
        self._show_spectrum(step.sigma if step is not None else None)
        for button in (self.export, self.buttons["reveal"]):
            button.setEnabled(run.result is not None)
        self.buttons["delete"].setEnabled(not live)

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
            self.spectrumWanted.emit(model)

    def _fold_spectrum(self, on: bool) -> None:
        FOLDS.state[SPECTRUM] = not on
        self.show_state(self.shown)

    def _lay_out(self) -> None:
        self._canvas, self._foot, self._body = QStackedWidget(), QStackedWidget(), QStackedWidget()
        split = QSplitter(childrenCollapsible=False)
        split.addWidget(self._canvas)
        split.addWidget(Framed(self.spectrum, 8, 8))
        split.setStretchFactor(0, 1)
        split.setSizes([700, 260])
        self.scrubber.spectrum.setChecked(not FOLDS.state.get(SPECTRUM, True))
        self._foot.setFixedHeight(40)
        full = held(column_of((split, 1), self._captions(), self._foot), "panel")
        styled(self._body)
        for stack, parts in (
            (self._canvas, (self.grid, self.points)),
            (self._foot, (self.scrubber, Framed(self.progress))),
            (self._body, (self.empty, full)),
        ):
            for part in parts:
                stack.addWidget(part)
        self.setLayout(column_of((self._body, 1), Framed(self.history, 8, 4)))

    def _captions(self) -> QWidget:
        """The shown run in words, its cost, and buttons for it."""
        self._note = QuietButton("", "info", "", name=tr("Notes of this run"))
        self.export = QuietButton("", "export", tr("Export the samples or their steps as a file"), name=tr("Export"))
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        add_exports(menu, self._want)
        self.export.setMenu(menu)
        self.buttons = {act: QuietButton("", role, tip, name=name) for act, role, name, tip in BUTTONS}
        for act, button in self.buttons.items():
            button.clicked.connect(lambda _on, act=act: self._want(act))
        for label in (self.chosen, self.caption, self.cost):
            label.setFont(number_font(11 if label is self.cost else 13))
        for label in (self.chosen, self.cost):
            label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        use, again, show, delete = self.buttons.values()
        buttons = self._note, use, again, self.export, show, delete
        words = self.chosen, 10, (self.caption, 1), 8, self.cost, 8
        return held(row_of(*words, *buttons, spacing=2, margins=(12, 4, 8, 0)))

    def _wire(self) -> None:
        self.progress.cancelled.connect(lambda: self._want("cancel"))
        self.scrubber.formChosen.connect(lambda: self.show_state(self.shown))
        self.scrubber.spectrumToggled.connect(self._fold_spectrum)

    def _want(self, act: str) -> None:
        """Of the run that is shown."""
        self.history.wanted.emit(act, self.shown.shown)


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
    words = {
        RunState.FAILED: tr("This run failed."),
        RunState.CANCELLED: tr("This run was cancelled before it had samples."),
    }
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


class SpectrumPlot(Plot):
    """The radial power spectrum of a data set with the noise level across it; what lies below is not decided yet.

    Both axes are logarithmic. The noise is white, so a noise level sigma is the line sigma^2 across.
    """

    def __init__(self) -> None:
        super().__init__(
            tr("Spectrum and noise level"), tr("Frequency (cycles/pixel)"), tr("Power"), log_x=True, log_y=True
        )
        self._result: SpectrumResult | None = None
        self.set_nothing(tr("Measuring the spectrum of this model's data"))

    def show_spectrum(self, result: SpectrumResult | None, sigma: float | None) -> None:
        """`sigma`: noise level of the shown step, None where there is none."""
        if result is not self._result:
            self._result = result
            self.set_series(
                () if result is None else [Series(tr("Data"), result.frequencies, result.power)],
            )
        finite = sigma is not None and 0 < sigma < float("inf")
        self.set_level(
            sigma**2 if finite and sigma is not None else None,
            tr("noise, \u03c3\u00b2 = {square}", square=_square(sigma)),
        )


def _square(sigma: float | None) -> str:
    return figure(sigma**2) if sigma is not None else ""
