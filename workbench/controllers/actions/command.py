"""Command lines that do what a page of the actions panel does."""

from __future__ import annotations

import shlex
from dataclasses import fields, replace
from itertools import chain

from engines.actions.study_types import WHOLE, DetectSpec, EvaluateSpec, Frames, TrainSpec
from engines.actions.types import WatchSettings

MAIN = ("python", "main.py", "actions")
PLAIN = ("out", "clips", "frames", "folder", "settings", "features", "model")
"""Fields of a training that have words of their own; every other is an option of its name."""


def line(*words: object) -> str:
    """Words as they are typed into a shell."""
    return shlex.join([*MAIN, *(str(word) for word in words)])


def train_line(spec: TrainSpec) -> str:
    usual, more = TrainSpec(""), []
    for name in (field.name for field in fields(TrainSpec) if field.name not in PLAIN):
        value = getattr(spec, name)
        if value != getattr(usual, name):
            more += [f"--{name.replace('_', '-')}", value]
    if spec.folder:
        data: tuple[object, ...] = (spec.folder, *(("--settings", spec.settings) if spec.settings else ()))
    else:
        labels = [word for clip in spec.clips for word in ("--labels", clip.labels)]
        data = (*(clip.video for clip in spec.clips), *labels, *_frames(spec.frames), "--features", spec.features)
    return line("train", *data, "--model", spec.model, "--out", spec.out, *more)


def detect_line(spec: DetectSpec) -> str:
    usual = DetectSpec("", "", "")
    names = ("threshold", "release", "least", "weights", "threads")
    told = [(f"--{name}", getattr(spec, name)) for name in names if getattr(spec, name) != getattr(usual, name)]
    words = (*_frames(spec.frames), "--out", spec.out, *(("--ahead",) if spec.ahead else ()), *chain(*told))
    return line("detect", spec.model, spec.video, *words)


def evaluate_line(spec: EvaluateSpec) -> str:
    """Score files, or models that are run on the video first."""
    models = spec.models or ("",) * len(spec.scores)
    rows = [scores or model for scores, model in zip(spec.scores, models, strict=True)]
    video = ("--video", spec.video) if spec.video else ()
    return line("evaluate", *rows, spec.labels or "LABELS.csv", *video, *_frames(spec.frames))


def watch_line(settings: WatchSettings, video: str) -> str:
    return detect_line(as_watched(DetectSpec(settings.model or "MODEL", video or "VIDEO", "SCORES.csv"), settings))


def as_watched(spec: DetectSpec, settings: WatchSettings) -> DetectSpec:
    """With the settings of the live engine, so that a whole film gives the events that watching it gives."""
    names = ("threshold", "release", "least", "weights", "threads")
    return replace(spec, **{name: getattr(settings, name) for name in names})


def _frames(frames: Frames) -> tuple[str, ...]:
    start, stop = frames
    return () if frames == WHOLE else ("--frames", f"{start}:{'' if stop is None else stop}")
