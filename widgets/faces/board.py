"""The face board: people, enrolment and studies in the centre of the window, under a row of tabs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from widgets.faces.state import Page
from widgets.kit.page_board import PageBoard

TITLES = {
    Page.LIVE: (tr("Live"), tr("Faces in the running pictures")),
    Page.PEOPLE: (tr("People"), tr("Everybody in the gallery, suggestions, unknown faces and the history")),
    Page.ENROL: (tr("Enrol"), tr("Faces found in pictures, looked through before they are stored")),
    Page.THRESHOLD: (tr("Threshold"), tr("How often a stranger would be named, and what this gallery gets wrong")),
    Page.VERIFY: (tr("Verify"), tr("Two pictures: the same person?")),
    Page.EVALUATE: (tr("Evaluate"), tr("Accuracy, ROC and open-set figures on pictures of yours")),
    Page.AUDIT: (tr("Audit"), tr("Pictures that may bear a wrong name, the most suspicious first")),
    Page.TRAIN: (tr("Train"), tr("A head on top of the recogniser, and its embedding while it learns")),
    Page.GAZE: (tr("Gaze"), tr("Head pose and gaze, and a calibration of your own")),
}


class FaceBoard(PageBoard):
    """`pages`: what makes each page but the viewer's; whoever has the board puts them in."""

    def __init__(self) -> None:
        pages: dict[Page, Callable[[], QWidget]] = {}
        super().__init__(tr("Faces"), TITLES, pages, tr("Galleries, thresholds and studies in short"))
        self.pages = pages
