"""Command lines that do what a page of the actions panel does."""

from __future__ import annotations

from dataclasses import fields, replace

from engines.actions.study_types import WHOLE, DetectSpec, EvaluateSpec, Frames, TrainSpec
from engines.actions.types import WatchSettings
from workbench.controllers.common.command_line import but, line, options, saying

PLAIN = ("out", "clips", "frames", "folder", "settings", "features", "model")
"""Fields of a training that have words of their own; every other is an option of its name."""
WATCHED = ("threshold", "release", "least", "weights", "threads")
"""Fields that a run over a film has in common with the live engine."""


@saying("engines.actions.training.job:run", *but(TrainSpec))
def train_line(spec: TrainSpec) -> str:
    if spec.folder:
        data: tuple[object, ...] = (spec.folder, *options(spec, "features"))
    else:
        labels = [word for clip in spec.clips for word in ("--labels", clip.labels)]
        data = (*(clip.video for clip in spec.clips), *labels, "--features", spec.features)
    data = (*data, *_frames(spec.frames), *options(spec, "settings"))
    more = options(spec, *(field.name for field in fields(TrainSpec) if field.name not in PLAIN))
    return line("actions", "train", *data, "--model", spec.model, "--out", spec.out, *more)


@saying("engines.actions.streaming.detect:run", *but(DetectSpec, "events"))
def detect_line(spec: DetectSpec) -> str:
    words = (*_frames(spec.frames), "--out", spec.out, *options(spec, "ahead", *WATCHED))
    return line("actions", "detect", spec.model, spec.video, *words)


@saying("engines.actions.evaluation.job:run", *but(EvaluateSpec, "names", "threshold", "one_frame"))
def evaluate_line(spec: EvaluateSpec) -> str:
    """Score files, or models that are run on the video first."""
    models = spec.models or ("",) * len(spec.scores)
    rows = [scores or model for scores, model in zip(spec.scores, models, strict=True)]
    video = ("--video", spec.video) if spec.video else ()
    return line("actions", "evaluate", *rows, spec.labels or "LABELS.csv", *video, *_frames(spec.frames))


def watch_line(settings: WatchSettings, video: str) -> str:
    return detect_line(as_watched(DetectSpec(settings.model or "MODEL", video or "VIDEO", "SCORES.csv"), settings))


def as_watched(spec: DetectSpec, settings: WatchSettings) -> DetectSpec:
    """With the settings of the live engine, so that a whole film gives the events that watching it gives."""
    return replace(spec, **{name: getattr(settings, name) for name in WATCHED})


def _frames(frames: Frames) -> tuple[str, ...]:
    start, stop = frames
    return () if frames == WHOLE else ("--frames", f"{start}:{'' if stop is None else stop}")
