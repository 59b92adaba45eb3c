"""The page that compares two calibrations of a camera."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engines.calibration.compare import Comparison, compare
from engines.calibration.formats.files import load
from engines.calibration.formats.opencv import UNKNOWN
from engines.calibration.types import MonoResult
from widgets.calibration.pages.compare import ComparePage
from widgets.calibration.pages.state import CompareView, Page
from workbench.controllers.calibration.comparing import Comparing
from workbench.controllers.calibration.part import Desk, PagePart


class Beside(Comparing, PagePart):
    page, kind, blank = Page.COMPARE, ComparePage, CompareView
    desk: Desk

    def ask(self) -> str:
        return self.desk.files.ask_calibration()

    def comparison(self, first: str, second: str, shown: MonoResult | None) -> Callable[[], Comparison]:
        return partial(_compared, first, second, shown)


def _compared(first: str, second: str, shown: MonoResult | None) -> Comparison:
    """Of files without the unit of their board the camera alone is read."""
    one = load(first, UNKNOWN) if first or shown is None else shown
    return compare(one, load(second, UNKNOWN))
