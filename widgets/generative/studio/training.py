"""A network in training: what it makes so far, its loss over the steps and over the noise levels."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engines.generative.training.types import TrainProgress
from widgets.charts.axes import figure
from widgets.charts.plot import Plot, Series
from widgets.generative.state import DiffusionView, TrainView
from widgets.generative.studio.grid import SampleGrid
from widgets.kit.labels import Label
from widgets.kit.panel import ElidedLabel, EmptyState, PrimaryButton
from widgets.kit.theme import number_font
from widgets.kit.trouble_card import TroubleCard
from widgets.kit.words import DOT
from widgets.kit.work_parts import BusyLine, Framed


class TrainingPage(QWidget):
    """Loss, live samples, figures."""

    trainWanted = Signal()
    trainCancelWanted = Signal()
    trainedUsed = Signal(str)
    logWanted = Signal()
    SIGNALS = ("trainWanted", "trainCancelWanted", "trainedUsed", "logWanted")

    def __init__(self) -> None:
        super().__init__()
        self.shown = TrainView()
        self._progress: TrainProgress | None = None
        words = "Train a small network and watch its samples form."
        self.empty = EmptyState(words, "Train", "chart", "Begin the training that the panel describes")
        self.trouble, self.progress = TroubleCard(), BusyLine("Stop")
        self.grid = SampleGrid()
        self.loss = Plot("Loss over the steps", "Step", "Loss, smoothed", log_y=True)
        self.levels = Plot("Loss over the noise levels", "ln \u03c3", "Loss at each noise level")
        self.title, self.figures = ElidedLabel("", "heading"), ElidedLabel("", "muted")
        self.use = PrimaryButton("Sample from it", "play", "Choose these weights as the model to sample from")
        self._lay_out()
        self._wire()

    def show_state(self, view: DiffusionView) -> None:
        training = self.shown = view.training
        self.trouble.show_trouble(training.trouble)
        self.progress.show_busy(training.busy)
        there = training.progress is not None or training.busy is not None or bool(training.file)
        self._body.setCurrentIndex(1 if there else 0)
        self.title.setText(training.title or "Training")
        self.figures.setText(figures_words(training))
        self.use.setVisible(bool(training.file))
        if training.progress is not self._progress:
            self._progress = training.progress
            self._show_progress(training.progress)

    def _show_progress(self, progress: TrainProgress | None) -> None:
        if progress is None:
            self.grid.clear()
            self.loss.set_series(())
            self.levels.set_series(())
            return
        self.loss.set_series([_line("Loss", progress.losses)])
        self.levels.set_series([_line("Loss", progress.by_level, markers=True)])
        if progress.images is not None:
            _count, high, wide = progress.images.shape[:3]
            self.grid.show_cells(len(progress.images), (high, wide), self.grid.selected)
            self.grid.show_images(progress.images)
        self._caption.setText(f"Samples of the averaged weights, up to step {progress.step:,}")

    def _mark(self, index: int) -> None:
        images = self._progress.images if self._progress is not None else None
        if images is not None:
            self.grid.show_cells(len(images), (images.shape[1], images.shape[2]), index)

    def _lay_out(self) -> None:
        self.trouble.close_button.hide()
        self.figures.setFont(number_font())
        self.loss.set_nothing("The loss appears after the first steps")
        self.levels.set_nothing("Loss at each noise level appears after the first steps")
        self.grid.show_message("Samples appear every few hundred steps")
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.figures)
        row.addLayout(words, 1)
        row.addWidget(self.use)
        left = QWidget()
        samples = QVBoxLayout(left)
        samples.setContentsMargins(0, 0, 0, 0)
        samples.setSpacing(0)
        self._caption = Label()
        self._caption.setProperty("role", "hint")
        self._caption.setContentsMargins(12, 6, 12, 6)
        samples.addWidget(self.grid, 1)
        samples.addWidget(self._caption)
        plots = QWidget()
        column = QVBoxLayout(plots)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        column.addWidget(self.loss, 1)
        column.addWidget(self.levels, 1)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(plots)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 4)
        split.setSizes([500, 400])
        full = QWidget()
        inner = QVBoxLayout(full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(head)
        inner.addWidget(split, 1)
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(full)
        for part in (full, left, plots, self._body):
            part.setProperty("role", "panel")
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Framed(self.trouble, 8, 8))
        outer.addWidget(self._body, 1)
        outer.addWidget(Framed(self.progress, 12, 6))

    def _wire(self) -> None:
        self.empty.clicked.connect(self.trainWanted)
        self.trouble.logWanted.connect(self.logWanted)
        self.progress.cancelled.connect(self.trainCancelWanted)
        self.use.clicked.connect(lambda: self.trainedUsed.emit(self.shown.file))
        self.grid.chosen.connect(self._mark)


def figures_words(training: TrainView) -> str:
    """'Step 1,200 of 5,000 · loss 0.213 · rate 0.001', or why it stopped."""
    progress, parts = training.progress, []
    if progress is not None:
        parts += [f"Step {progress.step:,} of {progress.steps:,}", f"loss {figure(progress.loss)}"]
        parts.append(f"rate {figure(progress.rate)}")
    elif training.busy is not None:
        parts.append("Starting")
    if training.stopped:
        parts.append(training.stopped)
    return DOT.join(parts)


def _line(name: str, points: np.ndarray, *, markers: bool = False) -> Series:
    shown = points.reshape(-1, 2).astype(float)
    return Series(name, shown[:, 0].tolist(), shown[:, 1].tolist(), markers=markers)
