"""The pages Evaluate of panel and board: which models are compared, and with which labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from engines.actions.evaluation.reports import write_report
from engines.actions.study_types import EvaluateSpec
from engines.core.words import tr
from widgets.actions.board import evaluate_page as board
from widgets.actions.panel import evaluate as panel
from widgets.actions.state import Page
from workbench.controllers.actions.command import evaluate_line
from workbench.controllers.actions.dialogs import Dialogs
from workbench.controllers.actions.file_work import FileWork
from workbench.controllers.actions.films import Films
from workbench.controllers.actions.form import Pages, labels_dir
from workbench.controllers.actions.labels import ProjectLabels
from workbench.controllers.actions.studies import Studies
from workbench.services import Notify


class Evaluating:
    def __init__(
        self, labels: ProjectLabels, films: Films, studies: Studies, files: FileWork, dialogs: Dialogs, pages: Pages,
        notify: Notify,
    ) -> None:  # fmt: skip
        self._labels, self._films, self._studies, self._files = labels, films, studies, files
        self._dialogs, self._pages, self._notify = dialogs, pages, notify

    def panel_page(self) -> panel.EvaluatePage:
        page = panel.EvaluatePage()
        page.evaluateChanged.connect(self._change)
        page.add_model.clicked.connect(self._add_models)
        page.add_scores.clicked.connect(self._add_scores)
        page.list.removed.connect(lambda row: self._change(without_row(self._pages.form.evaluate, row)))
        page.labels.choose.clicked.connect(lambda: self._choose("labels", self._dialogs.labels()))
        page.video.choose.clicked.connect(lambda: self._choose("video", self._dialogs.film()))
        return page

    def board_page(self, set_threshold: Callable[[float], object]) -> board.EvaluatePage:
        """set_threshold: of live events, which is that of the trade-off as well."""
        page = board.EvaluatePage()
        page.evaluateWanted.connect(self.start)
        page.modelsWanted.connect(self._add_models)
        page.progress.cancelled.connect(self._studies.cancel_evaluation)
        page.results.modelSelected.connect(self._studies.select)
        page.results.trade.thresholdChanged.connect(set_threshold)
        page.save.clicked.connect(self._save_report)
        return page

    def add(self, model: str) -> None:
        """This model on the labelled video at hand, beside what is compared already."""
        spec = self._pages.form.evaluate
        if model not in spec.models:
            self._change(with_row(spec, model, ""))
        self._pages.choose_page(Page.EVALUATE)

    def list_model(self, model: str) -> None:
        """One that was just trained, beside what is compared already."""
        spec = self._pages.form.evaluate
        if model not in spec.models:
            self._pages.set_form(evaluate=with_row(spec, model, ""))

    def start(self) -> None:
        spec = self.spec()
        if not spec.models or not spec.labels:
            self._notify(tr("Choose models or scores, and labels to compare them with"), "info")
            return
        self._pages.dismiss()
        self._studies.evaluate(spec)
        self._pages.go_to(Page.EVALUATE)

    def spec(self) -> EvaluateSpec:
        """As in the form; without labels of its own those that a video has now: the one to run models on, else the
        chosen one, else any.
        """
        spec = self._pages.form.evaluate
        videos = [clip.video for clip in self._labels.clips() if not clip.note]
        if spec.labels or not videos:
            return spec
        video = next(it for it in (spec.video, self._films.video, videos[0]) if it in videos)
        own = self._labels.written(video, labels_dir())
        return replace(spec, labels=own.labels, video=spec.video or own.video)

    def line(self) -> str:
        """The command line that does the same."""
        return evaluate_line(self.spec())

    def _change(self, spec: EvaluateSpec) -> None:
        text, before = tr("Change the evaluation"), self._pages.form.evaluate
        self._pages.step(text, "evaluate", before, spec, lambda it: self._pages.set_form(evaluate=it))

    def _choose(self, field: str, path: str) -> None:
        if path:
            self._change(replace(self._pages.form.evaluate, **{field: path}))

    def _add_models(self) -> None:
        for path in self._dialogs.models():
            self.add(path)

    def _add_scores(self) -> None:
        for path in self._dialogs.scores():
            self._change(with_row(self._pages.form.evaluate, "", path))

    def _save_report(self) -> None:
        results = self._studies.evaluate_view.results
        if results and (file := self._dialogs.report()):
            self._files.save(file, partial(write_report, results=results), tr("The report was not saved"))


def with_row(spec: EvaluateSpec, model: str, scores: str) -> EvaluateSpec:
    """The same and one more: a model that is run, or a score file."""
    names = (*spec.names, Path(model or scores).stem)
    return replace(spec, models=(*spec.models, model), scores=(*spec.scores, scores), names=names)


def without_row(spec: EvaluateSpec, row: int) -> EvaluateSpec:
    """The same without one model."""
    keep = [index for index in range(len(spec.scores)) if index != row]
    parts = {name: tuple(getattr(spec, name)[index] for index in keep) for name in ("scores", "models", "names")}
    return replace(spec, **parts)
