"""The live engine on scenes: what it decides, what it leaves out, what it forgets, and what it survives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.actions.streaming.live import ActionWatcher
from engines.actions.types import Recipe, WatchSettings
from engines.core import places
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, FileMissing
from engines.core.frames import Frame, Size, Stamp
from engines.core.live import Reset
from engines.core.spec import from_json, to_json
from tests.engines.actions.watching import CLASSES, make_model, moving, recipe_of


@pytest.fixture
def model(tmp_path):
    return make_model(tmp_path / "m.safetensors")


@pytest.fixture
def watcher(model, clock):
    """Give settings; an open engine on the motion model comes back, closed at the end."""
    made = []

    def opened(**changes):
        engine = ActionWatcher(clock)
        engine.open(WatchSettings(model=model.path, **changes), PlainContext())
        made.append(engine)
        return engine

    yield opened
    for engine in made:
        engine.close()


def frame(index, seconds, image=None, captured=0.0):
    return Frame(moving(index) if image is None else image, Stamp("film", index, captured, seconds))


def fed(engine, count, fps=10.0, start=0.0):
    return [engine.process([frame(index, start + index / fps)]) for index in range(count)]


def probabilities(results):
    return [result.now.probabilities for result in results]


def test_a_decision_a_chunk_with_all_that_the_model_says(watcher, model):
    results = fed(watcher(), 30)
    last = results[-1]
    assert last.classes == CLASSES
    assert last.horizons == model.card.horizons
    assert [decision.number for decision in last.decisions] == list(range(30))
    assert [decision.time for decision in last.decisions] == [index / 10 for index in range(30)]
    assert np.sum(last.now.probabilities) == pytest.approx(1)
    assert np.shape(last.now.ahead) == (3, 4)
    assert len(set(probabilities(results))) == 30
    assert set(last.stages) == {"motion", "head"}


def test_the_cap_leaves_frames_out_and_counts_them(watcher):
    engine = watcher(feature_rate=15.0)
    results = fed(engine, 121, fps=60)
    described = sum(bool(result.stages) for result in results)
    assert described + results[-1].left_out == 121
    assert described == pytest.approx(31, abs=2)


@pytest.mark.parametrize("fps", [10, 24, 25, 29.97, 30])
def test_the_cap_leaves_nothing_of_what_comes_slower(watcher, fps):
    engine = watcher(feature_rate=30.0)
    jitter = np.random.default_rng(0).uniform(-0.3, 0.3, 60) / fps
    last = [engine.process([frame(index, 1 + index / fps + jitter[index])]) for index in range(60)][-1]
    assert last.left_out == 0


@pytest.mark.parametrize("why", list(Reset))
def test_after_a_reset_it_is_as_in_the_beginning(watcher, why):
    fresh, used = watcher(), watcher()
    first = fed(fresh, 20)
    before = fed(used, 33, fps=24)[-1]
    used.reset(why)
    after = fed(used, 20, start=1.4)
    assert probabilities(after) == [pytest.approx(row, abs=1e-5) for row in probabilities(first)]
    assert after[0].now.number == before.now.number + 1


def test_after_a_reset_the_cap_lets_the_next_frame_through(watcher):
    engine = watcher(feature_rate=1.0)
    assert fed(engine, 5)[-1].left_out == 3
    engine.reset(Reset.SEEK)
    assert engine.process([frame(5, 0.5)]).left_out == 3


def test_what_lasts_ends_at_a_reset(watcher):
    engine = watcher(threshold=0.0, release=0.0, least=0.0)
    assert {event.end for event in fed(engine, 10)[-1].events} == {None}
    engine.reset(Reset.SEEK)
    again = engine.process([frame(0, 50.0)])
    assert {event.end for event in again.events} == {0.9, None}


def test_a_jump_in_time_alone_is_a_reset_too(watcher):
    fresh, used = watcher(), watcher()
    first = probabilities(fed(fresh, 20))
    fed(used, 20)
    assert probabilities(fed(used, 20, start=300.0)) == first


def test_thresholds_and_cap_change_as_it_goes(watcher, model):
    engine = watcher(threshold=1.0)
    assert fed(engine, 10)[-1].events == ()
    settings = WatchSettings(model=model.path, threshold=0.0, release=0.0, least=0.0, feature_rate=1.0)
    assert engine.configure(settings)
    after = [engine.process([frame(index, 1 + index / 10)]) for index in range(11)][-1]
    assert {event.action for event in after.events} == set(CLASSES[1:])
    assert after.left_out >= 8


@pytest.mark.parametrize("change", [{"model": "other"}, {"weights": "int8"}, {"threads": 2}, {"pose": True}])
def test_what_needs_another_network_asks_to_be_opened_again(watcher, model, change):
    assert not watcher().configure(replace(WatchSettings(model=model.path), **change))


def test_latency_is_from_capture_to_decision_and_rates_are_the_clocks(watcher, clock):
    engine = watcher()
    for index in range(40):
        clock.advance(0.125)
        result = engine.process([frame(index, index / 10, captured=clock.now - 0.04)])
    assert result.latency == pytest.approx(0.04)
    assert result.feature_rate == pytest.approx(8)
    assert result.head_rate == pytest.approx(8)


def test_a_tile_and_a_picture_of_another_size_are_taken_as_they_are(watcher):
    whole = np.zeros((96 * 2, 160 * 2, 3), np.uint8)
    tiles, plain = watcher(), watcher()
    for index in range(8):
        whole[96:, 160:] = moving(index)
        tile = whole.copy()[96:, 160:]
        assert not tile.flags.c_contiguous
        ours = tiles.process([frame(index, index / 10, tile)])
        theirs = plain.process([frame(index, index / 10)])
        assert ours.now.probabilities == theirs.now.probabilities
    other = tiles.process([frame(8, 0.8, np.zeros((33, 57, 3), np.uint8))])
    assert other.size == Size(57, 33)
    assert other.now.number == 8


def test_only_the_newest_64_decisions_and_events_are_told(watcher):
    engine = watcher(threshold=0.5, release=0.5, least=0.0)
    rng = np.random.default_rng(0)
    for index in range(200):
        noise = rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)
        result = engine.process([frame(index, index / 10, noise)])
    assert [decision.number for decision in result.decisions] == list(range(136, 200))
    assert 0 < len(result.events) <= 64


def test_what_it_says_goes_to_json_and_back(watcher):
    result = fed(watcher(threshold=0.2), 5)[-1]
    assert from_json(type(result), to_json(result)) == result


def test_features_that_are_no_numbers_leave_the_frame_out_and_say_so(watcher, monkeypatch):
    engine = watcher()
    fed(engine, 5)
    monkeypatch.setattr(engine._describer, "describe", lambda *_: np.full(480, np.nan, np.float32))
    broken = engine.process([frame(5, 0.5)])
    assert broken.now.number == 4
    assert broken.note
    monkeypatch.undo()
    assert engine.process([frame(6, 0.6)]).note == ""


def test_a_model_whose_features_cannot_be_made_here_says_so(tmp_path):
    made = make_model(tmp_path / "arrays.safetensors", Recipe(streams=("arrays",), dims=(9,), of="kinetics-resnet50"))
    with pytest.raises(BadInput) as raised:
        ActionWatcher().open(WatchSettings(model=made.path), PlainContext())
    assert "kinetics-resnet50" in raised.value.message
    assert raised.value.path == made.path


def test_a_file_that_is_no_model_says_so(tmp_path):
    (tmp_path / "x.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(BadInput):
        ActionWatcher().open(WatchSettings(model=str(tmp_path / "x.safetensors")), PlainContext())


@pytest.mark.parametrize(("kind", "network"), [("appearance", "efficientnet-lite0"), ("pose", "pose_detection")])
def test_a_network_that_was_not_fetched_is_named(tmp_path, monkeypatch, kind, network):
    monkeypatch.setenv(places.STORE_VARIABLE, str(tmp_path / "empty"))
    made = make_model(tmp_path / "m.safetensors", recipe_of(kind))
    with pytest.raises(FileMissing) as raised:
        ActionWatcher().open(WatchSettings(model=made.path), PlainContext())
    assert network in str(raised.value)


def test_opening_can_be_cancelled(model):
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        ActionWatcher().open(WatchSettings(model=model.path), ctx)


def test_without_a_model_the_body_is_shown_and_nothing_decided(weights, walking):
    from engines.core.video.film import Film

    weights("pose-detection", "pose-landmarks")
    engine = ActionWatcher()
    engine.open(WatchSettings(), PlainContext())
    empty = engine.process([frame(0, 0.0, np.full((288, 384, 3), 128, np.uint8))])
    assert (empty.poses, empty.note) == ((), "Nobody in view")
    film = Film.open(walking)
    seen = engine.process([Frame(next(film.frames(100)).image, Stamp("film", 1, 0.0, 0.1))])
    assert len(seen.poses) == 1
    assert (seen.note, seen.decisions, seen.classes) == ("", (), ())
    engine.close()


def test_the_body_is_shown_beside_a_model_that_does_not_need_it(weights, watcher):
    weights("pose-detection", "pose-landmarks")
    plain, shown = fed(watcher(), 4)[-1], fed(watcher(pose=True), 4)[-1]
    assert "pose" in shown.stages
    assert shown.note == "", "nobody in view holds back nothing here"
    assert shown.now == plain.now
