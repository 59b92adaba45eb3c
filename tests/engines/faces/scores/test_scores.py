"""Thresholds on people whose similarities have a law in closed form, and what small or broken galleries get."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.core.errors import BadInput
from engines.faces.scores.impostors import EDGES, impostors, inflation
from engines.faces.scores.meaning import ScoreModel
from engines.faces.scores.references import REFERENCES, SFACE, like_sface
from engines.faces.table import FaceTable
from engines.faces.types import Accept
from engines.faces.vectors import unit
from tests.engines.faces.crowds import cap, crowd

RATES = (0.3, 0.1, 0.01, 1e-3, 1e-4, 1e-6)


@pytest.fixture(scope="module")
def isotropic() -> ScoreModel:
    return ScoreModel.of(crowd([1] * 400), "another")


@pytest.mark.parametrize("rate", RATES)
def test_the_true_share_of_strangers_lies_in_the_stated_interval(isotropic: ScoreModel, rate: float) -> None:
    at = isotropic.threshold(Accept(rate))
    truth = float(-np.expm1(400 * np.log1p(-cap(at, 64))))
    low, high = isotropic.strangers_interval(at)
    assert low <= truth <= high
    if rate >= 0.1:
        assert rate / 1.5 < truth < rate * 1.5


def test_the_interval_is_right_about_as_often_as_it_says() -> None:
    covered = []
    for seed in range(12):
        model = ScoreModel.of(crowd([1] * 80, seed=seed), "another")
        for rate in (0.1, 0.01):
            at = model.threshold(Accept(rate))
            low, high = model.strangers_interval(at)
            covered.append(low <= -np.expm1(80 * np.log1p(-cap(at, 64))) <= high)
    assert np.mean(covered) >= 0.9


def test_several_faces_a_person_make_no_difference_to_strangers() -> None:
    model = ScoreModel.of(crowd([1 + 5 * (k % 3 == 0) for k in range(200)], seed=3), "another")
    at = model.threshold(Accept(0.1))
    assert -np.expm1(200 * np.log1p(-cap(at, 64))) == pytest.approx(0.1, rel=0.4)


def test_share_and_threshold_are_each_other_s_inverse(isotropic: ScoreModel) -> None:
    for people in (1, 400, 5000):
        for rate in RATES:
            assert isotropic.strangers(isotropic.threshold(Accept(rate), people), people) == pytest.approx(
                rate, rel=1e-6
            )


def test_thresholds_rise_with_people_and_with_care(isotropic: ScoreModel) -> None:
    assert np.all(np.diff([isotropic.threshold(Accept(rate)) for rate in RATES]) > 0)
    assert np.all(np.diff([isotropic.threshold(Accept(0.01), people) for people in (1, 10, 100, 10_000)]) > 0)


def test_probability_rises_with_similarity_and_falls_with_people(isotropic: ScoreModel) -> None:
    at = np.linspace(-1, 1, 101)
    for people in (1, 400):
        assert np.all(np.diff([isotropic.probability(float(one), people) for one in at]) >= -1e-12)
    assert np.all(np.diff([isotropic.probability(0.45, people) for people in (1, 10, 100, 1000)]) < 0)


def test_probability_is_the_share_that_is_right() -> None:
    """At even odds, among pairs of about one similarity, so many are pairs of one person as the model says."""
    model = ScoreModel.of(crowd([4] * 300, spread=1.3, seed=5), "another")
    other = crowd([2] * 3000, spread=1.3, seed=6)
    a, b = other.vectors[0::2], other.vectors[1::2]
    same, different = (a * b).sum(axis=1), (a * np.roll(b, 7, axis=0)).sum(axis=1)
    for low in (0.15, 0.2, 0.25, 0.3):
        right, wrong = (((scores >= low) & (scores < low + 0.05)).sum() for scores in (same, different))
        assert model.probability(low + 0.025) == pytest.approx(right / (right + wrong), abs=0.12)


def test_one_person_under_two_names_is_set_aside_and_named() -> None:
    table = crowd([1] * 200, seed=2)
    vectors = table.vectors.copy()
    vectors[50] = unit(vectors[120] + 0.02 * vectors[3])
    model = ScoreModel.of(replace(table, vectors=vectors), "another")
    assert model.doubles == (("p0050", "p0120"),)
    assert "one person" in model.weak
    untouched = ScoreModel.of(table, "another").threshold(Accept(1e-3))
    assert model.threshold(Accept(1e-3)) == pytest.approx(untouched, abs=0.02)


@pytest.mark.parametrize("people", [0, 1, 3])
def test_a_gallery_too_small_to_tell_rests_on_the_reference(people: int) -> None:
    model = ScoreModel.of(crowd([1] * people, dim=128), "sface")
    assert not model.blind
    assert "reference" in model.basis
    assert model.weak
    share = 1 - (1 - 0.1) ** max(people, 1)
    at = next(similarity for similarity, known in SFACE.impostor if known == 0.1)
    assert model.threshold(Accept(share)) == pytest.approx(at, abs=2e-3)


def test_the_gallery_takes_over_from_the_reference_as_it_grows() -> None:
    """People far more alike than the reference's: the more of them are seen, the higher the threshold."""
    alike = crowd([1] * 300, dim=128, seed=1)
    vectors = unit(alike.vectors + 0.5 * alike.vectors[0])
    tables = [replace(alike, vectors=vectors).take(np.arange(1, count)) for count in (13, 40, 300)]
    models = [ScoreModel.of(table, "sface") for table in tables]
    thresholds = [model.threshold(Accept(0.1), 10) for model in models]
    own = ScoreModel.of(tables[-1], "another").threshold(Accept(0.1), 10)
    reference = ScoreModel.of(tables[0].take(np.arange(2)), "sface").threshold(Accept(0.1), 10)
    assert reference < thresholds[0] < thresholds[1] < thresholds[2] <= own + 0.01


