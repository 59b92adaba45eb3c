"""The training page: one training at a time, so that the other worker stays free for sampling."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

from PySide6.QtCore import QObject, Signal

from engines.core.spec import to_json
from engines.core.words import tr
from engines.generative.diffusion.models import cards
from engines.generative.training.types import FREE, TrainProgress, TrainResult, TrainSpec, lengthens
from widgets.generative.state import TrainView
from widgets.generative.studio.training import TrainingPage
from widgets.kit.work_state import Trouble
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.generative import kept_curves
from workbench.controllers.generative.command import train_line
from workbench.controllers.generative.words import trouble_of
from workbench.threads.jobs import JobQueue

JOB = "engines.generative.training.job:run"


class Training(QObject):
    """`changed` for progress; `trained(file)` when there are weights."""

    changed = Signal()
    trained = Signal(str)

    def __init__(self, jobs: JobQueue, train: Callable[[], None], use: Callable[[str], None], parent: QObject) -> None:
        """train: begin what the form holds; use: sample from a file of weights."""
        super().__init__(parent)
        self._train, self._use = train, use
        self._view = TrainView()
        self._slot = JobSlot(jobs, JOB, partial(trouble_of, title=tr("Training failed")), self)
        self._slot.changed.connect(self.changed)
        self._slot.told.connect(self._told)
        self._slot.done.connect(self._done)
        self._slot.failed.connect(self.say)
        self._slot.cancelled.connect(self._stopped)
        self._slot.adopted.connect(self._goes_on)
        self._jobs = jobs
        self.cancel = self._slot.cancel

    @property
    def view(self) -> TrainView:
        return replace(self._view, busy=self._slot.busy, cut_off=self._slot.cut_off)

    @property
    def shown(self) -> TrainView:
        """What came of the last training so far."""
        return self._view

    def forget(self) -> None:
        """Another project is open; a training that is under way stays in sight."""
        if self._slot.job is None:
            self._view = TrainView()

    def show_kept(self, kept: dict[str, Any]) -> None:
        """Of a session before."""
        if self._slot.job is None:
            self._view = kept_curves.shown(kept)
            self.changed.emit()

    @property
    def waiting(self) -> int:
        """Trainings that begin when the one under way has ended."""
        return len([id for id in self._jobs.going(JOB) if id != self._slot.job])

    def page(self) -> TrainingPage:
        page = TrainingPage()
        page.empty.clicked.connect(self._train)
        page.progress.cancelled.connect(self.cancel)
        page.cut_off.resumed.connect(self._slot.resume)
        page.cut_off.kept.connect(self._slot.keep)
        page.use.clicked.connect(lambda: self._use(self._view.file))
        return page

    def start(self, spec: TrainSpec, title: str) -> bool:
        """Train this; False when it waits for the training under way.

        From the first step and beside what there is of that name, but for one that had come to its end and is to take
        more steps: that one is lengthened.
        """
        if self._slot.job is not None:
            spec = replace(spec, anew=not (lengthens(spec) or self._follows_on(spec)))
            self._slot.start_after(spec, title, train_line(spec))
            return False
        if not lengthens(spec):
            spec = replace(spec, name=free_name(spec), anew=True)
        self._view = TrainView(title, spec)
        self._slot.start(spec, title, train_line(spec), alone=True)
        return True

    def _follows_on(self, spec: TrainSpec) -> bool:
        """Whether it is a training under way with more steps."""
        before = [self._jobs.spec(id) for id in self._jobs.going(JOB)]
        return any((one.out, one.name) == (spec.out, spec.name) and one.steps < spec.steps for one in before)

    def cancel_all(self) -> None:
        for id in reversed(self._jobs.going(JOB)):
            if id != self._slot.job:
                self._jobs.cancel(id)
        self._slot.cancel()

    def say(self, trouble: Trouble | None) -> None:
        """Show a trouble; None once the user has read it."""
        self._view = replace(self._view, trouble=trouble)
        self.changed.emit()

    def _told(self, _key: str, value: object) -> None:
        if isinstance(value, TrainProgress):
            before = self._view.progress
            if value.images is None and before is not None:
                value = replace(value, images=before.images)
            self._view = replace(self._view, progress=value)
            self.changed.emit()

    def _done(self, _spec: TrainSpec, result: TrainResult) -> None:
        self._view = replace(self._view, file=result.file, stopped=result.stopped)
        self.trained.emit(result.file)

    def _stopped(self, _spec: TrainSpec) -> None:
        self._view = replace(self._view, stopped=tr("Cancelled"))

    def _goes_on(self, spec: TrainSpec) -> None:
        """What was seen of a training stays in sight while its weights are written as they are."""
        title = self._jobs.record(self._slot.job).title if self._slot.job is not None else ""
        self._view = TrainView(title, spec, progress=self._view.progress if spec.keep else None)


def placed(spec: TrainSpec) -> TrainSpec:
    """With a folder and a name where it has none: of the user's own models, one for each choice of settings.

    So the same settings go on where they stopped, others begin anew, and no network of ours is hidden by its name.
    """
    out = spec.out or str(cards.models_dir())
    return replace(spec, out=out, name=spec.name or _name(spec))


def free_name(spec: TrainSpec) -> str:
    """The name of this training, with a number where files of that name are there: what was learned stays."""
    out = Path(spec.out)
    kept = {path.stem for path in out.iterdir()} if out.is_dir() else set[str]()
    names = (spec.name, *(f"{spec.name}-{number}" for number in range(2, len(kept) + 2)))
    return next((name for name in names if name not in kept), spec.name)


def _name(spec: TrainSpec) -> str:
    plain = {name: value for name, value in to_json(spec).items() if name not in (*FREE, "name")}
    stem = "-".join(re.findall(r"\w+", Path(spec.data).name)) or "data"
    return f"my-{stem}-{spec.architecture}-{crc32(json.dumps(plain, sort_keys=True).encode()) & 0xFFFF:04x}"
