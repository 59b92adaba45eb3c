"""The training page: samples of the network so far, its loss over the steps and over the noise levels."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QSplitter

from engines.core.words import tr
from engines.generative.training.types import TrainProgress
from widgets.charts.axes import figure
from widgets.charts.plot import Plot, Series
from widgets.generative.state import DiffusionView, TrainView
from widgets.generative.studio.grid import SampleGrid
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ElidedLabel, EmptyState, PrimaryButton
from widgets.kit.theme import number_font
from widgets.kit.words import DOT
from widgets.kit.work_page import WorkPage
from widgets.kit.work_parts import CutOffLine, Framed


class TrainingPage(WorkPage):
    """Loss, live samples, figures; `use` samples from the weights."""

    def __init__(self) -> None:
        super().__init__()
        self._progress: TrainProgress | None = None
        self.grid = SampleGrid()
        self.loss = Plot(tr("Loss over the steps"), tr("Step"), tr("Loss, smoothed"), log_y=True)
        self.levels = Plot(tr("Loss over the noise levels"), "ln \u03c3", tr("Loss at each noise level"))
        self.title, self.state = ElidedLabel("", "heading"), ElidedLabel("", "muted")
        self.use = PrimaryButton(tr("Sample from it"), "play", tr("Choose these weights as the model to sample from"))
        self._lay_out()
        self.grid.chosen.connect(self._mark)

    def show_state(self, view: DiffusionView) -> None:
        training = view.training
        self.cut_off.show_cut_off(training.cut_off)
        self.progress.show_busy(training.busy)
        self.show_there(training.progress is not None or training.busy is not None or bool(training.file))
        self.title.setText(training.title or tr("Training"))
        self.state.setText(figures_words(training))
        self.use.setVisible(bool(training.file))
        if training.progress is not self._progress:
            self._progress = training.progress
            self._show_progress(training.progress)

    def _show_progress(self, progress: TrainProgress | None) -> None:
        if progress is None:
            self.grid.clear()
            self._caption.setText("")
            self.loss.set_series(())
            self.levels.set_series(())
            return
        self.loss.set_series([_line(tr("Loss"), progress.losses)])
        self.levels.set_series([_line(tr("Loss"), progress.by_level, markers=True)])
        if progress.images is not None:
            _count, high, wide = progress.images.shape[:3]
            self.grid.show_cells(len(progress.images), (high, wide), self.grid.selected)
            self.grid.show_images(progress.images)
            self._caption.setText(tr("Samples of the averaged weights, up to step {step:,}", step=progress.step))

    def _mark(self, index: int) -> None:
        images = self._progress.images if self._progress is not None else None
        if images is not None:
            self.grid.show_cells(len(images), (images.shape[1], images.shape[2]), index)

    def _lay_out(self) -> None:
        self.state.setFont(number_font())
        self.loss.set_nothing(tr("The loss appears after the first steps"))
        self.levels.set_nothing(tr("Loss at each noise level appears after the first steps"))
        self.grid.show_message(tr("Samples appear every few hundred steps"))
        self._caption = Label()
        self._caption.setProperty("role", "hint")
        self._caption.setContentsMargins(12, 6, 12, 6)
        split = QSplitter(childrenCollapsible=False)
        split.addWidget(held(column_of((self.grid, 1), self._caption), "panel"))
        split.addWidget(held(column_of((self.loss, 1), (self.levels, 1), spacing=4, margins=(4, 4, 4, 4)), "panel"))
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 4)
        split.setSizes([500, 400])
        titles = column_of(self.title, self.state, spacing=2)
        head = held(row_of((titles, 1), self.use, spacing=12, margins=(12, 8, 12, 8)))
        words = tr("Train a small network and watch its samples form.")
        empty = EmptyState(words, tr("Train"), "chart", tr("Begin the training that the panel describes"))
        self.cut_off = CutOffLine()
        self.lay_out(Framed(self.cut_off, 12, 6), self.body_of(empty, held(column_of(head, (split, 1)), "panel")))


def figures_words(training: TrainView) -> str:
    """'Step 1,200 of 5,000 · loss 0.213 · rate 0.001', or why it stopped."""
    progress, parts = training.progress, []
    if progress is not None:
        parts += [
            tr("Step {step:,} of {steps:,}", step=progress.step, steps=progress.steps),
            tr("loss {loss}", loss=figure(progress.loss)),
        ]
        parts.append(tr("rate {rate}", rate=figure(progress.rate)))
        parts += [tr("resumed at step {n:,}", n=progress.resumed)] if progress.resumed else []
    elif training.busy is not None:
        parts.append(tr("Starting"))
    if training.stopped:
        parts.append(training.stopped)
    return DOT.join(parts)


def _line(name: str, points: np.ndarray, *, markers: bool = False) -> Series:
    shown = points.reshape(-1, 2).astype(float)
    return Series(name, shown[:, 0].tolist(), shown[:, 1].tolist(), markers=markers)
