"""Behind the page that sets two calibrations of a rig side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from widgets.calibration.rig.pages.compare import RigComparePage
from widgets.calibration.rig.pages.compare_view import RigCompareView
from widgets.calibration.rig.pages.state import Page
from workbench.controllers.calibration.rig.part import PagePart


class Compare(PagePart):
    page, kind = Page.COMPARE, RigComparePage

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"compare": RigCompareView()}
