"""Features of films: the same however they are made, made once, told from one another, and refused in words."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace

import cv2
import numpy as np
import pytest

from engines.actions.features import cache, extraction
from engines.actions.features.chunks import Chunker
from engines.actions.features.describing import NOBODY, Describer, halved
from engines.actions.features.extraction import chunk_rate, extract, run
from engines.actions.features.recipes import DIMS, digest, recipe_for
from engines.actions.study_types import FeaturesSpec
from engines.actions.types import Recipe
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, SourceFailed, UsageError
from engines.core.frames import Size
from engines.core.spec import from_json
from engines.core.video.film import Film
from tests.engines.cameras.films import write_video
from tests.engines.cameras.made_films import made_film

NETWORKS = ("efficientnet-lite0", "pose-detection", "pose-landmarks")
MOTION = Recipe(streams=("motion",), dims=(DIMS["motion"],), rate=5.0)
"""The stream that needs no weights."""


@pytest.fixture
def exercise(data):
    return data / "actions" / "exercise" / "exercise.avi"


@pytest.fixture
def clip(tmp_path):
    return write_video(tmp_path / "clip.mp4", 30, noisy=True)


def described(film: Film, recipe: Recipe, start: int, stop: int, threads: int = 1) -> np.ndarray:
    with closing(Describer(recipe, threads)) as describer:
        frames = film.frames(start, stop)
        return np.stack([describer.describe(frame.image, frame.seconds) for frame in frames])


def test_threads_and_company_do_not_change_the_numbers(weights, walking):
    weights(*NETWORKS)
    film = Film.open(walking)
    both, pose, look = (described(film, recipe_for(kind, 10.0), 20, 26) for kind in ("both", "pose", "appearance"))
    np.testing.assert_array_equal(both, np.hstack([look, pose]))
    for kind, alone in (("both", both), ("appearance", look)):
        np.testing.assert_array_equal(described(film, recipe_for(kind, 10.0), 20, 26, threads=2), alone)


@pytest.mark.parametrize("kind", ["x264-avi", "x264-h264", "x264-mkv", "x264-ts"])
def test_the_container_changes_neither_number_nor_times_of_chunks(tmp_path, kind):
    of, other = (extract(made_film(tmp_path, each), MOTION) for each in ("x264-mp4", kind))
    np.testing.assert_array_equal(of.frames, other.frames)
    np.testing.assert_allclose(of.times, other.times, atol=1e-3)
    np.testing.assert_allclose(of.features, other.features, atol=1e-3)


def test_what_was_kept_of_a_film_that_was_read_otherwise_is_made_anew(clip, monkeypatch):
    assert not extract(clip, MOTION).reused
    assert extract(clip, MOTION).reused
    monkeypatch.setattr(cache, "READING", cache.READING + 1)
    assert not extract(clip, MOTION).reused


def test_a_part_is_described_as_if_the_film_began_there(weights, walking):
    weights(*NETWORKS)
    recipe = recipe_for("both", 30.0)
    made = extract(walking, recipe, (100, 106))
    np.testing.assert_array_equal(made.features, described(Film.open(walking), recipe, 100, 106))
    assert made.frames.tolist() == list(range(100, 106))
    np.testing.assert_allclose(made.times, np.arange(100, 106) / 30, atol=1e-3)
    assert made.missing.tolist() == [False] * 6


@pytest.mark.parametrize(("size", "small"), [((1080, 1920), (270, 480)), ((995, 1769), (248, 442)), ((479, 900), None)])
def test_large_pictures_are_halved_and_nothing_moves(size, small):
    rows, columns = np.mgrid[: size[0], : size[1]]
    ramp = np.dstack([columns * 250 / size[1], rows * 250 / size[0], columns * 0]).astype(np.uint8)
    made = halved(ramp, Size(320, 240))
    assert made.shape[:2] == (small or size)
    grown = cv2.resize(made, size[::-1], interpolation=cv2.INTER_LINEAR)
    assert np.abs(grown.astype(int) - ramp).max() <= 2


def test_chunks_are_means_of_their_frames(clip):
    film = Film.open(clip)
    rows = described(film, MOTION, 0, 30)
    made = extract(clip, MOTION)
    chunker, expected, closed = Chunker(5.0), [], []
    for number, row in enumerate(rows):
        done = chunker.push(number / 25, row)
        expected += done
        closed += [number] * len(done)
    np.testing.assert_allclose(made.features, expected, atol=1e-6)
    assert made.frames.tolist() == closed
    assert len(expected) == pytest.approx(6, abs=1)


def test_they_are_made_once(clip, monkeypatch):
    first = extract(clip, MOTION)
    monkeypatch.setattr(extraction, "Describer", None)
    again = extract(clip, MOTION)
    assert (first.reused, again.reused) == (False, True)
    np.testing.assert_array_equal(first.features, again.features)


@pytest.mark.parametrize("change", ["recipe", "part", "file", "damage"])
def test_what_is_another_thing_is_made_anew(clip, change):
    first = extract(clip, MOTION)
    recipe, part = MOTION, (0, None)
    if change == "recipe":
        recipe = replace(MOTION, rate=4.0)
    elif change == "part":
        part = (0, 20)
    elif change == "file":
        write_video(clip, 30)
    else:
        kept = cache.place(clip, MOTION, part)
        kept.write_bytes(kept.read_bytes()[:-40])
    again = extract(clip, recipe, part)
    assert not again.reused
    assert (again.features.shape == first.features.shape and np.array_equal(again.features, first.features)) == (
        change == "damage"
    )


def test_the_digest_tells_every_field_apart():
    recipe = recipe_for("both", 10.0)
    others = [replace(recipe, rate=9.0), replace(recipe, crop="centre"), replace(recipe, side=192)]
    others += [replace(recipe, version=recipe.version + 1), replace(recipe, networks=recipe.networks[:1])]
    others += [recipe_for("pose", 10.0), recipe_for("appearance", 10.0), replace(recipe, of="kinetics")]
    assert len({digest(one) for one in (recipe, *others)}) == 1 + len(others)
    assert digest(recipe) == digest(recipe_for("both", 10))


def test_the_job_writes_an_array_and_how_it_was_made(clip, tmp_path, monkeypatch):
    monkeypatch.setattr(extraction, "recipe_for", lambda kind, rate: replace(MOTION, rate=rate))
    out = tmp_path / "out" / "features.npy"
    result = run(FeaturesSpec(str(clip), str(out), rate=5.0), PlainContext())
    rows, about = np.load(out), json.loads(out.with_suffix(".json").read_text())
    assert rows.shape == (result.chunks, result.length) == (len(about["frames"]), DIMS["motion"])
    assert digest(from_json(Recipe, about["recipe"])) == about["digest"] == result.digest
    assert run(FeaturesSpec(str(clip), rate=5.0), PlainContext()).reused


def test_a_cancelled_job_leaves_nothing(clip, tmp_path):
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        extract(clip, MOTION, ctx=ctx)
    assert not cache.place(clip, MOTION, (0, None)).exists()


@pytest.mark.parametrize(("rate", "chunks"), [(0.0, 10.0), (4.0, 4.0)])
def test_the_rate_is_what_is_asked_or_at_most_ten(clip, rate, chunks):
    assert chunk_rate(str(clip), rate) == chunks


def test_uneven_times_and_no_times_and_one_frame_are_films_too(tmp_path):
    times = [0, 1, 2, 10, 11, 30, 31, 32, 90]
    uneven = extract(write_video(tmp_path / "uneven.mkv", 9, times=times), MOTION)
    assert np.isfinite(uneven.features).all()
    assert (np.diff(uneven.times) >= 0).all()
    assert len(extract(write_video(tmp_path / "bare.h264", 20), MOTION).features) == pytest.approx(4, abs=1)
    one = extract(write_video(tmp_path / "one.mp4", 1), MOTION)
    assert (one.features.shape, one.frames.tolist()) == ((1, DIMS["motion"]), [0])
    assert not one.features.any()


def test_nobody_in_view_is_said_and_flagged(weights):
    weights(*NETWORKS)
    with closing(Describer(recipe_for("pose", 10.0))) as describer:
        vector = describer.describe(np.full((90, 120, 3), 128, np.uint8), 0.0)
        assert describer.note == NOBODY
    assert describer.poses == ()
    assert vector[-1] == 1
    assert not vector[:-1].any()


def test_a_film_without_anybody_has_features_that_say_so(weights, clip):
    weights(*NETWORKS)
    made = extract(clip, recipe_for("pose", 10.0), (0, 6))
    assert made.missing.all()
    assert (made.features[:, -1] == 1).all()


def test_what_cannot_be_is_refused_in_words(clip, tmp_path):
    for part in ((5, 5), (9, 3), (-1, 4)):
        with pytest.raises(UsageError, match="no frames"):
            extract(clip, MOTION, part)
    with pytest.raises(BadInput, match="it has 30"):
        extract(clip, MOTION, (30, None))
    with pytest.raises(SourceFailed):
        extract(tmp_path / "none.mp4", MOTION)
    (tmp_path / "words.mp4").write_text("no film")
    with pytest.raises(BadInput):
        extract(tmp_path / "words.mp4", MOTION)
    for rate in (0.0, -1.0, 31.0, float("nan")):
        with pytest.raises(UsageError):
            recipe_for("pose", rate)
    pose = recipe_for("pose", 10.0)
    changed = (replace(pose, version=pose.version + 1), replace(pose, networks=(("pose-detection", "0" * 64),)))
    changed += tuple(replace(recipe_for("appearance", 10.0), **one) for one in ({"side": 192}, {"crop": "left"}))
    for foreign in (*changed, replace(MOTION, of="kinetics"), replace(MOTION, dims=(7,)), Recipe(("arrays",), (2048,))):
        with pytest.raises(BadInput, match="cannot be made"):
            Describer(foreign)


def test_one_frame_tells_actions_apart(weights, exercise):
    """A logistic regression on single frames of two rounds of a routine knows the next two (chance: 12 % mAP)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import average_precision_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    weights(*NETWORKS)
    rows = np.genfromtxt(exercise.with_name("labels.csv"), delimiter=",", names=True, dtype=None, encoding="utf-8")
    truth = np.full(393, "", dtype="U32")
    for start, end, action in rows:
        truth[start : end + 1] = action
    learned, asked = range(0, 191, 3), range(191, 371, 4)
    with closing(Describer(recipe_for("appearance", 10.0))) as describer:
        images = {frame.index: frame for frame in Film.open(exercise).frames(0, 371)}
        seen = {at: describer.describe(images[at].image, at / 10) for at in (*learned, *asked)}
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))
    model.fit([seen[at] for at in learned], truth[list(learned)])
    chances = model.predict_proba([seen[at] for at in asked])
    each = {name: average_precision_score(truth[list(asked)] == name, chances[:, k])
            for k, name in enumerate(model.classes_) if name}  # fmt: skip
    assert len(each) == 6
    assert np.mean(list(each.values())) > 0.9
