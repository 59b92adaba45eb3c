"""What was decided along a source: it grows forwards, a jump back replaces what comes after, it has an end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.actions.types import Decision, Event, Watched
from engines.core.frames import Size, Stamp
from workbench.controllers import score_history
from workbench.controllers.score_history import ScoreHistory

CLASSES = ("background", "wave")


def watched(*decisions: Decision, events: tuple[Event, ...] = (), classes: tuple[str, ...] = CLASSES) -> Watched:
    return Watched(Stamp("cam", 0, 0.0, 0.0), Size(4, 4), classes, (0.5, 1.0), decisions, events)


def decision(number: int, time: float, wave: float = 0.5) -> Decision:
    return Decision(number, time, (1 - wave, wave), ((1.0, 0.0), (0.0, 1.0)))


def test_a_reader_that_comes_late_misses_nothing_and_counts_nothing_twice():
    history = ScoreHistory()
    line = [decision(number, number / 10, number / 10) for number in range(8)]
    assert history.add(watched(*line[:3]))
    assert history.add(watched(*line[1:6]))
    assert not history.add(watched(*line[2:6]))
    track = history.track()
    assert track.times.tolist() == pytest.approx([number / 10 for number in range(6)])
    assert track.probabilities[:, 1].tolist() == pytest.approx([number / 10 for number in range(6)])
    assert track.ahead_times.tolist() == pytest.approx([1.0, 1.5])
    assert track.ahead.tolist() == [[1, 0], [0, 1]]


def test_a_jump_back_replaces_what_lies_after_it():
    history = ScoreHistory()
    early, late = Event("wave", 0.1, 0.2, 0.9), Event("wave", 0.6, None, 0.8)
    history.add(watched(*(decision(number, number / 10) for number in range(8)), events=(early, late)))
    before = history.track()
    history.add(watched(decision(8, 0.3, 1.0), events=()))
    track = history.track()
    assert track.times.tolist() == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert track.probabilities[-1, 1] == 1
    assert track.events == (early,)
    assert len(before.times) == 8, "what was handed out stays as it was"
    assert before.probabilities[3, 1] == 0.5


def test_events_of_an_earlier_pass_do_not_come_back():
    history = ScoreHistory()
    early, late = Event("wave", 0.1, 0.2, 0.9), Event("wave", 0.6, 0.7, 0.8)
    history.add(watched(*(decision(number, number / 10) for number in range(9)), events=(early, late)))
    history.add(watched(decision(9, 0.0), events=(early, late)))
    assert history.track().events == ()
    again = Event("wave", 0.1, None, 0.7)
    history.add(watched(decision(10, 0.2), events=(late, replace(again, start=0.15))))
    assert history.track().events == (replace(again, start=0.15),)


def test_an_event_that_goes_on_is_told_once():
    history = ScoreHistory()
    history.add(watched(decision(0, 0.0), events=(Event("wave", 0.0, None, 0.7),)))
    history.add(watched(decision(1, 0.1), events=(Event("wave", 0.0, 0.1, 0.8), Event("wave", 0.1, None, 0.6))))
    assert [(event.start, event.end) for event in history.track().events] == [(0.0, 0.1), (0.1, None)]


def test_another_model_begins_anew():
    history = ScoreHistory()
    history.add(watched(decision(0, 0.0)))
    history.add(watched(Decision(5, 0.5, (0.2, 0.3, 0.5)), classes=("background", "jump", "run")))
    track = history.track()
    assert track.classes == ("background", "jump", "run")
    assert track.probabilities.shape == (1, 3)


def test_the_same_model_opened_again_counts_from_nought():
    history = ScoreHistory()
    history.add(watched(*(decision(number, number / 10) for number in range(5))))
    assert history.add(watched(decision(0, 0.5, 0.9)))
    assert history.track().probabilities[-1, 1] == pytest.approx(0.9)
    assert len(history.track().times) == 6


def test_it_never_holds_more_than_its_share(monkeypatch):
    monkeypatch.setattr(score_history, "FIRST", 16)
    monkeypatch.setattr(score_history, "MOST", 64)
    history = ScoreHistory()
    for number in range(500):
        history.add(watched(decision(number, number / 10)))
    times = history.track().times
    assert len(times) <= 64
    assert times[-1] == pytest.approx(49.9)
    assert np.allclose(np.diff(times), 0.1)
