"""Jobs run elsewhere, tell how far they are, end when told to, and are remembered."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QTimer

from engines.core.errors import UsageError
from tests.leaks import shared_memory
from tests.workbench.fakes import SAMPLES
from tests.workbench.samples import CountResult, CountSpec
from workbench.threads.jobs import JobQueue
from workbench.threads.supervisor import Supervisor
from workbench.work.broker import Broker
from workbench.work.job_store import JobState, JobStore

ROOT = Path(__file__).resolve().parents[3]


def submit(jobs: JobQueue, name: str, **spec: object) -> int:
    return jobs.submit(f"{SAMPLES}:{name}", spec, name.title(), f"main.py {name}")


def done(qtbot, jobs: JobQueue, id: int) -> JobState:
    qtbot.waitUntil(lambda: jobs.record(id).state.over, timeout=30_000)
    return jobs.record(id).state


def event(qtbot, jobs: JobQueue, id: int, wanted: str) -> object:
    """Wait for an event of a job that is under way."""
    values: list[object] = []

    def hear(number: int, key: str, value: object) -> None:
        if (number, key) == (id, wanted):
            values.append(value)

    jobs.event.connect(hear)
    qtbot.waitUntil(lambda: bool(values), timeout=30_000)
    jobs.event.disconnect(hear)
    return values[-1]


def test_a_spec_goes_and_a_result_comes_back(jobs: JobQueue, qtbot) -> None:
    spec = CountSpec(to=10, names=("ä", "b"), path="/a folder/ü.png")
    id = jobs.submit(f"{SAMPLES}:count", spec, "Count", "main.py count")
    assert done(qtbot, jobs, id) is JobState.DONE
    result = jobs.result(id)
    assert result == CountResult(45, ("ä", "b"), result.pid)
    record = jobs.record(id)
    assert record.spec == {"to": 10, "names": ["ä", "b"], "path": "/a folder/ü.png"}
    assert (record.done, record.total, record.title, record.command) == (10, 10, "Count", "main.py count")
    assert record.created <= (record.started or 0) <= (record.finished or 0)


def test_signals_come_in_the_window_s_thread(jobs: JobQueue, qtbot) -> None:
    threads: set[int] = set()
    order: list[str] = []
    jobs.changed.connect(lambda _: (threads.add(threading.get_ident()), order.append("changed")))
    jobs.event.connect(lambda *_: (threads.add(threading.get_ident()), order.append("event")))
    with qtbot.waitSignal(jobs.finished, timeout=30_000):
        jobs.finished.connect(lambda _: (threads.add(threading.get_ident()), order.append("finished")))
        submit(jobs, "flood", to=100)
    assert threads == {threading.get_ident()}
    assert order[-2:] == ["changed", "finished"]
    assert "event" in order


def test_a_job_is_not_removed_before_the_window_was_told_of_its_end(jobs: JobQueue, qtbot) -> None:
    told: list[JobState] = []
    jobs.finished.connect(lambda id: told.append(jobs.record(id).state))
    first, waiting = submit(jobs, "patient"), submit(jobs, "patient")
    jobs.cancel(waiting)
    jobs.remove(waiting)
    assert told == [JobState.CANCELLED]
    with pytest.raises(UsageError):
        jobs.record(waiting)
    jobs.cancel(first)
    assert done(qtbot, jobs, first) is JobState.CANCELLED


def test_an_exception_is_a_failed_job_with_its_traceback(jobs: JobQueue, qtbot) -> None:
    id = submit(jobs, "wrong")
    assert done(qtbot, jobs, id) is JobState.FAILED
    error = jobs.record(id).error or {}
    assert error["message"] == "ZeroDivisionError: nothing to divide by"
    assert "in wrong" in error["traceback"]


def test_bad_input_is_a_failed_job_with_a_hint(jobs: JobQueue, qtbot) -> None:
    id = submit(jobs, "bad_input")
    assert done(qtbot, jobs, id) is JobState.FAILED
    error = jobs.record(id).error or {}
    assert (error["kind"], error["path"], error["hint"]) == ("bad-input", "/a/file.png", "Choose another")


def test_a_running_job_is_cancelled_and_its_worker_goes_on(jobs: JobQueue, qtbot) -> None:
    id = submit(jobs, "patient")
    pid = event(qtbot, jobs, id, "pid")
    jobs.cancel(id)
    assert jobs.record(id).note == "Cancelling"
    assert done(qtbot, jobs, id) is JobState.CANCELLED
    again = submit(jobs, "count", to=1)
    done(qtbot, jobs, again)
    assert jobs.result(again).pid == pid


def test_a_job_that_does_not_listen_is_ended_and_says_so(
    jobs: JobQueue, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.work.workers.CANCEL_DEADLINE", 0.3)
    id = submit(jobs, "deaf")
    pid = event(qtbot, jobs, id, "pid")
    jobs.cancel(id)
    assert done(qtbot, jobs, id) is JobState.CANCELLED
    assert "was ended by force" in jobs.record(id).note
    again = submit(jobs, "count", to=1)
    assert done(qtbot, jobs, again) is JobState.DONE
    assert jobs.result(again).pid != pid


def test_a_queued_job_is_cancelled_at_once(jobs: JobQueue, qtbot) -> None:
    first = submit(jobs, "patient")
    event(qtbot, jobs, first, "pid")
    second, third = submit(jobs, "count"), submit(jobs, "count")
    jobs.cancel(second)
    assert jobs.record(second).state is JobState.CANCELLED
    assert jobs.record(third).state is JobState.QUEUED
    jobs.cancel_all()
    assert [done(qtbot, jobs, id) for id in (first, third)] == [JobState.CANCELLED] * 2


def test_cancelling_right_after_submitting_is_not_lost(jobs: JobQueue, qtbot) -> None:
    ids = [submit(jobs, "patient") for _ in range(10)]
    for id in ids:
        qtbot.waitUntil(lambda id=id: jobs.record(id).state is JobState.RUNNING, timeout=30_000)
        jobs.cancel(id)
        assert done(qtbot, jobs, id) is JobState.CANCELLED


def test_a_killed_worker_is_a_failed_job_and_the_next_job_runs(jobs: JobQueue, qtbot) -> None:
    id = submit(jobs, "patient")
    pid = event(qtbot, jobs, id, "pid")
    os.kill(int(str(pid)), signal.SIGKILL)
    assert done(qtbot, jobs, id) is JobState.FAILED
    assert (jobs.record(id).error or {})["kind"] == "worker-lost"
    assert "SIGKILL" in jobs.record(id).note
    assert done(qtbot, jobs, submit(jobs, "count")) is JobState.DONE


def test_a_second_heavy_job_waits_and_says_for_whom(qtbot, supervisor: Supervisor, tmp_path: Path) -> None:
    broker = Broker(threads=2)
    one = JobQueue(supervisor, JobStore(tmp_path / "one.sqlite"), broker=broker, workers=1)
    two = JobQueue(supervisor, JobStore(tmp_path / "two.sqlite"), broker=broker, workers=1)
    first = submit(one, "heavy", to=1)
    event(qtbot, one, first, "holds")
    second = submit(two, "heavy", to=0)
    qtbot.waitUntil(lambda: two.record(second).note == "Waiting for Heavy", timeout=30_000)
    one.cancel(first)
    assert done(qtbot, two, second) is JobState.DONE
    supervisor.shutdown()
    one.close()
    two.close()


def test_two_workers_run_two_jobs_at_once(qtbot, supervisor: Supervisor) -> None:
    jobs = JobQueue(supervisor, workers=2)
    ids = [submit(jobs, "patient") for _ in range(2)]
    qtbot.waitUntil(lambda: all(jobs.record(id).state is JobState.RUNNING for id in ids), timeout=30_000)
    supervisor.shutdown()
    assert [jobs.record(id).note for id in ids] == ["The window was closed"] * 2
    jobs.close()


def test_what_waits_when_the_window_closes_is_cancelled(qtbot, supervisor: Supervisor) -> None:
    jobs = JobQueue(supervisor, workers=1)
    ids = [submit(jobs, "patient") for _ in range(3)]
    supervisor.shutdown()
    jobs.close()
    history = JobStore()
    assert [record.state for record in history.records() if record.id in ids] == [JobState.CANCELLED] * 3
    history.close()


def words(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def test_a_worker_is_warm_before_it_is_needed_and_after_it_died(qtbot, supervisor: Supervisor) -> None:
    jobs = JobQueue(supervisor, workers=1, warm_after=0.05)
    family = psutil.Process()

    def warm() -> list[int]:
        return [child.pid for child in family.children() if runs(child) and "spawn_main" in words(child)]

    qtbot.waitUntil(lambda: len(warm()) == 1, timeout=30_000)
    (first,) = warm()
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: len(warm()) == 1 and warm() != [first], timeout=30_000)
    id = submit(jobs, "count")
    assert done(qtbot, jobs, id) is JobState.DONE
    assert [jobs.result(id).pid] == warm()
    supervisor.shutdown()
    jobs.close()


def test_removing_a_job_takes_it_out_of_the_history(jobs: JobQueue, qtbot) -> None:
    id = submit(jobs, "count")
    done(qtbot, jobs, id)
    jobs.remove(id)
    with pytest.raises(UsageError, match=str(id)):
        jobs.record(id)
    assert jobs.result(id) is None


def test_the_window_does_not_wait_for_workers_to_start(qtbot, supervisor: Supervisor) -> None:
    jobs = JobQueue(supervisor, workers=2)
    ids = [submit(jobs, "count"), submit(jobs, "count")]
    ticked: list[int] = []
    QTimer.singleShot(0, lambda: ticked.append(sum(jobs.record(id).state.over for id in ids)))
    qtbot.waitUntil(lambda: bool(ticked))
    assert ticked == [0], "events of the window come before either worker is ready"
    assert [done(qtbot, jobs, id) for id in ids] == [JobState.DONE] * 2
    supervisor.shutdown()
    jobs.close()


RUNS = """
import sys
from PySide6.QtCore import QCoreApplication
from engines.core.slots import Latest, Slot
from tests.workbench.fakes import SAMPLES, picture
from tests.workbench.samples import MeanSettings
from workbench.threads.jobs import JobQueue
from workbench.threads.live import LiveThread
from workbench.threads.supervisor import Supervisor

