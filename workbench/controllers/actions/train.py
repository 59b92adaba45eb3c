"""The pages Train of panel and board, and the start of a training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engines.actions.study_types import TrainSpec
from engines.core.words import tr
from widgets.actions.board import train_page as board
from widgets.actions.panel import train as panel
from widgets.actions.state import Page
from workbench.controllers.actions.command import train_line
from workbench.controllers.actions.dialogs import Dialogs
from workbench.controllers.actions.form import Pages, labels_dir, new_model
from workbench.controllers.actions.labels import ProjectLabels
from workbench.controllers.actions.studies import Studies
from workbench.services import Notify


class Training:
    def __init__(self, labels: ProjectLabels, studies: Studies, dialogs: Dialogs, pages: Pages, notify: Notify) -> None:
        self._labels, self._studies, self._dialogs = labels, studies, dialogs
        self._pages, self._notify = pages, notify

    def panel_page(self) -> panel.TrainPage:
        page = panel.TrainPage()
        page.trainChanged.connect(self._change)
        page.data.folderWanted.connect(self._choose_folder)
        page.data.list.clipTaken.connect(self._labels.take)
        page.data.teach.clicked.connect(lambda: self._pages.choose_page(Page.TEACH))
        page.out.choose.clicked.connect(self._choose_out)
        return page

    def board_page(self, watch_with: Callable[[str], object], evaluate: Callable[[str], object]) -> board.TrainPage:
        """watch_with, evaluate: what can be done with the model that came of it."""
        page = board.TrainPage()
        page.trainWanted.connect(self.start)
        page.progress.cancelled.connect(self._studies.cancel_training)
        page.cut_off.resumed.connect(self._studies.resume_training)
        page.cut_off.kept.connect(self._studies.keep_training)
        page.teachWanted.connect(lambda: self._pages.choose_page(Page.TEACH))
        page.watchWanted.connect(watch_with)
        page.evaluateItWanted.connect(evaluate)
        return page

    def start(self) -> None:
        """Train on the chosen clips, or on the benchmark folder of the form."""
        spec = self._spec(self._pages.form.train.out or str(new_model(self._pages.form.train)))
        if not spec.folder and not spec.clips:
            self._notify(tr("Mark segments in a film first, or tick one that has them"), "info")
            self._pages.go_to(Page.TEACH)
            return
        self._pages.dismiss()
        self._studies.train(spec)
        self._pages.go_to(Page.TRAIN)

    def line(self) -> str:
        """The command line that does the same."""
        return train_line(self._spec(self._pages.form.train.out or "MODEL.safetensors"))

    def _spec(self, out: str) -> TrainSpec:
        """As in the form, with the labels as they are now."""
        spec = self._pages.form.train
        return replace(spec, out=out, clips=spec.clips if spec.folder else self._labels.chosen(labels_dir()))

    def _choose_folder(self) -> None:
        if path := self._dialogs.folder():
            self._change(replace(self._pages.form.train, folder=path))

    def _choose_out(self) -> None:
        spec = self._pages.form.train
        if path := self._dialogs.new_model(spec.out or str(new_model(spec))):
            self._change(replace(spec, out=path))

    def _change(self, spec: TrainSpec) -> None:
        before = self._pages.form.train
        self._pages.step(tr("Change the training"), "train", before, spec, lambda it: self._pages.set_form(train=it))
