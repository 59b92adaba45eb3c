"""True-accept rates over all pairs, beside a double loop and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from engines.faces.evaluation.job import drawn_tars
from engines.faces.evaluation.pair_scores import PairScores, pair_scores
from engines.faces.scores.intervals import draws
from engines.faces.table import FaceTable
from tests.engines.faces.crowds import cap, crowd

FARS = (0.3, 1e-2, 1e-3)


@pytest.fixture(scope="module")
def table() -> FaceTable:
    return crowd([1, 4, 2, 1, 3, 1, 2, 9] * 4, dim=16, spread=1.5, seed=3)


@pytest.fixture(scope="module")
def scores(table: FaceTable) -> PairScores:
    return pair_scores(table)


def _loop(table: FaceTable) -> tuple[list[float], list[float], dict[str, list[float]]]:
    genuine, impostor, by_person = [], [], {}
    for i in range(len(table)):
        for j in range(i + 1, len(table)):
            score = float(table.vectors[i] @ table.vectors[j])
            if table.people[i] == table.people[j]:
                genuine.append(score)
                by_person.setdefault(table.people[i], []).append(score)
            else:
                impostor.append(score)
    return genuine, impostor, by_person


@pytest.mark.parametrize("far", FARS)
def test_rates_are_a_double_loop_s(table: FaceTable, scores: PairScores, far: float) -> None:
    genuine, impostor, by_person = _loop(table)
    assert scores.impostors == len(impostor)
    at = scores.threshold(far)
    accepted = np.mean([score > at + 1e-7 for score in impostor])
    assert accepted <= far
    assert accepted == pytest.approx(far, abs=(0.01 if far > 0.02 else 1.5 / len(impostor)))
    assert scores.tar(at) == pytest.approx(np.mean([score > at + 1e-7 for score in genuine]), abs=1.5 / len(genuine))
    each = [np.mean([score > at + 1e-7 for score in mine]) for mine in by_person.values()]
    assert scores.tar_per_person(at) == pytest.approx(np.mean(each), abs=0.02)


def test_the_curve_is_scikit_learn_s(table: FaceTable, scores: PairScores) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    genuine, impostor, _ = _loop(table)
    truth = np.append(np.ones(len(genuine)), np.zeros(len(impostor)))
    far, tar, _ = metrics.roc_curve(truth, np.append(genuine, impostor), drop_intermediate=False)
    for asked in (3e-4, 1e-3, 3e-3, 1e-2):
        assert scores.tar(scores.threshold(asked)) == pytest.approx(tar[far <= asked].max(), abs=1.5 / len(genuine))


def test_the_false_accept_rate_is_the_cap_of_the_sphere() -> None:
    """Of strangers scattered evenly, the share of pairs above a similarity is known in closed form."""
    scores = pair_scores(crowd([1] * 1500, dim=32, seed=1))
    for far in (1e-2, 1e-3, 1e-4):
        scatter = 5 / np.sqrt(far * scores.impostors)
        assert cap(scores.threshold(far), 32) == pytest.approx(far, rel=scatter + 0.02)


def test_drawing_everybody_once_changes_nothing(scores: PairScores) -> None:
    pooled, each = drawn_tars(scores, FARS[1:], np.ones((1, scores.people)))
    for column, far in enumerate(FARS[1:]):
        assert pooled[0, column] == pytest.approx(scores.tar(scores.threshold(far)))
        assert each[0, column] == pytest.approx(scores.tar_per_person(scores.threshold(far)))


def test_drawing_a_person_twice_is_having_two_such_people(table: FaceTable, scores: PairScores) -> None:
    weights = draws(scores.people, 1, seed=4)
    pooled, each = drawn_tars(scores, [1e-2], weights)
    genuine, mine, impostor = [], [], []
    people, labels = table.labels()
    for a in range(len(people)):
        for b in range(a, len(people)):
            block = (table.vectors[labels == a] @ table.vectors[labels == b].T).astype(np.float64)
            times = int(weights[0, a] * weights[0, b]) if a != b else int(weights[0, a])
            own = block[np.triu_indices(len(block), 1)] if a == b else block.ravel()
            (genuine if a == b else impostor).extend(list(own) * times)
            if a == b and len(own):
                mine.extend([own] * times)
    at = np.sort(impostor)[::-1][int(0.01 * len(impostor))]
    assert pooled[0, 0] == pytest.approx(np.mean(np.array(genuine) > at + 1e-7), abs=0.01)
    assert each[0, 0] == pytest.approx(np.mean([(own > at + 1e-7).mean() for own in mine]), abs=0.01)


def test_nobody_with_two_faces_has_no_rate() -> None:
    scores = pair_scores(crowd([1] * 5))
    assert np.isnan(scores.tar(0.5))
    assert np.isnan(scores.tar_per_person(0.5))
