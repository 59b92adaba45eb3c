"""A model over a film, frame by frame as if it came live: probabilities of every frame as a file, with the events.

The very core of the live engine, fed every frame. A frame has the newest decision made up to and including it.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from time import perf_counter

import numpy as np

from engines.actions.features.extraction import check_part, nothing_in
from engines.actions.labels.event_files import check_place, write_events
from engines.actions.labels.score_files import SCORES, Scores, ahead_file, write_scores
from engines.actions.models.files import open_model
from engines.actions.streaming.detector import Detector, describer_of
from engines.actions.study_types import DetectResult, DetectSpec
from engines.actions.types import Decision
from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.outputs import ARRAY, check_file, new_file
from engines.core.video.film import Film
from engines.core.words import tr

RELEASE = 0.6
"""Part of the threshold below which an event ends where nothing else is asked for."""
EVENT_KINDS = (".csv", ".json", ".eaf")
"""Of files that events are written to (`event_files`)."""


def run(spec: DetectSpec, ctx: Context) -> DetectResult:
    """The job. Raises `UsageError` for what makes no sense together, `BadInput` for files and for features that cannot
    be made from pictures, `FileMissing` for networks that were not fetched. Cancelled, it leaves nothing.
    """
    began = perf_counter()
    _check(spec)
    model = open_model(spec.model)
    if spec.ahead and not model.card.shape.future_steps:
        raise BadInput(tr("This model anticipates nothing"), path=spec.model, hint=tr("Train it with steps ahead"))
    film = Film.open(spec.video)
    detector = Detector(model, spec.weights, keep=None, threads=spec.threads)
    detector.finder.configure(spec.threshold, spec.release or RELEASE * spec.threshold, spec.least)
    seen = _Seen()
    _watch(film, detector, spec, seen, ctx)
    if not seen.frames:
        raise nothing_in(film, spec.frames)
    detector.finder.close()
    ahead = _write(spec, detector, seen, film)
    spent = perf_counter() - began
    classes, count = model.card.classes, len(seen.frames)
    return DetectResult(spec.out, classes, count, spent, count / spent, detector.events, ahead)


class _Seen:
    """Frames so far: number, seconds, and the decision that stands."""

    def __init__(self) -> None:
        self.frames: list[int] = []
        self.times: list[float] = []
        self.stands: list[Decision] = []


def _check(spec: DetectSpec) -> None:
    check_part(spec.frames)
    if not spec.out:
        raise UsageError(tr("Where the scores go is not said"), hint="Name a file such as scores.csv")
    if spec.events and Path(spec.events).suffix.casefold() not in EVENT_KINDS:
        raise UsageError(tr("Events are written as .csv, .json or .eaf"), hint="Name the file events.csv")
    if not 0 < spec.threshold <= 1:
        raise UsageError(
            tr("A threshold is a probability, not {threshold:g}", threshold=spec.threshold), hint=tr("Try 0.5")
        )
    if not 0 <= spec.release <= spec.threshold:
        raise UsageError(
            tr("An event ends at or below the probability at which it starts"), hint=tr("Choose a lower release")
        )
    if spec.least < 0:
        raise UsageError(tr("An event cannot last less than no time"), hint=tr("Try 0.2"))
    inputs = (spec.video, spec.model)
    check_file(spec.out, SCORES, inputs)
    if spec.events:
        check_place(spec.events, inputs)
    if spec.ahead:
        check_file(ahead_file(spec.out), ARRAY, inputs)


def _watch(film: Film, detector: Detector, spec: DetectSpec, seen: _Seen, ctx: Context) -> None:
    start, stop = spec.frames
    ends = [end for end in (stop, film.count) if end is not None]
    total = max(min(ends) - start, 1) if ends else 0
    note = tr("Watching {path}", path=film.path.name)
    ctx.progress(0, total, note)
    with closing(describer_of(detector.model, spec.threads)) as describer:
        for frame in film.frames(start, stop):
            ctx.check()
            detector.push(frame.seconds, describer.describe(frame.image, frame.seconds))
            assert detector.newest is not None
            seen.frames.append(frame.index)
            seen.times.append(frame.seconds)
            seen.stands.append(detector.newest)
            ctx.progress(len(seen.frames), total, note)


def _write(spec: DetectSpec, detector: Detector, seen: _Seen, film: Film) -> str:
    """The scores last: who finds them finds the rest too. The file of what was anticipated, "" none."""
    ahead = ""
    if spec.ahead:
        ahead = str(ahead_file(spec.out))
        with new_file(ahead, ARRAY) as part:
            np.save(part, np.array([decision.ahead for decision in seen.stands], np.float32))
    if spec.events:
        write_events(spec.events, detector.events, film.frame_times(), video=film.path)
    frames, times = np.array(seen.frames, np.int64), np.array(seen.times)
    probabilities = np.array([decision.probabilities for decision in seen.stands])
    write_scores(spec.out, Scores(detector.model.card.classes, frames, times, probabilities))
    return ahead
