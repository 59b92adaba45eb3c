"""Joins the Inspector's panel and board to models, feeds and jobs: a part a page, and the live look.

Changing the form runs nothing but the live look, which follows it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from glob import escape
from pathlib import Path

from PySide6.QtCore import QTimer

from engines.cameras.types import FolderSource
from engines.core.networks.in_use import ModelInUse
from engines.core.networks.preprocessing import Preprocessing
from engines.core.store.fetching import Shelf
from engines.core.words import tr
from engines.inspection.types import ModelSheet, Shape
from widgets.inspection.board import TITLES, InspectionBoard
from widgets.inspection.panel.dock import InspectionPanel
from widgets.inspection.state import LIVE, InspectionView, LookView, Page
from widgets.kit.save_file import ask_open
from workbench.commands import Actions
from workbench.controllers.common.feature_controller import PagedController, Room
from workbench.controllers.inspection.field import Fields
from workbench.controllers.inspection.form import Form, Known, keep_form, restore_form, unrun
from workbench.controllers.inspection.looking import Looking
from workbench.controllers.inspection.opening import Opening, is_picture, is_seen, is_there
from workbench.controllers.inspection.part import PagePart, Subject
from workbench.controllers.inspection.parts import PARTS
from workbench.controllers.inspection.stills import Stills
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services

SAMPLE = "astronaut"
TICK_MS = 500
FILES = tr("Models (*.onnx *.tflite *.pt2 *.safetensors *.pt *.pth *.ckpt *.bin *.npz *.dat);;All files (*)")


class InspectionController(PagedController):
    """What is open, and what is seen of it. parts: by page; `desk` of each is this controller."""

    form: Form

    def __init__(
        self, panel: InspectionPanel, board: InspectionBoard, in_use: Callable[[], tuple[ModelInUse, ...]],
        viewer: ViewerController, services: Services, actions: Actions,
    ) -> None:  # fmt: skip
        super().__init__("inspection", board, (), Form(), services, actions, panel)
        self.panel, self.board, self._in_use = panel, board, in_use
        self.view = InspectionView()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.show_now)
        self.opening = Opening(services.jobs, self)
        self.looking = Looking(self, board.isVisible, self)
        self.stills = Stills(viewer, self, self)
        self.parts: dict[Page, PagePart] = {made_by.page: made_by(self, self) for made_by in PARTS}
        self._connect_parts()
        self._connect_panel()
        self._connect_board()
        viewer.engineToggled.connect(lambda *_what: self.show_soon())
        self.restore()

    def close(self) -> None:
        self._tick.stop()
        self.rest()
        self.looking.close()
        self.stills.close()
        for part in self.parts.values():
            part.close()

    def restore(self) -> None:
        """Show what the open project holds; nothing happens while it is the same project."""
        if not self.is_other_project():
            return
        self.form, self.trouble = restore_form(self.services), None
        self._troubled: object = None
        spec = self.form.model.spec
        if spec.path and is_there(spec.path):
            self.opening.open(spec)
        elif spec.path:
            self.form = self.form.with_model(Known())
            self.services.notify(tr("The model {path} is no longer there", path=spec.path), "warn")
        self.show_now()

    def keep(self) -> None:
        keep_form(self.form, self.services)

    # --- what parts may ask

    @property
    def subject(self) -> Subject:
        return Subject(self.opening.spec, self.opening.sheet, self.form.model.preprocessing, self.looking.source)

    @property
    def looked(self) -> LookView:
        return self.looking.view

    def set_form(self, **values: object) -> None:
        super().set_form(**values)
        self.looking.follow()
        self.show_now()

    def edit(self, page: Page, fields: Mapping[str, object]) -> None:
        before = getattr(self.form, page)
        text = tr("Change the settings of {page}", page=TITLES[page][0])
        self.step(text, page, before, replace(before, **fields), lambda it: self.set_form(**{page: it}))

    def still(self, then: Callable[[str], object]) -> None:
        self.stills.write(self.looking.view, then)

    # --- what the user does

    def choose_page(self, name: str) -> None:
        """What went wrong on another page is of no interest on this one, while a model is open."""
        if self.is_open:
            self.trouble = None
        super().choose_page(name)

    def ask_model(self) -> None:
        if path := self.ask_file(tr("Open model")):
            self.open_model(path)

    def ask_file(self, title: str) -> str:
        return ask_open(self.panel, title, "weights", FILES, self.form.model.spec.path)

    def take(self, paths: Sequence[str]) -> None:
        """What fell onto the window: pictures and films are looked at, the first of all else is opened as a model."""
        for path in filter(is_seen, paths):
            self.look_at(path)
        if models := [path for path in paths if not is_seen(path)]:
            self.open_model(models[0])

    def want(self, what: str) -> None:
        """What a page that looks lacks; nothing for ""."""
        acts = {"model": self.ask_model, "source": self.add_source, "sample": self.open_sample, "look": self.look}
        acts.get(what, self.show_soon)()

    def add_source(self) -> None:
        self.actions.run("source.add-file")

    def open_sample(self) -> None:
        """A portrait where the model store has it on this machine, else the rendered rig."""
        shelf = Shelf()
        picture = shelf.where(shelf.file(SAMPLE))
        if picture is not None:
            self.look_at(str(picture))
        else:
            self.actions.run("file.open-sample")

    def look_at(self, path: str) -> None:
        """Play a picture (it alone), a film or a folder of pictures, and look at it."""
        feeds = self.services.feeds
        before, picture = feeds.ids(), Path(path)
        if picture.is_file() and is_picture(picture.name):
            self.services.host.play(FolderSource(str(picture.parent), picture.stem, escape(picture.name)))
        else:
            self.services.host.add_source(path)
        if new := [id for id in feeds.ids() if id not in before]:
            self.set_form(source=new[-1])

    def open_model(self, path: str) -> None:
        """Open a file, a folder or what the model store calls so, as it was opened before, and show what it is. Its
        program, if it is one, does not run before that is asked for again."""
        self._open(unrun(self.form.known(path)))
        self.services.host.bring(self.name)

    def inspect(self, model: ModelInUse) -> None:
        """The same file on the same feed as another panel has it; nothing else is shared with that."""
        known = unrun(self.form.known(model.path))
        self._open(replace(known, preprocessing=model.preprocessing or known.preprocessing), model.feed)
        self.services.host.bring(self.name)

    def inspect_next(self) -> None:
        """What another panel runs now; with several the one after that which is open."""
        models = self.view.model.in_use
        paths = [one.path for one in models]
        at = paths.index(self.opening.spec.path) + 1 if self.opening.spec.path in paths else 0
        self.inspect(models[at % len(models)])

    def tell_shapes(self, shapes: tuple[Shape, ...]) -> None:
        """The shapes of the inputs, which the file does not say; remembered with it."""
        model = self.form.model
        self._open(replace(model, spec=replace(model.spec, shapes=shapes)))

    def run_program(self) -> None:
        """Open a file that is a program, in a process of its own; asked for each time it is opened."""
        model = self.form.model
        self._open(replace(model, spec=replace(model.spec, code=True)))

    def set_preprocessing(self, preprocessing: Preprocessing | None) -> None:
        """How pictures go in, None for as the model says; remembered with the file."""
        model = replace(self.form.model, preprocessing=preprocessing)
        self.form = self.form.with_model(model)
        self.set_form()

    def close_model(self) -> None:
        self.form = self.form.with_model(Known())
        self.opening.close()
        self._forget()
        self.set_form()

    def time(self) -> None:
        """Measure each node on this machine."""
        self.opening.time()
        self.go_to(Page.GRAPH)

    def check_field(self) -> None:
        """Hold the field of the unit that is looked at against its gradient."""
        self.go_to(Page.FIELD)
        part = self.parts[Page.FIELD]
        if isinstance(part, Fields):
            part.check()

    def look(self) -> None:
        """Look at the source, or stop; from a page that does not look, at feature maps."""
        if self.form.page in LIVE:
            self.looking.toggle()
            return
        self.looking.wanted = True
        self.go_to(Page.ACTIVATIONS)

    def start(self, page: Page | None = None) -> None:
        """The action of a page (None: in front), which comes to the front for it."""
        if page is not None and page is not self.form.page:
            self.go_to(page)
        self.trouble = None
        if self.opening.sheet is None:
            self.ask_model()
        elif self.form.page in LIVE:
            self.looking.toggle()
        else:
            self.parts[self.form.page].start()

    def cancel(self) -> None:
        """Stop the work of the page in front, and the opening of a model."""
        self.opening.cancel()
        self.parts[self.form.page].cancel()

    def export(self) -> None:
        self.parts[self.form.page].export()

    def copy_command(self) -> None:
        self.copy(self.command)

    # --- what can be done

    @property
    def command(self) -> str:
        """The line that does what the page in front shows."""
        return self.parts[self.form.page].command

    @property
    def is_busy(self) -> bool:
        return self.view.busy is not None

    @property
    def is_open(self) -> bool:
        return self.view.model.sheet is not None

    @property
    def can_look(self) -> bool:
        return not self.looking.problem

    @property
    def can_export(self) -> bool:
        return self.parts[self.form.page].can_export

    def can(self, page: Page) -> bool:
        """The action of a page can be done now."""
        return self.is_open and not self.parts[page].problem

    # --- showing

    def show_now(self) -> None:
        """Make the state anew and show it."""
        self._soon.stop()
        self.view = view = self._look()
        if self.panel.isVisible():
            self.panel.show_state(view)
        if self.board.isVisible():
            self.board.show_state(view)
        self.actions.refresh(self.name, self)
        if self.is_busy != self._tick.isActive():
            self._tick.start() if self.is_busy else self._tick.stop()

    def _look(self) -> InspectionView:
        recent = tuple(one.spec.path for one in self.form.recent)
        model = replace(self.opening.view, recent=recent, in_use=self._in_use())
        view = InspectionView(page=self.form.page, model=model, look=self.looking.view, trouble=self.trouble)
        front = self.parts[self.form.page]
        front.follow()
        fields = {name: value for part in self.parts.values() for name, value in part.fields.items()}
        return replace(view, work=front.busy, problem=front.problem, **fields)

    def _open(self, model: Known, source: str = "") -> None:
        self.trouble = None
        self.form = self.form.with_model(model)
        self._forget()
        self.opening.open(model.spec)
        self.set_form(source=source or self.form.source)

    def _forget(self) -> None:
        for part in self.parts.values():
            part.forget()
        self.looking.renew()

    def _have(self, _sheet: ModelSheet) -> None:
        self.looking.renew()
        self.show_now()

    # --- how it is put together

    def _connect_parts(self) -> None:
        self.opening.opened.connect(self._have)
        self.looking.mended.connect(self.dismiss)
        for part in (self.opening, self.looking, *self.parts.values()):
            part.changed.connect(self.show_soon)
            part.failed.connect(lambda trouble, part=part: self._fails(part, trouble))
        for part in (self.opening, *self.parts.values()):
            part.worked.connect(lambda part=part: self._works(part))
        self.stills.failed.connect(self.show_trouble)

    def _fails(self, part: object, trouble: object) -> None:
        self._troubled = part
        self.show_trouble(trouble)

    def _works(self, part: object) -> None:
        """What went wrong there holds no longer; what went wrong elsewhere does."""
        if self._troubled is part:
            self.dismiss()

    def _connect_panel(self) -> None:
        panel = self.panel
        panel.edited.connect(self.edit)
        panel.start.clicked.connect(lambda: self.start())
        panel.dropped.connect(self.take)
        panel.copy.clicked.connect(self.copy_command)
        panel.model.join(self.ask_model, self.open_model, self.close_model, self.tell_shapes, self.run_program)
        panel.in_use.inspectWanted.connect(self.inspect)
        panel.picture.sourceChosen.connect(lambda path: self.set_form(source=path))
        panel.picture.preprocessingChanged.connect(self.set_preprocessing)
        panel.compare.onChosen.connect(lambda on: self.set_form(compared_on=on))
        self._connect_frame(panel)
        panel.progress.cancelled.connect(self.cancel)

    def _connect_board(self) -> None:
        """Its pages are made when they are first shown."""
        board = self.board
        board.makers = {page: part.make for page, part in self.parts.items()}
        board.pageChosen.connect(self.choose_page)
        board.dropped.connect(self.take)
        board.seen.connect(self._seen)
        self._connect_frame(board)

    def _connect_frame(self, part: InspectionPanel | InspectionBoard) -> None:
        part.trouble.logWanted.connect(self.services.host.show_log)
        part.trouble.dismissed.connect(self.dismiss)
        part.help.clicked.connect(self.show_help)

    def _seen(self, on: bool) -> None:
        """A board that comes into view shows what there is at once."""
        self.looking.follow()
        self.show_now() if on else self.show_soon()


def make(room: Room) -> InspectionController:
    """The feature in a window."""
    panel, board = room.dock("inspection", InspectionPanel()), room.board("inspection", InspectionBoard())
    return InspectionController(panel, board, room.in_use, room.viewer, room.services, room.commands)
