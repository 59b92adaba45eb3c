"""Facts of a film that labels need: how many frames, and when each is shown; label files read for a film."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.actions.labels.files import read_labels
from engines.actions.types import Labels


@dataclass(frozen=True, slots=True, eq=False)
class FilmFacts:
    """times: (frames,) seconds of each frame; duration: to the end of the last one."""

    rate: float = 0.0
    frames: int = 0
    times: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    duration: float = 0.0

    @property
    def known_times(self) -> NDArray[np.float64] | None:
        """None where nothing is known of the film yet."""
        return self.times if len(self.times) else None


def film_facts(video: str) -> FilmFacts:
    """Raises `KinoscopeError` for what is no film."""
    from engines.core.video.film import Film

    with Film.open(video) as film:
        times = film.frame_times()
        times.flags.writeable = False
        last = float(times[-1]) + 1 / film.rate if len(times) else 0.0
        return FilmFacts(film.rate, len(times), times, last)


def read_labels_for(video: str, file: str, known: FilmFacts) -> Labels:
    """The labels of a film, where a file covers several. What is not `known` of the film is found out first: files in
    seconds need it. Raises `KinoscopeError` with the row for what is wrong.
    """
    facts = known if known.frames else film_facts(video)
    labels = read_labels(Path(file), facts.known_times, facts.rate, video=video)
    return replace(labels, frames=facts.frames, rate=facts.rate)
