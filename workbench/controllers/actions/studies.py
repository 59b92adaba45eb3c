"""Jobs of the actions panel: training, a model's run over a whole film, evaluation; one of each at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engines.actions.features.chunks import decided
from engines.actions.labels.films import film_facts
from engines.actions.labels.score_files import read_scores
from engines.actions.models.files import read_card
from engines.actions.streaming.events import Levels, events_of
from engines.actions.study_types import (
    DetectResult,
    DetectSpec,
    EvaluateSpec,
    Evaluation,
    TrainProgress,
    TrainResult,
    TrainSpec,
)
from engines.actions.types import WatchSettings
from engines.core.words import tr
from widgets.actions.state import EvaluateView, TrainView
from widgets.kit.work_state import Busy
from widgets.timeline.state import ScoreTrack
from workbench.controllers.actions.command import detect_line, evaluate_line, train_line
from workbench.controllers.actions.file_work import FileWork
from workbench.controllers.actions.score_history import VERSIONS
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.kept_training import parts_of, plain
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.jobs import JobQueue

TRAIN = "engines.actions.training.job:run"
DETECT = "engines.actions.streaming.detect:run"
EVALUATE = "engines.actions.evaluation.job:run"


def plain_training(view: TrainView) -> dict[str, Any]:
    """What is kept of a training, as JSON values."""
    return plain(progress=view.progress, result=view.result)


@dataclass(frozen=True, slots=True, eq=False)
class WholeFilm:
    """The scores of a model along a whole film. model, weights: what gave them. scores: a row
    a frame, without events. rows (n,): those with a decision of their own.
    """

    model: str
    weights: str
    scores: ScoreTrack
    rows: NDArray[np.bool_]

    def is_by(self, settings: WatchSettings) -> bool:
        """Whether these settings give these scores."""
        return (self.model, self.weights) == (settings.model, settings.weights)

    def track(self, settings: WatchSettings) -> ScoreTrack:
        """With the events by the thresholds of now; the very same value as long as those are the same."""
        return _track(self, Levels.of(settings))


def read_whole(spec: DetectSpec, result: DetectResult) -> WholeFilm:
    """Read the scores that a run over a film has written. Raises `KinoscopeError` for what is gone or broken since."""
    scores, rate = read_scores(Path(result.file)), read_card(spec.model).recipe.rate
    times = film_facts(spec.video).times[scores.frames]
    name, values = Path(spec.model).stem, scores.probabilities.astype(np.float32)
    track = ScoreTrack(name, tuple(scores.classes), times, values)
    return WholeFilm(spec.model, spec.weights, track, decided(times, rate))


@lru_cache(maxsize=16)
def _track(whole: WholeFilm, levels: Levels) -> ScoreTrack:
    scores, rows = whole.scores, whole.rows
    events = events_of(scores.classes, scores.times[rows], scores.probabilities[rows], *levels)
    return replace(scores, events=events, version=next(VERSIONS))


class Studies(QObject):
    """`changed` when there is something else to show; `trained(file)` when a model was written. failed: told what went
    wrong.
    """

    changed = Signal()
    trained = Signal(str)
    detected = Signal(object, object)

    def __init__(self, jobs: JobQueue, files: FileWork, failed: Callable[[object], object], parent: QObject) -> None:
        super().__init__(parent)
        self._files, self._failed = files, failed
        self._train_view, self._evaluate_view = TrainView(), EvaluateView()
        self._whole: dict[str, list[WholeFilm]] = {}
        self._train = self._slot(jobs, TRAIN, tr("Training failed"))
        self._detect = self._slot(jobs, DETECT, tr("The film was not looked through"))
        self._evaluate = self._slot(jobs, EVALUATE, tr("The evaluation failed"))
        self._train.told.connect(self._told)
        self._train.done.connect(self._trained)
        self._train.adopted.connect(self._goes_on)
        self.resume_training, self.keep_training = self._train.resume, self._train.keep
        self._detect.done.connect(self._detected)
        self._evaluate.done.connect(self._evaluated)

    @property
    def train_view(self) -> TrainView:
        return replace(self._train_view, busy=self._train.busy, cut_off=self._train.cut_off)

    @property
    def training(self) -> TrainView:
        """What came of the last training so far."""
        return self._train_view

    def show_training(self, kept: dict[str, Any]) -> None:
        """What `plain_training` told, of a session before. Raises `KinoscopeError` where that cannot be read."""
        self._train_view = TrainView(**parts_of(kept, TrainProgress, TrainResult))
        self.changed.emit()

    @property
    def evaluate_view(self) -> EvaluateView:
        return replace(self._evaluate_view, busy=self._evaluate.busy)

    @property
    def detecting(self) -> Busy | None:
        return self._detect.busy

    def whole(self, video: str) -> tuple[WholeFilm, ...]:
        """Runs of models over a film from its beginning to its end, the newest last."""
        return tuple(self._whole.get(video, ()))

    def train(self, spec: TrainSpec) -> None:
        """Train this from its first step, instead of what is under way."""
        spec = replace(spec, anew=True)
        self._train_view = TrainView(spec)
        self._train.start(spec, tr("Train {stem}", stem=Path(spec.out).stem), train_line(spec))

    def detect(self, spec: DetectSpec) -> None:
        """Run a model over a film; its scores then stand on the timeline."""
        title = tr("Run {stem} over {video}", stem=Path(spec.model).stem, video=Path(spec.video).name)
        self._detect.start(spec, title, detect_line(spec))

    def evaluate(self, spec: EvaluateSpec) -> None:
        self._evaluate_view = EvaluateView(spec)
        self._evaluate.start(spec, tr("Evaluate action models"), evaluate_line(spec))

    def select(self, row: int) -> None:
        """Show this model's figures in full."""
        self._evaluate_view = replace(self._evaluate_view, selected=row)
        self.changed.emit()

    def cancel_training(self) -> None:
        self._train.cancel()

    def cancel_evaluation(self) -> None:
        self._evaluate.cancel()

    def forget(self) -> None:
        """Another project is open: its films and models have not been measured."""
        self._whole.clear()
        self._train_view, self._evaluate_view = TrainView(), EvaluateView()
        self.changed.emit()

    def forget_model(self, model: str) -> None:
        """The file is another model now."""
        self._whole = {video: [each for each in kept if each.model != model] for video, kept in self._whole.items()}

    def cancel_all(self) -> None:
        for slot in (self._train, self._detect, self._evaluate):
            slot.cancel()

    def _slot(self, jobs: JobQueue, job: str, title: str) -> JobSlot:
        slot = JobSlot(jobs, job, partial(trouble_of, title=title), self)
        slot.changed.connect(self.changed)
        slot.failed.connect(self._failed)
        return slot

    def _goes_on(self, spec: TrainSpec) -> None:
        self._train_view = TrainView(spec)

    def _told(self, _key: str, value: object) -> None:
        if isinstance(value, TrainProgress):
            self._train_view = replace(self._train_view, progress=value)
            self.changed.emit()

    def _trained(self, _spec: TrainSpec, result: object) -> None:
        if isinstance(result, TrainResult):
            progress = result.last or self._train_view.progress
            self._train_view = replace(self._train_view, result=result, progress=progress)
            self.trained.emit(result.file)

    def _detected(self, spec: DetectSpec, result: object) -> None:
        if isinstance(result, DetectResult):
            self.detected.emit(spec, result)
            have = partial(self._have, spec.video)
            self._files.read(partial(read_whole, spec, result), have, tr("The scores could not be read"))

    def bring_back(self, spec: DetectSpec, result: DetectResult) -> None:
        """What a run of before gave, where its files are still there."""
        if Path(result.file).is_file() and Path(spec.model).is_file() and Path(spec.video).is_file():
            have = partial(self._have, spec.video)
            self._files.read(partial(read_whole, spec, result), have, tr("The scores could not be read"))

    def _have(self, video: str, found: WholeFilm) -> None:
        made = found.model, found.weights
        others = [other for other in self._whole.get(video, ()) if (other.model, other.weights) != made]
        self._whole[video] = [*others, found]
        self.changed.emit()

    def _evaluated(self, _spec: EvaluateSpec, result: object) -> None:
        if isinstance(result, tuple) and all(isinstance(one, Evaluation) for one in result):
            self._evaluate_view = replace(self._evaluate_view, results=result, selected=0)
