"""The actions panel: watch what happens, teach it by marking, train, evaluate; one page at a time.

Which page is in front is said by the strip above the centre, so there are no second tabs here. A page is made when it
is first shown, and only the one in front is kept up to date.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engines.core.words import tr
from widgets.actions.panel.evaluate import EvaluatePage
from widgets.actions.panel.teach import TeachPage
from widgets.actions.panel.train import TrainPage
from widgets.actions.panel.watch import WatchPage
from widgets.actions.panel.words import Verb, headline, level, missing_of, verb
from widgets.actions.state import ActionsView, Page
from widgets.kit.feature_panel import FeaturePanel
from widgets.kit.icons import icon
from widgets.kit.lazy_pages import LazyPages
from widgets.kit.panel import EmptyState, PrimaryButton, QuietButton
from widgets.kit.when_new import when_new
from widgets.sources.picker import SourcePicker

PAGES: dict[Page, Callable[[], QWidget]] = {
    Page.WATCH: WatchPage,
    Page.TEACH: TeachPage,
    Page.TRAIN: TrainPage,
    Page.EVALUATE: EvaluatePage,
}
"""Makers of the pages, until the controller gives those that connect them."""
ON_SOURCES = (Page.WATCH, Page.TEACH)
"""Pages that are about a feed or film. The others do without one, and the board says there what went wrong."""


class ActionsPanel(LazyPages, FeaturePanel):
    """`start` is the one action of the page in front."""

    shown: ActionsView

    def __init__(self) -> None:
        super().__init__(
            tr("Actions"), PrimaryButton(tr("Start"), "actions"), tr("How to mark well, and what the figures mean")
        )
        self.shown, self.makers, self.made = ActionsView(), PAGES, {}
        words = tr("Open a film or a camera to see what happens in it.")
        tip = tr("Add a source: a film, a camera, a stream")
        self.nothing = EmptyState(words, tr("Open film or camera\u2026"), "actions", tip)
        self.sample = QuietButton(tr("Open the sample"), "", tr("A short free film of one person walking"))
        self.nothing.add_below(self.sample)
        self.source = SourcePicker(tr("The film or camera that is watched and marked"))
        self._room = QVBoxLayout()
        self.lay_out(self.nothing, self.source, self._room)

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
        self.shown = view
        self.set_state(headline(view), level(view))
        self._show_verb(view)
        told = view.trouble if view.page in ON_SOURCES else None
        self.trouble.show_trouble(told or missing_of(view), view.missing)
        busy = {Page.TRAIN: view.train.busy, Page.EVALUATE: view.evaluate.busy}
        self.progress.show_busy(busy.get(view.page))
        self._show_sources(view)
        page = self.page(view.page)
        for other in self.made.values():
            other.setVisible(other is page and self.nothing.isHidden())
        page.show_state(view)

    def place(self, id: Page, page: Any) -> None:
        if isinstance(page, TrainPage | EvaluatePage):
            page.frames.checked.connect(lambda: self._show_verb(self.shown))
        page.hide()
        self._room.addWidget(page)

    def _show_verb(self, view: ActionsView) -> None:
        told, page = verb(view), self.page(view.page)
        typed = page.frames.problem if isinstance(page, TrainPage | EvaluatePage) else ""
        self._show_told(told, told.problem or typed)

    @when_new
    def _show_told(self, told: Verb, problem: str) -> None:
        self.start.setIcon(icon(told.icon, "on_accent", "on_accent") if told.icon else QIcon())
        self.show_start(told.text, told.tip, problem)

    def _show_sources(self, view: ActionsView) -> None:
        about = view.page in ON_SOURCES
        self.nothing.setVisible(about and not view.watch.sources)
        if about:
            self.source.show_sources(view.watch.sources, view.watch.source)
        else:
            self.source.hide()
        self.copy.setVisible(view.page is not Page.TEACH)
