"""A progress line with a cancel button, a line that offers to go on, and a frame that is there while its widget is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal, SignalInstance
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from engines.core.words import tr
from widgets.kit.fields import PlainButton, PrimaryButton, QuietButton, describe
from widgets.kit.labels import StateLine
from widgets.kit.layouts import column_of, row_of, styled
from widgets.kit.words import busy_words
from widgets.kit.work_state import Busy, CutOff


class CancelButton(QuietButton):
    """Comes up where another button was pressed: the second click of a double click there is none on this."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()


class BusyLine(QWidget):
    """Work under way: words, a thin bar, a button that cancels. Hidden while nothing runs."""

    cancelled = Signal()

    def __init__(self, cancel_text: str = tr("Cancel")) -> None:
        super().__init__()
        self.words = StateLine("hint")
        self.cancel = CancelButton(
            cancel_text, "cancel", tr("Cancel this work; where it can go on later, Resume is offered")
        )
        self.cancel.clicked.connect(self.cancelled)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        describe(self.bar, tr("Progress"))
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


class CutOffLine(QWidget):
    """A training that was cut off: go on with it, or keep what it had learned. Hidden while there is none.

    `resumed` and `kept` say its number.
    """

    resumed = Signal(int)
    kept = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._shown: CutOff | None = None
        self.words = StateLine("", 13)
        self.resume = PrimaryButton(tr("Resume"), "play", tr("Go on where this training was cut off"))
        self.keep = PlainButton(tr("Keep as a model"), "check", tr("Save what it had learned so far as a model"))
        self.setLayout(row_of((self.words, 1), self.keep, self.resume, spacing=8))
        self.resume.clicked.connect(lambda: self._tell(self.resumed))
        self.keep.clicked.connect(lambda: self._tell(self.kept))
        self.hide()

    def show_cut_off(self, cut: CutOff | None) -> None:
        if cut == self._shown:
            return
        self._shown = cut
        self.setVisible(cut is not None)
        if cut is not None:
            said = tr("{title}: cut off at step {n:,} of {all:,}", title=cut.title, n=cut.step, all=cut.steps)
            self.words.setText(said if cut.step else tr("{title}: was waiting and never began", title=cut.title))
            self.keep.setVisible(cut.step > 0)

    def _tell(self, signal: SignalInstance) -> None:
        if self._shown is not None:
            signal.emit(self._shown.job)


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
