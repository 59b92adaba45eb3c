"""The threshold page: what the chosen rate means for the gallery in use, worked out anew whenever either changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engines.core.words import tr
from engines.faces.study_types import ThresholdReport
from engines.faces.types import Accept
from widgets.faces.state import Page, ThresholdView
from widgets.faces.studies.threshold_page import ThresholdPage
from widgets.kit.work_state import Busy
from workbench.controllers.common.part import Part
from workbench.controllers.faces.gallery import Galleries
from workbench.controllers.faces.people import People
from workbench.controllers.faces.thumbs import Thumbs

if TYPE_CHECKING:
    from engines.faces.gallery.editing import Gallery


class Thresholds(Part):
    def __init__(self, galleries: Galleries, accept: Callable[[], Accept], parent: QObject) -> None:
        """accept: the chosen rate."""
        super().__init__(parent)
        self._galleries, self._accept = galleries, accept
        self._view = ThresholdView()
        galleries.failed.connect(self._stop_waiting)

    @property
    def view(self) -> ThresholdView:
        return replace(self._view, accept=self._accept())

    def page(
        self,
        people: People,
        thumbs: Thumbs,
        set_accept: Callable[[Accept], object],
        choose_page: Callable[[str], object],
    ) -> ThresholdPage:
        """people: who show the person of a face. set_accept: another rate."""
        page = ThresholdPage()
        first = {"check": self.check, "unlock": people.unlock, "enrol": lambda: choose_page(Page.ENROL)}
        page.firstWanted.connect(lambda what: first[what]())
        page.acceptChanged.connect(set_accept)
        page.check.clicked.connect(self.check)
        page.cases.caseOpened.connect(lambda face: self._open_case(people, face))
        page.cases.thumbs.wanted.connect(thumbs.want)
        return page

    def check(self) -> None:
        """Work it out beside the window; without people there is nothing to say."""
        info, accept = self._galleries.view.info, self._accept()
        if info is None or info.locked or not info.people:
            self._view = ThresholdView()
        else:
            self._view = replace(self._view, busy=Busy(tr("Checking the gallery against itself")))
            self._galleries.ask(
                lambda gallery: report_of(gallery, accept), self._have, tr("The gallery could not be checked")
            )
        self.changed.emit()

    def _stop_waiting(self, _trouble: object) -> None:
        """It failed; the failure is shown elsewhere."""
        self._view = replace(self._view, busy=None)

    def _have(self, report: object) -> None:
        if isinstance(report, ThresholdReport):
            self._view = ThresholdView(report=report)
            self.changed.emit()

    def _open_case(self, people: People, face: str) -> None:
        """Go to the person a face of the self-check belongs to."""
        cases = self._view.report.cases if self._view.report is not None else ()
        if case := next((one for one in cases if one.face == face), None):
            people.show_person(case.person)


def report_of(gallery: Gallery, accept: Accept) -> ThresholdReport:
    from engines.faces.evaluation import threshold

    return threshold.report(gallery.table().known(), gallery.names(), accept, model=gallery.card.name)
