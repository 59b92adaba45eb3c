"""The page that compares: which two calibrations, read and set side by side away from the window's thread."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from PySide6.QtCore import QObject

from engines.calibration.compare import Comparison, compare
from engines.calibration.formats.files import load
from engines.calibration.formats.opencv import UNKNOWN
from engines.calibration.types import MonoResult
from widgets.calibration.pages.compare import ComparePage
from widgets.calibration.pages.state import CompareView, Page
from workbench.controllers.calibration.part import Desk, PagePart
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure


class Beside(PagePart):
    page, kind = Page.COMPARE, ComparePage

    def __init__(self, desk: Desk, errands: Errands, parent: QObject) -> None:
        super().__init__(desk, errands, parent)
        self.first = self.second = ""
        self._view = CompareView()
        self._asked: tuple[object, ...] = ()

    def make(self) -> ComparePage:
        page = cast(ComparePage, super().make())
        page.first.choose.clicked.connect(lambda: self.choose(self.desk.files.ask_calibration(), self.second))
        page.first.clear.clicked.connect(lambda: self.choose("", self.second))
        page.second.choose.clicked.connect(self.begin)
        page.swap.clicked.connect(lambda: self.choose(self.second, self.first))
        return page

    def begin(self) -> None:
        """Ask for the second one; nothing changes where the question is not answered."""
        self.choose(self.first, self.desk.files.ask_calibration() or self.second)

    def choose(self, first: str, second: str) -> None:
        """Files to set side by side; first "": what the panel shows."""
        self.first, self.second, self.trouble = first, second, None
        self.changed.emit()

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"compare": self._view}

    def follow(self) -> None:
        """Compare anew where a file, or the calibration that is shown, is another one."""
        result = None if self.first else self.desk.session.result
        wanted = (self.first, self.second, id(result))
        if wanted == self._asked:
            return
        self._asked = wanted
        problem = "Calibrate first, or choose a file as the first one" if not self.first and result is None else ""
        self._view = CompareView(self.first, self.second, problem=problem if self.second else "")
        if self.second and not problem:
            work = partial(_compared, self.first, self.second, result)
            self.errands.ask(work, partial(self._have, wanted), partial(self._failed, wanted), key="compare")

    def forget(self) -> None:
        super().forget()
        self.first = self.second = ""
        self._asked, self._view = (), CompareView()

    def _have(self, asked: tuple[object, ...], comparison: Comparison) -> None:
        if asked == self._asked:
            self._view = CompareView(self.first, self.second, comparison)
            self.changed.emit()

    def _failed(self, asked: tuple[object, ...], failure: Failure) -> None:
        if asked == self._asked:
            self._view = CompareView(self.first, self.second, problem="These cannot be set side by side")
            self.trouble = trouble_of(failure.as_json(), title="Not compared")
            self.changed.emit()


def _compared(first: str, second: str, shown: MonoResult | None) -> Comparison:
    """Of files without the unit of their board the camera alone is read."""
    one = load(first, UNKNOWN) if first or shown is None else shown
    return compare(one, load(second, UNKNOWN))
