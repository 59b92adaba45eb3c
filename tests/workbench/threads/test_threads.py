"""Threads tell the window things in the window's thread, fail in words, and are never destroyed while they run."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal, Slot

from engines.core.errors import BadInput, Cancelled
from workbench.threads.engine_thread import EngineThread, Wake, stack_of
from workbench.work.failure import Failure, exit_in_words


class Working(EngineThread):
    """Emits from its thread until it is asked to stop."""

    said = Signal(object)

    def work(self) -> None:
        self.said.emit(threading.get_ident())
        self._stop.wait()


class Raising(EngineThread):
    def __init__(self, error: Exception) -> None:
        super().__init__("raising")
        self.error = error

    def work(self) -> None:
        raise self.error


class Hearing(QObject):
    """Notes in which thread it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[int] = []

    @Slot(object)
    def slot(self, _: object) -> None:
        self.threads.append(threading.get_ident())

    def method(self, _: object) -> None:
        self.threads.append(threading.get_ident())


def test_what_a_thread_emits_is_heard_in_the_window_s_thread(qtbot) -> None:
    thread, hearing, elsewhere = Working("emitting"), Hearing(), []
    thread.said.connect(hearing.slot)
    thread.said.connect(hearing.method)
    thread.said.connect(lambda ident: (elsewhere.append(ident), hearing.method(ident)))
    thread.start()
    qtbot.waitUntil(lambda: len(hearing.threads) == 3)
    thread.request_stop()
    assert thread.join(20.0)
    assert set(hearing.threads) == {threading.get_ident()}
    assert elsewhere[0] != threading.get_ident()


def test_a_failure_has_words_and_a_traceback(qtbot) -> None:
    thread = Raising(ZeroDivisionError("no"))
    with qtbot.waitSignal(thread.failed) as told:
        thread.start()
    failure = told.args[0]
    assert (failure.message, failure.kind) == ("ZeroDivisionError: no", "defect")
    assert "in work" in failure.traceback
    qtbot.waitUntil(lambda: thread.ended)


def test_bad_input_is_not_a_defect(qtbot) -> None:
    thread = Raising(BadInput("Empty", path="/a b.png", hint="Choose another"))
    with qtbot.waitSignal(thread.failed) as told:
        thread.start()
    assert str(told.args[0]) == "Empty (/a b.png). Choose another"
    assert told.args[0].kind != "defect"
    qtbot.waitUntil(lambda: thread.ended)


def test_a_cancel_is_not_a_failure(qtbot) -> None:
    thread, failures = Raising(Cancelled()), []
    thread.failed.connect(failures.append)
    with qtbot.waitSignal(thread.finished):
        thread.start()
    assert failures == []
    assert thread.failure is None


def test_a_running_thread_outlives_its_last_reference(qtbot) -> None:
    thread = Working("forgotten")
    with qtbot.waitSignal(thread.said):
        thread.start()
    reference = weakref.ref(thread)
    stop = thread._stop
    del thread
    gc.collect()
    assert reference() is not None
    stop.set()
    qtbot.waitUntil(lambda: gc.collect() >= 0 and reference() is None, timeout=20_000)


def test_a_thread_that_was_asked_to_stop_does_not_start(qtbot) -> None:
    thread = Working("late")
    thread.request_stop()
    thread.start()
    assert not thread.isRunning()
    assert thread.join(0.0)


def test_where_a_thread_is_names_the_line() -> None:
    inside, leave = threading.Event(), threading.Event()

    def waits_here() -> None:
        inside.set()
        leave.wait()

    thread = threading.Thread(target=waits_here)
    thread.start()
    inside.wait()
    assert "waits_here" in stack_of(thread.ident)
    leave.set()
    thread.join()
    assert stack_of(None) == "not in Python code"


def test_a_bell_rung_many_times_is_heard_once(qtbot) -> None:
    heard: list[int] = []
    wake = Wake(lambda: heard.append(threading.get_ident()))
    ringers = [threading.Thread(target=lambda: [wake.ring() for _ in range(1000)]) for _ in range(4)]
    for ringer in ringers:
        ringer.start()
    for ringer in ringers:
        ringer.join()
    qtbot.waitUntil(lambda: bool(heard))
    settle()
    assert heard == [threading.get_ident()]
    wake.ring()
    qtbot.waitUntil(lambda: len(heard) == 2)


def test_a_closed_bell_is_silent(qtbot) -> None:
    heard: list[int] = []
    wake = Wake(lambda: heard.append(1))
    wake.ring()
    wake.close()
    wake.ring()
    settle()
    assert heard == []


def test_exit_codes_in_words() -> None:
    assert exit_in_words(-9) == "was killed (SIGKILL)"
    assert exit_in_words(-11) == "crashed (SIGSEGV)"
    assert exit_in_words(3) == "ended with code 3"
    assert exit_in_words(None) == "is still running"


def test_a_failure_of_a_failure_is_itself() -> None:
    from workbench.work.failure import RemoteFailure

    failure = Failure("It broke", kind="work")
    assert Failure.of(RemoteFailure(failure)) is failure


def settle() -> None:
    """Let the event loop deliver what is under way."""
    loop = QEventLoop()
    QTimer.singleShot(0, lambda: QTimer.singleShot(0, loop.quit))
    loop.exec()
