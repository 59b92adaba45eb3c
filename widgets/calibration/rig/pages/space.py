"""The page that shows the rig in space: cameras, boards, uncertainty, points."""

from __future__ import annotations

from widgets.calibration.rig.pages.state import PagesView
from widgets.kit.labels import Label
from widgets.kit.panel import EmptyState
from widgets.kit.work_page import WorkPage

NOTHING = ("Calibrate the rig to see it in space", "Calibrate")


class SpacePage(WorkPage):
    def __init__(self) -> None:
        super().__init__()
        self.shown = PagesView()
        empty = EmptyState(*NOTHING, "scene", "Files of the project stay where they are")
        self.lay_out(self.head_of("Space"), self.body_of(empty, Label("")))

    def show_state(self, view: PagesView) -> None:
        self.shown = view
        self.show_there(False)
