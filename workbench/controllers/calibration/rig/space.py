"""Behind the page that shows the rig in space."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from widgets.calibration.rig.pages.space import SpacePage
from widgets.calibration.rig.pages.space_view import SpaceView
from widgets.calibration.rig.pages.state import Page
from workbench.controllers.calibration.rig.part import PagePart


class Space(PagePart):
    page, kind = Page.SPACE, SpacePage

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"space": SpaceView()}
