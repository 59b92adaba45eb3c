"""However a film is watched, what is known of it is what a run over the whole film gives, as far as it was watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pytest

from engines.actions.streaming.detect import run
from engines.actions.streaming.live import ActionWatcher
from engines.actions.study_types import DetectSpec
from engines.actions.types import Event, WatchSettings
from engines.core.context import PlainContext
from engines.core.frames import Frame, Stamp
from engines.core.live import Reset
from engines.core.video.film import Film
from tests.engines.actions.watching import CLASSES, make_film, make_model
from widgets.timeline.state import ScoreTrack
from workbench.controllers.actions.score_history import ScoreHistory
from workbench.controllers.actions.studies import read_whole

FRAMES, FPS, CHUNK = 90, 24, 3
ASKED = WatchSettings(feature_rate=0.0, threshold=0.3, release=0.27, least=0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("watching")


@pytest.fixture(scope="module")
def settings(folder):
    return replace(ASKED, model=make_model(folder / "m.safetensors", kind="gru").path)


@pytest.fixture(scope="module")
def film(folder):
    return make_film(folder / "film.mkv", FRAMES, fps=FPS)


@pytest.fixture(scope="module")
def frames(film):
    return [Frame(one.image, Stamp("film", one.index, 0.0, one.seconds)) for one in Film.open(film).frames()]


@pytest.fixture(scope="module")
def whole(folder, film, settings):
    """The job's result and what the window makes of it."""
    spec = DetectSpec(settings.model, str(film), str(folder / "s.csv"), threshold=0.3, release=0.27, least=0.1)
    result = run(spec, PlainContext())
    assert len(result.events) > 5, "nothing would be compared"
    return result, read_whole(spec, result)


@dataclass
class Watching:
    """Somebody at the player, and what is kept of what the engine says. runs: first and last frames without a jump."""

    frames: list[Frame]
    settings: WatchSettings
    history: ScoreHistory = field(default_factory=ScoreHistory)
    runs: list[tuple[int, int]] = field(default_factory=list)
    at: int = 0
    fresh: bool = True
    engine: ActionWatcher | None = None

    def start(self) -> None:
        self.engine, self.fresh = ActionWatcher(), True
        self.engine.open(self.settings, PlainContext())

    def stop(self) -> None:
        if self.engine is not None:
            self.engine.close()
        self.engine = None

    def play(self, count: int, told: int = 1) -> None:
        """So many frames; the window hears of every `told`-th result."""
        for number in range(count):
            if self.at == len(self.frames):
                self.jump(0, Reset.LOOP)
            if self.engine is None:
                self.start()
            self.runs.append((self.at, self.at)) if self.fresh else None
            self.runs[-1] = self.runs[-1][0], self.at
            watched = self.engine.process([self.frames[self.at]])
            self.at, self.fresh = self.at + 1, False
            if number % told == 0 or number == count - 1:
                self.history.add(watched)

    def pause(self) -> None:
        """The picture stands still, and is looked at again."""
        if self.engine is not None and not self.fresh:
            self.history.add(self.engine.process([self.frames[self.at - 1]]))

    def jump(self, frame: int, why: Reset = Reset.SEEK) -> None:
        self.at, self.fresh = frame, True
        if self.engine is not None:
            self.engine.reset(why)

    def track(self, going: bool = False) -> ScoreTrack:
        return self.history.track(self.settings, going)


def watch_at_random(watching: Watching, rng: np.random.Generator) -> None:
    for _ in range(rng.integers(3, 9)):
        what = rng.choice(["seek", "start", "again", "loop", "stop", "pause", "back"])
        if what == "stop":
            watching.stop()
        elif what == "pause":
            watching.pause()
        else:
            last = len(watching.frames) - 1
            places = {"seek": rng.integers(0, last), "start": 0, "again": max(watching.at - 20, 0), "back": 40}
            watching.jump(int(places.get(what, 0)), Reset.LOOP if what == "loop" else Reset.SEEK)
        watching.play(int(rng.integers(1, 60)), told=int(rng.integers(1, 9)))
    watching.stop()


def alone(frames: list[Frame], settings: WatchSettings, first: int, last: int) -> dict[float, list[float]]:
    """Scores by time of a run from one frame to another."""
    one = Watching(frames, settings, at=first)
    one.play(last - first + 1)
    one.stop()
    track = one.track()
    return dict(zip(track.times.tolist(), track.probabilities.tolist(), strict=True))


def check_line(watching: Watching, line: dict[float, list[float]]) -> None:
    """At every moment stand the scores of the run that began first of those that saw it; where two runs meet, for a
    chunk's time, those of either.
    """
    place = {frame.stamp.media_time: index for index, frame in enumerate(watching.frames)}
    seen = {start: max(stop for first, stop in watching.runs if first == start) for start, _ in watching.runs}
    made = {start: alone(watching.frames, watching.settings, start, stop) for start, stop in seen.items()}
    first = [min((start for start, stop in seen.items() if start <= i <= stop), default=-1) for i in range(FRAMES)]
    for time, row in line.items():
        near = {first[i] for i in range(max(place[time] - CHUNK, 0), min(place[time] + CHUNK + 1, FRAMES))}
        assert row in [made[start].get(time) for start in ({first[place[time]]} if len(near) == 1 else seen)]
    for start, scores in made.items():
        for time in scores:
            if {first[i] for i in range(max(place[time] - CHUNK, start), place[time] + 1)} == {start}:
                assert time in line, "nothing that was seen is missing"


def shown(events: Sequence[Event]) -> list[tuple]:
    return [(one.action, one.start, one.end, pytest.approx(one.probability), one.peak) for one in events]


@pytest.mark.parametrize("seed", range(20))
def test_twenty_ways_to_watch_a_film_and_one_run_over_it(frames, settings, whole, seed):
    watching = Watching(frames, settings)
    watch_at_random(watching, np.random.default_rng(seed))
    track, (result, film) = watching.track(), whole
    check_line(watching, dict(zip(track.times.tolist(), track.probabilities.tolist(), strict=True)))
    assert (np.diff(track.times) > 0).all(), "a moment is known once"
    seen = max([frames[stop].stamp.media_time for start, stop in watching.runs if start == 0], default=0.0)
    ours, films = ([event for event in events if event.end < seen - 0.2] for events in (track.events, result.events))
    assert shown(ours) == shown(films), "watched from the beginning: the film's own events"
    for action in CLASSES[1:]:
        spans = [(each.start, each.end) for each in track.events if each.action == action]
        assert all(end is not None for _, end in spans), "nothing lasts once it is stopped"
        assert all(before[1] <= after[0] for before, after in pairwise(spans)), "none is there twice"
    watching.jump(0)
    watching.play(len(frames))
    assert shown(watching.track().events) == shown(result.events) == shown(film.track(settings).events)
    assert not watching.track().jumped
