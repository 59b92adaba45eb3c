"""Joins the diffusion panel and the studio to jobs, the history, files and undo.

Both are shown one value, made anew from the form, the runs and the studies; nothing is stored twice. Changing the form
runs nothing. Progress and previews are shown at most thirty times a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.types import ModelInfo, SampleSpec, Start
from widgets.generative.panel.dock import DiffusionPanel
from widgets.generative.panel.words import problem, train_words
from widgets.generative.state import DiffusionView, Mode, Page, Trouble
from widgets.generative.studio.pages import Studio
from workbench.commands import Actions
from workbench.controllers.common.devices import devices
from workbench.controllers.generative.command import command_line, compare_line, train_line
from workbench.controllers.generative.files import Dialogs, Dropped, understand
from workbench.controllers.generative.form import Form, first_model, for_model, keep_form, restore_form
from workbench.controllers.generative.models import Models
from workbench.controllers.generative.runs import Runs
from workbench.controllers.generative.shelf import Shelf
from workbench.controllers.generative.studies import Studies
from workbench.controllers.generative.training import Training, placed
from workbench.controllers.generative.view import Levels, enable, is_busy, view_of
from workbench.controllers.generative.wiring import wire
from workbench.controllers.generative.words import trouble_of
from workbench.project.file import Project
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

SOON_MS = 33
TICK_MS = 500
KEEP_MS = 400
PAGES = {Mode.SAMPLE: Page.SAMPLES, Mode.COMPARE: Page.COMPARE, Mode.TRAIN: Page.TRAINING}


class DiffusionController(QObject):
    """Shows panel and studio the same view."""

    def __init__(self, panel: DiffusionPanel, studio: Studio, services: Services, actions: Actions) -> None:
        super().__init__(panel)
        self.panel, self.studio, self.services, self.actions = panel, studio, services, actions
        self.form = Form()
        self.info: ModelInfo | None = None
        self.trouble: Trouble | None = None
        self._of_run = True
        self.view = DiffusionView()
        self.devices: tuple[str, ...] = ("cpu",)
        self._project: Project | None = None
        self._levels = Levels()
        self._errands = Errands("diffusion files")
        services.supervisor.adopt(self._errands)
        self.dialogs = Dialogs(panel)
        self.models = Models(services.jobs, self._errands, self)
        self.runs = Runs(services.jobs, self._errands, self.models.title, self)
        self.shelf = Shelf(self.runs, self._errands, services, self.dialogs, self)
        self.studies = Studies(services.jobs, self)
        self.training = Training(services.jobs, self)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._tick = QTimer(self, interval=TICK_MS)
        self._keep_soon = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._soon.timeout.connect(self.show_now)
        self._tick.timeout.connect(self.show_now)
        self._keep_soon.timeout.connect(self._keep)
        wire(self)
        self.restore()
        self._errands.ask(devices, self._have_devices, lambda _failure: None)
        self.models.list()
        self.runs.list()

    def close(self) -> None:
        """Keep the form, delete for good what was deleted, and stop."""
        for timer in (self._soon, self._tick, self._keep_soon):
            timer.stop()
        self._keep()
        self.shelf.close()
        self._errands.request_stop()

    def restore(self) -> None:
        """Show what the open project holds; nothing happens while it is the same project."""
        if self.services.project is self._project:
            return
        self._project = self.services.project
        self.form = restore_form(self.services)
        self.trouble = None
        if self.models.ready:
            self.models_listed()
        self.show_now()

    @property
    def knows_truth(self) -> bool:
        """The chosen model's denoiser is exact, so that errors can be measured."""
        return self.info is not None and self.info.exact

    # The form

    def set_form(self, **values: object) -> None:
        """Another form: shown at once, kept soon. Runs nothing."""
        self.form = replace(self.form, **values)  # type: ignore[arg-type]
        self._keep_soon.start()
        self.show_now()

    def set_mode(self, mode: str) -> None:
        self.set_form(mode=Mode(mode), page=PAGES[Mode(mode)])

    def set_spec(self, spec: SampleSpec) -> None:
        other = spec.model != self.form.spec.model
        self.set_form(spec=spec)
        if other:
            self.choose_model(spec.model)

    def choose_model(self, name: str) -> None:
        self._dismiss()
        self.models.open(name, self.form.spec.prediction if name == self.form.spec.model else "")

    def choose_prediction(self, prediction: str) -> None:
        """The user's answer for a model that does not say what it predicts."""
        self.set_form(spec=replace(self.form.spec, prediction=prediction))
        self.models.open(self.form.spec.model, prediction)

    def use(self, spec: SampleSpec | None, said: str = "") -> None:
        """Put the settings of a run into the form."""
        if spec is None:
            return
        self._dismiss()
        self.form = self.form.sampling(spec)
        self.set_form()
        self.models.open(spec.model, spec.prediction)
        self.services.host.show_dock("diffusion")
        if said:
            self.services.notify(said, "info")

    def use_cell(self, row: int, column: int) -> None:
        """Put the settings of a cell of the comparison into the form."""
        result = self.studies.compared.result
        cells = result.cells if result is not None else ()
        cell = next((cell for cell in cells if (cell.row, cell.column) == (row, column)), None)
        self.use(None if cell is None else cell.spec, "Settings of that cell")

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
            self.set_form(spec=replace(self.form.spec, start=start), mode=Mode.SAMPLE)

    def learn_from(self, folder: str) -> None:
        if folder:
            self.set_form(train=replace(self.form.train, data=folder), mode=Mode.TRAIN)

    # What is begun and ended

    def start(self) -> None:
        """What the panel's button says: sample, compare or train."""
        {Mode.SAMPLE: self.sample, Mode.COMPARE: self.compare, Mode.TRAIN: self.train}[self.form.mode]()

    def sample(self, spec: SampleSpec | None = None) -> None:
        """Queue a run: this one, or what the form holds."""
        if spec is None and self._cannot(Mode.SAMPLE):
            return
        self._dismiss()
        self.shelf.start(spec or self.form.spec)
        self._to_studio(Page.SAMPLES)

    def compare(self) -> None:
        if not self._cannot(Mode.COMPARE):
            self.studies.compare(self.form.comparing(self.knows_truth))
            self._to_studio(Page.COMPARE)

    def train(self) -> None:
        """Train what the form holds, or go on with it."""
        if self._cannot(Mode.TRAIN):
            return
        spec = placed(self.form.train)
        title = f"Train {self.form.train.name or train_words(self.view)}"
        if not self.training.start(spec, title):
            self.services.notify("It begins when the training under way has ended", "info")
        self._to_studio(Page.TRAINING)

    def show_flow(self) -> None:
        """The flow page; what flows there begins when nothing is shown yet."""
        if self.studies.flow.result is None:
            self.run_flow()
        self._to_studio(Page.FLOW)

    def run_flow(self) -> None:
        self.studies.show_flow(self.form.flow)

    def measure_curves(self) -> None:
        self.studies.measure(self.info)
        self._to_studio(Page.COMPARE)

    def retry(self) -> None:
        """The lighter run that was offered, else the same again."""
        self.sample(self.trouble.retry if self.trouble is not None else None)

    def cancel(self) -> None:
        """What the form's mode began; of several runs the one under way."""
        if self.form.mode is Mode.COMPARE and self.view.compared.busy or self.view.compared.curves_busy:
            self.studies.cancel_compare()
        elif self.form.mode is Mode.TRAIN and self.view.training.busy:
            self.training.cancel()
        elif active := self.runs.active:
            self.runs.cancel(active[0])
        else:
            self.models.cancel()

    def cancel_all(self) -> None:
        """Everything of this studio; other jobs go on."""
        self.runs.cancel_all()
        self.studies.cancel_all()
        self.training.cancel_all()
        self.models.cancel()

    def ask_spectrum(self) -> None:
        run = self.view.run
        self.studies.ask_spectrum(run.spec.model if run is not None else self.form.spec.model)

    def use_trained(self, file: str) -> None:
        """Sample from a network that was trained here."""
        path = Path(file)
        self.form = replace(self.form, mode=Mode.SAMPLE, page=Page.SAMPLES)
        self.choose_model(path.stem if self.models.info(path.stem) is not None else file)
        self.show_now()

    # Files

    def take(self, paths: Sequence[str]) -> None:
        """Files and folders that were dropped."""
        wanted, mode = tuple(paths), self.form.mode
        self._errands.ask(lambda: understand(wanted, mode), self._understood, self._refused)

    def copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self.command())
        self.services.notify("Command copied", "good")

    def command(self) -> str:
        """The command line that does what the button would."""
        if self.form.mode is Mode.COMPARE:
            return compare_line(self.form.comparing(self.knows_truth))
        return train_line(self.form.train) if self.form.mode is Mode.TRAIN else command_line(self.form.spec)

    # What has happened

    def models_listed(self) -> None:
        """The names are known: open the form's model, or the one to begin with."""
        self.runs.retitle()
        name = self.form.spec.model or first_model(tuple(info.name for info in self.models.all))
        if self.info is None or self.info.name != name:
            self.models.open(name, self.form.spec.prediction)
        self.show_soon()

    def model_opened(self, info: ModelInfo) -> None:
        self.info = info
        self.set_form(spec=for_model(self.form.spec, info, catalog.usual_schedule(info.process)))

    def show_trouble(self, trouble: Trouble, of_run: bool = True) -> None:
        """Said in the panel, and that of a run in the studio too, where it would have appeared."""
        self.trouble, self._of_run = trouble, of_run
        self.show_soon()

    def show_form_trouble(self, trouble: Trouble) -> None:
        """A model or file that was given to the form cannot be used."""
        self.services.host.show_dock("diffusion")
        self.show_trouble(trouble, of_run=False)

    def dismiss(self) -> None:
        """The user has read what went wrong."""
        self._dismiss()
        self.studies.dismiss()
        self.training.dismiss()
        self.show_now()

    # Showing

    def show_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def show_now(self) -> None:
        """Make the state anew and show it."""
        self._soon.stop()
        self.view = view = view_of(self, self._levels)
        self.panel.show_state(view)
        self.studio.show_state(view if self._of_run else replace(view, trouble=None))
        enable(self.actions, view, self.runs.stored(view.shown) is not None)
        busy = is_busy(view)
        if busy != self._tick.isActive():
            self._tick.start() if busy else self._tick.stop()

    # Within

    def _cannot(self, mode: Mode) -> bool:
        """Say why it cannot be begun."""
        why = problem(replace(self.view, mode=mode))
        if why:
            self.services.notify(why, "warn")
        return bool(why)

    def _to_studio(self, page: Page) -> None:
        self.set_form(page=page)
        self.services.host.show_centre("diffusion")

    def _understood(self, found: Dropped) -> None:
        if found.settings is not None:
            self.use(found.settings, f"Settings of {found.name}")
        elif found.model:
            self.choose_model(found.model)
        elif found.data:
            self.learn_from(found.data)
        elif found.picture:
            self.begin_at(found.picture)

    def _refused(self, failure: Failure) -> None:
        self.show_form_trouble(trouble_of(failure.as_json(), "That cannot be used"))

    def _dismiss(self) -> None:
        self.trouble = None

    def _have_devices(self, found: tuple[str, ...]) -> None:
        self.devices = found
        self.show_soon()

    def _keep(self) -> None:
        if self.services.project is self._project:
            keep_form(self.form, self.services)
