"""The page that prepares recordings: tiles cut, named and put in order, cameras matched, files written."""

from __future__ import annotations

from widgets.calibration.rig.pages.state import PagesView
from widgets.kit.labels import Label
from widgets.kit.panel import EmptyState
from widgets.kit.work_page import WorkPage

NOTHING = ("Choose tiled recordings to cut them into clips or pictures of each camera", "Choose recordings")


class PreparePage(WorkPage):
    def __init__(self) -> None:
        super().__init__()
        self.shown = PagesView()
        empty = EmptyState(*NOTHING, "tiled", "Files of the project stay where they are")
        self.lay_out(self.head_of("Prepare"), self.body_of(empty, Label("")))

    def show_state(self, view: PagesView) -> None:
        self.shown = view
        self.show_there(False)
