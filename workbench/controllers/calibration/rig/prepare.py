"""Behind the page that prepares recordings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from widgets.calibration.rig.pages.prepare import PreparePage
from widgets.calibration.rig.pages.prepare_view import PrepareView
from widgets.calibration.rig.pages.state import Page
from workbench.controllers.calibration.rig.part import PagePart


class Prepare(PagePart):
    page, kind = Page.PREPARE, PreparePage

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"prepare": PrepareView()}
