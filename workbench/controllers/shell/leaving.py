"""Leaves the window: at once where nothing runs, else as the user says, who is asked once and never by a signal."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engines.core.addresses import hidden
from engines.core.names import shown
from widgets.shell.leaving import FinishingWindow, LeavingQuestion, Work
from workbench.project.running import FinishingMark
from workbench.services import Services
from workbench.threads.jobs import JobRecord

REFRESH_MS = 500


class LeavingController(QObject):
    """`may_close` is asked when a user closes the window; whatever closes it otherwise does so at once."""

    def __init__(self, window: QWidget, services: Services) -> None:
        super().__init__(window)
        self._window, self._services = window, services
        self._question: LeavingQuestion | None = None
        self.waiting: FinishingWindow | None = None
        self._paused: list[str] = []
        self._mark, self._marked = FinishingMark(), 0
        self._clock = QTimer(self, interval=REFRESH_MS)
        self._clock.timeout.connect(self._refresh)
        services.jobs.finished.connect(self._soon)

    @property
    def question(self) -> LeavingQuestion | None:
        """The question that is open now."""
        return self._question if self._question is not None and self._question.isVisible() else None

    def quit(self) -> None:
        """Close the window, as a user asks for it."""
        if self.may_close():
            self._window.close()

    def may_close(self) -> bool:
        """Whether nothing is under way. If not, the user is asked, and the answer closes the window or does not."""
        work = self._work()
        if not work or _logging_out():
            return True
        if self._question is None:
            self._question = LeavingQuestion(self._window)
            self._question.waits.connect(self.wait)
            self._question.cancels.connect(self._window.close)
        self._question.ask(work)
        return False

    def wait(self) -> None:
        """Hide the window until the jobs have ended, with a small one in its place."""
        self.waiting = FinishingWindow()
        self.waiting.back.connect(self.come_back)
        self.waiting.cancels.connect(self._window.close)
        self._pause()
        self._refresh()
        if self.waiting is not None:
            self.waiting.show()
            self._window.hide()
            self._clock.start()

    def come_back(self) -> None:
        """The window again, with what played in it."""
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        for id in self._paused:
            if id in self._services.feeds.ids():
                self._services.feeds.feed(id).play()
        self._paused = []
        self._end_waiting()

    def close(self) -> None:
        self._end_waiting()

    def _pause(self) -> None:
        """Nothing is watched or recorded behind the user's back."""
        feeds = self._services.feeds
        self._paused = [id for id in feeds.ids() if feeds.plays(id)]
        for id in self._paused:
            feeds.feed(id).pause()

    def _end_waiting(self) -> None:
        self._clock.stop()
        self._mark.close()
        self._marked = 0
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            waiting.hide()
            waiting.deleteLater()

    def _soon(self, _id: int) -> None:
        """Whoever follows up the end of one job with another has done so by then."""
        if self.waiting is not None:
            QTimer.singleShot(0, self, self._refresh)

    def _refresh(self) -> None:
        """How far the jobs are; the window comes back where another start of the program asks for it."""
        work = self._work()
        if self.waiting is not None and work and self._mark.is_wanted():
            self.come_back()
        elif self.waiting is not None and work:
            self.waiting.show_work(work)
            self._tell_others(len(work))
        elif self.waiting is not None:
            self._window.close()

    def _tell_others(self, jobs: int) -> None:
        if jobs != self._marked:
            self._marked = jobs
            self._mark.put(jobs)

    def _work(self) -> tuple[Work, ...]:
        return tuple(self._as_work(one) for one in self._services.jobs.records() if not one.state.over)

    def _as_work(self, record: JobRecord) -> Work:
        keeps = self._services.jobs.keeps_checkpoint(record.id)
        return Work(record.id, shown(hidden(record.title)), record.fraction, keeps)


def _logging_out() -> bool:
    """The desktop ends the session: it waits for no answer."""
    app = QGuiApplication.instance()
    return isinstance(app, QGuiApplication) and app.isSavingSession()
