"""What came of a training: its precision large, what that was measured on, the file, and what is weak about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from engines.actions.study_types import TrainResult, TrainSpec
from widgets.actions.board.train_words import file_words, measured_words, result_stats, result_title
from widgets.charts.big_figures import BigFigures
from widgets.kit.fields import wrapped
from widgets.kit.icons import icon_pixmap
from widgets.kit.labels import Label
from widgets.kit.panel import ElidedLabel
from widgets.kit.theme import LOOK, number_font


class AdviceLine(QWidget):
    """One thing that is weak, with its sign."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._mark, self.words = Label(), wrapped("")
        self.words.setText(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        LOOK.changed.connect(self._draw_mark)
        self._draw_mark()

    def _draw_mark(self) -> None:
        self._mark.setPixmap(icon_pixmap("warn", "warn", ratio=self.devicePixelRatioF()))


class ResultCard(QFrame):
    """Hidden while there is no result."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.title = ElidedLabel("", "heading")
        self.figures = BigFigures("Result of the training")
        self.measured = wrapped("muted")
        self.file = ElidedLabel("", "muted", Qt.TextElideMode.ElideMiddle)
        self.file.setFont(number_font())
        self.advice: list[AdviceLine] = []
        self._shown: TrainResult | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 10, 14, 12)
        self._column.setSpacing(6)
        for part in (self.title, self.figures, self.measured, self.file):
            self._column.addWidget(part)
        self.hide()

    def show_result(self, result: TrainResult | None, spec: TrainSpec) -> None:
        if result is self._shown:
            return
        self._shown = result
        self.setVisible(result is not None)
        if result is None:
            return
        self.title.setText(result_title(result))
        self.figures.set_stats(result_stats(result))
        self.measured.setText(measured_words(result, spec))
        self.file.setText(file_words(result))
        self.file.set_tip(result.file)
        self._show_advice(result.advice)

    def _show_advice(self, advice: tuple[str, ...]) -> None:
        for line in self.advice:
            self._column.removeWidget(line)
            line.deleteLater()
        self.advice = [AdviceLine(text) for text in advice]
        for line in self.advice:
            self._column.addWidget(line)
