"""The page of two cameras: rectified pictures, epipolar errors, disparity and depth."""

from __future__ import annotations

from widgets.calibration.rig.pages.state import PagesView
from widgets.kit.labels import Label
from widgets.kit.panel import EmptyState
from widgets.kit.work_page import WorkPage

NOTHING = ("Calibrate the rig to see two of its cameras rectified", "Calibrate")


class PairPage(WorkPage):
    def __init__(self) -> None:
        super().__init__()
        self.shown = PagesView()
        empty = EmptyState(*NOTHING, "views", "Files of the project stay where they are")
        self.lay_out(self.head_of("Pair"), self.body_of(empty, Label("")))

    def show_state(self, view: PagesView) -> None:
        self.shown = view
        self.show_there(False)
