"""Behind the page that shows the rig in space."""

from __future__ import annotations

from typing import cast

from widgets.calibration.rig.pages.space import SpacePage
from widgets.calibration.rig.pages.state import Page
from workbench.controllers.calibration.rig.part import PagePart


class Space(PagePart):
    page, kind = Page.SPACE, SpacePage

    def make(self) -> SpacePage:
        page = cast(SpacePage, super().make())
        page.cellChosen.connect(self.desk.choose_cell)
        return page
