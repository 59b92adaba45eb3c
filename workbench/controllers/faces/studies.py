"""Measurements of the faces panel: threshold, verification, evaluation, audit; one of each at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImageIOHandler, QImageReader

from engines.core.frames import Size
from engines.faces.study_types import (
    Audit,
    AuditSpec,
    EvaluateSpec,
    Evaluation,
    OpenSet,
    OpenSetSpec,
    Verified,
    VerifySpec,
)
from widgets.faces.state import AuditView, EvaluateView, VerifyView
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.faces.command import audit_line, evaluate_line, open_set_line, verify_line
from workbench.threads.jobs import JobQueue


class Studies(QObject):
    """`changed` when a page has something else to show; `verified(Verified)`; `failed(Trouble)`."""

    changed = Signal()
    verified = Signal(object)
    failed = Signal(object)

    def __init__(self, jobs: JobQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._verify_view, self._evaluate_view, self._audit_view = VerifyView(), EvaluateView(), AuditView()
        self._verify = self._slot(jobs, "engines.faces.evaluation.verify:run", "The pictures could not be compared")
        self._evaluate = self._slot(jobs, "engines.faces.evaluation.job:run", "The evaluation failed")
        self._open_set = self._slot(jobs, "engines.faces.evaluation.open_set:run", "The open-set evaluation failed")
        self._audit = self._slot(jobs, "engines.faces.evaluation.audit:run", "The audit failed")
        self._verify.done.connect(self._verified)
        self._evaluate.done.connect(self._evaluated)
        self._open_set.done.connect(self._open_set_done)
        self._audit.done.connect(self._audited)

    @property
    def verify_view(self) -> VerifyView:
        return replace(self._verify_view, busy=self._verify.busy)

    @property
    def evaluate_view(self) -> EvaluateView:
        return replace(self._evaluate_view, busy=self._evaluate.busy or self._open_set.busy)

    @property
    def audit_view(self) -> AuditView:
        return replace(self._audit_view, busy=self._audit.busy)

    def show_picture(self, side: str, path: str) -> None:
        """Put a picture on side "a" or "b"; with two of them they are compared at once."""
        size = picture_size(path)
        self._verify_view = replace(self._verify_view, **{side: path, f"size_{side}": size}, result=None)
        view = self._verify_view
        if view.a and view.b:
            spec = VerifySpec(view.a, view.b)
            self._verify.start(spec, "Verify two pictures", verify_line(spec))
        self.changed.emit()

    def evaluate(self, spec: EvaluateSpec, open_spec: OpenSetSpec) -> None:
        """Accuracy and ROC, then the open set."""
        self._evaluate_view = EvaluateView(spec, open_spec)
        self._evaluate.start(spec, "Evaluate recognition", evaluate_line(spec))

    def audit(self, spec: AuditSpec) -> None:
        """Look for wrong names."""
        self._audit_view = AuditView(spec.target, editable=not Path(spec.target).is_dir())
        self._audit.start(spec, "Find wrong names", audit_line(spec))

    def select_suspicion(self, row: int) -> None:
        self._audit_view = replace(self._audit_view, selected=row)
        self.changed.emit()

    def dismiss_suspicion(self, row: int) -> None:
        """The name is right, or is not after all: the second time takes the first back."""
        self._audit_view = replace(self._audit_view, dismissed=self._audit_view.dismissed ^ {row})
        self.changed.emit()

    def settle_suspicion(self, row: int) -> None:
        """The face was moved or removed."""
        self._audit_view = replace(self._audit_view, settled=self._audit_view.settled | {row})
        self.changed.emit()

    def cancel_verify(self) -> None:
        self._verify.cancel()

    def cancel_evaluate(self) -> None:
        self._evaluate.cancel()
        self._open_set.cancel()

    def cancel_audit(self) -> None:
        self._audit.cancel()

    def cancel_all(self) -> None:
        for slot in (self._verify, self._evaluate, self._open_set, self._audit):
            slot.cancel()

    def _slot(self, jobs: JobQueue, job: str, title: str) -> JobSlot:
        slot = JobSlot(jobs, job, partial(trouble_of, title=title), self)
        slot.changed.connect(self.changed)
        slot.failed.connect(self.failed)
        return slot

    def _verified(self, _spec: VerifySpec, result: object) -> None:
        if isinstance(result, Verified):
            self._verify_view = replace(self._verify_view, result=result)
            self.verified.emit(result)

    def _evaluated(self, _spec: EvaluateSpec, result: object) -> None:
        if isinstance(result, Evaluation):
            self._evaluate_view = replace(self._evaluate_view, result=result)
            spec = self._evaluate_view.open_spec
            self._open_set.start(spec, "Evaluate against strangers", open_set_line(spec))

    def _open_set_done(self, _spec: OpenSetSpec, result: object) -> None:
        if isinstance(result, OpenSet):
            self._evaluate_view = replace(self._evaluate_view, open_set=result)

    def _audited(self, spec: AuditSpec, result: object) -> None:
        if isinstance(result, Audit):
            result = located(result, Path(spec.target))
            selected = 0 if result.suspicions else -1
            self._audit_view = replace(self._audit_view, audit=result, selected=selected)


def picture_size(path: str) -> Size | None:
    """Of a picture as it is shown, turned by its EXIF note; read from the head of the file. None where that fails."""
    reader = QImageReader(path)
    found = reader.size()
    if not found.isValid():
        return None
    turned = bool(reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90)
    return Size(found.height(), found.width()) if turned else Size(found.width(), found.height())


def located(audit: Audit, target: Path) -> Audit:
    """With the whole paths of a folder's pictures, which an audit names from where they have their folder in common."""
    names = {name for one in audit.suspicions for name in (one.image, one.like, one.own_example) if name}
    if not names or not target.is_dir():
        return audit
    root = next((folder for folder in _folders(target) if all((folder / name).is_file() for name in names)), target)
    full = {"": ""} | {name: str(root / name) for name in names}
    moved = (
        replace(one, image=full[one.image], like=full[one.like], own_example=full[one.own_example])
        for one in audit.suspicions
    )
    return replace(audit, suspicions=tuple(moved))


def _folders(target: Path) -> Iterator[Path]:
    """The folder, and those below it as long as there is only one."""
    while True:
        yield target
        below = [one for one in target.iterdir() if one.is_dir()]
        if len(below) != 1:
            return
        target = below[0]
