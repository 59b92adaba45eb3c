"""Evaluation of invented people, and of tables that cannot be evaluated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.core.errors import BadInput
from engines.core.spec import from_json, to_json
from engines.faces.evaluation.job import measure
from engines.faces.evaluation.pair_list import Pair
from engines.faces.study_types import Evaluation
from engines.faces.table import FaceTable
from tests.engines.faces.crowds import crowd


@pytest.fixture(scope="module")
def table() -> FaceTable:
    return crowd([5, 1, 2] * 40, dim=32, spread=1.0, seed=4)


def _pairs(table: FaceTable) -> tuple[Pair, ...]:
    random = np.random.default_rng(0)
    firsts = {person: table.faces[table.people.index(person)] for person in table.people}
    several = [person for person in firsts if table.people.count(person) > 1]
    same = [Pair(str(k % 10), True, firsts[p], f"{p}_0002.jpg") for k, p in enumerate(several)]
    names = list(firsts)
    drawn = [random.choice(len(names), 2, replace=False) for _ in range(60)]
    return (*same, *(Pair(str(k % 10), False, firsts[names[a]], firsts[names[b]]) for k, (a, b) in enumerate(drawn)))


def test_one_evaluation_holds_it_all(table: FaceTable) -> None:
    told = measure(table, _pairs(table), ("lost.jpg",), model="another")
    assert (told.images, told.people, told.pairs) == (len(table) + 1, 120, 140)
    assert told.missed == ("lost.jpg",)
    assert told.accuracy is not None
    assert told.accuracy_interval is not None
    assert told.accuracy_interval[0] <= told.accuracy <= told.accuracy_interval[1]
    assert list(told.tar) == ["1e-2", "1e-3", "1e-4"]
    for key, tar in told.tar.items():
        assert told.tar_interval[key][0] <= tar <= told.tar_interval[key][1]
        assert told.tar_per_person_interval[key][0] <= told.tar_per_person[key] <= told.tar_per_person_interval[key][1]
    assert (np.diff(told.roc.x) > 0).all()
    assert (np.diff(told.roc.y) >= 0).all()
    assert (np.array(told.roc.low) <= told.roc.y).all()
    assert (np.array(told.roc.high) >= told.roc.y).all()
    for density in (told.impostor, told.genuine):
        assert np.sum(density * np.diff(told.bins)) == pytest.approx(1)
    assert told.open_set is not None
    assert told.open_set.strangers == 40
    assert from_json(Evaluation, to_json(told)) == told


def test_faces_that_cannot_be_mistaken_make_no_errors() -> None:
    table = crowd([3, 1] * 30, dim=512, spread=0.2, seed=1)
    told = measure(table, _pairs(table), model="another")
    assert told.accuracy == 1
    assert set(told.tar.values()) == set(told.tar_per_person.values()) == {1.0}


def test_a_wrong_name_shows_at_low_rates(table: FaceTable) -> None:
    people = list(table.people)
    people[0] = table.people[-1]
    clean, spoilt = (measure(one) for one in (table, replace(table, people=tuple(people))))
    assert spoilt.tar["1e-4"] < clean.tar["1e-4"]


def test_the_interval_of_the_rate_covers_what_many_more_people_show() -> None:
    truth = measure(crowd([3] * 600, dim=32, spread=1.2, seed=99)).tar["1e-2"]
    covered = []
    for seed in range(12):
        low, high = measure(crowd([3] * 60, dim=32, spread=1.2, seed=seed)).tar_interval["1e-2"]
        covered.append(low <= truth <= high)
    assert np.mean(covered) >= 0.8


def test_a_list_alone_may_be_absent(table: FaceTable) -> None:
    told = measure(table)
    assert told.accuracy is told.accuracy_std is told.accuracy_interval is None
    assert told.pairs == 0


def test_pairs_with_a_picture_without_a_face_are_left_out(table: FaceTable) -> None:
    pairs = _pairs(table)
    lost = pairs[0].a
    told = measure(table.take(np.array([face != lost for face in table.faces])), pairs, (lost,))
    assert told.pairs == len(pairs) - sum(lost in (pair.a, pair.b) for pair in pairs)


@pytest.mark.parametrize(
    ("counts", "words"), [([4], "one person"), ([1, 1, 1], "Nobody has two")], ids=["one person", "one picture each"]
)
def test_nothing_to_compare_is_said(counts: list[int], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        measure(crowd(counts))


def test_vectors_that_are_none_are_refused(table: FaceTable) -> None:
    vectors = table.vectors.copy()
    vectors[2, 5] = np.nan
    with pytest.raises(BadInput, match=table.faces[2]):
        measure(replace(table, vectors=vectors))
