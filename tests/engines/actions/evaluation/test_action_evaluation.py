"""Evaluation as a whole: deciles and anticipation by hand, what counts and what does not, scores of others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from engines.actions.evaluation.anticipation import anticipation, carried_on, rows_ahead
from engines.actions.evaluation.deciles import beside, by_decile, tenth_of
from engines.actions.evaluation.job import evaluate, evaluate_arrays, read_truth, run
from engines.actions.evaluation.truth import Instance, Truth
from engines.actions.labels.files import read_labels
from engines.actions.labels.score_files import Scores, write_scores
from engines.actions.study_types import EvaluateSpec
from engines.actions.types import Labels, Segment
from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError


def soft(rng: np.random.Generator, classes: np.ndarray, count: int) -> np.ndarray:
    logits = 2.0 * (classes[:, None] == np.arange(count)) + rng.normal(size=(len(classes), count))
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def scored(values: np.ndarray, start: int = 0, rate: float = 10.0) -> Scores:
    frames = np.arange(start, start + len(values))
    names = ("background", *(f"class {index}" for index in range(1, values.shape[1])))
    return Scores(names, frames, frames / rate, values)


@given(st.integers(1, 60))
def test_tenths_cover_an_instance_and_are_apart_where_it_is_long_enough(length):
    parts = [range(first, last + 1) for first, last in (tenth_of(Instance(1, 7, 6 + length), t) for t in range(10))]
    assert all(len(part) >= 1 for part in parts)
    frames = [frame for part in parts for frame in part]
    assert set(frames) == set(range(7, 7 + length))
    if length >= 10:
        assert len(frames) == length


def test_deciles_by_hand():
    """One instance of ten frames whose scores rise: tenth k stands at rank k against negatives at .45."""
    flags = np.zeros((30, 2), bool)
    flags[10:20, 1] = True
    flags[:, 0] = ~flags[:, 1]
    scores = np.full((30, 2), 0.45)
    scores[10:20, 1] = np.arange(10) / 10
    deciles = by_decile(scores, Truth.of_flags(flags, np.zeros(30, bool)))
    assert deciles == pytest.approx([1 / 21] * 5 + [1.0] * 5)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.lists(st.integers(0, 5), max_size=30))
def test_few_among_many_is_average_precision_with_its_ties(positive, negative):
    scores = np.array(positive + negative, float)
    truth = np.arange(len(scores)) < len(positive)
    found = beside(np.array(positive, float), np.sort(np.array(negative, float)))
    assert found == pytest.approx(average_precision_score(truth, scores), abs=1e-12)


def test_a_decile_counts_all_negatives_and_only_its_own_frames():
    rng = np.random.default_rng(8)
    classes = np.repeat([0, 1, 2, 0, 1, 0], [9, 23, 17, 6, 4, 11])
    values = soft(rng, classes, 4)
    truth = Truth.of_classes(classes, 4)
    spans = {1: [(9, 23), (55, 4)], 2: [(32, 17)]}
    for tenth, found in enumerate(by_decile(values, truth)):
        by_hand = []
        for index, instances in spans.items():
            chosen = []
            for start, length in instances:
                inside = [k for k in range(length) if tenth <= 10 * k / length < tenth + 1]
                chosen += [start + k for k in inside or [tenth * length // 10]]
            kept = sorted({*np.flatnonzero(classes != index), *chosen})
            by_hand.append(average_precision_score(np.isin(kept, chosen), values[kept, index]))
        assert found == pytest.approx(np.mean(by_hand), abs=1e-12)


def test_anticipation_is_the_precision_of_shifted_labels():
    rng = np.random.default_rng(1)
    classes = rng.choice([-1, 0, 1, 2], 50)
    truth = Truth.of_classes(classes, 3)
    times = np.arange(50) / 8.0
    ahead = rng.random((50, 2, 3))
    (first, at_half), (second, at_one) = anticipation(ahead, (0.5, 1.0), times, truth)
    assert (first, second) == (0.5, 1.0)
    for value, step, shift in ((at_half, 0, 4), (at_one, 1, 8)):
        rows = np.flatnonzero(classes[shift:] >= 0)
        by_hand = [average_precision_score(classes[rows + shift] == c, ahead[rows, step, c]) for c in (1, 2)]
        assert value == pytest.approx(np.mean(by_hand), abs=1e-12)


def test_that_what_shows_goes_on_has_a_closed_form_for_who_knows_the_present():
    """A period of L rows of the action in P: shifted by h, precision and recall are (L - h) / L."""
    length, period, repeats, shift = 8, 20, 30, 3
    classes = np.tile(np.repeat([1, 0], [length, period - length]), repeats)
    truth = Truth.of_classes(classes, 2)
    ((_, value),) = carried_on(truth.flags, (shift / 10,), np.arange(len(classes)) / 10, truth)
    right = (length - shift) / length
    found, real, rows = repeats * (length - shift), repeats * length - shift, repeats * period - shift
    assert value == pytest.approx(found / real * right + (1 - found / real) * real / rows, abs=1e-12)


def test_rows_ahead_of_an_uneven_film_are_the_nearest_in_time():
    times = np.array([0.0, 0.1, 0.2, 0.35, 0.5, 0.6])
    now, then = rows_ahead(times, 0.25)
    assert times[then] - times[now] == pytest.approx([0.2, 0.25, 0.3, 0.25])
    now, then = rows_ahead(times, 0.0)
    assert now.tolist() == then.tolist() == list(range(6))
    assert rows_ahead(times, 2.0)[0].size == 0


@pytest.mark.parametrize("seed", range(3))
def test_figures_are_scikit_learns_over_the_rows_that_count(seed):
    rng = np.random.default_rng(seed)
    classes = rng.choice([-1, 0, 1, 2], 200, p=[0.1, 0.5, 0.2, 0.2])
    scores = scored(soft(rng, np.maximum(classes, 0), 4))
    result = evaluate(scores, classes)
    kept = classes >= 0
    expected = [average_precision_score(classes[kept] == c, scores.probabilities[kept, c]) for c in (1, 2)]
    assert result.map == pytest.approx(np.mean(expected), abs=1e-12)
    assert result.ap == {"class 1": pytest.approx(expected[0]), "class 2": pytest.approx(expected[1]), "class 3": None}
    assert result.cap["class 3"] is None
    assert result.frames == kept.sum()
    assert result.chance == pytest.approx(np.mean([(classes[kept] == c).mean() for c in (1, 2)]))
    assert len(result.notes) == 2
    seconds = np.array(result.confusion)
    assert seconds.sum() == pytest.approx(kept.sum() / 10)
    assert seconds.sum(axis=1) == pytest.approx([(classes[kept] == c).sum() / 10 for c in range(4)])
    best = scores.probabilities.argmax(axis=1)
    assert seconds[1, 2] == pytest.approx(((classes == 1) & (best == 2)).sum() / 10)


def test_tracks_that_overlap_count_for_each_of_their_classes():
    labels = Labels((Segment(0, 9, "class 1"), Segment(5, 14, "class 2", "hands")), ("class 1", "class 2"))
    scores = scored(np.zeros((20, 3)))
    truth = Truth.of_labels(labels, scores.classes, scores.frames)
    values = np.column_stack([truth.flags[:, 0], truth.flags[:, 1], truth.flags[:, 2]]).astype(float)
    result = evaluate(replace(scores, probabilities=values), truth)
    assert (result.map, result.mcap, result.segment_map) == pytest.approx((1.0, 1.0, 1.0))


def test_arrays_equal_the_same_scores_as_a_file_and_accept_every_form_of_target():
    rng = np.random.default_rng(11)
    classes = rng.integers(0, 5, 300)
    values = soft(rng, classes, 5)
    one_hot = np.eye(5)[classes]
    result = evaluate_arrays(values, one_hot, ignore=4)
    as_file = evaluate(scored(values[:, :4]), np.where(classes == 4, -1, classes))
    assert (result.map, result.mcap, result.frames) == pytest.approx((as_file.map, as_file.mcap, as_file.frames))
    assert list(result.ap) == ["1", "2", "3"]
    assert result.deciles == pytest.approx(as_file.deciles)
    for targets in (classes, classes[:, None].astype(float), one_hot.astype(bool), one_hot.astype(np.float32)):
        assert evaluate_arrays(values, targets, ignore=4) == result
    whole = evaluate_arrays(values, classes, background=None)
    expected = [average_precision_score(classes == c, values[:, c]) for c in range(5)]
    assert list(whole.ap.values()) == pytest.approx(expected, abs=1e-12)


def test_rows_that_are_ambiguous_and_something_else_are_dropped_too():
    values = np.array([[0.1, 0.9, 0.0], [0.2, 0.1, 0.0], [0.9, 0.95, 0.0], [0.8, 0.3, 0.0]])
    targets = np.array([[0, 1, 0], [1, 0, 0], [0, 1, 1], [1, 0, 0]])
    result = evaluate_arrays(values, targets, ignore=2)
    assert (result.frames, result.map) == (3, 1.0)
    targets[2] = (1, 0, 1)
    assert evaluate_arrays(values, targets, ignore=2).map == 1.0
    assert evaluate_arrays(values[:, :2], targets[:, :2]).map == pytest.approx(1 / 2)


@pytest.mark.parametrize(
    ("scores", "targets", "options", "what"),
    [
        (np.zeros((0, 3)), np.zeros((0, 3)), {}, "The scores are 0x3"),
        (np.zeros(3), np.zeros(3), {}, "The scores are 3"),
        (np.array([["a", "b"]]), [0], {}, "The scores are"),
        (np.full((4, 3), np.nan), np.zeros(4), {}, "NaN"),
        (np.zeros((4, 3)), np.full(4, np.nan), {}, "NaN"),
        (np.zeros((4, 3)), np.zeros(5), {}, "4 rows of scores, 5 of targets"),
        (np.zeros((4, 3)), np.zeros((4, 2)), {}, "3 classes in the scores, 2"),
        (np.zeros((4, 3)), np.full((4, 3), 0.5), {}, "are 0 and 1"),
        (np.zeros((4, 3)), [0, 1, 2, 3], {}, "indices are 0 to 2"),
        (np.zeros((4, 3)), [0, 1, 2, 0.5], {}, "indices are 0 to 2"),
        (np.zeros((4, 3)), [0, 1, 2, 0], {"ignore": 3}, "no column 3"),
        (np.zeros((4, 3)), [0, 1, 2, 0], {"background": 7}, "no column 7"),
        (np.zeros((4, 3)), [2, 2, 2, 2], {"ignore": 2}, "Every frame is ambiguous"),
        (np.zeros((4, 3)), [0, 0, 0, 2], {"ignore": 2}, "No action occurs"),
    ],
)
def test_arrays_that_do_not_fit(scores, targets, options, what):
    with pytest.raises(BadInput, match=what):
        evaluate_arrays(scores, targets, **options)


@pytest.mark.parametrize(
    ("values", "classes", "what"),
    [
        (np.full((4, 3), np.nan), [0, 1, 2, 0], "NaN"),
        (np.zeros((4, 3)), [0, 1, 2], "4 rows of scores, 3 of labels"),
        (np.zeros((4, 3)), [0, 0, 0, 0], "No action occurs"),
        (np.zeros((4, 3)), [-1, -1, -1, -1], "Every frame is ambiguous"),
        (np.zeros((4, 3)), [0, 1, 2, 3], "Target 3 is no class"),
        (np.zeros((0, 3)), [], "no scores"),
    ],
)
def test_scores_that_do_not_fit(values, classes, what):
    with pytest.raises(BadInput, match=what):
        frames = np.arange(len(classes))
        evaluate(scored(values), Truth.of_classes(classes, 3, frames) if len(classes) else np.array(classes))


def routine_scores(film, start, stop, seed=0) -> Scores:
    labels = read_labels(film.with_name("labels.csv"))
    names = ("background", *sorted(labels.classes))
    truth = Truth.of_labels(labels, names, np.arange(start, stop))
    values = soft(np.random.default_rng(seed), truth.single, len(names))
    return Scores(names, truth.frames, truth.frames / 10.0, values)


def test_several_score_files_on_the_labels_of_a_film(film, tmp_path):
    path = film.with_name("labels.csv")
    scores = [routine_scores(film, 191, 371, seed) for seed in (0, 1)]
    for index, each in enumerate(scores):
        write_scores(tmp_path / f"{index}.csv", each)
    files = (str(tmp_path / "0.csv"), str(tmp_path / "1.csv"))
    ctx = PlainContext()
    results = run(EvaluateSpec(files, str(path), names=("", "second")), ctx)
    assert [result.name for result in results] == ["0", "second"]
    assert ctx.events["evaluated"] == results
    for result, each in zip(results, scores, strict=True):
        direct = evaluate(each, read_truth(path, each))
        assert result.map == pytest.approx(direct.map, abs=1e-9)
        assert result.frames == 180
    part = run(EvaluateSpec(files[:1], str(path), frames=(200, 300)), PlainContext())[0]
    assert part.frames == 100
    whole = run(EvaluateSpec(files[:1], str(path), video=str(film)), PlainContext())[0]
    assert replace(whole, file="") == replace(results[0], file="")


def test_a_class_the_model_does_not_know_matters_only_where_it_was_scored(film, tmp_path):
    known = film.with_name("labels.csv").read_text()
    (tmp_path / "squat.csv").write_text(known + "375,385,squat\n")
    scores = routine_scores(film, 191, 371)
    assert read_truth(tmp_path / "squat.csv", scores).instances[-1].end == 359
    with pytest.raises(BadInput, match="not known here: 'squat'"):
        read_truth(tmp_path / "squat.csv", routine_scores(film, 191, 390))


def test_scores_and_labels_that_do_not_belong_together(film, tmp_path):
    path = str(film.with_name("labels.csv"))
    scores = routine_scores(film, 191, 371)
    write_scores(tmp_path / "few.csv", replace(scores, classes=("background", *"abcdef")))
    with pytest.raises(BadInput, match="not known here: 'lunge_right'"):
        run(EvaluateSpec((str(tmp_path / "few.csv"),), path), PlainContext())
    write_scores(tmp_path / "late.csv", replace(scores, frames=scores.frames + 1000))
    with pytest.raises(BadInput, match="no action in the frames that were scored .1191 to 1370"):
        run(EvaluateSpec((str(tmp_path / "late.csv"),), path), PlainContext())
    write_scores(tmp_path / "good.csv", scores)
    with pytest.raises(BadInput, match="none of these frames"):
        run(EvaluateSpec((str(tmp_path / "good.csv"),), path, frames=(0, 191)), PlainContext())
    (tmp_path / "none.csv").write_text("start_frame,end_frame,action\n")
    with pytest.raises(BadInput, match="labels are empty"):
        run(EvaluateSpec((str(tmp_path / "good.csv"),), str(tmp_path / "none.csv")), PlainContext())
    with pytest.raises(UsageError, match="no scores"):
        run(EvaluateSpec((), path), PlainContext())
    with pytest.raises(UsageError, match="on a video"):
        run(EvaluateSpec(("",), path, models=("m.safetensors",)), PlainContext())


def test_what_was_never_learned_is_averaged_nowhere_and_named():
    rng = np.random.default_rng(3)
    classes = np.repeat([0, 1, 2, 3, 0, 1, 2, 3], 20)
    scores = scored(soft(rng, classes, 4))
    found = evaluate(scores, classes, learned=("class 1", "class 3"))
    assert found.averaged == ("class 1", "class 3")
    expected = [average_precision_score(classes == index, scores.probabilities[:, index]) for index in (1, 3)]
    assert found.map == pytest.approx(np.mean(expected), abs=1e-12)
    assert found.chance == pytest.approx(0.25)
    assert (found.classes, np.shape(found.confusion)) == (scores.classes, (4, 4)), "what it says is shown in full"
    assert any("class 2" in note for note in found.notes)
    whole = evaluate(scores, classes, learned=("class 1", "class 2", "class 3"))
    assert whole == evaluate(scores, classes)
    assert whole.averaged == ("class 1", "class 2", "class 3")
    with pytest.raises(BadInput, match="learned"):
        evaluate(scores, np.where(classes == 2, 2, 0), learned=("class 1",))