def main():
    app = QCoreApplication([])
    supervisor = Supervisor()
    jobs = JobQueue(supervisor, workers=2)
    slot = Slot(Latest())
    live = LiveThread(f"{SAMPLES}:Mean", MeanSettings(), [slot], "worker")
    supervisor.adopt(live)
    live.opened.connect(lambda: slot.put(picture(1, size=(1080, 1920))))
    live.start()
    pids = []
    def tell(pid):
        pids.append(pid)
        if len(pids) == 3:
            print(*pids, flush=True)
    live.updated.connect(lambda: live.latest() and live.latest().pid not in pids and tell(live.latest().pid))
    jobs.event.connect(lambda id, key, pid: tell(pid))
    for job in ("patient", "deaf"):
        jobs.submit(f"{SAMPLES}:{job}", {})
    jobs.submit(f"{SAMPLES}:count", {})
    app.exec()

if __name__ == "__main__":
    main()
"""


def test_a_killed_window_leaves_no_worker_no_memory_and_its_jobs_are_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    script = tmp_path / "window.py"
    script.write_text(RUNS, encoding="utf-8")
    window = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert window.stdout is not None
    workers = [psutil.Process(int(pid)) for pid in window.stdout.readline().split()]
    family = psutil.Process(window.pid).children(recursive=True)
    assert len(workers) == 3
    assert {worker.pid for worker in workers} <= {child.pid for child in family}
    window.send_signal(signal.SIGKILL)
    window.wait()
    window.stdout.close()
    end = time.monotonic() + 20
    while any(map(runs, family)) and time.monotonic() < end:
        threading.Event().wait(0.01)
    assert [child.pid for child in family if runs(child)] == []
    assert shared_memory(window.pid, *(child.pid for child in family)) == set()
    history = JobStore()
    assert [record.state for record in history.records()] == [JobState.LOST] * 3
    assert "ended while" in history.records()[0].note
    history.close()


def runs(process: psutil.Process) -> bool:
    """A dead process that nobody has reaped yet does not run."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
