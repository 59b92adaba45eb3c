"""Everything the timeline shows of one film or feed, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engines.actions.types import Event, Labels


@dataclass(frozen=True, slots=True, eq=False)
class ScoreTrack:
    """One model's probabilities along a video. name: as shown. classes: background first.

    times: (n,) seconds ascending; probabilities: (n, classes). ahead_times: (L,) seconds within the recording that the
    newest decision anticipates, ahead: (L, classes); empty without a decoder. events: by the thresholds of now. jumped:
    some of it was watched after a jump, without the memory of what came before. now: seconds, of the newest decision.
    """

    name: str = ""
    classes: tuple[str, ...] = ()
    times: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    probabilities: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    ahead_times: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    ahead: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    events: tuple[Event, ...] = ()
    version: int = 0
    jumped: bool = False
    now: float = np.inf

    @property
    def newest(self) -> int:
        """Row of the decision that anticipates: the last, unless what is known is watched again; -1: none."""
        return int(np.searchsorted(self.times, self.now + 1e-6, "right")) - 1


@dataclass(frozen=True, slots=True, eq=False)
class TimelineView:
    """One video or feed along time. path: of the source, "" for none; title: what it is called.

    duration: seconds, None for a live feed, whose timeline shows the last minutes and runs on. position: the picture
    that the viewer shows, in seconds. frame_times: (frames,) seconds of each frame, for snapping; empty while not
    known (then `rate`). classes: without the background, in order; a class's colour and key follow from its place.
    tracks: one a model. labels: None where there are none. editing: segments can be changed, by hand and by keys.
    selected: index of a segment, -1 none. marking: action of the segment that is open, "" none, since frame
    `marking_from`. track: where new segments go; tracks_known: all there are. hidden: classes not drawn.
    threshold: drawn as a line; changes an event's start. own: the chosen model's track, whose events are the events of
    this source wherever they are listed, drawn or written; None where it has seen nothing of it. watching: the model
    can be started here; else it is run over the film elsewhere.
    """

    path: str = ""
    title: str = ""
    duration: float | None = None
    position: float = 0.0
    playing: bool = False
    rate: float = 0.0
    frame_times: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    classes: tuple[str, ...] = ()
    tracks: tuple[ScoreTrack, ...] = ()
    labels: Labels | None = None
    editing: bool = False
    selected: int = -1
    marking: str = ""
    marking_from: int = -1
    track: str = "actions"
    tracks_known: tuple[str, ...] = ("actions",)
    hidden: frozenset[str] = frozenset()
    threshold: float = 0.5
    own: ScoreTrack | None = None
    watching: bool = True
