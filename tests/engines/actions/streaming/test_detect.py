"""Detection in films beside the live engine and the whole sequence: the same numbers in the file."""

from __future__ import annotations

import numpy as np
import pytest

from engines.actions.features.extraction import extract
from engines.actions.labels.files import read_labels
from engines.actions.labels.score_files import read_scores
from engines.actions.streaming.detect import run
from engines.actions.streaming.events import events_of
from engines.actions.streaming.live import ActionWatcher
from engines.actions.study_types import DetectSpec
from engines.actions.types import WatchSettings
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, UsageError
from engines.core.frames import Frame, Stamp
from engines.core.video.film import Film
from tests.engines.actions.watching import CLASSES, make_film, make_model, recipe_of, whole


@pytest.fixture
def film(tmp_path):
    return make_film(tmp_path / "film.mkv", 60)


@pytest.fixture
def model(tmp_path):
    return make_model(tmp_path / "m.safetensors")


def detected(tmp_path, model, film, **more):
    out = tmp_path / "scores.csv"
    return run(DetectSpec(model.path, str(film), str(out), **more), PlainContext()), read_scores(out)


def live(model, film, start=0, stop=None):
    """What the live engine says of every frame."""
    engine = ActionWatcher()
    engine.open(WatchSettings(model=model.path, feature_rate=0.0), PlainContext())
    with Film.open(film) as frames:
        said = [
            engine.process([Frame(one.image, Stamp("film", one.index, 0.0, one.seconds))])
            for one in frames.frames(start, stop)
        ]
    engine.close()
    return np.array([result.now.probabilities for result in said]), np.array([result.now.ahead for result in said])


def by_chunk(model, film, frames=(0, None)):
    """Rows for each frame out of features extracted on their own and the network over the whole sequence."""
    made = extract(film, model.card.recipe, frames)
    now, ahead = whole(model, made.features)
    count = (Film.open(film).count if frames[1] is None else frames[1]) - frames[0]
    standing = np.searchsorted(made.frames, np.arange(count) + frames[0], side="right") - 1
    return now[standing], ahead[standing]


VARIABLE = np.cumsum(np.random.default_rng(2).uniform(0.01, 0.3, 50))


@pytest.mark.parametrize("kind", ["trn", "idn", "gru"])
@pytest.mark.parametrize("times", [None, VARIABLE], ids=["steady", "variable"])
def test_live_detection_and_the_whole_sequence_are_one(tmp_path, kind, times):
    film = make_film(tmp_path / "film.mkv", 50, times)
    model = make_model(tmp_path / "m.safetensors", kind=kind)
    result, scores = detected(tmp_path, model, film, ahead=True)
    now, ahead = live(model, film)
    assert np.array_equal(scores.probabilities.astype(np.float32), now.astype(np.float32))
    assert np.array_equal(np.load(result.ahead), ahead.astype(np.float32))
    once, later = by_chunk(model, film)
    assert np.abs(now - once).max() < 1e-5
    assert np.abs(ahead - later).max() < 1e-5
    assert np.ptp(now, axis=0).max() > 0.05


@pytest.mark.parametrize("kind", ["appearance", "pose", "both"])
def test_the_same_with_real_networks_on_real_footage(tmp_path, walking, weights, kind):
    weights("efficientnet-lite0", "pose-detection", "pose-landmarks")
    model = make_model(tmp_path / "m.safetensors", recipe_of(kind))
    _, scores = detected(tmp_path, model, walking, frames=(95, 107))
    now, _ = live(model, walking, 95, 107)
    assert np.array_equal(scores.probabilities.astype(np.float32), now.astype(np.float32))
    assert np.abs(now - by_chunk(model, walking, (95, 107))[0]).max() < 1e-5


def test_a_part_is_seen_as_if_the_film_began_there(tmp_path, model, film):
    _, scores = detected(tmp_path, model, film, frames=(20, 45))
    assert scores.frames.tolist() == list(range(20, 45))
    assert scores.times == pytest.approx(np.arange(20, 45) / 10, abs=1e-3)
    now, _ = by_chunk(model, film, (20, 45))
    assert np.abs(scores.probabilities - now).max() < 1e-5


