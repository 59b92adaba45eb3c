"""The threshold page: what the chosen rate means for the gallery in use, worked out anew whenever either changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engines.faces.study_types import ThresholdReport
from engines.faces.types import Accept
from widgets.faces.state import Busy, ThresholdView
from workbench.controllers.faces.gallery import Galleries

if TYPE_CHECKING:
    from engines.faces.gallery.editing import Gallery


class Thresholds(QObject):
    """`changed` when there is another report."""

    changed = Signal()

    def __init__(self, galleries: Galleries, parent: QObject) -> None:
        super().__init__(parent)
        self._galleries = galleries
        self._view = ThresholdView()

    @property
    def view(self) -> ThresholdView:
        return self._view

    def check(self, accept: Accept) -> None:
        """Work it out beside the window; without people there is nothing to say."""
        info = self._galleries.view.info
        if info is None or info.locked or not info.people:
            self._view = ThresholdView(accept)
            self.changed.emit()
            return
        self._view = replace(self._view, accept=accept, busy=Busy("Checking the gallery against itself"))
        self._galleries.ask(lambda gallery: _report(gallery, accept), self._have, "The gallery could not be checked")
        self.changed.emit()

    def stop_waiting(self) -> None:
        """It failed; the failure is shown elsewhere."""
        self._view = replace(self._view, busy=None)

    def _have(self, report: object) -> None:
        if isinstance(report, ThresholdReport):
            self._view = ThresholdView(self._view.accept, report)
            self.changed.emit()


def _report(gallery: Gallery, accept: Accept) -> ThresholdReport:
    from engines.faces.evaluation import threshold

    return threshold.report(gallery.table().known(), gallery.names(), accept, model=gallery.card.name)
