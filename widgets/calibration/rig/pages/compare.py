"""The page that sets two calibrations of one rig side by side, in millimetres and degrees."""

from __future__ import annotations

from widgets.calibration.rig.pages.state import PagesView
from widgets.kit.labels import Label
from widgets.kit.panel import EmptyState
from widgets.kit.work_page import WorkPage

NOTHING = ("Choose a file of this rig to set it beside what is shown", "Choose a file")


class RigComparePage(WorkPage):
    def __init__(self) -> None:
        super().__init__()
        self.shown = PagesView()
        empty = EmptyState(*NOTHING, "chart", "Files of the project stay where they are")
        self.lay_out(self.head_of("Compare"), self.body_of(empty, Label("")))

    def show_state(self, view: PagesView) -> None:
        self.shown = view
        self.show_there(False)
