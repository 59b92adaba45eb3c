"""A list of pairs of pictures, same person or not, in folds: reading it, and its k-fold balanced accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput
from engines.core.reading import parse_rows, read_text
from engines.core.words import tr
from engines.faces.scores.intervals import Interval, wilson
from engines.faces.vectors import Floats

Flags = NDArray[np.bool_]

_COLUMNS = ("fold", "same", "a", "b")
_TRUE, _FALSE = ("1", "true", "yes", "same"), ("0", "false", "no", "different")


@dataclass(frozen=True, slots=True)
class Pair:
    """fold: which tenth it belongs to; same: the same person; a, b: names of pictures."""

    fold: str
    same: bool
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Accuracy:
    """balanced: mean of the shares of same and of different pairs judged right, of all folds' pairs pooled.

    interval: 95 %, of that. std: over folds. thresholds: by fold, each chosen on the others. mean: of the folds' own
    balanced accuracies, as papers give it.
    """

    balanced: float
    std: float
    interval: Interval
    thresholds: tuple[float, ...]
    pairs: int
    mean: float


def read_pairs(path: str | Path) -> tuple[Pair, ...]:
    """From a TSV with the columns fold, same, a, b. Raises `BadInput` with the line that is wrong."""
    rows = parse_rows(read_text(path, what=tr("pair list")), path, delimiter="\t")
    names = [name.strip() for name in rows[0][1]] if rows else []
    absent = [name for name in _COLUMNS if name not in names]
    if absent:
        raise BadInput(
            tr("The pair list has no column '{absent}'", absent=absent[0]),
            path=path,
            hint=tr("Its first line names fold, same, a, b, by tabs"),
        )
    pairs = tuple(_pair(dict(zip(names, row, strict=True)), line, path) for line, row in rows[1:])
    if not pairs:
        raise BadInput(tr("The pair list has no pair"), path=path)
    return pairs


def _pair(row: dict[str, str], line: int, path: str | Path) -> Pair:
    values = {name: row[name].strip() for name in _COLUMNS}
    same = values["same"].lower()
    if not all(values.values()) or same not in _TRUE + _FALSE:
        raise BadInput(
            tr("Line {line} of the pair list is not a pair", line=line),
            path=path,
            hint=tr("Write fold, 1 or 0, and two files"),
        )
    return Pair(values["fold"], same in _TRUE, values["a"], values["b"])


def places(pairs: Sequence[Pair], faces: Sequence[str], missed: Sequence[str]) -> NDArray[np.intp]:
    """n x 2 rows of the pairs whose two pictures have a face; a pair with a picture in `missed` gives -1.

    Raises `BadInput` for a pair that names a picture that is not there.
    """
    rows = _by_name(faces)
    gone = {Path(name).name for name in missed}
    found = np.full((len(pairs), 2), -1, np.intp)
    for index, pair in enumerate(pairs):
        for side, name in enumerate((pair.a, pair.b)):
            row = rows.get(name, rows.get(Path(name).name, -1))
            if row < 0 and Path(name).name not in gone:
                raise BadInput(tr("The pair list names '{name}', which is not among the pictures", name=name))
            found[index, side] = row
    return found


def _by_name(faces: Sequence[str]) -> dict[str, int]:
    """By the name below the folder, and by the bare file name where that is unique."""
    rows = {name: row for row, name in enumerate(faces)}
    bare = [Path(name).name for name in faces]
    for row, name in enumerate(bare):
        rows.setdefault(name, row)
    return rows


def accuracy(scores: Floats, same: Flags, folds: Sequence[str]) -> Accuracy:
    """The protocol of LFW (Huang et al., 2007), balanced because kinds of pairs may differ in number.

    Each fold is judged with the threshold that does best on the others. Raises `BadInput` when a kind of pair is
    missing or there is one fold alone.
    """
    names = sorted(set(folds))
    if same.all() or not same.any():
        raise BadInput(tr("The pair list needs pairs of the same person and pairs of different people"))
    if len(names) < 2:
        raise BadInput(tr("The pair list needs two folds or more"), hint=tr("Number them in its first column"))
    fold = np.array([names.index(name) for name in folds], np.intp)
    thresholds = np.array([best_threshold(scores[fold != k], same[fold != k]) for k in range(len(names))])
    right = (scores > thresholds[fold]) == same
    each = [_balanced(right[fold == k], same[fold == k]) for k in range(len(names))]
    spread = float(np.std(each, ddof=1))
    figures = _balanced(right, same), spread, _interval(right, same)
    return Accuracy(*figures, tuple(thresholds.tolist()), len(scores), float(np.mean(each)))


def best_threshold(scores: Floats, same: Flags) -> float:
    """The middle of the range of thresholds with the best balanced accuracy; "same" is said above it."""
    order = np.argsort(scores, kind="stable")
    ranked, kinds = scores[order], same[order]
    different = np.append(0, np.cumsum(~kinds)) / max(int((~kinds).sum()), 1)
    alike = 1 - np.append(0, np.cumsum(kinds)) / max(int(kinds.sum()), 1)
    edges = np.concatenate([[ranked[0] - 1e-3], (ranked[1:] + ranked[:-1]) / 2, [ranked[-1] + 1e-3]])
    tied = np.concatenate([[False], ranked[1:] == ranked[:-1], [False]])
    balanced = np.where(tied, -1.0, different + alike)
    best = np.flatnonzero(balanced >= balanced.max() - 1e-12)
    return float(edges[best[len(best) // 2]])


def _balanced(right: Flags, same: Flags) -> float:
    parts = [right[kind].mean() for kind in (same, ~same) if kind.any()]
    return float(np.mean(parts))


def _interval(right: Flags, same: Flags) -> Interval:
    """Wilson's intervals of the two shares, put together by squares (Newcombe, 1998)."""
    low = high = 0.0
    for kind in (same, ~same):
        hits, trials = float(right[kind].sum()), float(kind.sum())
        ends = wilson(hits, trials)
        low += (hits / trials - ends[0]) ** 2
        high += (ends[1] - hits / trials) ** 2
    middle = _balanced(right, same)
    return max(0.0, middle - 0.5 * low**0.5), min(1.0, middle + 0.5 * high**0.5)
