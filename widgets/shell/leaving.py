"""Leaving while jobs are under way: the question what becomes of them, and the window that stays until they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from engines.core.words import tr, tr_count
from widgets.kit.card_columns import Flow
from widgets.kit.fields import describe, wrapped
from widgets.kit.labels import Dialog, Label
from widgets.kit.layouts import column_of, held, row_of, styled
from widgets.kit.panel import ElidedLabel, PlainButton, PrimaryButton, QuietButton
from widgets.kit.when_new import when_new

WIDE = 440
SHOWN = 6
"""Jobs that are named; of more their number is said."""


@dataclass(frozen=True, slots=True)
class Work:
    """A job under way. fraction: 0 to 1, None where it is not known. resumes: cancelled, it can go on later."""

    id: int
    title: str
    fraction: float | None = None
    resumes: bool = False


class LeavingQuestion(Dialog):
    """Asks once: `waits`, `cancels`, or the window stays. It holds up nothing: whoever asked goes on at once."""

    waits = Signal()
    cancels = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Close Kinoscope?"))
        self.setMinimumWidth(WIDE)
        self.title, self.words = wrapped("heading"), wrapped()
        self.wait = PrimaryButton(
            tr("Wait in the background"), "clock", tr("A small window stays, and closes when the jobs have ended")
        )
        self.cancel = PlainButton(tr("Cancel jobs and close"), "cancel", tr("Cancel the jobs now and close the window"))
        self.stay = PlainButton(tr("Stay"), "", tr("Go on as before (Esc)"))
        for button, what in ((self.wait, self.waits), (self.cancel, self.cancels)):
            button.clicked.connect(self.accept)
            button.clicked.connect(what)
        self.stay.clicked.connect(self.reject)
        self.wait.setDefault(True)
        buttons = row_of(None, Flow(self.stay, self.cancel, self.wait, spacing=8))
        self.setLayout(column_of(self.title, self.words, buttons, spacing=14, margins=(20, 18, 20, 16)))

    def ask(self, work: Sequence[Work]) -> None:
        """Show the question about these jobs."""
        self.title.setText(tr_count(len(work), "1 job is under way", "{n} jobs are under way"))
        said = [_fate(each) for each in work[:SHOWN]]
        if len(work) > SHOWN:
            said.append(tr_count(len(work) - SHOWN, "And 1 more.", "And {n} more."))
        self.words.setText("\n".join(said))
        self._fit()
        self.open()
        self.wait.setFocus()

    def _fit(self) -> None:
        """All buttons in one line where the window is wide enough, and as tall as the words then are."""
        layout, window = self.layout(), self.parentWidget()
        assert layout is not None
        assert window is not None
        wide = min(max(layout.totalSizeHint().width(), WIDE), max(window.width(), WIDE))
        self.resize(wide, layout.totalHeightForWidth(wide))


class FinishingWindow(QWidget):
    """Stays while jobs end, with how far each is. Its cross brings the window back, so nothing is lost by accident."""

    back = Signal()
    cancels = Signal()

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle(tr("Kinoscope is finishing"))
        self.setMinimumWidth(WIDE)
        styled(self, role="body")
        self.title, self.words = wrapped("heading"), wrapped("muted")
        self.words.setText(
            tr("Kinoscope closes by itself when all is done. The results stand in Jobs at the next start.")
        )
        self.lines = [_Line() for _ in range(SHOWN)]
        self.open_again = PlainButton(tr("Back to the window"), "", tr("Show the window again; the jobs go on"))
        self.cancel = QuietButton(tr("Cancel jobs and close"), "cancel", tr("Cancel the jobs now and close"))
        self.open_again.clicked.connect(self.back)
        self.cancel.clicked.connect(self.cancels)
        buttons = row_of(None, self.cancel, self.open_again, spacing=8)
        parts = self.title, *self.lines, self.words, None, buttons
        self.setLayout(column_of(*parts, spacing=10, margins=(20, 16, 20, 14)))

    @when_new
    def show_work(self, work: Sequence[Work]) -> None:
        self.title.setText(tr_count(len(work), "Finishing 1 job", "Finishing {n} jobs"))
        for place, line in enumerate(self.lines):
            line.show_work(work[place] if place < len(work) else None)

    def showEvent(self, event: QShowEvent) -> None:
        """Return brings the window back; it cancels nothing."""
        super().showEvent(event)
        self.open_again.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window system closes it: back to where one came from."""
        if event.spontaneous():
            event.ignore()
            self.back.emit()


class _Line(QWidget):
    """Title and progress of one job."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.share, self.bar = ElidedLabel("", "body"), Label("", "muted"), QProgressBar()
        self.bar.setTextVisible(False)
        describe(self.bar, tr("Progress"))
        self.setLayout(column_of(held(row_of((self.title, 1), self.share, spacing=8)), self.bar, spacing=4))

    def show_work(self, work: Work | None) -> None:
        self.setVisible(work is not None)
        if work is None:
            return
        self.title.setText(work.title)
        known = work.fraction is not None
        self.share.setText(tr("{percent:.0f} %", percent=100 * work.fraction) if work.fraction is not None else "")
        self.bar.setRange(0, 1000 if known else 0)
        self.bar.setValue(round(1000 * (work.fraction or 0.0)))


def _fate(work: Work) -> str:
    """What becomes of a job that is cancelled."""
    if work.resumes:
        return tr("{title}: can be resumed later if you cancel it.", title=work.title)
    return tr("{title}: has to begin again if you cancel it.", title=work.title)
