"""Two clicks in the same place: the second is none on what the first has brought there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from widgets.shell.jobs import JobRow, JobsPanel


def test_a_double_click_does_not_cancel_what_its_first_click_began(qtbot):
    running = JobRow(2, "Train", "running", "busy", 0.4, active=True)
    cut = JobRow(2, "Train", "cancelled", cut_off="Cut off at step 5 of 12", learned=True)
    jobs = JobsPanel()
    qtbot.addWidget(jobs)
    jobs.resize(900, 240)
    jobs.show()
    jobs.kept.connect(lambda _id: jobs.show_jobs((running,)))
    said: list[int] = []
    jobs.cancelled.connect(said.append)
    for second in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonPress):
        jobs.show_jobs((cut,))
        jobs.keep.click()
        assert jobs.cancel.isVisible()
        for kind in (second, QEvent.Type.MouseButtonRelease):
            at = QPointF(jobs.cancel.rect().center())
            held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
            where = QPointF(jobs.cancel.mapToGlobal(at))
            event = QMouseEvent(kind, at, where, Qt.MouseButton.LeftButton, held, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(jobs.cancel, event)
    assert said == [2], "the press alone"
