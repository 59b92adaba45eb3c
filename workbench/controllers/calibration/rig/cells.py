"""Behind the page of the rig: which frame and camera are looked at, and what is switched off there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from widgets.calibration.rig.pages.cells import CellsPage
from widgets.calibration.rig.pages.state import Cell, Page
from workbench.controllers.calibration.rig.part import PagePart


class Cells(PagePart):
    page, kind = Page.RIG, CellsPage
    cell = Cell()

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"cell": self.cell}

    def forget(self) -> None:
        super().forget()
        self.cell = Cell()
