"""Sources of the scores that are measured, and the share of their film that the model was trained on.

Scores come from a file, or from a model that is run over the video first. Films are known by their content.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.features.cache import identity
from engines.actions.labels.score_files import Scores, ahead_file
from engines.actions.study_types import DetectResult, DetectSpec, EvaluateSpec
from engines.actions.types import ModelCard, TrainedFilm
from engines.core import places
from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.reading import read_array
from engines.core.spec import resolve
from engines.core.words import tr

UNKNOWN = tr("It is not known what this model was trained on: where it was this film, these figures are too good")
UNNAMED = tr("Which film this is was not said, so whether the model was trained on it is not known: name the video")

DETECT = "engines.actions.streaming.detect:run"


@dataclass(frozen=True, slots=True)
class Scored:
    """file: of scores. ahead: beside it, what was said of later times, "" for none. horizons: seconds of its steps."""

    name: str
    file: str
    ahead: str = ""
    horizons: tuple[float, ...] = ()


def scored(spec: EvaluateSpec, index: int, ctx: Context) -> Scored:
    """The score file at this place of the spec, or that of its model, made now. Raises `UsageError` without either."""
    model = spec.models[index] if index < len(spec.models) else ""
    given = spec.scores[index]
    name = spec.names[index] if index < len(spec.names) and spec.names[index] else Path(given or model).stem
    if not given:
        if not model or not spec.video:
            raise UsageError(tr("A model is evaluated on a video"), hint=tr("Give the video, or a score file"))
        return _detected(model, spec, name, ctx)
    if not (model and ahead_file(given).is_file()):
        return Scored(name, given)
    return Scored(name, given, str(ahead_file(given)), _horizons(model))


def ahead_of(source: Scored, scores: Scores) -> NDArray[np.float64] | None:
    """(n, L, C) for the rows of the whole score file; None where nothing was said. `BadInput` if it is broken."""
    if not source.ahead or not source.horizons:
        return None
    said = read_array(source.ahead, what=tr("file of what was said ahead"))
    if said.ndim != 3 or said.dtype.kind not in "fiu":
        raise BadInput(tr("What was said ahead cannot be read"), path=source.ahead, hint=tr("Run the detection again"))
    if len(said) != len(scores):
        raise BadInput(
            tr("{scores} rows of scores, {ahead} of what was said ahead", scores=len(scores), ahead=len(said)),
            path=source.ahead,
        )
    return np.asarray(said, np.float64)


def _detected(model: str, spec: EvaluateSpec, name: str, ctx: Context) -> Scored:
    key = hashlib.sha256(f"{Path(model).resolve()}\n{Path(spec.video).resolve()}\n{spec.frames}".encode()).hexdigest()
    out = places.cache_dir() / "actions" / "scores" / f"{Path(model).stem}-{key[:12]}.csv"
    horizons = _horizons(model)
    asked = DetectSpec(model, spec.video, str(out), spec.frames, ahead=bool(horizons), threshold=spec.threshold)
    result: DetectResult = resolve(DETECT)(asked, ctx)
    return Scored(name, result.file, result.ahead, horizons if result.ahead else ())


def _horizons(model: str) -> tuple[float, ...]:
    from engines.actions.models.files import open_model

    return open_model(model).card.horizons


def trained_share(card: ModelCard, video: str | Path, frames: ArrayLike) -> float | None:
    """Share of these frames of a film (n,) that the model was trained on; None where that is not known."""
    if not (card.films and video):
        return None
    numbers, own = np.asarray(frames), parts_of(card, video)
    inside = [(numbers >= first) & (numbers < stop) for film in own for first, stop in (film.learned, film.held)]
    return float(np.any(inside, axis=0).mean()) if inside and numbers.size else 0.0


def parts_of(card: ModelCard, video: str | Path) -> tuple[TrainedFilm, ...]:
    """Parts of this film that the model was trained on."""
    asked = identity(video) if card.films else ""
    return tuple(film for film in card.films if film.identity == asked)


def warnings(card: ModelCard, video: str | Path, frames: ArrayLike) -> tuple[str, ...]:
    """Warnings before figures on these frames of a film are trusted. Features of other makers say nothing of
    films.
    """
    if card.recipe.of:
        return ()
    share = trained_share(card, video, frames)
    if share is None:
        return (UNNAMED if card.films else UNKNOWN,)
    if not share:
        return ()
    told = ", ".join(_part_words(film) for film in parts_of(card, video))
    return (
        tr(
            "Trained on {told} of this film: {share:.0f} % of what is evaluated. Those figures are too good",
            told=told,
            share=100 * share,
        ),
    )


def _part_words(film: TrainedFilm) -> str:
    """'frames 0-191', 'frames 0-142 (and 143-191 to know when to stop)'."""
    if film.held[1] <= film.held[0]:
        return tr("frames {learned}", learned=_range(film.learned))
    held = _range(film.held)
    return tr("frames {learned} (and {held} to know when to stop)", learned=_range(film.learned), held=held)


def _range(frames: tuple[int, int]) -> str:
    return f"{frames[0]}-{frames[1] - 1}"
