"""Views of the timeline with real labels: the exercise clip's, and the probabilities a simple model would give."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np

from engines.actions.types import BACKGROUND, Event, Labels, Segment
from widgets.actions.state import ActionsView, Page
from widgets.timeline.state import ScoreTrack, TimelineView

FRAMES, RATE = 393, 10.0


def exercise_labels(data: Path) -> Labels:
    """The labels of the exercise clip."""
    with (data / "actions" / "exercise" / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    segments = tuple(Segment(int(row["start_frame"]), int(row["end_frame"]), row["action"]) for row in rows)
    return Labels(segments, tuple(dict.fromkeys(one.action for one in segments)), RATE, FRAMES)


def scores_of(labels: Labels, name: str = "TRN both", spread: float = 2.0, until: int = FRAMES) -> ScoreTrack:
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
    """The exercise clip, its frames known, at 20 s."""
    view = TimelineView(
        path="/clips/exercise.avi",
        title="exercise.avi",
        duration=clip.frames / clip.rate,
        position=20.0,
        rate=clip.rate,
        frame_times=np.arange(clip.frames) / clip.rate,
        classes=clip.classes,
        labels=clip,
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def actions_view(line: TimelineView, page: Page = Page.WATCH) -> ActionsView:
    return ActionsView(page=page, timeline=line)
