"""Says what was going on when the program ended unasked, and offers to go on with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from engines.core.words import tr, tr_count
from widgets.kit.fields import PlainButton, QuietButton, describe
from widgets.kit.icons import IconMark
from widgets.kit.labels import ElidedLabel, Label
from widgets.kit.layouts import column_of, held, row_of, styled
from widgets.kit.when_new import when_new
from widgets.shell.start.state import CutOff, CutOffJob

MOST = 4


class CutOffCard(QFrame):
    """`resumeWanted(id)` of a job; `jobsWanted`: to see all of them; `read`: it need not be said again."""

    resumeWanted = Signal(int)
    jobsWanted = Signal()
    read = Signal()

    def __init__(self) -> None:
        super().__init__()
        styled(self, role="told")
        self.words = Label("", "heading", wraps=True)
        self.more = Label("", "muted", wraps=True)
        self.close_ = QuietButton("", "close", tr("Do not show this again"), name=tr("Close this message"))
        self.close_.clicked.connect(self.read)
        head = row_of(IconMark("warn", "warn"), (self.words, 1), self.close_, spacing=8)
        self._buttons: list[QWidget] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self.setLayout(column_of(head, self.more, self._rows, spacing=6, margins=(14, 10, 10, 12)))

    @when_new
    def show_cut_off(self, cut_off: CutOff | None) -> None:
        self.setVisible(cut_off is not None)
        if cut_off is None:
            return
        self.words.setText(headline(cut_off))
        self.more.setText(state(cut_off))
        while (item := self._rows.takeAt(0)) is not None:
            if (row := item.widget()) is not None:
                row.deleteLater()
        self._buttons = [self.close_]
        for job in cut_off.jobs[:MOST]:
            self._rows.addWidget(self._row(job))
        if len(cut_off.jobs) > MOST:
            every = PlainButton(tr("All jobs"), tip=tr("Every job that was cut off, in the list of jobs"))
            every.clicked.connect(self.jobsWanted)
            self._buttons.append(every)
            self._rows.addWidget(held(row_of(every, None)))

    def controls(self) -> list[QWidget]:
        """What the keyboard reaches, in the order of the eye."""
        return self._buttons

    def _row(self, job: CutOffJob) -> QWidget:
        title, note = ElidedLabel(job.title), ElidedLabel(job.note, "hint")
        title.given = True
        parts = [(column_of(title, note, spacing=1), 1)]
        if not job.can_resume:
            return held(row_of(*parts))
        resume = PlainButton(tr("Resume"), "play", tr("Go on from its last checkpoint"))
        describe(resume, tr("Resume {title}", title=job.title), resume.toolTip())
        resume.clicked.connect(lambda: self.resumeWanted.emit(job.id))
        self._buttons.append(resume)
        return held(row_of(*parts, resume, spacing=8))


def headline(cut_off: CutOff) -> str:
    """That the last run ended unexpectedly, and how many jobs with it."""
    if not cut_off.jobs:
        return tr("Kinoscope ended unexpectedly the last time")
    return tr_count(
        len(cut_off.jobs),
        "Kinoscope ended unexpectedly the last time, and a job was cut off",
        "Kinoscope ended unexpectedly the last time, and {n} jobs were cut off",
    )


def state(cut_off: CutOff) -> str:
    """What was open then, and that it is there."""
    if not cut_off.project:
        return tr("Everything up to the last moments is saved.")
    return tr("{project} was open. It is as it was, up to the last moments.", project=cut_off.project)
