"""The evaluation page: accuracy and ROC of the recogniser on a folder, then the open set, each as a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject

from engines.core.spec import to_json
from engines.core.words import tr
from engines.faces.study_types import EvaluateSpec, Evaluation, OpenSet, OpenSetSpec
from widgets.faces.state import EvaluateView
from widgets.faces.studies.evaluate_page import EvaluatePage
from workbench.controllers.common.part import Part
from workbench.controllers.faces.command import evaluate_line, open_set_line
from workbench.controllers.faces.dialogs import Dialogs
from workbench.controllers.faces.form import Form, SetForm
from workbench.threads.jobs import JobQueue

ROC, OPEN = "engines.faces.evaluation.job:run", "engines.faces.evaluation.open_set:run"


class Evaluations(Part):
    def __init__(
        self, jobs: JobQueue, dialogs: Dialogs, form: Callable[[], Form], set_form: SetForm, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._dialogs, self._form, self._set_form = dialogs, form, set_form
        self._view, self._open_spec = EvaluateView(), OpenSetSpec("")
        self._evaluate = self.slot(jobs, ROC, tr("The evaluation failed"))
        self._open_set = self.slot(jobs, OPEN, tr("The open-set evaluation failed"))
        self._evaluate.done.connect(self._evaluated)
        self._open_set.done.connect(self._open_set_done)

    @property
    def view(self) -> EvaluateView:
        form, busy = self._form(), self._evaluate.busy or self._open_set.busy
        return replace(self._view, spec=form.evaluate, open_spec=form.open_set, busy=busy)

    def page(self) -> EvaluatePage:
        page = EvaluatePage()
        page.form.images.choose.clicked.connect(self._choose_images)
        page.form.pairs.choose.clicked.connect(self._choose_pairs)
        page.form.evaluateChanged.connect(lambda spec: self._set_form(evaluate=spec))
        page.form.openSetChanged.connect(lambda spec: self._set_form(open_set=spec))
        page.start.clicked.connect(self.start)
        page.save.clicked.connect(self._save)
        page.progress.cancelled.connect(self.cancel)
        return page

    def start(self) -> None:
        """Accuracy and ROC, then the open set, with the settings of the page as they are now."""
        spec, self._open_spec = self._form().evaluate, self._form().open_set
        self._view = EvaluateView()
        self._evaluate.start(spec, tr("Evaluate recognition"), evaluate_line(spec))

    def _choose_images(self) -> None:
        """A folder to evaluate on; a pair list that lies in it is taken with it."""
        if folder := self._dialogs.folder(tr("Folder to evaluate on")):
            form, pairs = self._form(), Path(folder) / "pairs.tsv"
            spec = replace(form.evaluate, images=folder, pairs=str(pairs) if pairs.is_file() else "")
            self._set_form(evaluate=spec, open_set=replace(form.open_set, images=folder))

    def _choose_pairs(self) -> None:
        if path := self._dialogs.pairs():
            self._set_form(evaluate=replace(self._form().evaluate, pairs=path))

    def _save(self) -> None:
        """The evaluation as JSON, or its table as CSV."""
        result = self._view.result
        if result is None:
            return
        rows: list[tuple[object, ...]] = [
            (tr("false-accept rate"), tr("true-accept rate"), "low", "high", tr("per person"))
        ]
        for far, tar in result.tar.items():
            low, high = result.tar_interval.get(far, (float("nan"), float("nan")))
            rows.append((far, tar, low, high, result.tar_per_person.get(far, "")))
        data = {"evaluation": to_json(result), "open_set": to_json(self._view.open_set)}
        self._dialogs.save_report(tr("Save report"), "evaluation.json", data, rows)

    def _evaluated(self, _spec: EvaluateSpec, result: object) -> None:
        if isinstance(result, Evaluation):
            self._view = replace(self._view, result=result)
            self._open_set.start(self._open_spec, tr("Evaluate against strangers"), open_set_line(self._open_spec))

    def _open_set_done(self, _spec: OpenSetSpec, result: object) -> None:
        if isinstance(result, OpenSet):
            self._view = replace(self._view, open_set=result)