def test_a_row_a_frame_also_between_the_chunks(tmp_path, model):
    film = make_film(tmp_path / "fast.mkv", 61, fps=30)
    _, scores = detected(tmp_path, model, film)
    assert scores.frames.tolist() == list(range(61))
    changes = np.flatnonzero(np.any(np.diff(scores.probabilities, axis=0), axis=1)) + 1
    assert set(changes.tolist()) <= set(range(3, 61, 3)), "decisions change every third frame only"
    assert len(changes) > 15


def test_its_events_are_those_of_its_scores(tmp_path, film):
    """They begin at the threshold and end below six tenths of it."""
    model = make_model(tmp_path / "idn.safetensors", kind="idn")
    result, scores = detected(tmp_path, model, film, threshold=0.4)
    found = events_of(CLASSES, scores.times, scores.probabilities, 0.4, 0.24)
    assert [(one.action, one.start, one.end) for one in result.events] == [
        (one.action, pytest.approx(one.start, abs=1e-6), pytest.approx(one.end, abs=1e-6)) for one in found
    ]
    assert len(found) < len(events_of(CLASSES, scores.times, scores.probabilities, 0.4, 0.4))
    assert (result.frames, result.classes) == (60, CLASSES)


def test_release_and_least_length_are_those_that_were_asked_for(tmp_path, film):
    model = make_model(tmp_path / "idn.safetensors", kind="idn")
    result, scores = detected(tmp_path, model, film, threshold=0.4, release=0.1, least=0.5)
    found = events_of(CLASSES, scores.times, scores.probabilities, 0.4, 0.1, 0.5)
    assert [(one.action, one.start) for one in result.events] == [
        (one.action, pytest.approx(one.start, abs=1e-6)) for one in found
    ]
    usual = events_of(CLASSES, scores.times, scores.probabilities, 0.4, 0.24)
    assert len(found) != len(usual)


@pytest.mark.parametrize("kind", ["csv", "eaf", "via.json"])
def test_its_events_become_a_file_that_is_read_as_labels(tmp_path, model, film, kind):
    events = tmp_path / f"events.{kind}"
    result, _ = detected(tmp_path, model, film, threshold=0.3, events=str(events))
    times = Film.open(film).frame_times()
    read = read_labels(events, film_times=times).segments
    assert sorted(one.action for one in read) == sorted(one.action for one in result.events)
    starts = sorted(float(times[one.start]) for one in read)
    assert starts == pytest.approx(sorted(one.start for one in result.events), abs=2e-3)


def test_cancelled_it_leaves_nothing(tmp_path, model, film):
    class Impatient(PlainContext):
        def progress(self, done, total, note=""):
            super().progress(done, total, note)
            if done == 7:
                self.cancelled.set()

    ctx, out = Impatient(), tmp_path / "out" / "scores.csv"
    spec = DetectSpec(model.path, str(film), str(out), ahead=True)
    with pytest.raises(Cancelled):
        run(spec, ctx)
    assert (ctx.done, ctx.total) == (7, 60)
    assert not out.parent.exists()


@pytest.mark.parametrize(
    "change",
    [
        *({"frames": (5, 5)}, {"frames": (-1, 4)}, {"out": ""}, {"events": "e.txt"}, {"threshold": 0.0}),
        *({"threshold": 2.0}, {"release": 0.7}, {"release": -0.1}, {"least": -1.0}),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_work(tmp_path, change):
    asked = {"model": "none", "video": "none", "out": str(tmp_path / "s.csv")} | change
    with pytest.raises(UsageError) as raised:
        run(DetectSpec(**asked), PlainContext())
    assert raised.value.hint


def test_the_result_never_replaces_what_it_is_made_from(model, film):
    for out in (str(film), model.path):
        with pytest.raises(UsageError):
            run(DetectSpec(model.path, str(film), out), PlainContext())


def test_a_part_beyond_the_end_and_a_model_without_a_decoder_say_so(tmp_path, film, model):
    with pytest.raises(BadInput, match="60"):
        detected(tmp_path, model, film, frames=(100, 120))
    plain = make_model(tmp_path / "plain.safetensors", steps=0)
    with pytest.raises(BadInput, match="anticipates"):
        detected(tmp_path, plain, film, ahead=True)
