"""A progress line with a cancel button, and a frame that is shown as long as the widget in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from widgets.kit.fields import ElidedLabel, QuietButton, describe
from widgets.kit.layouts import column_of, row_of, styled
from widgets.kit.theme import number_font
from widgets.kit.words import busy_words
from widgets.kit.work_state import Busy


class BusyLine(QWidget):
    """Work under way: words, a thin bar, a button that cancels. Hidden while nothing runs."""

    cancelled = Signal()

    def __init__(self, cancel_text: str = "Cancel") -> None:
        super().__init__()
        self.words = ElidedLabel("", "hint")
        self.words.setFont(number_font(11))
        self.cancel = QuietButton(cancel_text, "cancel", "Stop this work; nothing half done is left behind")
        self.cancel.clicked.connect(self.cancelled)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        describe(self.bar, "Progress")
        self._row = row_of((self.words, 1), self.cancel, spacing=8)
        self.setLayout(column_of(self._row, self.bar, spacing=2))
        self.hide()

    def show_busy(self, busy: Busy | None) -> None:
        """Progress of one job with its time left; None: nothing runs."""
        if busy is None:
            self.hide()
            return
        self.cancel.setEnabled(not busy.cancelling)
        self.set_progress(busy.done, busy.total, busy_words(busy))

    def set_progress(self, done: float, total: float, words: str = "") -> None:
        """`total` 0: how much there is to do is not known."""
        self.bar.setRange(0, 1000 if total > 0 else 0)
        if total > 0:
            self.bar.setValue(round(1000 * min(max(done / total, 0.0), 1.0)))
        self.words.setText(words)
        self.show()

    def add_action(self, widget: QWidget) -> None:
        """A small control after the one that cancels."""
        self._row.addWidget(widget)


class Framed(QWidget):
    """A widget with room about it, on the colour of a panel; it is there while the widget is."""

    def __init__(self, widget: QWidget, across: int = 8, down: int = 4) -> None:
        super().__init__()
        styled(self)
        self.setLayout(row_of(widget, margins=(across, down, across, down)))
        if widget.isHidden():
            self.hide()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.setVisible(event.type() == QEvent.Type.ShowToParent)
        return False
