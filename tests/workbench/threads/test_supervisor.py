"""Everything ends with the supervisor, once or more often asked; what is stuck is named and left behind hard."""

from __future__ import annotations

import logging
import threading

import pytest

from tests.leaks import shared_memory
from tests.programs import run
from workbench.threads.engine_thread import EngineThread
from workbench.threads.supervisor import Supervisor


class Waiting(EngineThread):
    def work(self) -> None:
        self._stop.wait()


class Stuck(EngineThread):
    """Does not hear of a stop."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.leave = threading.Event()
        self.inside = threading.Event()

    def work(self) -> None:
        self.inside.set()
        self.stuck_here()

    def stuck_here(self) -> None:
        self.leave.wait()


def test_all_end_and_asking_again_is_fine(qtbot) -> None:
    supervisor = Supervisor()
    threads = [Waiting(f"thread {number}") for number in range(5)]
    for thread in threads:
        supervisor.adopt(thread)
        thread.start()
    assert supervisor.shutdown() == []
    assert all(thread.ended for thread in threads)
    assert supervisor.shutdown() == []
    assert supervisor.leave(7) == 7


def test_what_is_stuck_is_named_with_the_line_it_is_in(qtbot, caplog: pytest.LogCaptureFixture) -> None:
    supervisor, stuck, good = Supervisor(), Stuck("the stuck one"), Waiting("the good one")
    for thread in (stuck, good):
        supervisor.adopt(thread)
        thread.start()
    assert stuck.inside.wait(20)
    assert supervisor.shutdown(0.2) == ["the stuck one"]
    record = next(record for record in caplog.records if record.levelno == logging.ERROR)
    assert "the stuck one did not end" in record.getMessage()
    assert "stuck_here" in record.details  # type: ignore[attr-defined]
    stuck.leave.set()
    assert supervisor.shutdown(20.0) == []


def test_who_comes_after_the_end_is_asked_to_stop(qtbot) -> None:
    supervisor = Supervisor()
    supervisor.shutdown()
    thread = Waiting("late")
    supervisor.adopt(thread)
    thread.start()
    assert not thread.isRunning()


def test_what_has_ended_is_not_kept(qtbot) -> None:
    supervisor = Supervisor()
    for number in range(5):
        thread = Waiting(f"thread {number}")
        supervisor.adopt(thread)
        thread.start()
        thread.request_stop()
        assert thread.join(20.0)
    assert supervisor.names() == []
    assert len(supervisor._owned) == 1


STUCK = """
import sys
from PySide6.QtCore import QCoreApplication
from tests.workbench.threads.test_supervisor import Stuck
from workbench.threads.supervisor import Supervisor

app = QCoreApplication([])
supervisor = Supervisor(save=lambda: print("saved", flush=True))
thread = Stuck("stuck")
supervisor.adopt(thread)
thread.start()
thread.inside.wait()
supervisor.leave(0, deadline=0.2)
print("not reached")
"""

TWENTY = """
import atexit, sys, threading
from PySide6.QtCore import QCoreApplication, QTimer
from engines.cameras.types import FileSource
from tests.workbench.fakes import SAMPLES, FakeFeed
from workbench.feeds.running import Feeds, FrameTap
from workbench.threads.jobs import JobQueue
from workbench.work.job_store import JobStore
from workbench.threads.supervisor import Supervisor

def main():
    app = QCoreApplication([])
    seen = 0
    for round in range(20):
        supervisor = Supervisor()
        feeds = Feeds(supervisor, FakeFeed)
        jobs = JobQueue(supervisor, workers=1)
        frames = []
        taps = [FrameTap(feeds, feeds.add(FileSource(f"{n}"))) for n in range(4)]
        for tap in taps:
            tap.ready.connect(lambda tap=tap: (frames.append(tap.take()), len(frames) > 8 and app.quit()))
        if round % 10 == 0:
            jobs.event.connect(lambda *_: app.quit())
            for tap in taps:
                tap.ready.disconnect()
        jobs.submit(f"{SAMPLES}:patient", {})
        QTimer.singleShot(30000, app.quit)
        app.exec()
        seen += len(frames)
        if round % 2:
            for tap in taps:
                tap.close()
            feeds.clear()
        assert supervisor.shutdown() == []
        jobs.close()
    assert seen > 40, seen
    print("closed 20 times")
    return supervisor.leave(0)

if __name__ == "__main__":
    sys.exit(main())
"""


def test_a_stuck_thread_is_left_behind_after_saving() -> None:
    done = run(STUCK)
    assert (done.returncode, done.stdout) == (1, "saved\n")
    assert "stuck did not end" in done.stderr


@pytest.mark.slow
def test_twenty_times_open_and_close_under_feeds_and_a_busy_worker() -> None:
    done = run(TWENTY)
    assert (done.returncode, done.stdout) == (0, "closed 20 times\n"), done.stderr
    assert done.stderr == ""
    assert shared_memory(done.pid) == set()
