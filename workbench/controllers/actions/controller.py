"""Joins the actions panel, the action board and the timeline to live engines, labels, jobs, files and undo.

All three are shown one value, made anew from the form and the parts; nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from engines.actions.in_use import models_of
from engines.core.networks.in_use import ModelInUse
from engines.core.spec import from_json, to_json
from engines.core.words import tr
from widgets.actions.board.pages import ActionBoard
from widgets.actions.panel.dock import ActionsPanel
from widgets.actions.panel.words import missing_names
from widgets.actions.state import ActionsView, Page, TeachView, TrainView, WatchView
from widgets.timeline.panel import TimelinePanel
from workbench.commands import Actions
from workbench.controllers.actions import NEEDED
from workbench.controllers.actions.dialogs import Dialogs
from workbench.controllers.actions.evaluate import Evaluating
from workbench.controllers.actions.file_work import FileWork
from workbench.controllers.actions.films import Films
from workbench.controllers.actions.form import Form
from workbench.controllers.actions.labels import ProjectLabels
from workbench.controllers.actions.playhead import Playhead
from workbench.controllers.actions.studies import Studies, plain_training
from workbench.controllers.actions.teach import ClipRecorder, MarkingKeys, Teaching
from workbench.controllers.actions.timeline import Timeline
from workbench.controllers.actions.train import Training
from workbench.controllers.actions.watch import Watch, Watching
from workbench.controllers.common import kept_form
from workbench.controllers.common.devices import devices
from workbench.controllers.common.feature_controller import PagedController, Room
from workbench.controllers.common.kept_training import KeptTraining
from workbench.controllers.common.weights_store import WeightsStore
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services
from workbench.threads.background import Errands

IN_VIEWER = (Page.WATCH, Page.TEACH)
LABELS = (".csv", ".eaf", ".json", ".txt")


class ActionsController(PagedController):
    form: Form

    def __init__(
        self, panel: ActionsPanel, board: ActionBoard, timeline: TimelinePanel, viewer: ViewerController,
        services: Services, actions: Actions,
    ) -> None:  # fmt: skip
        super().__init__("actions", board, IN_VIEWER, Form(), services, actions, panel)
        self.panel, self.board, self.timeline = panel, board, timeline
        self.view = ActionsView()
        self.devices: tuple[str, ...] = ("cpu",)
        self.errands = Errands("actions")
        services.supervisor.adopt(self.errands)
        self._make_parts(viewer)
        self._connect_parts()
        self._connect_panels()
        self.restore()
        self.store.look()
        self.errands.ask(devices, self._have_devices, lambda _failure: None)

    def close(self) -> None:
        self.rest()
        self.playhead.close()
        self.recorder.close()
        self.watch.close()
        self.errands.request_stop()

    def keep_now(self) -> None:
        super().keep_now()
        self.watch.keep()
        self.curves.keep()

    def keep(self) -> None:
        self.watch.keep()
        self.curves.keep()
        kept_form.keep(self.services, self.name, to_json(self.form))

    def restore(self) -> None:
        if not self.is_other_project():
            return
        form = kept_form.restore(self.services, self.name, partial(from_json, Form), Form())
        there = tuple(path for path in form.models if Path(path).is_file())
        model = form.settings.model
        if model and not Path(model).is_file():
            self.services.notify(tr("The model {model} is no longer there", model=model), "warn")
            form = form.with_model("")
        self.form, self.trouble = replace(form, models=there), None
        self.labels.restore()
        self.studies.forget()
        self.curves.restore()
        self.watch.restore()
        for spec, result in self.watch.kept.films():
            self.studies.bring_back(spec, result)
        self.watch.configure()
        self.show_now()

    # --- what the user does

    def choose_page(self, name: str) -> None:
        super().choose_page(name)
        self.labels.look()
        self.services.host.give_room("timeline", self.form.page in IN_VIEWER)

    def take(self, paths: Sequence[str]) -> None:
        """Files that were dropped: models are used, labels read, everything else is played."""
        for path in paths:
            suffix = Path(path).suffix.lower()
            if suffix == ".safetensors":
                (self.evaluating.add if self.form.page is Page.EVALUATE else self.watching.use_model)(path)
            elif suffix in LABELS and self.films.video:
                self.teaching.import_labels(path)
            else:
                self.services.host.add_source(path)

    def start(self) -> None:
        """The one action of the page in front."""
        {
            Page.WATCH: self.watching.toggle,
            Page.TEACH: partial(self.choose_page, Page.TRAIN),
            Page.TRAIN: self.training.start,
            Page.EVALUATE: self.evaluating.start,
        }[self.form.page]()

    def cancel(self) -> None:
        """The work of the page in front."""
        training = self.form.page is Page.TRAIN
        (self.studies.cancel_training if training else self.studies.cancel_evaluation)()

    def copy_command(self) -> None:
        lines = {Page.WATCH: self.watching.line, Page.EVALUATE: self.evaluating.line}
        self.copy(lines.get(self.form.page, self.training.line)())

    def fetch(self) -> None:
        """Fetch the weights that the card names: for what went wrong, else for the page in front."""
        self.store.fetch(self.trouble.fetch if self.trouble is not None else missing_names(self.view))

    def play_recorded(self, path: str) -> None:
        """Open what was recorded, and go on with it instead of the camera."""
        before = self.services.feeds.ids()
        self.services.host.add_source(path)
        for id in self.services.feeds.ids():
            if id not in before:
                self.watch.choose(id)

    # --- showing

    def show_now(self) -> None:
        form, video, facts = self.form, self.films.video, self.films.facts
        if facts.frames:
            self.labels.know(video, facts.frames, facts.rate)
        self.labels.turn_to(video)
        self.view = ActionsView(
            page=form.page,
            settings=form.settings,
            missing=self.store.missing,
            watch=self._watch_view(),
            teach=self._teach_view(video),
            train=self._train_view(),
            evaluate=replace(self.studies.evaluate_view, spec=form.evaluate),
            timeline=self.line.view(),
            trouble=self.trouble,
        )
        self.board.show_state(self.view)
        if self.panel.isVisible():
            self.panel.show_state(self.view)
        if self.timeline.isVisible():
            self.timeline.show_state(self.view.timeline)
        self._set_keys()
        self.actions.refresh(self.name, self)

    def _teach_view(self, video: str) -> TeachView:
        kept, recorder = self.labels.of(video), self.recorder
        return TeachView(
            video, bool(video), kept.counts, kept.labels, self.labels.clips(), kept.advice, recorder.on,
            recorder.seconds, kept.file,
        )  # fmt: skip

    def _train_view(self) -> TrainView:
        spec = self.form.train
        weak = () if spec.folder or self.form.page is not Page.TRAIN else self.labels.weak(spec)
        clips = self.labels.clips()
        return replace(self.studies.train_view, spec=spec, clips=clips, devices=self.devices, advice=weak)

    def _watch_view(self) -> WatchView:
        watch, path = self.watch, self.watch.source
        running, lookers = watch.running, self.watch.lookers
        models = tuple((model, Path(model).stem) for model in self.form.models)
        return WatchView(
            watch.sources(), path, running, models, self.watching.card(), watch.watched() if running else None,
            lookers.rate(path), lookers.dropped(path), watch.problem, watch.moving,
        )  # fmt: skip

    def _have_devices(self, found: tuple[str, ...]) -> None:
        self.devices = found
        self.show_soon()

    def _make_page(self) -> None:
        """Not while an engine opens, which keeps the interpreter busy as it is."""
        opening = self.watch.running and self.watch.watched() is None
        if not opening and not (self.board.prepare() or self.panel.prepare()):
            self._pages_soon.stop()

    @property
    def in_use(self) -> tuple[ModelInUse, ...]:
        """What the engine at the chosen source runs, nothing while it rests."""
        settings, watch = self.form.settings, self.watch
        return models_of(settings, self.watching.card(), watch.source) if watch.running else ()

    # --- how it is put together

    def _make_parts(self, viewer: ViewerController) -> None:
        services, dialogs = self.services, Dialogs(self.panel)
        files = FileWork(self.errands, services.notify, self.show_trouble)
        settings, classes = (lambda: self.form.settings), (lambda: self.view.timeline.classes)
        self.dialogs = dialogs
        self.watch = Watch(viewer, services, settings, classes, self)
        self.playhead = Playhead(viewer, services.feeds, self.watch, self.timeline.isVisible, self)
        self.recorder = ClipRecorder(viewer, services, self.watch, self)
        self.films = Films(services.feeds, files, self.watch, self)
        self.labels = ProjectLabels(services, self.errands, self)
        self.labels.whereWanted.connect(lambda video: self.go_to(Page.TEACH if video else Page.TRAIN))
        self.studies = studies = Studies(services.jobs, files, self.show_trouble, self)
        self.curves = KeptTraining(
            self.name, services, lambda: studies.training, plain_training, studies.show_training, self
        )
        self.store = WeightsStore(services.jobs, self.errands, NEEDED, self.name, self)
        self.watching = Watching(
            self.watch, self.playhead, self.films, self.studies, files, dialogs, self, services, self
        )
        self.teaching = Teaching(self.labels, self.films, self.playhead, self.recorder, files, dialogs, self, services)
        self.training = Training(self.labels, self.studies, dialogs, self, services.notify)
        self.evaluating = Evaluating(self.labels, self.films, self.studies, files, dialogs, self, services.notify)
        self.line = Timeline(self.watch, self.watching, self.playhead, self.films, self.teaching, self)
        self.keys = MarkingKeys(self.panel.window(), self.teaching.mark_nth, self.labels.drop_mark)

    def _connect_parts(self) -> None:
        cards, feeds = self.watching.cards, self.services.feeds
        for part in (self.watch, self.labels, self.studies, cards, self.films, self.store, self.recorder):
            part.changed.connect(self.show_soon)
        self.store.failed.connect(self.show_trouble)
        self.store.arrived.connect(self.dismiss)
        self.studies.changed.connect(self.curves.keep_soon)
        for act in (self.watching.renewed, self.evaluating.list_model):
            self.studies.trained.connect(act)
        self.studies.detected.connect(self.watch.kept.keep_film)
        self.playhead.moved.connect(self.show_soon)
        self.recorder.opened.connect(self.play_recorded)
        feeds.added.connect(lambda _id: self.watch.follow_sources())
        feeds.removed.connect(lambda _id: self.watch.follow_sources())

    def _connect_panels(self) -> None:
        panel, host = self.panel, self.services.host
        panel.makers = {
            Page.WATCH: self.watching.page,
            Page.TEACH: partial(self.teaching.page, self.timeline.canvas),
            Page.TRAIN: self.training.panel_page,
            Page.EVALUATE: self.evaluating.panel_page,
        }
        self.board.makers = {
            Page.TRAIN: partial(self.training.board_page, self.watching.watch_with, self.evaluating.add),
            Page.EVALUATE: partial(self.evaluating.board_page, self.watching.set_threshold),
        }
        panel.start.clicked.connect(self.start)
        panel.copy.clicked.connect(self.copy_command)
        panel.progress.cancelled.connect(self.cancel)
        panel.source.sourceChosen.connect(self.watch.choose)
        panel.sample.clicked.connect(self.watching.open_sample)
        self.board.pageChosen.connect(self.choose_page)
        self.line.connect(self.timeline)
        for part in (panel.nothing, self.timeline.empty):
            part.clicked.connect(lambda: self.actions.run("source.add-file"))
        for part in (panel, self.board):
            part.dropped.connect(self.take)
            part.help.clicked.connect(self.show_help)
            part.trouble.fetchWanted.connect(self.fetch)
            part.trouble.dismissed.connect(self.dismiss)
            part.trouble.logWanted.connect(host.show_log)
        self.timeline.help.triggered.connect(self.show_help)

    @property
    def is_busy(self) -> bool:
        """Training, evaluation or detection is under way."""
        return any((self.view.train.busy, self.view.evaluate.busy, self.studies.detecting))

    def _set_keys(self) -> None:
        """Digits mark segments while the user labels a film."""
        teaching = self.form.page is Page.TEACH and bool(self.films.video) and self.timeline.isVisible()
        self.keys.set_on(len(self.view.teach.labels.classes) if teaching else 0, self.labels.open is not None)


def make(room: Room) -> ActionsController:
    """The feature in a window."""
    board = ActionBoard()
    panel, timeline = room.dock("actions", ActionsPanel()), room.dock("timeline", TimelinePanel())
    room.board("actions", board, board.head)
    return ActionsController(panel, board, timeline, room.viewer, room.services, room.commands)
