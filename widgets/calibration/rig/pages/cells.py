"""The page of the rig: frames by cameras, what each of them says, and its residuals down to single corners."""

from __future__ import annotations

from widgets.calibration.rig.pages.state import PagesView
from widgets.kit.labels import Label
from widgets.kit.panel import EmptyState
from widgets.kit.work_page import WorkPage

NOTHING = ("Calibrate the rig to see how well each camera agrees in each frame", "Calibrate")


class CellsPage(WorkPage):
    def __init__(self) -> None:
        super().__init__()
        self.shown = PagesView()
        self.lay_out(
            self.head_of("Rig"), self.body_of(EmptyState(*NOTHING, "views", "Solve for all cameras"), Label(""))
        )

    def show_state(self, view: PagesView) -> None:
        self.shown = view
        self.show_there(False)
