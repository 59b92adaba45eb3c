"""What was decided along a source: a line of scores by time, whatever way it was watched, and the events in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.actions.types import Decision, Watched, WatchSettings
from engines.core.frames import Size, Stamp
from widgets.timeline.state import ScoreTrack
from workbench.controllers.actions import score_history
from workbench.controllers.actions.score_history import ScoreHistory

CLASSES = ("background", "wave")
SETTINGS = WatchSettings(threshold=0.5, release=0.3, least=0.2)


def watched(*decisions: Decision, classes: tuple[str, ...] = CLASSES, digest: str = "") -> Watched:
    return Watched(Stamp("cam", 0, 0.0, 0.0), Size(4, 4), classes, (0.5, 1.0), decisions, digest=digest)


def decision(number: int, time: float, wave: float = 0.5, since: float = 0.0) -> Decision:
    return Decision(number, time, (1 - wave, wave), ((1.0, 0.0), (0.0, 1.0)), since)


def test_a_reader_that_comes_late_misses_nothing_and_counts_nothing_twice():
    history = ScoreHistory()
    line = [decision(number, number / 10, number / 10) for number in range(8)]
    assert history.add(watched(*line[:3]))
    assert history.add(watched(*line[1:6]))
    assert not history.add(watched(*line[2:6]))
    track = history.track(SETTINGS)
    assert track.times.tolist() == pytest.approx([number / 10 for number in range(6)])
    assert track.probabilities[:, 1].tolist() == pytest.approx([number / 10 for number in range(6)])
    assert track.ahead_times.tolist() == pytest.approx([1.0, 1.5])
    assert track.ahead.tolist() == [[1, 0], [0, 1]]


def test_what_is_seen_again_replaces_what_was_known_of_it_and_no_more():
    history = ScoreHistory()
    history.add(watched(*(decision(number, number / 10) for number in range(8))))
    before = history.track(SETTINGS)
    history.add(watched(*(decision(number, (number - 8) / 10, 1.0) for number in range(8, 12))))
    track = history.track(SETTINGS)
    assert track.times.tolist() == pytest.approx([number / 10 for number in range(8)])
    assert track.probabilities[:, 1].tolist() == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5]
    assert before.probabilities[:, 1].tolist() == [0.5] * 8, "what was handed out stays as it was"
    assert track.ahead_times.tolist() == pytest.approx([0.8, 1.3]), "from the moment that is watched"
    assert (track.newest, before.newest) == (3, 7), "what is known of later moments does not anticipate"


def test_what_was_seen_after_a_jump_gives_way_to_what_remembers_more():
    history = ScoreHistory()
    whole = [decision(number, number / 10, 0.2) for number in range(20)]
    jumped = [decision(20 + number, 1.55 + number / 10, 0.8, since=1.55) for number in range(10)]
    history.add(watched(*whole, *jumped))
    track = history.track(SETTINGS)
    assert track.probabilities[:, 1].tolist() == pytest.approx([0.2] * 20 + [0.8] * 5)
    assert track.jumped
    history.add(watched(*(replace(one, number=30 + one.number) for one in whole), decision(60, 2.0, 0.2)))
    history.add(watched(*(decision(61 + number, 2.1 + number / 10, 0.2) for number in range(5))))
    track = history.track(SETTINGS)
    assert track.probabilities[:, 1].tolist() == pytest.approx([0.2] * 26)
    assert not track.jumped


def test_what_lasts_has_no_end_only_where_it_is_being_watched():
    history = ScoreHistory()
    history.add(watched(*(decision(number, number / 10, 0.9) for number in range(8))))
    assert [event.end for event in history.track(SETTINGS, going=True).events] == [None]
    assert [event.end for event in history.track(SETTINGS).events] == [pytest.approx(0.7)]
    history.add(watched(*(decision(8 + number, 5 + number / 10, 0.9, since=5.0) for number in range(3))))
    assert [event.end for event in history.track(SETTINGS, going=True).events] == [pytest.approx(0.7), None]
    history.add(watched(decision(11, 0.0, 0.9)))
    assert [event.end for event in history.track(SETTINGS, going=True).events] == pytest.approx([0.7, 5.2])


def test_events_follow_the_thresholds_at_once():
    history = ScoreHistory()
    history.add(watched(*(decision(number, number / 10, wave) for number, wave in enumerate([0, 0.6, 0.6, 0.6, 0, 0]))))
    tracks = [history.track(replace(SETTINGS, threshold=threshold)) for threshold in (0.5, 0.7, 0.5)]
    assert [len(track.events) for track in tracks] == [1, 0, 1]
    assert len({track.version for track in tracks}) == 3
    assert history.track(replace(SETTINGS, threshold=0.5)) is tracks[-1]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_looking_at_what_is_new_finds_what_looking_at_all_finds(seed):
    """Passes at random, told a few decisions at a time."""
    rng, history, number = np.random.default_rng(seed), ScoreHistory(), 0
    for _ in range(6):
        start, waves = int(rng.integers(0, 60)), np.clip(np.cumsum(rng.normal(0, 0.3, 40)) % 1.3, 0, 1)
        made = [decision(number + i, (start + i) / 10, float(wave), start / 10) for i, wave in enumerate(waves)]
        number += len(made)
        for some in (made[:7], made[7:20], made[20:]):
            history.add(watched(*some))
            going = bool(rng.integers(0, 2))
            told = history.track(SETTINGS, going).events
            fresh = replace(history, _settled=(0, ()), _made=(None, ScoreTrack()))
            assert told == fresh.track(SETTINGS, going).events


def test_another_model_begins_anew():
    history = ScoreHistory()
    history.add(watched(decision(0, 0.0)))
    history.add(watched(Decision(5, 0.5, (0.2, 0.3, 0.5)), classes=("background", "jump", "run")))
    track = history.track(SETTINGS)
    assert track.classes == ("background", "jump", "run")
    assert track.probabilities.shape == (1, 3)


def test_another_file_with_the_same_classes_begins_anew():
    history = ScoreHistory()
    history.add(watched(decision(0, 0.0), decision(1, 0.1)))
    history.add(watched(decision(0, 0.5), digest="another"))
    assert history.track(SETTINGS).times.tolist() == [0.5]


def test_the_same_model_opened_again_counts_from_nought():
    history = ScoreHistory()
    history.add(watched(*(decision(number, number / 10) for number in range(5))))
    assert history.add(watched(decision(0, 0.5, 0.9, since=0.5)))
    assert history.track(SETTINGS).probabilities[-1, 1] == pytest.approx(0.9)
    assert len(history.track(SETTINGS).times) == 6


def test_it_never_holds_more_than_its_share(monkeypatch):
    monkeypatch.setattr(score_history, "FIRST", 16)
    monkeypatch.setattr(score_history, "MOST", 64)
    history = ScoreHistory()
    for number in range(500):
        history.add(watched(decision(number, number / 10)))
    times = history.track(SETTINGS).times
    assert len(times) <= 64
    assert times[-1] == pytest.approx(49.9)
    assert np.allclose(np.diff(times), 0.1)
