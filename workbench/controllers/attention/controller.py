"""Joins the attention panel and the board to jobs and the form. Changing the form runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QTimer

from engines.attention.types import CompareSpec, SeeSpec, WatchSpec
from engines.attention.watching.tiling import Array
from engines.core.words import tr
from widgets.attention.board import AttentionBoard
from widgets.attention.panel.dock import AttentionPanel
from widgets.attention.panel.words import problem
from widgets.attention.state import AttentionView, Page
from workbench.commands import Actions
from workbench.controllers.attention.command import compare_line, see_line
from workbench.controllers.attention.compare import Comparison
from workbench.controllers.attention.form import Form, keep_form, restore_form
from workbench.controllers.attention.see import Seeing
from workbench.controllers.attention.watch import Watching
from workbench.controllers.common.devices import devices
from workbench.controllers.common.feature_controller import PagedController, Room
from workbench.features import attended
from workbench.services import Services
from workbench.threads.background import Errands

TICK_MS = 500


class AttentionController(PagedController):
    """models: those whose attention can be seen, by name: title, and the job that records it."""

    def __init__(
        self, panel: AttentionPanel, board: AttentionBoard, models: Mapping[str, tuple[str, str]], services: Services,
        actions: Actions,
    ) -> None:  # fmt: skip
        super().__init__("attention", board, (), Form(), services, actions, panel)
        self.form: Form
        self.panel, self.board, self.models = panel, board, models
        self.view = AttentionView()
        self.devices: tuple[str, ...] = ("cpu",)
        self._errands = Errands("attention devices")
        services.supervisor.adopt(self._errands)
        self.comparison = Comparison(services.jobs, lambda: self.form.compare, self)
        self.watching = Watching(lambda: self.form.watch, self.show_trouble)
        self.seeing = Seeing(services.jobs, models, lambda: self.form.see, self)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.show_now)
        for part in (self.comparison, self.seeing):
            part.changed.connect(self.show_soon)
            part.failed.connect(self.show_trouble)
        self._connect_panel()
        self._connect_board()
        self.restore()
        self._errands.ask(devices, self._have_devices, lambda _failure: None)

    def close(self) -> None:
        self._tick.stop()
        self.rest()
        self._errands.request_stop()

    def restore(self) -> None:
        """Show what the open project holds; nothing happens while it is the same project."""
        if self.is_other_project():
            self.form = restore_form(self.services)
            self.trouble = None
            self.show_now()

    def keep(self) -> None:
        keep_form(self.form, self.services)

    def set_form(self, **values: object) -> None:
        """Another form: shown at once, kept soon. Runs nothing."""
        super().set_form(**values)
        self.show_now()

    def set_compare(self, spec: CompareSpec) -> None:
        self.change(tr("Change what is compared"), compare=spec)

    def set_watch(self, spec: WatchSpec) -> None:
        self.step(tr("Change what is watched"), "watch", self.form.watch, spec, self._put_watch)

    def _put_watch(self, spec: WatchSpec) -> None:
        """Made-up numbers again, where they are asked for by length or seed."""
        before = self.form.watch
        if (spec.length, spec.seed) != (before.length, before.seed):
            self.watching.watch_made_up()
        self.set_form(watch=spec)

    def watch_made_up(self) -> None:
        self.watching.watch_made_up()
        self.show_now()

    def set_see(self, spec: SeeSpec) -> None:
        self.change(tr("Change what is seen"), see=spec)

    def open_page(self, name: str) -> None:
        """A page with its settings beside it."""
        self.choose_page(name)
        self.services.host.show_dock(self.name)

    def start(self) -> None:
        """The action of the page in front."""
        {Page.COMPARE: self.compare, Page.WATCH: self.watch, Page.SEE: self.see}[self.form.page]()

    def compare(self) -> None:
        """Measure what the form asks for."""
        self.trouble = None
        self.comparison.start()
        self.open_page(Page.COMPARE)

    def watch(self) -> None:
        """Go through the tiles, from the first."""
        self.trouble = None
        self.open_page(Page.WATCH)
        self.board.page(Page.WATCH).begin()

    def watch_head(self, title: str, q: Array, k: Array, v: Array) -> None:
        """Go through a head of a network that was seen, where every patch sees all."""
        self.watching.watch(title, q, k, v)
        self.set_form(watch=replace(self.form.watch, causal=False, window=0))
        self.watch()

    def see(self) -> None:
        """Sample what the form asks for, and look at its attention."""
        self.trouble = None
        self.seeing.start()
        self.open_page(Page.SEE)

    def cancel(self) -> None:
        """Stop the work of the page in front."""
        (self.seeing if self.form.page is Page.SEE else self.comparison).cancel()

    def command(self) -> str:
        """The command line that does what the button would; "" where there is none."""
        page, form = self.form.page, self.form
        return {Page.COMPARE: compare_line(form.compare), Page.SEE: see_line(form.see)}.get(page, "")

    @property
    def is_busy(self) -> bool:
        return self.view.busy is not None

    @property
    def can_compare(self) -> bool:
        return not problem(replace(self.view, page=Page.COMPARE))

    @property
    def can_export(self) -> bool:
        return self.view.page is Page.COMPARE and self.view.compare.result is not None

    def show_now(self) -> None:
        """Make the state anew and show it."""
        self._soon.stop()
        self.view = view = self._look()
        self.panel.show_state(view)
        self.board.show_state(view)
        self.actions.refresh(self.name, self)
        if self.is_busy != self._tick.isActive():
            self._tick.start() if self.is_busy else self._tick.stop()

    def _look(self) -> AttentionView:
        return AttentionView(
            page=self.form.page,
            compare=self.comparison.view,
            watch=self.watching.view if self.form.page is Page.WATCH else self.view.watch,
            see=self.seeing.view,
            devices=self.devices,
            models={name: title for name, (title, _job) in self.models.items()},
            trouble=self.trouble,
        )

    def _have_devices(self, found: tuple[str, ...]) -> None:
        self.devices = found
        self.show_soon()

    def _connect_panel(self) -> None:
        panel = self.panel
        panel.compareChanged.connect(self.set_compare)
        panel.watchChanged.connect(self.set_watch)
        panel.seeChanged.connect(self.set_see)
        panel.start.clicked.connect(self.start)
        panel.progress.cancelled.connect(self.cancel)
        panel.trouble.logWanted.connect(self.services.host.show_log)
        panel.trouble.dismissed.connect(self.dismiss)
        panel.copy.clicked.connect(lambda: self.copy(self.command()))
        panel.help.clicked.connect(self.show_help)

    def _connect_board(self) -> None:
        """Its pages are made when they are first shown."""
        board = self.board
        board.makers = {
            Page.COMPARE: partial(self.comparison.page, self.compare),
            Page.WATCH: partial(self.watching.page, self.watch_made_up),
            Page.SEE: partial(self.seeing.page, self.see, self.watch_head),
        }
        board.pageChosen.connect(lambda page: self.set_form(page=Page(page)))
        board.trouble.logWanted.connect(self.services.host.show_log)
        board.help.clicked.connect(self.show_help)


def make(room: Room) -> AttentionController:
    """The feature in a window."""
    panel, board = room.dock("attention", AttentionPanel()), room.board("attention", AttentionBoard())
    return AttentionController(panel, board, attended(room.records), room.services, room.commands)
