"""What every page of the studio has in common: work under way, what went wrong, and figures in words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from widgets.generative.state import Busy, Trouble
from widgets.kit.fields import wrapped
from widgets.kit.icons import icon_pixmap
from widgets.kit.labels import Label
from widgets.kit.panel import PlainButton, ProgressLine, QuietButton, describe
from widgets.kit.theme import LOOK

DASH = "\u2013"
DOT = " \u00b7 "


class BusyLine(ProgressLine):
    """Progress of one job with its time left; hidden where there is none."""

    def show_busy(self, busy: Busy | None) -> None:
        if busy is None:
            self.finish()
            return
        self.cancel.setEnabled(not busy.cancelling)
        self.set_progress(busy.done, busy.total, busy_words(busy))


class TroubleCard(QFrame):
    """What happened, to which file, what to do; a lighter run as a button where one would fit, and the log."""

    retryWanted = Signal()
    logWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 8, 10)
        row.setSpacing(10)
        self._mark = Label()
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        self.title, self.what, self.hint = wrapped("heading"), wrapped(""), wrapped("muted")
        for label in (self.title, self.what, self.hint):
            column.addWidget(label)
        row.addLayout(column, 1)
        self.retry = PlainButton("Retry in halves", "retry", "Run again, fewer samples at a time")
        self.log = QuietButton("Log", "log", "Show what the job wrote")
        self.retry.clicked.connect(self.retryWanted)
        self.log.clicked.connect(self.logWanted)
        row.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.log, 0, Qt.AlignmentFlag.AlignTop)
        LOOK.changed.connect(self._draw_mark)
        self._draw_mark()
        self.hide()

    def show_trouble(self, trouble: Trouble | None) -> None:
        self.setVisible(trouble is not None)
        if trouble is None:
            return
        self.title.setText(trouble.title)
        self.what.setText(f"{trouble.what}\n{trouble.path}" if trouble.path else trouble.what)
        self.hint.setText(trouble.hint)
        self.hint.setVisible(bool(trouble.hint))
        self.retry.setVisible(trouble.retry is not None)
        describe(self, f"{trouble.title}. {trouble.what}", trouble.hint)

    def _draw_mark(self) -> None:
        self._mark.setPixmap(icon_pixmap("bad", "bad"))


class Framed(QWidget):
    """A widget with room about it, on the colour of a panel; it is there while the widget is."""

    def __init__(self, widget: QWidget, across: int = 8, down: int = 4) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(across, down, across, down)
        row.addWidget(widget)
        self.setVisible(not widget.isHidden())
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.setVisible(event.type() == QEvent.Type.ShowToParent)
        return False


def row_of(*widgets: QWidget, spacing: int = 4) -> QHBoxLayout:
    """Widgets from left to right with no margin; None is not allowed."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    for widget in widgets:
        row.addWidget(widget)
    return row


def busy_words(busy: Busy) -> str:
    """'Step 7 of 20, 3 s left'."""
    if busy.cancelling:
        return "Cancelling"
    words = "Waiting for its turn" if busy.waiting else busy.note or "Starting"
    left = seconds_left(busy.seconds_left)
    return f"{words}, {left}" if left else words


def seconds_left(value: float | None) -> str:
    """'4 s left', '2 min left', '3.5 h left', or nothing."""
    if value is None:
        return ""
    if value < 90:
        return f"{max(1, round(value))} s left"
    return f"{round(value / 60)} min left" if value < 5400 else f"{value / 3600:.1f} h left"


def seconds_words(value: float) -> str:
    """'0.84 s', '12 s', '3 min 5 s'."""
    if value < 100:
        return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


def number(value: float) -> str:
    """Three figures: '80', '1.34', '0.0021'; infinity as its sign."""
    if value == float("inf"):
        return "\u221e"
    return f"{value:.3g}" if 1e-3 <= abs(value) < 1e4 or not value else f"{value:.1e}"


def count(value: int, word: str, plural: str = "") -> str:
    """'1 sample', '1,200 samples'; plural where it is not the word with an s."""
    return f"{value:,} {word if value == 1 else plural or word + 's'}"
