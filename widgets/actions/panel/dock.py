"""The actions panel: watch what happens, teach it by marking, train, evaluate; one page at a time.

`show_state(ActionsView)` is the one way in; signals are the one way out. Which page is in front is said by the strip
above the centre, so there are no second tabs here. A page is made when it is first shown, and only the one in front is
kept up to date.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QIcon
from PySide6.QtWidgets import QVBoxLayout

from widgets.actions.panel.evaluate import EvaluatePage
from widgets.actions.panel.teach import TeachPage
from widgets.actions.panel.train import TrainPage
from widgets.actions.panel.watch import WatchPage
from widgets.actions.panel.words import headline, level, missing_of, verb
from widgets.actions.state import ActionsView, Page
from widgets.kit.icons import icon
from widgets.kit.panel import EmptyState, Panel, PrimaryButton, QuietButton, describe
from widgets.kit.trouble_card import TroubleCard
from widgets.sources.picker import SourcePicker

PAGES = {Page.WATCH: WatchPage, Page.TEACH: TeachPage, Page.TRAIN: TrainPage, Page.EVALUATE: EvaluatePage}
ON_SOURCES = (Page.WATCH, Page.TEACH)
"""Pages that are about a feed or film. The others do without one, and the board says there what went wrong."""
AnyPage = WatchPage | TeachPage | TrainPage | EvaluatePage


class ActionsPanel(Panel):
    """What the user wants goes out by these signals."""

    pageWanted = Signal(str)
    sourceChosen = Signal(str)
    sampleWanted = Signal()
    addSourceWanted = Signal()
    fetchWanted = Signal()
    troubleDismissed = Signal()
    logWanted = Signal()
    helpWanted = Signal()
    copyCommandWanted = Signal()
    dropped = Signal(list)

    modelWanted = Signal()
    modelChosen = Signal(str)
    startWanted = Signal()
    stopWanted = Signal()
    settingsChanged = Signal(object)
    eventChosen = Signal(float)
    exportEventsWanted = Signal()
    detectWanted = Signal()

    classAdded = Signal(str)
    classRenamed = Signal(str, str)
    classRemoved = Signal(str)
    markWanted = Signal(str)
    markDropped = Signal()
    segmentChosen = Signal(int)
    segmentRemoved = Signal(int)
    importWanted = Signal()
    exportWanted = Signal()
    clipTaken = Signal(str, bool)
    recordWanted = Signal()

    trainChanged = Signal(object)
    folderWanted = Signal()
    outWanted = Signal()
    trainWanted = Signal()
    trainCancelWanted = Signal()

    evaluateChanged = Signal(object)
    modelsWanted = Signal()
    scoresWanted = Signal()
    labelsWanted = Signal()
    videoWanted = Signal()
    rowRemoved = Signal(int)
    evaluateWanted = Signal()
    evaluateCancelWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Actions")
        self.setAcceptDrops(True)
        self.setMinimumWidth(320)
        self.shown = ActionsView()
        self._pages: dict[Page, AnyPage] = {}
        self.start = PrimaryButton("Start", "actions")
        self.trouble = TroubleCard(narrow=True)
        self.nothing = NoSource()
        self.source = SourcePicker("The film or camera that is watched and marked")
        self._lay_out()
        self._wire()
        self.show_state(self.shown)

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
        self.shown = view
        words, mark = headline(view), level(view)
        if words != self.state or mark != self.head.mark.level:
            self.set_state(words, mark)
        self._show_start(view)
        told = view.trouble if view.page in ON_SOURCES else None
        self.trouble.show_trouble(told or missing_of(view), view.missing)
        self._show_sources(view)
        page = self.page(view.page)
        for other in self._pages.values():
            other.setVisible(other is page and self.nothing.isHidden())
        page.show_state(view)

    def page(self, page: Page) -> AnyPage:
        """The page of this name, made when it is first asked for."""
        if page not in self._pages:
            made = self._pages[page] = PAGES[page]()
            for name in made.SIGNALS:
                getattr(made, name).connect(getattr(self, name))
            if isinstance(made, TrainPage | EvaluatePage):
                made.checked.connect(lambda: self._show_start(self.shown))
            made.hide()
            self._room.addWidget(made)
        return self._pages[page]

    def prepare(self) -> bool:
        """Make one more page before it is asked for; False when all are there."""
        lacking = next((page for page in PAGES if page not in self._pages), None)
        if lacking is not None:
            self.page(lacking)
        return lacking is not None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.dropped.emit(paths)

    def _show_start(self, view: ActionsView) -> None:
        told, page = verb(view), self.page(view.page)
        problem = told.problem or (page.problem if isinstance(page, TrainPage | EvaluatePage) else "")
        if self.start.text() != told.text:
            self.start.setText(told.text)
            self.start.setIcon(icon(told.icon, "on_accent", "on_accent") if told.icon else QIcon())
        if self.start.isEnabled() == bool(problem):
            self.start.setEnabled(not problem)
        tip = problem or told.tip
        if self.start.toolTip() != tip:
            describe(self.start, told.text, tip)

    def _show_sources(self, view: ActionsView) -> None:
        about = view.page in ON_SOURCES
        self.nothing.setVisible(about and not view.watch.sources)
        if about:
            self.source.show_sources(view.watch.sources, view.watch.source)
        else:
            self.source.hide()
        self._copy.setVisible(view.page is not Page.TEACH)

    def _start(self) -> None:
        wanted = verb(self.shown).wanted
        if wanted == Page.TRAIN:
            self.pageWanted.emit(wanted)
        else:
            getattr(self, wanted).emit()

    def _lay_out(self) -> None:
        self.add_head(self.start)
        self._room = QVBoxLayout()
        self._copy = QuietButton("", "command", "Copy the command line that does the same", name="Copy as command")
        self._help = QuietButton("", "help", "How to mark well, and what the figures mean", name="Help")
        for part in (self.trouble, self.nothing, self.source):
            self.add(part)
        self.body.addLayout(self._room)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_foot(self._copy, self._help)

    def _wire(self) -> None:
        for source, signal in (
            (self.start.clicked, self._start),
            (self.nothing.addWanted, self.addSourceWanted),
            (self.nothing.sampleWanted, self.sampleWanted),
            (self.source.sourceChosen, self.sourceChosen),
            (self.trouble.fetchWanted, self.fetchWanted),
            (self.trouble.logWanted, self.logWanted),
            (self.trouble.dismissed, self.troubleDismissed),
            (self._copy.clicked, self.copyCommandWanted),
            (self._help.clicked, self.helpWanted),
        ):
            source.connect(signal)


class NoSource(EmptyState):
    """Nothing to watch yet: open something, or the sample."""

    addWanted = Signal()
    sampleWanted = Signal()

    def __init__(self) -> None:
        words = "Open a video or a camera to see what happens in it."
        super().__init__(words, "Open video or camera\u2026", "actions", "Add a source: a film, a camera, a stream")
        self.sample = QuietButton("Open the sample", "", "A short free film of one person walking")
        self.clicked.connect(self.addWanted)
        self.sample.clicked.connect(self.sampleWanted)
        self.add_below(self.sample)
