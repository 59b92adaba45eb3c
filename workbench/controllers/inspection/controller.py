"""Joins the Inspector's panel and board to models, feeds and jobs. Changing the form runs nothing but the live look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog

from engines.inspection.types import OpenSpec
from widgets.inspection.activations.page import ActivationsPage
from widgets.inspection.attention.page import AttentionPage
from widgets.inspection.attribution.page import AttributionPage
from widgets.inspection.board import InspectionBoard
from widgets.inspection.compare.page import ComparePage
from widgets.inspection.field.page import FieldPage
from widgets.inspection.panel.dock import InspectionPanel
from widgets.inspection.state import InspectionView, Page
from widgets.kit.work_page import WorkPage
from workbench.commands import Actions
from workbench.controllers.common.feature_controller import PagedController, Room
from workbench.controllers.inspection.form import Form, keep_form, restore_form
from workbench.controllers.inspection.graph import Graphs
from workbench.controllers.inspection.opening import Opening
from workbench.services import Services
from workbench.threads.background import Errands

TICK_MS = 500
RECENT = 12
FILES = "Models (*.onnx *.tflite *.pt2 *.safetensors *.pt *.pth *.ckpt *.bin *.npz *.dat);;All files (*)"


class InspectionController(PagedController):
    """What is open, and what is seen of it."""

    def __init__(self, panel: InspectionPanel, board: InspectionBoard, services: Services, actions: Actions) -> None:
        super().__init__("inspection", board, (), Form(), services, actions, panel)
        self.form: Form
        self.panel, self.board = panel, board
        self.view = InspectionView()
        self.opening = Opening(services.jobs, self)
        self._errands = Errands("inspection")
        services.supervisor.adopt(self._errands)
        self.graphs = Graphs(services.jobs, self._errands, self)
        self.graphs.changed.connect(self.show_soon)
        self.graphs.failed.connect(self.show_trouble)
        self.opening.opened.connect(self.graphs.show)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.show_now)
        self.opening.changed.connect(self.show_soon)
        self.opening.failed.connect(self.show_trouble)
        self._connect_panel()
        self._connect_board()
        self.restore()

    def close(self) -> None:
        self._tick.stop()
        self._errands.request_stop()
        self.rest()

    def restore(self) -> None:
        """Show what the open project holds; nothing happens while it is the same project."""
        if self.is_other_project():
            self.form = restore_form(self.services)
            self.trouble = None
            self.show_now()

    def keep(self) -> None:
        keep_form(self.form, self.services)

    def ask_model(self) -> None:
        """Ask for a file and open it."""
        path, _ = QFileDialog.getOpenFileName(self.panel, "Open model", self.form.model.path, FILES)
        if path:
            self.open_model(OpenSpec(path))

    def take(self, paths: list[str]) -> None:
        """Files that fell onto the window: the first is opened."""
        self.open_model(OpenSpec(paths[0]))

    def open_model(self, spec: OpenSpec) -> None:
        """Open a model and show what it is."""
        self.trouble = None
        recent = (spec.path, *(path for path in self.form.recent if path != spec.path))[:RECENT]
        self.set_form(model=spec, recent=recent)
        self.opening.open(spec)
        self.services.host.bring(self.name)

    def cancel(self) -> None:
        """Stop the work of the page in front."""
        self.opening.cancel()

    @property
    def is_busy(self) -> bool:
        return self.view.busy is not None

    def show_now(self) -> None:
        """Make the state anew and show it."""
        self._soon.stop()
        self.view = view = self._look()
        self.panel.show_state(view)
        self.board.show_state(view)
        self.actions.refresh(self.name, self)
        if self.is_busy != self._tick.isActive():
            self._tick.start() if self.is_busy else self._tick.stop()

    def _look(self) -> InspectionView:
        model = replace(self.opening.view, recent=self.form.recent)
        return InspectionView(page=self.form.page, model=model, graph=self.graphs.view, trouble=self.trouble)

    def _connect_panel(self) -> None:
        panel = self.panel
        panel.start.clicked.connect(self.ask_model)
        panel.model.file.choose.clicked.connect(self.ask_model)
        panel.dropped.connect(self.take)
        panel.progress.cancelled.connect(self.cancel)
        panel.trouble.logWanted.connect(self.services.host.show_log)
        panel.trouble.dismissed.connect(self.dismiss)
        panel.help.clicked.connect(self.show_help)

    def _connect_board(self) -> None:
        """Its pages are made when they are first shown."""
        board = self.board
        board.makers = {
            Page.MODEL: partial(self.opening.page, self.ask_model),
            Page.GRAPH: partial(self.graphs.page, self.ask_model),
            Page.FIELD: partial(self._plain, FieldPage),
            Page.ACTIVATIONS: partial(self._plain, ActivationsPage),
            Page.ATTENTION: partial(self._plain, AttentionPage),
            Page.ATTRIBUTION: partial(self._plain, AttributionPage),
            Page.COMPARE: partial(self._plain, ComparePage),
        }
        board.pageChosen.connect(lambda page: self.set_form(page=Page(page)))
        board.dropped.connect(self.take)
        board.trouble.logWanted.connect(self.services.host.show_log)
        board.help.clicked.connect(self.show_help)

    def _plain(self, kind: Callable[[], WorkPage]) -> WorkPage:
        page = kind()
        page.empty.clicked.connect(self.ask_model)
        return page


def make(room: Room) -> InspectionController:
    """The feature in a window."""
    panel, board = room.dock("inspection", InspectionPanel()), room.board("inspection", InspectionBoard())
    return InspectionController(panel, board, room.services, room.commands)
