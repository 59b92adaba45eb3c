"""Views of the timeline over the routine of six actions, with the probabilities that a simple model would give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engines.actions.types import BACKGROUND, Event, Labels
from tests import routine
from widgets.timeline.state import ScoreTrack, TimelineView


def scores_of(labels: Labels, name: str = "TRN both", spread: float = 2.0, until: int = routine.FRAMES) -> ScoreTrack:
    """Labels blurred in time into probabilities, with what comes in the next two seconds."""
    classes = (BACKGROUND, *labels.classes)
    truth = np.zeros((labels.frames, len(classes)))
    truth[:, 0] = 1
    for one in labels.segments:
        truth[one.start : one.end + 1] = np.eye(len(classes))[classes.index(one.action)]
    around = np.arange(-8, 9)
    kernel = np.exp(-((around / spread) ** 2) / 2)
    wobble = 0.35 * np.random.default_rng(3).standard_normal(truth.shape)
    soft = np.stack([np.convolve(column, kernel / kernel.sum(), "same") for column in truth.T], axis=1)
    logits = 6.0 * soft + np.stack([np.convolve(column, kernel, "same") for column in wobble.T], axis=1) * 0.6
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    values = shares.astype(np.float32)
    ahead = np.arange(until, min(until + 21, labels.frames), 5)[1:]
    return ScoreTrack(
        name,
        classes,
        np.arange(until) / labels.rate,
        values[:until],
        ahead / labels.rate,
        values[ahead],
        events_of(labels, until),
        1,
    )


def events_of(labels: Labels, until: int) -> tuple[Event, ...]:
    """An event for each segment that has begun."""
    seen = (one for one in labels.segments if one.start < until)
    return tuple(
        Event(one.action, one.start / 10 + 0.1, (one.end + 2) / 10 if one.end + 2 < until else None, 0.87, 0.95)
        for one in seen
    )


def film_view(clip: Labels, **changes: object) -> TimelineView:
    """The routine, its frames known, at 20 s."""
    view = TimelineView(
        path="/clips/routine.mp4",
        title="routine.mp4",
        duration=clip.frames / clip.rate,
        position=20.0,
        rate=clip.rate,
        frame_times=np.arange(clip.frames) / clip.rate,
        classes=clip.classes,
        labels=clip,
    )
    return replace(view, **changes)  # type: ignore[arg-type]
