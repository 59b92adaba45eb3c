"""Plain arrays measured as the released evaluation codes do: scores and targets, frames x classes, videos joined."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.evaluation.deciles import by_decile
from engines.actions.evaluation.precision import by_class, calibrated, mean_of, one_hot
from engines.actions.evaluation.truth import Truth
from engines.actions.study_types import Evaluation
from engines.core.errors import BadInput
from engines.core.words import tr

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def evaluate_arrays(
    scores: ArrayLike,
    targets: ArrayLike,
    ignore: int | None = None,
    background: int | None = 0,
    name: str = "",
    files: tuple[str | None, str | None] = (None, None),
) -> Evaluation:
    """Precision by class, calibrated and by decile, of scores (n, C) against targets: (n, C) one- or multi-hot, or
    (n,) class indices. Classes are called by their column.

    ignore: the ambiguous column; it leaves the classes and its rows the frames. background: a column that is not
    averaged, None for none. files: of scores and targets, for errors. A run of a class counts as one instance for the
    deciles. Raises `BadInput` for NaN, lengths that disagree, targets that are no flags or indices, and arrays in which
    no action occurs.
    """
    values = _scores(scores, files[0])
    flags = _targets(targets, values.shape, files[1])
    for column in (ignore, background):
        if column is not None and not 0 <= column < values.shape[1]:
            told = tr(
                "There is no column {column}: the scores have {classes} classes", column=column, classes=values.shape[1]
            )
            raise BadInput(told, path=files[0], hint=tr("Columns that are ignored or the background count from 0"))
    dropped = flags[:, ignore].copy() if ignore is not None else np.zeros(len(flags), np.bool_)
    columns = [column for column in range(values.shape[1]) if column != ignore]
    if dropped.all():
        raise BadInput(
            tr("Every frame is ambiguous: nothing is left to measure"),
            path=files[1],
            hint=tr("Check which column is ignored"),
        )
    return _measured(values[:, columns], flags[:, columns], dropped, columns, background, name, files[1])


def _measured(
    values: Floats,
    flags: Flags,
    dropped: Flags,
    columns: list[int],
    background: int | None,
    name: str,
    targets: str | None,
) -> Evaluation:
    place = columns.index(background) if background in columns else None
    actions = [index for index in range(len(columns)) if index != place]
    kept = ~dropped
    ap = by_class(values[kept], flags[kept])
    cap = by_class(values[kept], flags[kept], calibrated)
    if np.isnan(ap[actions]).all():
        raise BadInput(
            tr("No action occurs in the targets"),
            path=targets,
            hint=tr("Check which columns are the background and ignored"),
        )
    shares = flags[kept].mean(axis=0)[actions]
    absent = [str(columns[index]) for index in actions if np.isnan(ap[index])]
    return Evaluation(
        name=name,
        classes=tuple(str(column) for column in columns),
        frames=int(kept.sum()),
        map=mean_of(ap[actions]),
        mcap=mean_of(cap[actions]),
        ap={str(columns[index]): _or_none(ap[index]) for index in actions},
        cap={str(columns[index]): _or_none(cap[index]) for index in actions},
        deciles=by_decile(values, Truth.of_flags(flags, dropped, place), place),
        chance=float(shares[shares > 0].mean()),
        notes=(tr("Do not occur and are not averaged: {absent}", absent=", ".join(absent)),) if absent else (),
    )


def _scores(scores: ArrayLike, path: str | None) -> Floats:
    values = np.asarray(scores)
    if values.ndim != 2 or 0 in values.shape or values.dtype.kind not in "fiub":
        shape = "x".join(str(length) for length in values.shape)
        said = tr("The scores are {shape}", shape=shape or tr("no array"))
        raise BadInput(said, path=path, hint=tr("Numbers, frames x classes, are expected"))
    if not np.isfinite(values).all():
        raise BadInput(tr("The scores hold NaN or infinity"), path=path, hint=tr("Give every frame its probabilities"))
    return values.astype(np.float64)


def _targets(targets: ArrayLike, shape: tuple[int, ...], path: str | None) -> Flags:
    given = np.asarray(targets)
    if given.ndim == 2 and given.shape[1] == 1 and shape[1] > 1:
        given = given[:, 0]
    if given.dtype.kind not in "fiub" or given.ndim not in (1, 2) or not np.isfinite(given).all():
        told = tr("The targets are no flags (frames x classes) and no class indices, or hold NaN")
        raise BadInput(told, path=path, hint=tr("Write 0 and 1, or the index of each frame's class"))
    if len(given) != shape[0]:
        told = tr("{shape} rows of scores, {count} of targets", shape=shape[0], count=len(given))
        raise BadInput(told, path=path, hint=tr("One target a frame is expected"))
    if given.ndim == 2:
        if given.shape[1] != shape[1]:
            told = tr(
                "{scored} classes in the scores, {targeted} in the targets", scored=shape[1], targeted=given.shape[1]
            )
            raise BadInput(told, path=path, hint=tr("Both need the same columns, in the same order"))
        if not np.isin(given, (0, 1)).all():
            raise BadInput(
                tr("Targets frames x classes are 0 and 1"), path=path, hint=tr("Or give the index of each class")
            )
        return one_hot(given, shape[1])
    if (given != np.floor(given)).any() or given.min() < 0 or given.max() >= shape[1]:
        told = tr(
            "Class indices are 0 to {last}, the targets go from {lowest:g} to {highest:g}",
            last=shape[1] - 1,
            lowest=given.min(),
            highest=given.max(),
        )
        raise BadInput(told, path=path, hint=tr("One column of scores for each class, background included"))
    return one_hot(given.astype(np.int64), shape[1])


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
