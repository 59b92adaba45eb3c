"""Views of the actions panel that its tests show: a film of exercises, marked, trained on and evaluated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engines.actions.study_types import Clip, EvaluateSpec, Evaluation, TrainProgress, TrainResult, TrainSpec
from engines.actions.types import HeadShape, Labels, ModelCard, Recipe, Segment
from widgets.actions.state import (
    ActionsView,
    Busy,
    ClassCount,
    ClipState,
    EvaluateView,
    Page,
    SourceChoice,
    TeachView,
    TrainView,
    WatchView,
)
from widgets.timeline.state import TimelineView

LONG = "standing up slowly from a chair while holding a cup of coffee in the left hand"
RATE = 10.0
CLASSES = ("lunge right", "lunge left arm up", "squat", "wave")
SEGMENTS = tuple(
    Segment(start, end, CLASSES[place])
    for start, end, place in (
        *((4, 9, 0), (16, 22, 1), (30, 41, 2), (48, 55, 0), (63, 70, 1), (78, 92, 2)),
        *((99, 104, 0), (111, 117, 1), (125, 137, 2), (143, 150, 0), (158, 165, 1), (170, 185, 3)),
    )
)
LABELS = Labels(SEGMENTS, CLASSES, RATE, 393)
SOURCES = (SourceChoice("cam", "Cam 1"), SourceChoice("film", "exercise.avi"))
CLIPS = (
    ClipState("/data/exercise.avi", "exercise", 12, 4),
    ClipState("/data/kitchen.mp4", LONG, 40, 6, chosen=False),
    ClipState("/data/empty.mp4", "empty", 0, 0, note="Nothing is marked in it"),
)


def counts(labels: Labels) -> tuple[ClassCount, ...]:
    """As the labels say."""
    told = []
    for place, name in enumerate(labels.classes):
        own = [each for each in labels.segments if each.action == name]
        seconds = sum(each.end - each.start + 1 for each in own) / labels.rate
        told.append(ClassCount(name, len(own), seconds, str(place + 1) if place < 9 else ""))
    return tuple(told)


def teach(labels: Labels = LABELS, **timeline: object) -> ActionsView:
    """The film being marked."""
    times = np.arange(labels.frames) / labels.rate
    line = TimelineView("film", "exercise.avi", 39.3, rate=RATE, frame_times=times, classes=CLASSES, editing=True)
    marked = TeachView(
        "/data/exercise.avi", True, counts(labels), labels, CLIPS, ("wave has one segment: training needs two",)
    )
    watch = WatchView(SOURCES, "film")
    return ActionsView(Page.TEACH, watch=watch, teach=marked, timeline=replace(line, **timeline))


def train(**changed: object) -> ActionsView:
    spec = TrainSpec("/models/exercise.safetensors", (Clip("/data/exercise.avi", "/data/labels.csv"),))
    view = TrainView(replace(spec, **changed), CLIPS)
    return ActionsView(Page.TRAIN, watch=WatchView(SOURCES, "film"), train=view)


def training() -> ActionsView:
    """A training under way."""
    view = train()
    busy, progress = Busy("Training", 120, 300, 18.0), TrainProgress("training", 120, 300)
    return replace(view, train=replace(view.train, busy=busy, progress=progress))


def card(name: str = "lunges") -> ModelCard:
    return ModelCard(name, ("background", *CLASSES), HeadShape(classes=5), Recipe(dims=(1280, 64)), (0.5, 1.0, 2.0))


def trained() -> ActionsView:
    """A training that is done."""
    view = train()
    result = TrainResult("/models/exercise.safetensors", card(), 300, 34.2, 12.0, 0.982)
    return replace(view, train=replace(view.train, result=result))


def evaluation(name: str, value: float) -> Evaluation:
    return Evaluation(name, ("background", *CLASSES), 180, value, value, {}, {})


def evaluate(**changed: object) -> ActionsView:
    """Two models and a score file."""
    spec = EvaluateSpec(
        ("", "", "/data/scores.csv"),
        "/data/labels.csv",
        ("TRN, appearance", LONG, ""),
        ("/models/trn.safetensors", "/models/long.safetensors", ""),
        "/data/exercise.avi",
        (191, 371),
    )
    return ActionsView(Page.EVALUATE, evaluate=EvaluateView(replace(spec, **changed)))
