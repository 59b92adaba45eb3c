"""Behind the page of two cameras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from widgets.calibration.rig.pages.pair import PairPage
from widgets.calibration.rig.pages.pair_view import PairView
from widgets.calibration.rig.pages.state import Page
from workbench.controllers.calibration.rig.part import PagePart


class Pair(PagePart):
    page, kind = Page.PAIR, PairPage

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"pair": PairView()}
