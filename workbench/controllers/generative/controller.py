"""Joins the diffusion panel and the studio to models, runs, studies, training, files and undo.

Both are shown one value, made anew from the form and the parts. Changing the form runs nothing.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer

from engines.core.networks.in_use import ModelInUse
from engines.core.words import tr
from engines.generative.diffusion.study_types import CompareSpec
from engines.generative.diffusion.types import ModelInfo, SampleSpec, Start
from widgets.generative.panel.dock import DiffusionPanel
from widgets.generative.panel.words import problem, train_words
from widgets.generative.state import DiffusionView, Mode, Page
from widgets.generative.studio.pages import Studio
from workbench.commands import Actions
from workbench.controllers.common.devices import devices
from workbench.controllers.common.feature_controller import Room
from workbench.controllers.common.kept_training import KeptTraining
from workbench.controllers.generative import kept_curves
from workbench.controllers.generative.command import command_line, compare_line, train_line
from workbench.controllers.generative.compare import Comparison
from workbench.controllers.generative.edits import FormController
from workbench.controllers.generative.files import Dialogs, Dropped, understand
from workbench.controllers.generative.flow import Flow
from workbench.controllers.generative.form import Form, bytes_of, first_model, keep_form, restore_form
from workbench.controllers.generative.models import Models
from workbench.controllers.generative.precision import Precision
from workbench.controllers.generative.runs import Runs, seconds_of
from workbench.controllers.generative.samples import Samples
from workbench.controllers.generative.training import Training, placed
from workbench.controllers.generative.words import trouble_of
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

TICK_MS = 500


class DiffusionController(FormController):
    """Progress and previews are shown at most thirty times a second."""

    def __init__(self, panel: DiffusionPanel, studio: Studio, services: Services, actions: Actions) -> None:
        super().__init__("diffusion", studio, (), Form(), services, actions, panel)
        self.form: Form
        self.panel, self.studio = panel, studio
        self.info: ModelInfo | None = None
        self.view = DiffusionView()
        self.devices: tuple[str, ...] = ("cpu",)
        self._of_run = True
        self._errands = Errands("diffusion files")
        services.supervisor.adopt(self._errands)
        self.dialogs = Dialogs(panel)
        jobs = services.jobs
        self.models = Models(jobs, self._errands, self)
        self.runs = Runs(jobs, self._errands, self.models.title, self)
        self.samples = Samples(self.runs, self._errands, services, self.dialogs, self.sample, self.use, self)
        self.flow = Flow(services, lambda: self.form.flow, self.set_flow, self)
        self.comparison = Comparison(jobs, self.compare, self.measure_curves, self.use, self)
        self.training = training = Training(jobs, self.train, self.use_trained, self)
        self.curves = KeptTraining(
            self.name, services, lambda: training.shown, kept_curves.plain, training.show_kept, self
        )
        self.precision = Precision(jobs, self.show_form_trouble, self)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.show_now)
        self._connect_parts()
        self._connect_panel()
        self._connect_studio()
        self.restore()
        self._errands.ask(devices, self._have_devices, lambda _failure: None)
        self.models.list()
        self.runs.list()

    def close(self) -> None:
        """Keep the form, delete for good what was deleted, and stop."""
        self._tick.stop()
        self.rest()
        self.samples.close()
        self._errands.request_stop()

    def restore(self) -> None:
        """Show what the open project holds; nothing happens while it is the same project."""
        if not self.is_other_project():
            return
        self.form = restore_form(self.services)
        self.trouble = None
        self.training.forget()
        self.curves.restore()
        if self.models.ready:
            self.models_listed()
        self.show_now()

    def keep_now(self) -> None:
        super().keep_now()
        self.curves.keep()

    def keep(self) -> None:
        self.curves.keep()
        keep_form(self.form, self.services)

    def use_trained(self, file: str) -> None:
        """Sample from a network that was trained here."""
        path = Path(file)
        self.form = replace(self.form, mode=Mode.SAMPLE, page=Page.SAMPLES)
        self.choose_model(path.stem if self.models.info(path.stem) is not None else file)
        self.show_now()

    def begin_at(self, image: str = "", mask: str = "") -> None:
        """Begin at a picture, or keep what a mask leaves black."""
        start = self.form.spec.start
        if start is None or start.kind == "between":
            start = Start("image")
        if image:
            start = replace(start, image=image)
        if mask:
            start = replace(start, kind="inpaint", mask=mask)
        if image or mask:
            self.set_form(mode=Mode.SAMPLE)
            self.set_spec(replace(self.form.spec, start=start))

    def learn_from(self, folder: str) -> None:
        if folder:
            self.set_form(mode=Mode.TRAIN)
            self.set_train(replace(self.form.train, data=folder))

    def show_form(self, mode: Mode) -> None:
        """The form of a mode beside its page; nothing is begun."""
        self.set_mode(mode)
        self.services.host.show_dock(self.name)
        self.services.host.show_centre(self.name)

    def start(self) -> None:
        """Begin the panel's mode: sample, compare or train."""
        {Mode.SAMPLE: self.sample, Mode.COMPARE: self.compare, Mode.TRAIN: self.train}[self.form.mode]()

    def sample(self, spec: SampleSpec | None = None) -> None:
        """Queue a run: this one, or what the form holds."""
        if spec is None and self._cannot(Mode.SAMPLE):
            return
        self.trouble = None
        self.samples.start(spec or self.form.spec)
        self.choose_page(Page.SAMPLES)

    def compare(self) -> None:
        if not self._cannot(Mode.COMPARE):
            self.comparison.compare(self._grid())
            self.choose_page(Page.COMPARE)

    def train(self) -> None:
        """Train what the form holds, or go on with it."""
        if self._cannot(Mode.TRAIN):
            return
        title = tr("Train {train}", train=self.form.train.name or train_words(self.view))
        if not self.training.start(placed(self.form.train), title):
            self.services.notify(tr("It begins when the training under way has ended"), "info")
        self.choose_page(Page.TRAINING)

    def show_flow(self) -> None:
        """The flow page; what flows there begins when nothing is shown yet."""
        if self.flow.view.result is None:
            self.flow.run()
        self.choose_page(Page.FLOW)

    def measure_curves(self) -> None:
        self.comparison.measure(self.info)
        self.choose_page(Page.COMPARE)

    def cancel(self) -> None:
        """Stop the work of the form's mode; of several runs the one under way."""
        if self.form.mode is Mode.COMPARE and self.view.compared.busy or self.view.compared.curves_busy:
            self.comparison.cancel()
        elif self.form.mode is Mode.TRAIN and self.view.training.busy:
            self.training.cancel()
        elif active := self.runs.active:
            self.runs.cancel(active[0])
        else:
            self.models.cancel()

    def cancel_all(self) -> None:
        """Everything of this studio; other jobs go on."""
        self.samples.cancel_all()
        self.training.cancel_all()
        for part in (self.flow, self.comparison, self.models, self.precision):
            part.cancel()

    def take(self, paths: Sequence[str]) -> None:
        """Files and folders that were dropped or chosen."""
        wanted, mode = tuple(path for path in paths if path), self.form.mode
        if wanted:
            self._errands.ask(lambda: understand(wanted, mode), self._understood, self._refused)

    def command(self) -> str:
        """The command line that does what the button would."""
        if self.form.mode is Mode.COMPARE:
            return compare_line(self._grid())
        return train_line(self.form.train) if self.form.mode is Mode.TRAIN else command_line(self.form.spec)

    def models_listed(self) -> None:
        """The names are known: open the form's model, or the one to begin with."""
        self.runs.retitle()
        name = self.form.spec.model or first_model(tuple(info.name for info in self.models.all))
        if self.info is None or self.info.name != name:
            self.models.open(name, self.form.spec.prediction)
        self.show_soon()

    def show_trouble(self, trouble: object) -> None:
        """Said in the panel, and in the studio too, where the run would have appeared."""
        self._of_run = True
        super().show_trouble(trouble)

    def show_form_trouble(self, trouble: object) -> None:
        """A model or file that was given to the form cannot be used: the panel says so."""
        self.services.host.show_dock(self.name)
        self.show_trouble(trouble)
        self._of_run = False

    def dismiss(self) -> None:
        """The user has read what went wrong."""
        self.trouble = None
        for part in (self.flow, self.comparison, self.training):
            part.say(None)
        self.show_now()

    def show_now(self) -> None:
        """Make the state anew and show it."""
        self._soon.stop()
        self.view = view = self._look()
        self.panel.show_state(view)
        own = {Page.FLOW: view.flow, Page.COMPARE: view.compared, Page.TRAINING: view.training}.get(view.page)
        trouble = own.trouble if own is not None else view.trouble if self._of_run else None
        self.studio.show_state(replace(view, trouble=trouble))
        self.actions.refresh(self.name, self)
        if view.is_busy != self._tick.isActive():
            self._tick.start() if view.is_busy else self._tick.stop()

    def _look(self) -> DiffusionView:
        form, gallery = self.form, self.samples.gallery
        view = DiffusionView(
            mode=form.mode,
            page=form.page,
            models=self.models.all,
            model=self.info,
            looking=self.models.looking,
            spec=form.spec,
            compare=self._grid(),
            train=form.train,
            estimate_bytes=bytes_of(form.spec, self.info),
            estimate_seconds=seconds_of(form.spec, self.runs.all_stored()),
            devices=self.devices,
            runs=self.runs.rows(),
            shown=gallery.shown,
            selected=gallery.selected,
            pictures=gallery.pictures,
            step=gallery.step,
            flow=self.flow.view,
            compared=self.comparison.view,
            training=self.training.view,
            precision=self.precision.view(form.spec.model),
            trouble=self.trouble,
        )
        shown = view.run.spec if view.run is not None else form.spec
        return replace(view, spectrum=self.samples.spectra.get(shown.model))

    def _grid(self) -> CompareSpec:
        """The grid of the form; where the model's denoiser is exact, errors can be measured."""
        return self.form.comparing(self.info is not None and self.info.exact)

    def _cannot(self, mode: Mode) -> bool:
        """Say why it cannot be begun."""
        why = problem(replace(self.view, mode=mode))
        if why:
            self.services.notify(why, "warn")
        return bool(why)

    def _understood(self, found: Dropped) -> None:
        if found.settings is not None:
            self.use(found.settings, tr("Settings of {found}", found=found.name))
        self.choose_model(found.model)
        self.learn_from(found.data)
        self.begin_at(found.picture)

    def _refused(self, failure: Failure) -> None:
        self.show_form_trouble(trouble_of(failure.as_json(), tr("That cannot be used")))

    def _have_devices(self, found: tuple[str, ...]) -> None:
        self.devices = found
        self.show_soon()

    def _connect_parts(self) -> None:
        self.models.listed.connect(self.models_listed)
        self.models.opened.connect(self.model_opened)
        self.models.failed.connect(self.show_form_trouble)
        self.runs.failed.connect(self.show_trouble)
        self.samples.failed.connect(self.show_trouble)
        self.training.changed.connect(self.curves.keep_soon)
        self.training.trained.connect(lambda _file: self.models.list())
        for part in (self.models, self.samples, self.flow, self.comparison, self.training, self.precision):
            part.changed.connect(self.show_soon)

    def _connect_panel(self) -> None:
        panel, ask = self.panel, self.dialogs
        panel.specChanged.connect(self.set_spec)
        panel.compareChanged.connect(self.set_compare)
        panel.trainChanged.connect(self.set_train)
        panel.dropped.connect(self.take)
        panel.mode.chosen.connect(self.set_mode)
        panel.start.clicked.connect(self.start)
        panel.progress.cancelled.connect(self.cancel)
        panel.cancel_all.clicked.connect(self.cancel_all)
        panel.model.model.chosen.connect(self.choose_model)
        panel.model.prediction.chosen.connect(self.choose_prediction)
        panel.model.file.clicked.connect(self.open_file)
        panel.model.folder.clicked.connect(self.open_folder)
        panel.begin.choose_image.clicked.connect(lambda: self.begin_at(image=ask.picture(tr("Begin at a picture"))))
        panel.begin.choose_mask.clicked.connect(lambda: self.begin_at(mask=ask.picture(tr("Mask: black is kept"))))
        panel.run.measure.clicked.connect(lambda: self.precision.measure(self.form.spec, self.info))
        panel.base.change.clicked.connect(lambda: self.set_mode(Mode.SAMPLE))
        panel.base.curves.clicked.connect(self.measure_curves)
        panel.data.folderWanted.connect(lambda: self.learn_from(ask.data_folder()))
        panel.trouble.retryWanted.connect(self.sample)
        panel.trouble.logWanted.connect(self.services.host.show_log)
        panel.trouble.dismissed.connect(self.dismiss)
        panel.open.clicked.connect(self.open_file)
        panel.copy.clicked.connect(lambda: self.copy(self.command()))
        panel.help.clicked.connect(self.show_help)

    def _connect_studio(self) -> None:
        """Its pages are made when they are first shown."""
        studio = self.studio
        parts = (self.samples, self.flow, self.comparison, self.training)
        studio.makers = {page: part.page for page, part in zip(Page, parts, strict=True)}
        studio.pageChosen.connect(lambda page: self.set_form(page=Page(page)))
        studio.dropped.connect(self.take)
        studio.trouble.retryWanted.connect(self.sample)
        studio.trouble.logWanted.connect(self.services.host.show_log)
        studio.help.clicked.connect(self.show_help)

    def open_file(self) -> None:
        self.choose_model(self.dialogs.model_file())

    def open_folder(self) -> None:
        self.choose_model(self.dialogs.model_folder())

    @property
    def in_use(self) -> tuple[ModelInUse, ...]:
        """The file of the model that is chosen."""
        return self.models.in_use(self.form.spec.model)

    @property
    def can_sample(self) -> bool:
        """The form is complete."""
        return not problem(replace(self.view, mode=Mode.SAMPLE))

    @property
    def is_stored(self) -> bool:
        """The run that is shown has its files."""
        return self.runs.stored(self.view.shown) is not None


def make(room: Room) -> Generator[None, None, DiffusionController]:
    """The feature in a window, in pieces."""
    panel = DiffusionPanel(whole=False)
    yield
    panel.finish()
    yield
    room.dock("diffusion", panel)
    yield
    studio = room.board("diffusion", Studio())
    yield
    return DiffusionController(panel, studio, room.services, room.commands)
