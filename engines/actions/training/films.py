"""How much of what is measured a model was trained on: films are known by their content, whatever they are called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from engines.actions.features.cache import identity
from engines.actions.types import ModelCard, TrainedFilm

UNKNOWN = "It is not known what this model was trained on: where it was this film, these figures are too good"
UNNAMED = "Which film this is was not said, so whether the model was trained on it is not known: name the video"


def trained_share(card: ModelCard, video: str | Path, frames: ArrayLike) -> float | None:
    """Share of these frames of a film (n,) that the model was trained on; None where that is not known."""
    if not (card.films and video):
        return None
    numbers, own = np.asarray(frames), parts_of(card, video)
    inside = [(numbers >= first) & (numbers < stop) for film in own for first, stop in (film.learned, film.held)]
    return float(np.any(inside, axis=0).mean()) if inside and numbers.size else 0.0


def parts_of(card: ModelCard, video: str | Path) -> tuple[TrainedFilm, ...]:
    """What of this film the model was trained on."""
    asked = identity(video) if card.films else ""
    return tuple(film for film in card.films if film.identity == asked)


def warnings(card: ModelCard, video: str | Path, frames: ArrayLike) -> tuple[str, ...]:
    """What is to be known before figures on these frames of a film are trusted. Features of other makers say nothing of
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
    return (f"Trained on {told} of this film: {100 * share:.0f} % of what is evaluated. Those figures are too good",)


def _part_words(film: TrainedFilm) -> str:
    """'frames 0-191', 'frames 0-142 (and 143-191 to know when to stop)'."""
    held = f" (and {_range(film.held)} to know when to stop)" if film.held[1] > film.held[0] else ""
    return f"frames {_range(film.learned)}{held}"


def _range(frames: tuple[int, int]) -> str:
    return f"{frames[0]}-{frames[1] - 1}"
