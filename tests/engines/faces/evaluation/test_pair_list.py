"""Pair lists: the protocol done by hand, and lists that are wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.core.errors import BadInput
from engines.faces.evaluation.pair_list import Pair, accuracy, best_threshold, places, read_pairs

HEAD = "fold\tsame\ta\tb\n"


def _written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "pairs.tsv").write_text(text)
    return tmp_path / "pairs.tsv"


def test_pairs_are_read(tmp_path: Path) -> None:
    file = _written(tmp_path, HEAD + "0\t1\tx.jpg\ty.jpg\n1\tfalse\tx.jpg\tz.jpg\n")
    assert read_pairs(file) == (Pair("0", True, "x.jpg", "y.jpg"), Pair("1", False, "x.jpg", "z.jpg"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column 'fold'"),
        ("a,b\n1,2\n", "no column 'fold'"),
        (HEAD, "no pair"),
        (HEAD + "0\t1\tx.jpg\n", "Row 2 has 3 fields, the first line names 4"),
        (HEAD + "0\t1\tx.jpg\ty.jpg\tz.jpg\n", "Row 2 has 5 fields, the first line names 4"),
        (HEAD + "0\t1\tx.jpg\ty.jpg\n0\tmaybe\tx.jpg\ty.jpg\n", "Line 3"),
    ],
)
def test_a_list_that_is_wrong_says_where(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_pairs(_written(tmp_path, text))


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pairs.tsv").write_bytes(b"\xff\xfe\x00\xd8\xff")
    with pytest.raises(BadInput, match="not text"):
        read_pairs(tmp_path / "pairs.tsv")


def test_pictures_are_found_by_name_and_missed_ones_are_known() -> None:
    pairs = (Pair("0", True, "ada/1.jpg", "2.jpg"), Pair("0", False, "1.jpg", "gone.jpg"))
    rows = places(pairs, ("ada/1.jpg", "ada/2.jpg"), ("ada/gone.jpg",))
    assert rows.tolist() == [[0, 1], [0, -1]]
    with pytest.raises(BadInput, match=r"'gone\.jpg'"):
        places(pairs, ("ada/1.jpg", "ada/2.jpg"), ())


def _balanced(scores: np.ndarray, same: np.ndarray, at: float) -> float:
    return 0.5 * float((scores[same] > at).mean() + (scores[~same] <= at).mean())


def test_the_best_threshold_is_the_best_of_all() -> None:
    random = np.random.default_rng(3)
    same = random.random(300) < 0.8
    scores = np.round(random.normal(np.where(same, 0.5, 0.2), 0.15), 2)
    every = [_balanced(scores, same, at) for at in np.unique(scores) - 0.005]
    assert _balanced(scores, same, best_threshold(scores, same)) == pytest.approx(max(every))


def test_accuracy_is_the_protocol_s() -> None:
    random = np.random.default_rng(5)
    same = random.random(400) < 0.8
    scores, folds = random.normal(np.where(same, 0.6, 0.2), 0.15), random.integers(0, 10, 400)
    told = accuracy(scores, same, [str(fold) for fold in folds])
    right = np.zeros(400, bool)
    for fold in range(10):
        here = folds == fold
        right[here] = (scores[here] > best_threshold(scores[~here], same[~here])) == same[here]
    assert told.balanced == pytest.approx(0.5 * (right[same].mean() + right[~same].mean()))
    each = [0.5 * (right[same & (folds == k)].mean() + right[~same & (folds == k)].mean()) for k in range(10)]
    assert (told.mean, told.std) == pytest.approx((np.mean(each), np.std(each, ddof=1)))
    assert told.interval[0] < told.balanced < told.interval[1]


def test_a_guess_is_right_half_of_the_time_whatever_the_numbers_of_pairs() -> None:
    random = np.random.default_rng(1)
    same = np.arange(4000) % 10 > 0
    told = accuracy(random.random(4000), same, [str(k % 10) for k in random.permutation(4000)])
    assert told.interval[0] - 0.02 < 0.5 < told.interval[1] + 0.02


def test_the_interval_covers_the_accuracy_of_a_known_law() -> None:
    """Two normals three deviations apart, cut halfway: 93.3 %."""
    covered = []
    for seed in range(30):
        random = np.random.default_rng(seed)
        same = np.arange(800) < 640
        scores = random.normal(np.where(same, 3.0, 0.0), 1.0)
        low, high = accuracy(scores, same, [str(k % 10) for k in range(800)]).interval
        covered.append(low <= 0.9332 <= high)
    assert np.mean(covered) >= 0.85


@pytest.mark.parametrize(("same", "folds"), [([1, 1], "01"), ([0, 0], "01"), ([0, 1], "00")])
def test_a_list_of_one_kind_or_one_fold_is_refused(same: list[int], folds: str) -> None:
    with pytest.raises(BadInput):
        accuracy(np.array([0.1, 0.9]), np.array(same, bool), list(folds))