@pytest.mark.parametrize("people", [0, 1, 4])
def test_an_unknown_recogniser_and_few_people_name_nobody(people: int) -> None:
    model = ScoreModel.of(crowd([2] * people), "another")
    assert model.blind
    assert model.threshold(Accept(0.5)) > 0.999
    assert model.probability(0.99) < 1e-9
    assert "before ten people" in model.weak
    assert ScoreModel.known("another") is None


@pytest.mark.parametrize("value", [np.nan, 0.0, np.inf])
def test_a_vector_that_is_none_is_named(value: float) -> None:
    table = crowd([1] * 30)
    vectors = table.vectors.copy()
    vectors[7] = value
    with pytest.raises(BadInput, match="p0007_0001"):
        ScoreModel.of(replace(table, vectors=vectors), "another")


@pytest.mark.parametrize("rate", [0.0, 1.0, -1.0, float("nan")])
def test_a_rate_that_is_none_is_refused(isotropic: ScoreModel, rate: float) -> None:
    with pytest.raises(BadInput, match="between 0 and 1"):
        isotropic.threshold(Accept(rate))


def test_a_known_recogniser_is_recognised_by_its_scores() -> None:
    assert "nothing is known" not in ScoreModel.of(crowd([1] * 60, dim=128)).weak
    shifted = crowd([1] * 60, dim=128)
    close = replace(shifted, vectors=unit(shifted.vectors + shifted.vectors[0]))
    assert "nothing is known" in ScoreModel.of(close).weak


def test_references_are_in_order() -> None:
    for known in REFERENCES.values():
        at, share = np.array(known.impostor).T
        assert list(share) == [known for _, known in SFACE.impostor]
        assert (np.diff(at) > 0).all()
        assert (np.diff(share) < 0).all()
        assert (np.diff(np.array(known.genuine), axis=0) > 0).all()
        assert known.measured


@pytest.mark.parametrize("model", REFERENCES)
def test_a_similarity_means_the_same_to_another_recogniser(model: str) -> None:
    """About as many strangers lie above it, and it grows with the similarity up to 1."""
    levels = np.linspace(-0.2, 1, 50)
    there = [like_sface(float(level), model) for level in levels]
    assert (np.diff(there) > 0).all()
    assert there[-1] == pytest.approx(1)
    own, others = ScoreModel.known("sface"), ScoreModel.known(model)
    assert own is not None
    assert others is not None
    for level in (0.18, 0.363):
        assert abs(np.log10(own.far(level) / others.far(like_sface(level, model)))) < 1
    np.testing.assert_allclose([like_sface(level, "sface") for level in levels], levels, atol=1e-12)
    assert like_sface(0.3, "another") == 0.3


def test_impostors_are_what_a_double_loop_finds() -> None:
    table = crowd([1, 3, 2, 1, 4, 1, 2, 5, 1, 1, 1, 2], seed=4)
    people, templates = table.templates()
    found = impostors(table)
    truth = {}
    for row, person in enumerate(table.people):
        for column, other in enumerate(people):
            if other != person:
                truth[row, column] = float(table.vectors[row] @ templates[column])
    high = sorted(value for value in truth.values() if value >= found.start)
    assert sorted(found.values) == pytest.approx(high, abs=1e-6)
    weight = sum(1 / table.people.count(table.people[row]) for (row, _), value in truth.items() if value >= 0.0)
    assert found.shares[np.searchsorted(EDGES, 0.0)] * found.pairs == pytest.approx(weight, rel=1e-6)


def test_people_of_one_kind_inflate_the_count() -> None:
    table = crowd([1] * 300, seed=8)
    vectors = table.vectors.copy()
    vectors[1:20] = unit(vectors[1:20] + vectors[0])
    assert inflation(impostors(table)) < 1.5
    assert inflation(impostors(replace(table, vectors=vectors))) > 3


def test_no_faces_and_no_names_are_no_trouble() -> None:
    nobody = FaceTable(("a",), ("",), unit(np.ones((1, 128))), np.ones(1, np.float32))
    assert ScoreModel.of(nobody).people == 0
