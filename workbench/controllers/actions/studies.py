"""Jobs of the actions panel: training, running a model over a whole film, evaluation; one of each at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engines.actions.study_types import (
    DetectResult,
    DetectSpec,
    EvaluateSpec,
    Evaluation,
    TrainProgress,
    TrainResult,
    TrainSpec,
)
from widgets.actions.state import EvaluateView, TrainView
from widgets.kit.work_state import Busy
from workbench.controllers.actions.command import detect_line, evaluate_line, train_line
from workbench.controllers.actions.whole_films import WholeFilm, read_whole
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.background import Errands
from workbench.threads.jobs import JobQueue

TRAIN = "engines.actions.training.job:run"
DETECT = "engines.actions.streaming.detect:run"
EVALUATE = "engines.actions.evaluation.job:run"


class Studies(QObject):
    """`changed` when there is something else to show; `trained(TrainResult)`; `failed(Trouble)`."""

    changed = Signal()
    trained = Signal(object)
    failed = Signal(object)

    def __init__(self, jobs: JobQueue, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self._errands = errands
        self._train_view, self._evaluate_view = TrainView(), EvaluateView()
        self._whole: dict[str, list[WholeFilm]] = {}
        self._train = self._slot(jobs, TRAIN, "Training failed")
        self._detect = self._slot(jobs, DETECT, "The film was not looked through")
        self._evaluate = self._slot(jobs, EVALUATE, "The evaluation failed")
        self._train.told.connect(self._told)
        self._train.done.connect(self._trained)
        self._detect.done.connect(self._detected)
        self._evaluate.done.connect(self._evaluated)

    @property
    def train_view(self) -> TrainView:
        return replace(self._train_view, busy=self._train.busy)

    @property
    def evaluate_view(self) -> EvaluateView:
        return replace(self._evaluate_view, busy=self._evaluate.busy)

    @property
    def detecting(self) -> Busy | None:
        return self._detect.busy

    def whole(self, video: str) -> tuple[WholeFilm, ...]:
        """What models gave along a film from its beginning to its end, the newest last."""
        return tuple(self._whole.get(video, ()))

    def train(self, spec: TrainSpec) -> None:
        """Train this instead of what is under way."""
        self._train_view = TrainView(spec)
        self._train.start(spec, f"Train {Path(spec.out).stem}", train_line(spec))

    def detect(self, spec: DetectSpec) -> None:
        """Run a model over a film; its scores then stand on the timeline."""
        title = f"Run {Path(spec.model).stem} over {Path(spec.video).name}"
        self._detect.start(spec, title, detect_line(spec))

    def evaluate(self, spec: EvaluateSpec) -> None:
        self._evaluate_view = EvaluateView(spec)
        self._evaluate.start(spec, "Evaluate action models", evaluate_line(spec))

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
        slot.failed.connect(self.failed)
        return slot

    def _told(self, _key: str, value: object) -> None:
        if isinstance(value, TrainProgress):
            self._train_view = replace(self._train_view, progress=value)
            self.changed.emit()

    def _trained(self, _spec: TrainSpec, result: object) -> None:
        if isinstance(result, TrainResult):
            progress = result.last or self._train_view.progress
            self._train_view = replace(self._train_view, result=result, progress=progress)
            self.trained.emit(result)

    def _detected(self, spec: DetectSpec, result: object) -> None:
        if isinstance(result, DetectResult):
            self._errands.ask(
                lambda: read_whole(spec, result),
                lambda found: self._have(spec.video, found),
                lambda failure: self.failed.emit(trouble_of(failure.as_json(), "The scores could not be read")),
            )

    def _have(self, video: str, found: WholeFilm) -> None:
        made = found.model, found.weights
        others = [other for other in self._whole.get(video, ()) if (other.model, other.weights) != made]
        self._whole[video] = [*others, found]
        self.changed.emit()

    def _evaluated(self, _spec: EvaluateSpec, result: object) -> None:
        if isinstance(result, tuple) and all(isinstance(one, Evaluation) for one in result):
            self._evaluate_view = replace(self._evaluate_view, results=result, selected=0)
