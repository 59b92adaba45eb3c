"""Joins the actions panel, the action board and the timeline to live engines, labels, jobs, files and undo.

All three are shown one value, made anew from the form and the parts; nothing is stored twice.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engines.actions.study_types import EvaluateSpec, TrainResult
from engines.actions.types import WatchSettings
from widgets.actions.board.pages import ActionBoard
from widgets.actions.panel.dock import ActionsPanel
from widgets.actions.state import ActionsView, ClipState, Page, TeachView, TrainView, WatchView
from widgets.timeline.panel import TimelinePanel
from workbench.commands import Actions
from workbench.controllers.actions.dialogs import Dialogs
from workbench.controllers.actions.films import FilmFacts, Films
from workbench.controllers.actions.form import Form, keep_form, models_dir, new_model, restore_form
from workbench.controllers.actions.keys import MarkingKeys
from workbench.controllers.actions.labels import LabelDesk
from workbench.controllers.actions.models import Models, titles
from workbench.controllers.actions.recording import ClipRecorder
from workbench.controllers.actions.studies import Studies
from workbench.controllers.actions.timeline import TimelineDesk
from workbench.controllers.actions.watch import Watch
from workbench.controllers.actions.wiring import wire
from workbench.controllers.common.devices import devices
from workbench.controllers.common.feature_controller import PagedController
from workbench.controllers.common.weights_store import WeightsStore
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services
from workbench.threads.background import Errands

NEEDED = ("efficientnet-lite0", "pose-detection", "pose-landmarks")
"""Weights without which nothing is described."""
IN_VIEWER = (Page.WATCH, Page.TEACH)


class ActionsController(PagedController):
    def __init__(
        self, panel: ActionsPanel, board: ActionBoard, timeline: TimelinePanel, viewer: ViewerController,
        services: Services, actions: Actions,
    ) -> None:  # fmt: skip
        super().__init__("actions", board, IN_VIEWER, Form(), services, actions, panel)
        self.form: Form
        self.panel, self.board, self.timeline, self.viewer = panel, board, timeline, viewer
        self.view = ActionsView()
        self.devices: tuple[str, ...] = ("cpu",)
        self.errands = Errands("actions")
        services.supervisor.adopt(self.errands)
        self.dialogs = Dialogs(panel)
        self.films = Films(services.feeds, self.errands, self)
        self.models = Models(self.errands, self)
        self.labels = LabelDesk(services, self.errands, self)
        self.watch = Watch(viewer, services, lambda: self.form.settings, lambda: self.view.timeline.classes, self)
        self.studies = Studies(services.jobs, self.errands, self)
        self.clock = TimelineDesk(self, viewer)
        self.recorder = ClipRecorder(viewer, services, lambda: self.watch.source, self)
        self.store = WeightsStore(services.jobs, self.errands, NEEDED, "actions", self)
        self.keys = MarkingKeys(panel.window(), self.mark_nth, self.labels.drop_mark)
        wire(self)
        self.restore()
        self.store.look()
        self.errands.ask(devices, self._have_devices, lambda _failure: None)

    def close(self) -> None:
        """Keep the form and stop."""
        self.rest()
        self.clock.close()
        self.recorder.close()
        self.watch.close()
        self.errands.request_stop()

    def restore(self) -> None:
        """Show what the open project holds; nothing happens while it is the same project."""
        if not self.is_other_project():
            return
        form = restore_form(self.services)
        there = tuple(path for path in form.models if Path(path).is_file())
        model = form.settings.model
        if model and not Path(model).is_file():
            self.services.notify(f"The model {model} is no longer there", "warn")
            form = form.with_model("")
        self.form, self.trouble = replace(form, models=there), None
        self.labels.restore()
        self.studies.forget()
        self.watch.configure()
        self.show_now()

    # --- what the chosen source is

    @property
    def video(self) -> str:
        """The file that the chosen source plays, "" for a live feed and for none."""
        return self.films.video(self.watch.source)

    @property
    def facts(self) -> FilmFacts:
        return self.films.facts(self.video) or FilmFacts()

    # --- what the user does

    def choose_page(self, name: str) -> None:
        super().choose_page(name)
        self.labels.look()
        self.services.host.give_room("timeline", self.form.page in IN_VIEWER)

    def set_settings(self, settings: WatchSettings) -> None:
        """Other settings of the live engine, at once; the model is chosen elsewhere. There is one threshold for live
        events and for the marker of the trade-off.
        """
        evaluate = replace(self.form.evaluate, threshold=settings.threshold)
        self.set_form(settings=replace(settings, model=self.form.settings.model), evaluate=evaluate)
        self.watch.configure()

    def set_threshold(self, value: float) -> None:
        """An event ends at no higher a probability than it begins at."""
        release = min(self.form.settings.release, value)
        self.set_settings(replace(self.form.settings, threshold=value, release=release))

    def use_model(self, path: str) -> None:
        """Watch with this model from now on, "" for none."""
        if path:
            self.models.forget(path)
        self.form = self.form.with_model(path)
        self._keep_soon.start()
        self.trouble = None
        self.watch.configure()
        self.show_soon()

    def watch_with(self, path: str) -> None:
        """The model that came of a training, on what is played."""
        self.use_model(path)
        self.go_to(Page.WATCH)
        if self.watch.source:
            self.watch.look(self.watch.source, True)

    def toggle(self) -> None:
        """Watch the chosen source, or stop."""
        if not self.watch.source and not self.watch.running:
            self.services.notify("Open a camera or a video to watch", "info")
            return
        self.watch.look(self.watch.source, not self.watch.running)

    def mark(self, action: str) -> None:
        """Open or close a segment of this class at the frame that is shown."""
        frame = self.clock.frame
        if self.video and frame >= 0:
            self.labels.mark(self.video, action, frame, self.form.track)
        elif self.video:
            self.services.notify("Show the film in a tile to mark what happens in it", "info")

    def mark_nth(self, index: int) -> None:
        classes = self.labels.labels(self.video).classes
        if index < len(classes):
            self.mark(classes[index])

    def train(self) -> None:
        """Train on the chosen clips, or on the benchmark folder of the form."""
        spec = self.form.train
        if not spec.out:
            spec = replace(spec, out=str(new_model(spec)))
        if not spec.folder:
            spec = replace(spec, clips=self.labels.chosen(models_dir() / "labels"))
            if not spec.clips:
                self.services.notify("Mark segments in a video first, or tick one that has them", "info")
                self.go_to(Page.TEACH)
                return
        self.trouble = None
        self.studies.train(spec)
        self.go_to(Page.TRAIN)

    def trained(self, result: TrainResult) -> None:
        self.models.forget(result.file)
        self.form = replace(self.form, models=self.form.with_model(result.file).models)
        self._keep_soon.start()
        self.studies.forget_model(result.file)
        self.watch.reopen(result.file)

    def evaluate_it(self, path: str) -> None:
        """This model on the labelled video at hand, beside what is compared already."""
        spec = self.form.evaluate
        if path not in spec.models:
            names = (*spec.names, Path(path).stem)
            spec = replace(spec, models=(*spec.models, path), scores=(*spec.scores, ""), names=names)
        self.set_form(evaluate=spec)
        self.choose_page(Page.EVALUATE)

    def evaluate(self) -> None:
        spec = self.evaluate_spec()
        if not spec.models or not spec.labels:
            self.services.notify("Choose models or scores, and labels to compare them with", "info")
            return
        self.trouble = None
        self.studies.evaluate(spec)
        self.go_to(Page.EVALUATE)

    def evaluate_spec(self) -> EvaluateSpec:
        """As in the form; without labels of its own those that a video has now: the one to run models on, else the
        chosen one, else any.
        """
        spec = self.form.evaluate
        videos = [clip.video for clip in self.labels.clips() if not clip.note]
        if spec.labels or not videos:
            return spec
        video = next(it for it in (spec.video, self.video, videos[0]) if it in videos)
        own = self.labels.written(video, models_dir() / "labels")
        return replace(spec, labels=own.labels, video=spec.video or own.video)

    # --- showing

    def show_now(self) -> None:
        """Show panel, board and timeline what there is."""
        form, video, facts = self.form, self.video, self.facts
        if facts.frames:
            self.labels.know(video, facts.frames, facts.rate)
        self.labels.turn_to(video)
        clips = self.labels.clips()
        self.view = ActionsView(
            page=form.page,
            settings=form.settings,
            missing=self.store.missing,
            watch=self._watch_view(),
            teach=TeachView(
                video, bool(video), self.labels.counts(video), self.labels.labels(video), clips,
                self.labels.advice(video), self.recorder.on, self.recorder.seconds, self.labels.file(video),
            ),
            train=self._train_view(clips),
            evaluate=replace(self.studies.evaluate_view, spec=form.evaluate),
            timeline=self.clock.view(),
            trouble=self.trouble,
        )  # fmt: skip
        self.board.show_state(self.view)
        for part in (self.panel, self.timeline):
            if part.isVisible():
                part.show_state(self.view)
        self._enable()

    def _train_view(self, clips: tuple[ClipState, ...]) -> TrainView:
        spec = self.form.train
        weak = () if spec.folder or self.form.page is not Page.TRAIN else self.labels.weak(spec)
        return replace(self.studies.train_view, spec=spec, clips=clips, devices=self.devices, advice=weak)

    def _watch_view(self) -> WatchView:
        watch, path = self.watch, self.watch.source
        running, lookers = watch.running, self.watch.lookers
        return WatchView(
            watch.sources(), path, running, titles(self.form.models), self.models.card(self.form.settings.model),
            watch.watched() if running else None, lookers.rate(path), lookers.dropped(path), watch.problem,
            watch.moving,
        )  # fmt: skip

    def _have_devices(self, found: tuple[str, ...]) -> None:
        self.devices = found
        self.show_soon()

    def _enable(self) -> None:
        view, teaching = self.view, self.form.page is Page.TEACH and bool(self.video)
        classes = len(view.teach.labels.classes) if teaching and self.timeline.isVisible() else 0
        self.keys.set_on(classes, self.labels.open is not None)
        busy = any((view.train.busy, view.evaluate.busy, self.studies.detecting))
        for id, on in (
            ("start", bool(view.watch.source)),
            ("export-labels", bool(view.teach.labels.segments)),
            ("cancel", busy),
        ):
            self.actions.enable(f"actions.{id}", on)

    def _make_page(self) -> None:
        """Not while an engine opens, which keeps the interpreter busy as it is."""
        opening = self.watch.running and self.watch.watched() is None
        if not opening and not (self.board.prepare() or self.panel.prepare()):
            self._pages_soon.stop()

    def keep(self) -> None:
        keep_form(self.form, self.services)
