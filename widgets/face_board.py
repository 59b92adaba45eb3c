"""The face board: people, enrolment and studies in the centre of the window, where the large results are.

`show_state(FacesView)` is the one way in; signals are the one way out. Only the page in front is made and kept up to
date. `head` holds the tabs; the window places it above the viewer and the board, as the tab "Live" shows the viewer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QToolButton, QVBoxLayout, QWidget

from widgets.faces_audit import AuditPage
from widgets.faces_enrol import EnrolPage
from widgets.faces_evaluate import EvaluatePage
from widgets.faces_gaze_page import GazePage
from widgets.faces_people import PeoplePage
from widgets.faces_state import FacesView, Page
from widgets.faces_threshold import ThresholdPage
from widgets.faces_train_page import TrainPage
from widgets.faces_verify import VerifyPage
from widgets.panel import QuietButton, describe
from widgets.studio_parts import Framed
from widgets.trouble_card import TroubleCard

TITLES = {
    Page.LIVE: ("Live", "Faces in the running pictures"),
    Page.PEOPLE: ("People", "Everybody in the gallery, suggestions, unknown faces and the history"),
    Page.ENROL: ("Enrol", "Faces found in pictures, looked through before they are stored"),
    Page.THRESHOLD: ("Threshold", "How often a stranger would be named, and what this gallery gets wrong"),
    Page.VERIFY: ("Verify", "Two pictures: the same person?"),
    Page.EVALUATE: ("Evaluate", "Accuracy, ROC and open-set figures on pictures of yours"),
    Page.AUDIT: ("Audit", "Images that may bear a wrong name, the most suspicious first"),
    Page.TRAIN: ("Train", "A head on top of the recogniser, and its embedding while it learns"),
    Page.GAZE: ("Gaze", "Head pose and gaze, and a calibration of your own"),
}


class FacesPage(Protocol):
    """What the board needs of a page, beside being a widget."""

    SIGNALS: tuple[str, ...]

    def show_state(self, view: FacesView) -> None: ...


PAGES: dict[Page, Callable[[], QWidget]] = {
    Page.PEOPLE: PeoplePage,
    Page.ENROL: EnrolPage,
    Page.THRESHOLD: ThresholdPage,
    Page.VERIFY: VerifyPage,
    Page.EVALUATE: EvaluatePage,
    Page.AUDIT: AuditPage,
    Page.TRAIN: TrainPage,
    Page.GAZE: GazePage,
}
"""What makes each page."""


class FaceBoard(QWidget):
    """What the user wants goes out by these signals; person and face ids are the gallery's, rows those of the view."""

    pageChosen = Signal(str)
    thumbsWanted = Signal(list)
    logWanted = Signal()
    helpWanted = Signal()
    fetchWanted = Signal()
    troubleDismissed = Signal()
    pageWanted = Signal(str)
    dropped = Signal(list)

    galleryNewWanted = Signal()
    galleryOpenWanted = Signal()
    galleryChosen = Signal(str)
    unlockWanted = Signal()
    searchChanged = Signal(str)
    personChosen = Signal(str)
    renamed = Signal(str, str)
    merged = Signal(list)
    split = Signal(list)
    moved = Signal(list, str)
    refused = Signal(list, str)
    confirmed = Signal(list, str)
    clusterNamed = Signal(list, str)
    portraitChosen = Signal(str)
    facesRemoved = Signal(list)
    forgetWanted = Signal(str)
    exportWanted = Signal(str)
    findWanted = Signal(str)
    findFileWanted = Signal()
    historyUndone = Signal(int)
    enrolWanted = Signal()
    expireWanted = Signal()
    peopleCancelWanted = Signal()

    filesWanted = Signal()
    folderWanted = Signal()
    candidateTaken = Signal(int, bool)
    candidateNamed = Signal(int, str)
    storeWanted = Signal()
    dropReviewWanted = Signal()
    gatherCancelWanted = Signal()

    acceptChanged = Signal(object)
    checkWanted = Signal()
    caseOpened = Signal(str)

    pictureWanted = Signal(str)
    pictureDropped = Signal(str, str)
    verifyCancelWanted = Signal()

    imagesWanted = Signal()
    pairsWanted = Signal()
    evaluateChanged = Signal(object)
    openSetChanged = Signal(object)
    evaluateWanted = Signal()
    evaluateCancelWanted = Signal()
    saveReportWanted = Signal()

    auditGalleryWanted = Signal()
    auditFolderWanted = Signal()
    suspicionChosen = Signal(int)
    suspicionDismissed = Signal(int)
    suspicionMoved = Signal(int)
    suspicionRemoved = Signal(int)
    auditCancelWanted = Signal()
    saveAuditWanted = Signal()

    headFolderWanted = Signal()
    headChanged = Signal(object)
    headWanted = Signal()
    headCancelWanted = Signal()
    headUsed = Signal(str)

    calibrateWanted = Signal()
    gazeCancelWanted = Signal()
    gazeClearWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(420, 320)
        self.setAccessibleName("Faces")
        self.shown = FacesView()
        self.tabs = QTabBar()
        self.head = QWidget()
        self.trouble = TroubleCard()
        self.help = QuietButton("", "help", "Galleries, thresholds and studies in short", name="Help")
        self._stack = QStackedWidget()
        self._pages: dict[Page, QWidget] = {}
        self._lay_out()
        self._wire()

    def show_state(self, view: FacesView) -> None:
        """Show exactly this."""
        self.shown = view
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(list(TITLES).index(view.page))
        self.trouble.show_trouble(view.trouble, view.missing)
        if view.page is Page.LIVE:
            return
        page = self.page(view.page)
        cast(FacesPage, page).show_state(view)
        self._stack.setCurrentWidget(page)

    def page(self, page: Page) -> QWidget:
        """The page, made on first use. "Live" has none."""
        if page not in self._pages:
            made = PAGES[page]()
            self._pages[page] = made
            self._stack.addWidget(made)
            for name in cast(FacesPage, made).SIGNALS:
                getattr(made, name).connect(getattr(self, name))
        return self._pages[page]

    def prepare(self) -> bool:
        """Make one more page before it is asked for; False when all are there."""
        missing = next((page for page in PAGES if page not in self._pages), None)
        if missing is not None:
            self.page(missing)
        return missing is not None

    def _lay_out(self) -> None:
        describe(self.tabs, "Pages of the faces view", "What the middle of the window shows")
        self.tabs.setProperty("dense", "true")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for title, tip in TITLES.values():
            self.tabs.setTabToolTip(self.tabs.addTab(title), tip)
        for button in self.tabs.findChildren(QToolButton):
            describe(button, button.accessibleName(), "More pages")
        self.head.setProperty("role", "panel")
        self.head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self.head)
        row.setContentsMargins(4, 2, 6, 0)
        row.addWidget(self.tabs, 1)
        row.addWidget(self.help)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Framed(self.trouble, 8, 8))
        column.addWidget(self._stack, 1)

    def _wire(self) -> None:
        self.tabs.currentChanged.connect(self._choose_page)
        self.help.clicked.connect(self.helpWanted)
        self.trouble.fetchWanted.connect(self.fetchWanted)
        self.trouble.logWanted.connect(self.logWanted)
        self.trouble.dismissed.connect(self.troubleDismissed)

    def _choose_page(self, index: int) -> None:
        self.pageChosen.emit(str(list(TITLES)[index]))
