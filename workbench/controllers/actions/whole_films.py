"""What models gave along films from the beginning to the end, with the events by the thresholds of now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.actions.features.chunks import decided
from engines.actions.labels.score_files import read_scores
from engines.actions.models.files import read_card
from engines.actions.streaming.events import Levels, events_of
from engines.actions.study_types import DetectResult, DetectSpec
from engines.actions.types import WatchSettings
from widgets.timeline.state import ScoreTrack
from workbench.controllers.actions.films import read_facts
from workbench.controllers.actions.score_history import VERSIONS


@dataclass(frozen=True, slots=True, eq=False)
class WholeFilm:
    """model, weights: what gave the scores. scores: a row a frame, without events. rows (n,): those with a decision of
    their own.
    """

    model: str
    weights: str
    scores: ScoreTrack
    rows: NDArray[np.bool_]

    def is_by(self, settings: WatchSettings) -> bool:
        """Whether these settings give these scores."""
        return (self.model, self.weights) == (settings.model, settings.weights)

    def track(self, settings: WatchSettings) -> ScoreTrack:
        """The very same value as long as the thresholds are the same."""
        return _track(self, Levels.of(settings))


def read_whole(spec: DetectSpec, result: DetectResult) -> WholeFilm:
    """What a run over a film has written. Raises `KinoscopeError` for what is gone or broken since."""
    scores, rate = read_scores(Path(result.file)), read_card(spec.model).recipe.rate
    times = read_facts(spec.video).times[scores.frames]
    name, values = Path(spec.model).stem, scores.probabilities.astype(np.float32)
    track = ScoreTrack(name, tuple(scores.classes), times, values)
    return WholeFilm(spec.model, spec.weights, track, decided(times, rate))


@lru_cache(maxsize=16)
def _track(whole: WholeFilm, levels: Levels) -> ScoreTrack:
    scores, rows = whole.scores, whole.rows
    events = events_of(scores.classes, scores.times[rows], scores.probabilities[rows], *levels)
    return replace(scores, events=events, version=next(VERSIONS))
