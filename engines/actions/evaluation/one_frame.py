"""The baseline without time: a logistic regression on single chunks, learned from what came before.

Where it does as well as a model, the video does not show that the model needs its memory.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.evaluation.precision import mean_precision
from engines.actions.evaluation.truth import Truth
from engines.actions.labels.files import read_labels
from engines.actions.labels.score_files import Scores
from engines.actions.types import Recipe
from engines.core.context import Context
from engines.core.errors import BadInput
from engines.core.words import tr

Floats = NDArray[np.float64]


def single_chunks(features: ArrayLike, classes: ArrayLike, count: int, asked: ArrayLike) -> Floats:
    """Probabilities (m, C) of the chunks `asked` (m, D), learned from features (n, D) and their classes (n,).

    Features are standardised over the chunks that are learned from. A class below 0 is not learned from; one without
    an example gets 0. Raises `BadInput` for fewer than two classes.
    """
    from sklearn.linear_model import LogisticRegression

    known, real = np.asarray(features, np.float64), np.asarray(classes)
    known, real = known[real >= 0], real[real >= 0]
    if np.unique(real).size < 2:
        raise BadInput(tr("A logistic regression needs two classes to learn from"), hint=tr("Evaluate a later part"))
    mean, deviation = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-6)
    fitted = LogisticRegression(max_iter=1000).fit((known - mean) / deviation, real)
    told = np.zeros((len(np.asarray(asked)), count))
    told[:, fitted.classes_] = fitted.predict_proba((np.asarray(asked, np.float64) - mean) / deviation)
    return told


def beside_model(video: str, labels: str, recipe: Recipe, scores: Scores, truth: Truth, ctx: Context) -> float | None:
    """Its mAP on the scored frames, learned from the same video's frames before them, with the model's own features.

    None where nothing came before. A frame has what was said of the newest chunk up to and including it, as it has
    from the model.
    """
    from engines.actions.features.extraction import extract
    from engines.core.video.film import Film

    first, after = int(scores.frames[0]), int(scores.frames[-1]) + 1
    if first == 0:
        return None
    before, during = (extract(video, recipe, part, ctx) for part in ((0, first), (first, after)))
    with Film.open(video) as film:
        past = Truth.of_labels(read_labels(labels, film.frame_times(), film.rate), scores.classes, before.frames)
    classes = np.where(past.dropped, -1, past.single)
    told = single_chunks(before.features, classes, len(scores.classes), during.features)
    newest = np.searchsorted(during.frames, scores.frames, side="right") - 1
    rows = np.flatnonzero(truth.kept & (newest >= 0))
    return mean_precision(told[newest[rows]], truth.flags[rows])
