"""The face board: people, enrolment and studies in the centre of the window, where the large results are.

`show_state(FacesView)` is the one way in; signals are the one way out. Only the page in front is made and kept up to
date. `head` holds the tabs; the window places it above the viewer and the board, as the tab "Live" shows the viewer.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.faces.enrol.page import EnrolPage
from widgets.faces.gaze.page import GazePage
from widgets.faces.people.page import PeoplePage
from widgets.faces.state import FacesView, Page
from widgets.faces.studies.audit_page import AuditPage
from widgets.faces.studies.evaluate_page import EvaluatePage
from widgets.faces.studies.threshold_page import ThresholdPage
from widgets.faces.studies.train_page import TrainPage
from widgets.faces.studies.verify_page import VerifyPage
from widgets.kit.page_board import SignalBoard

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


class FaceBoard(SignalBoard):
    """What the user wants goes out by these signals; person and face ids are the gallery's, rows those of the view."""

    thumbsWanted = Signal(list)
    pageWanted = Signal(str)

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
        super().__init__("Faces", TITLES, PAGES, "Galleries, thresholds and studies in short")
        self.shown = FacesView()
