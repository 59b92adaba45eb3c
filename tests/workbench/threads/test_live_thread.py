"""A live engine sees the newest frames, in the thread or in a worker, and an error ends it and nothing else."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication

from engines.core.frames import Frame, Gap, GapReason
from engines.core.live import Reset
from engines.core.slots import Latest, Slot
from tests.workbench.fakes import SAMPLES, picture
from tests.workbench.samples import MeanResult, MeanSettings
from workbench.threads.live import LiveThread
from workbench.threads.supervisor import Supervisor

Start = Callable[..., tuple[LiveThread, list[Slot]]]
both = pytest.mark.parametrize("host", ["thread", "worker"])


@pytest.fixture
def start(qtbot, supervisor: Supervisor) -> Start:
    def begin(host: str, settings: MeanSettings = MeanSettings(), count: int = 1, engine: str = "Mean"):
        slots = [Slot(Latest()) for _ in range(count)]
        thread = LiveThread(f"{SAMPLES}:{engine}", settings, slots, host)  # type: ignore[arg-type]
        supervisor.adopt(thread)
        with qtbot.waitSignal(thread.opened, timeout=20_000):
            thread.start()
        return thread, slots

    return begin


def see(qtbot, thread: LiveThread, index: int) -> MeanResult:
    qtbot.waitUntil(lambda: thread.latest() is not None and thread.latest().stamps[0].index == index, timeout=20_000)
    return thread.latest()


def blocked_until(true: Callable[[], object]) -> None:
    """Wait as a window that is busy does: none of its events are seen to."""
    moment = threading.Event()
    while not true():
        moment.wait(0.001)


@both
def test_a_result_carries_the_stamps_of_its_frames(start: Start, qtbot, host: str) -> None:
    thread, slots = start(host, count=2)
    frames = [picture(8, f"feed/{name}", value) for name, value in (("left", 10), ("right", 30))]
    with qtbot.waitSignal(thread.updated):
        for slot, frame in zip(slots, frames, strict=True):
            slot.put(frame)
    result = see(qtbot, thread, 8)
    assert result.means == (10.0, 30.0)
    assert result.stamps == tuple(frame.stamp for frame in frames)
    assert (result.pid == os.getpid()) == (host == "thread")


@both
def test_a_result_stays_with_its_frames_and_one_that_is_wanted_stays_for_later(start: Start, qtbot, host: str) -> None:
    thread, (slot,) = start(host)
    assert thread.seen() is thread.wanted() is None
    frames = [picture(number, "feed", value) for number, value in enumerate((10, 255, 30))]
    for frame in frames:
        slot.put(frame)
        see(qtbot, thread, frame.stamp.index)
    seen, wanted = thread.seen(), thread.wanted()
    assert seen is not None
    assert wanted is not None
    assert (seen.result, seen.frames[0]) == (thread.latest(), frames[2])
    assert wanted.frames[0] is frames[1]
    assert wanted.result.means == (255.0,)


def test_a_worker_is_given_what_it_needs_of_a_frame(qtbot, supervisor: Supervisor) -> None:
    slot = Slot(Latest())
    sent = lambda frame: Frame(frame.image[:1].copy(), frame.stamp)  # noqa: E731
    thread = LiveThread(f"{SAMPLES}:Mean", MeanSettings(), [slot], "worker", sent=sent)
    supervisor.adopt(thread)
    with qtbot.waitSignal(thread.opened, timeout=20_000):
        thread.start()
    image = picture(2, "feed", 10).image.copy()
    image[1:] = 200
    slot.put(Frame(image, picture(2).stamp))
    assert see(qtbot, thread, 2).means == (10.0,)
    seen = thread.seen()
    assert seen is not None
    assert seen.frames[0].image.shape == image.shape


def test_a_tile_goes_to_a_worker_as_it_is(start: Start, qtbot) -> None:
    thread, (slot,) = start("worker")
    whole = picture(0, size=(1080, 1920)).image.copy()
    whole[:540, 960:] = 77
    slot.put(Frame(whole[:540, 960:], picture(3).stamp))
    assert see(qtbot, thread, 3).means == (77.0,)


@both
def test_settings_change_between_two_frames(start: Start, qtbot, host: str) -> None:
    thread, (slot,) = start(host)
    slot.put(picture(1, value=10))
    opened = see(qtbot, thread, 1).opened
    thread.configure(MeanSettings(scale=3.0))
    slot.put(picture(2, value=10))
    result = see(qtbot, thread, 2)
    assert (result.means, result.opened) == ((30.0,), opened)
    thread.configure(MeanSettings(reopen="yes"))
    slot.put(picture(3, value=10))
    result = see(qtbot, thread, 3)
    assert (result.means, result.opened) == ((10.0,), opened + 1)


@both
def test_an_engine_that_is_opened_anew_looks_at_the_picture_that_stands_still(start: Start, qtbot, host: str) -> None:
    thread, (slot,) = start(host)
    slot.put(picture(1, value=10))
    opened = see(qtbot, thread, 1).opened
    thread.configure(MeanSettings(reopen="yes", scale=2.0))
    qtbot.waitUntil(lambda: thread.latest().opened == opened + 1, timeout=20_000)
    assert (thread.latest().means, thread.latest().stamps[0].index) == ((20.0,), 1)


@both
def test_an_engine_that_looks_again_follows_its_settings_in_a_still_picture(start: Start, qtbot, host: str) -> None:
    thread, (slot,) = start(host, engine="MeanAgain")
    slot.put(picture(1, value=10))
    see(qtbot, thread, 1)
    with qtbot.waitSignal(thread.updated):
        thread.configure(MeanSettings(scale=3.0))
    qtbot.waitUntil(lambda: thread.latest().means == (30.0,), timeout=20_000)
    assert thread.latest().stamps[0].index == 1
    slot.put(Gap("feed", 0, GapReason.SEEK))
    slot.put(picture(2, value=10))
    assert see(qtbot, thread, 2).resets == ("seek",)


@both
def test_gaps_and_wishes_reset_the_engine_once(start: Start, qtbot, host: str) -> None:
    thread, slots = start(host, count=2)
    for slot in slots:
        slot.put(Gap("feed", 0, GapReason.SEEK))
        slot.put(picture(1, "feed/tile"))
    assert see(qtbot, thread, 1).resets == ("seek",)
    thread.reset(Reset.LOOP)
    for slot in slots:
        slot.put(picture(2, "feed/tile"))
    assert see(qtbot, thread, 2).resets == ("seek", "loop")


@both
def test_an_exception_ends_the_engine_with_its_traceback(start: Start, qtbot, host: str) -> None:
    thread, (slot,) = start(host, MeanSettings(fail_at=5))
    with qtbot.waitSignals([thread.failed, thread.finished]):
        slot.put(picture(5))
    assert thread.failure is not None
    assert thread.failure.message == "ValueError: this frame is too much"
    assert "in process" in thread.failure.traceback
    assert slot.closed


@both
def test_an_engine_that_does_not_exist_fails_in_words(qtbot, supervisor: Supervisor, host: str) -> None:
    thread = LiveThread(f"{SAMPLES}:Nobody", MeanSettings(), [Slot(Latest())], host)  # type: ignore[arg-type]
    supervisor.adopt(thread)
    with qtbot.waitSignal(thread.failed, timeout=20_000) as told:
        thread.start()
    assert "Nobody" in told.args[0].message


def test_a_killed_worker_is_a_failure_while_the_window_lives(start: Start, qtbot) -> None:
    thread, (slot,) = start("worker")
    slot.put(picture(1))
    pid = see(qtbot, thread, 1).pid
    with qtbot.waitSignal(thread.failed, timeout=20_000) as told:
        os.kill(pid, signal.SIGKILL)
        slot.put(picture(2))
    assert told.args[0].kind == "worker-lost"
    assert "SIGKILL" in told.args[0].message


def test_a_slow_engine_drops_frames_and_stays_at_the_newest(start: Start, qtbot) -> None:
    thread, (slot,) = start("thread", MeanSettings(hold=0.05))
    slot.put(picture(0))
    see(qtbot, thread, 0)
    for index in range(1, 200):
        slot.put(picture(index))
    see(qtbot, thread, 199)
    assert thread.dropped + thread.slots[0].taken == 200
    assert thread.dropped > 100
    assert thread.rate <= 1 / 0.05
    assert thread.milliseconds >= 50


def test_a_blocked_window_hears_once_of_many_results(start: Start, qtbot) -> None:
    thread, (slot,) = start("thread")
    heard: list[int] = []
    qtbot.waitUntil(lambda: thread.note == "")
    QCoreApplication.processEvents()
    thread.updated.connect(lambda: heard.append(threading.get_ident()))
    for index in range(50):
        slot.put(picture(index))
        blocked_until(lambda index=index: thread.latest() and thread.latest().stamps[0].index == index)
    assert heard == []
    see(qtbot, thread, 49)
    qtbot.waitUntil(lambda: bool(heard))
    assert len(heard) <= 2
    assert set(heard) == {threading.get_ident()}


@both
def test_it_stops_whatever_it_does(start: Start, qtbot, host: str) -> None:
    thread, (slot,) = start(host)
    slot.put(picture(1))
    thread.request_stop()
    assert thread.join(20.0)
    assert thread.failure is None


def test_a_closed_slot_ends_the_engine(start: Start, qtbot) -> None:
    thread, (slot,) = start("thread")
    with qtbot.waitSignal(thread.finished):
        slot.close()
    assert thread.failure is None
