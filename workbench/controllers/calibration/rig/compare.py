"""Behind the page that sets two calibrations of a rig side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from engines.calibration.formats.opencv import UnitMissing
from engines.calibration.formats.rig_files import load
from engines.calibration.rig.differences import RigComparison
from engines.calibration.rig.types import RigResult
from widgets.calibration.rig.pages.compare import RigComparePage
from widgets.calibration.rig.pages.compare_view import RigCompareView
from widgets.calibration.rig.pages.state import Page
from widgets.kit.work_page import WorkPage
from workbench.controllers.calibration.comparing import Comparing
from workbench.controllers.calibration.rig.part import Desk, PagePart


class Compare(Comparing, PagePart):
    page, kind, blank = Page.COMPARE, RigComparePage, RigCompareView
    desk: Desk
    about = unit = ""

    def make(self) -> WorkPage:
        page = super().make()
        cast(RigComparePage, page).laid.chosen.connect(self.lay)
        return page

    def ask(self) -> str:
        return self.desk.files.ask_rig()

    def choose(self, first: str, second: str) -> None:
        self.about = self.unit = ""
        super().choose(first, second)

    def lay(self, about: str) -> None:
        """Lay the two onto each other by a camera, "" for all."""
        self.about, self.trouble = about, None
        self.changed.emit()

    @property
    def more(self) -> Mapping[str, Any]:
        return {"about": self.about}

    def comparison(self, first: str, second: str, shown: RigResult | None) -> Callable[[], RigComparison | UnitMissing]:
        return partial(_compared, first, second, shown, self.about, self.unit)

    def _have(self, asked: tuple[object, ...], comparison: object) -> None:
        """Asks for the unit where a file gives lengths without one."""
        if not isinstance(comparison, UnitMissing):
            super()._have(asked, comparison)
        elif asked == self._asked:
            self.unit = self.desk.files.ask_unit(comparison.message)
            if self.unit:
                self._asked = ()
                self.changed.emit()
            else:
                self._refuse(comparison.as_json())


def _compared(first: str, second: str, shown: RigResult | None, about: str, unit: str) -> RigComparison | UnitMissing:
    from engines.calibration.rig.comparison import compare

    try:
        one = load(first, unit) if first or shown is None else shown
        return compare(one, load(second, unit), about)
    except UnitMissing as question:
        return question
