"""The actions engine as the window runs it: on a thread, from a slot, told of jumps, changed and ended in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engines.actions.streaming.detect import run
from engines.actions.streaming.live import ActionWatcher
from engines.actions.study_types import DetectSpec
from engines.actions.types import WatchSettings
from engines.core.context import PlainContext
from engines.core.frames import Frame, Gap, GapReason, Stamp
from engines.core.slots import Lossless, Slot
from engines.core.video.film import Film
from tests.engines.actions.watching import make_film, make_model
from workbench.threads.live import LiveThread

ENGINE = f"{ActionWatcher.__module__}:{ActionWatcher.__name__}"


@pytest.fixture
def film(tmp_path):
    return make_film(tmp_path / "film.mkv", 30)


@pytest.fixture
def settings(tmp_path):
    return WatchSettings(make_model(tmp_path / "m.safetensors").path, feature_rate=0.0)


@pytest.fixture
def start(qtbot, supervisor):
    def begin(settings):
        slot = Slot(Lossless(64))
        thread = LiveThread(ENGINE, settings, [slot], "thread")
        supervisor.adopt(thread)
        with qtbot.waitSignal(thread.opened, timeout=10_000):
            thread.start()
        return thread, slot

    return begin


def frames_of(film, first=0):
    return [Frame(one.image, Stamp("film", first + one.index, 0.0, one.seconds)) for one in Film.open(film).frames()]


def fed(qtbot, thread, slot, frames):
    """One after the other, so that none is skipped; what was said of each."""
    said = []
    for frame in frames:
        slot.put(frame)
        qtbot.waitUntil(lambda frame=frame: thread.latest() is not None and thread.latest().stamp == frame.stamp)
        said.append(thread.latest())
    return said


def test_it_says_what_detection_writes(qtbot, start, film, settings, tmp_path):
    thread, slot = start(settings)
    said = fed(qtbot, thread, slot, frames_of(film))
    assert thread.failure is None
    written = tmp_path / "scores.csv"
    run(DetectSpec(settings.model, str(film), str(written)), PlainContext())
    rows = [tuple(map(float, line.split(",")[2:])) for line in written.read_text().splitlines()[1:]]
    assert rows == [pytest.approx(result.now.probabilities, abs=1e-8) for result in said]


def test_after_a_seek_it_begins_anew(qtbot, start, film, settings):
    thread, slot = start(settings)
    first = fed(qtbot, thread, slot, frames_of(film))
    slot.put(Gap("film", 0, GapReason.SEEK))
    again = fed(qtbot, thread, slot, frames_of(film, first=100)[:10])
    assert [one.now.probabilities for one in again] == [one.now.probabilities for one in first[:10]]
    assert again[0].now.number == 30


def test_other_weights_open_it_again_and_a_threshold_does_not(qtbot, start, film, settings):
    thread, slot = start(settings)
    frames = frames_of(film)
    fed(qtbot, thread, slot, frames[:10])
    thread.configure(replace(settings, threshold=0.0, release=0.0, least=0.0))
    (same,) = fed(qtbot, thread, slot, frames[10:11])
    assert (same.now.number, len(same.events)) == (10, 3)
    thread.configure(replace(settings, pose=False, weights="int8"))
    (opened,) = fed(qtbot, thread, slot, frames[11:12])
    assert opened.now.number == 0


def test_what_is_no_model_ends_it_with_words(qtbot, supervisor, tmp_path):
    bad = tmp_path / "x.safetensors"
    bad.write_bytes(b"nothing of the kind")
    thread = LiveThread(ENGINE, WatchSettings(str(bad)), [Slot(Lossless(4))], "thread")
    supervisor.adopt(thread)
    with qtbot.waitSignals([thread.failed, thread.finished], timeout=10_000):
        thread.start()
    assert thread.failure is not None
    assert str(bad) in f"{thread.failure.message} {thread.failure.path}"
