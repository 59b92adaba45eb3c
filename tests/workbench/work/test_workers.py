"""A worker does what it is told, says what happens, and costs no more than itself when it dies."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time

import numpy as np
import psutil
import pytest

from engines.core.errors import Cancelled, WorkerLost
from tests.leaks import shared_memory
from tests.workbench.fakes import SAMPLES
from tests.workbench.samples import CountResult
from workbench.work.broker import Broker
from workbench.work.failure import RemoteFailure
from workbench.work.workers import NOBODY, Listener, Worker


class Ear:
    """Remembers what it hears; `heard` is set by the first event."""

    def __init__(self) -> None:
        self.news: list[tuple[float, float, str]] = []
        self.events: list[tuple[str, object]] = []
        self.notes: list[str] = []
        self.heard = threading.Event()

    def progress(self, done: float, total: float, note: str) -> None:
        self.news.append((done, total, note))

    def event(self, key: str, event: object) -> None:
        self.events.append((key, event))
        self.heard.set()

    def note(self, text: str) -> None:
        self.notes.append(text)


def run(worker: Worker, job: str, ear: Ear | None = None, **spec: object):
    listener = Listener(ear.progress, ear.event, ear.note) if ear else NOBODY
    return worker.call("run", (f"{SAMPLES}:{job}", spec), title=job, listener=listener)


def when_heard(ear: Ear, act) -> threading.Thread:
    thread = threading.Thread(target=lambda: ear.heard.wait(20) and act())
    thread.start()
    return thread


def test_a_result_comes_as_an_object_and_as_json(worker: Worker) -> None:
    ear = Ear()
    result = run(worker, "count", ear, to=5, names=["ä", "b"])
    assert result == CountResult(10, ("ä", "b"), worker.pid)
    assert worker.json == f'{{"total": 10, "names": ["ä", "b"], "pid": {worker.pid}}}'
    assert ear.news[-1] == (5, 5, "adding")


def test_one_worker_serves_many_calls(worker: Worker) -> None:
    assert {run(worker, "count", to=n).pid for n in range(20)} == {worker.pid}


def test_large_arrays_come_back_whole_and_no_shared_memory_has_a_name(worker: Worker) -> None:
    for _ in range(3):
        ear = Ear()
        result = run(worker, "large", ear, to=1_000_000)
        assert np.array_equal(result.values, np.arange(1_000_000.0))
        for key, preview in ear.events:
            assert np.array_equal(preview, np.full(1_000_000, float(key[-1])))
        assert len(ear.events) >= 1
    assert worker.rings.inlet.name
    assert shared_memory(os.getpid(), worker.pid or 0) == set()


def test_a_hundred_thousand_events_become_a_few_and_the_last_is_true(worker: Worker) -> None:
    ear = Ear()
    start = time.monotonic()
    run(worker, "flood", ear, to=100_000)
    most = 2 + int((time.monotonic() - start) * 31)
    assert 1 <= len(ear.events) <= most
    assert 1 <= len(ear.news) <= most
    assert ear.events[-1] == ("number", 99_999)
    assert ear.news[-1][:2] == (100_000, 100_000)


def test_an_exception_comes_with_its_traceback_and_the_worker_goes_on(worker: Worker) -> None:
    with pytest.raises(RemoteFailure) as caught:
        run(worker, "wrong")
    failure = caught.value.failure
    assert failure.message == "ZeroDivisionError: nothing to divide by"
    assert failure.kind == "defect"
    assert "samples.py" in failure.traceback
    assert "in wrong" in failure.traceback
    assert run(worker, "count", to=3).total == 3


def test_bad_input_keeps_its_words(worker: Worker) -> None:
    with pytest.raises(RemoteFailure) as caught:
        run(worker, "bad_input")
    assert caught.value.failure.as_json() == {
        "kind": "bad-input",
        "message": "The file is empty",
        "path": "/a/file.png",
        "hint": "Choose another",
    }


def test_a_spec_that_does_not_fit_names_the_field(worker: Worker) -> None:
    with pytest.raises(RemoteFailure, match="CountSpec: to: input should be a valid integer"):
        run(worker, "count", to="many")


def test_a_job_that_does_not_exist_is_a_failure(worker: Worker) -> None:
    with pytest.raises(RemoteFailure, match="no_such"):
        run(worker, "no_such")


def test_cancel_is_seen_at_the_next_check(worker: Worker) -> None:
    ear = Ear()
    thread = when_heard(ear, worker.cancel)
    with pytest.raises(Cancelled):
        run(worker, "patient", ear)
    thread.join()
    assert run(worker, "count", to=2).total == 1


def test_a_job_that_does_not_listen_is_ended_with_its_worker(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.work.workers.CANCEL_DEADLINE", 0.3)
    ear = Ear()
    thread = when_heard(ear, worker.cancel)
    with pytest.raises(Cancelled, match="was ended by force"):
        run(worker, "deaf", ear)
    thread.join()
    assert not worker.alive


def test_a_cancel_from_before_is_not_forgotten(worker: Worker) -> None:
    with pytest.raises(Cancelled):
        worker.call("run", (f"{SAMPLES}:patient", {}), unwanted=lambda: True)


def test_a_cancel_while_nothing_runs_does_nothing(worker: Worker) -> None:
    worker.cancel()
    assert run(worker, "count", to=2).total == 1


@pytest.mark.parametrize(("job", "words"), [("shot", "was killed (SIGKILL)"), ("crash", "crashed (SIGSEGV)")])
def test_a_death_says_how(worker: Worker, job: str, words: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(WorkerLost) as caught:
        run(worker, job)
    assert words in caught.value.message
    assert words in caplog.text
    if job == "crash":
        assert "in crash" in caplog.text


def test_a_worker_that_dies_idle_is_noticed(worker: Worker) -> None:
    run(worker, "count")
    os.kill(worker.pid or 0, signal.SIGKILL)
    with pytest.raises(WorkerLost, match="SIGKILL"):
        worker.serve(5.0)


def test_everything_it_writes_is_in_the_log(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    run(worker, "talk")
    worker.serve(0.2)
    for words in ("to stdout", "to stderr", "by native code", "to the log", "as a warning"):
        assert f"said {words}" in caplog.text


def test_a_wait_for_threads_is_said_and_ends(worker: Worker, broker: Broker) -> None:
    holder = broker.request("Train a network", "cpu", 0, 4, lambda _: None)
    ear = Ear()

    def note(text: str) -> None:
        ear.notes.append(text)
        broker.release(holder)

    ear.note = note  # type: ignore[method-assign]
    assert run(worker, "heavy", ear, to=0).total == 4
    assert ear.notes == ["Waiting for Train a network"]
    assert broker.waiting_for(broker.request("Next", "cpu", 0, 4, lambda _: None)) == []


def test_a_dead_worker_gives_its_lease_back(worker: Worker, broker: Broker) -> None:
    ear = Ear()
    thread = when_heard(ear, lambda: os.kill(worker.pid or 0, signal.SIGKILL))
    with pytest.raises(WorkerLost):
        run(worker, "heavy", ear, to=1)
    thread.join()
    granted: list[object] = []
    broker.request("next", "cpu", 0, 4, granted.append)
    assert len(granted) == 1


def test_closing_twice_and_before_it_is_ready(broker: Broker) -> None:
    worker = Worker("short", broker)
    worker.start()
    pid = worker.pid
    worker.close()
    worker.close()
    assert pid is not None
    assert not psutil.pid_exists(pid)
