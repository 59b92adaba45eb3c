"""The result: errors and verdict, what they mean, the picture, the error of each view, the parameters."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engines.calibration.types import MonoResult
from widgets.calibration.bars import ViewBars
from widgets.calibration.numbers import Figures, ParameterTable
from widgets.calibration.state import MODEL_NAMES, CalibrationView
from widgets.calibration.view import ResultView
from widgets.kit.fields import wrapped
from widgets.kit.layouts import column_of
from widgets.kit.panel import QuietButton, Section

MOST_ADVICE = 3


class Report(QWidget):
    """Hidden until there is a result."""

    def __init__(self) -> None:
        super().__init__()
        self.figures = Figures()
        self.advice = wrapped("muted")
        self.view = ResultView()
        self.bars = ViewBars()
        self.chart = Section("Error by view", name="calibration.errors")
        self.worst = QuietButton("Switch off worst", "hide", "Leave the view with the largest error out of the fit")
        self.chart.add_action(self.worst)
        self.chart.add(self.bars)
        self.parameters = ParameterTable()
        self.camera = Section("Parameters", name="calibration.parameters")
        self.about = wrapped("hint")
        self.camera.add(self.parameters)
        self.camera.add(self.about)
        self.setLayout(column_of(self.figures, self.advice, self.view, self.chart, self.camera, spacing=12))
        self.hide()

    def show_state(self, state: CalibrationView) -> None:
        """Show the state's result and the view that is selected in it."""
        result = state.result
        self.setVisible(result is not None)
        if result is None:
            self.view.show_view(None, None)
            return
        self.figures.show_result(result, current=state.current)
        self.advice.setText("\n".join(f"{advice}." for advice in result.advice[:MOST_ADVICE]))
        self.advice.setVisible(bool(result.advice))
        shown = state.shown if state.views else None
        self.view.setVisible(shown is not None)
        self.view.show_view(shown, result)
        rated = bool(state.views) and any(view.rms_px is not None for view in result.views)
        self.chart.setVisible(rated)
        if rated:
            self.bars.show_result(result, shown.path if shown else "")
        self.parameters.show_result(result)
        self.about.setText(about(result))


def about(result: MonoResult) -> str:
    """Which model, for which pictures, and what was solved besides."""
    parts = [MODEL_NAMES[result.model], f"{result.image_size.width} × {result.image_size.height} pixels"]
    if result.free_board:
        parts.append("board shape solved")
    if result.seconds > 0:
        parts.append(f"{result.seconds:.1f} s")
    known = ". \u00b1 is one standard deviation." if result.std else ". This file says nothing of the uncertainty."
    return "\u2002\u00b7\u2002".join(parts) + known
