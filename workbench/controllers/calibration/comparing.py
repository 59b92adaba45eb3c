"""What stands behind pages that set two calibrations side by side, read and compared away from the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, cast

from PySide6.QtCore import QObject

from engines.core.words import tr
from widgets.calibration.pages.two_files import TwoFiles
from widgets.kit.work_page import WorkPage
from workbench.controllers.common.page_part import PagePart
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure


class Comparing(PagePart):
    """A subclass says what its page is shown (`blank`: first, second, comparison, problem) and how files are asked for
    and compared. Its page has `files`, a `TwoFiles`."""

    blank: ClassVar[type]
    missing: ClassVar[str] = tr("Calibrate first, or choose a file as the first one")

    def __init__(self, desk: Any, errands: Errands, parent: QObject) -> None:
        super().__init__(desk, errands, parent)
        self.first = self.second = ""
        self._view = self.blank()
        self._asked: tuple[object, ...] = ()

    def make(self) -> WorkPage:
        page = super().make()
        files: TwoFiles = cast(Any, page).files
        files.first.choose.clicked.connect(lambda: self.choose(self.ask(), self.second))
        files.first.clear.clicked.connect(lambda: self.choose("", self.second))
        files.second.choose.clicked.connect(self.begin)
        files.swap.clicked.connect(lambda: self.choose(self.second, self.first))
        return page

    def ask(self) -> str:
        """A file that the user chooses, "" for none."""
        raise NotImplementedError

    def comparison(self, first: str, second: str, shown: Any) -> Callable[[], Any]:
        """What compares them. first: a file, or "" for `shown`, which the panel shows."""
        raise NotImplementedError

    @property
    def more(self) -> Mapping[str, Any]:
        """What else a comparison depends on, as fields of what is shown."""
        return {}

    def begin(self) -> None:
        """Ask for the second one; nothing changes where the question is not answered."""
        self.choose(self.first, self.ask() or self.second)

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
        wanted = (self.first, self.second, id(result), *self.more.values())
        if wanted == self._asked:
            return
        self._asked = wanted
        problem = self.missing if not self.first and result is None else ""
        self._view = self.blank(self.first, self.second, problem=problem if self.second else "", **self.more)
        if self.second and not problem:
            work = self.comparison(self.first, self.second, result)
            self.errands.ask(work, partial(self._have, wanted), partial(self._failed, wanted), key="compare")

    def forget(self) -> None:
        super().forget()
        self.first = self.second = ""
        self._asked, self._view = (), self.blank()

    def _have(self, asked: tuple[object, ...], comparison: object) -> None:
        if asked == self._asked:
            self._view = self.blank(self.first, self.second, comparison, **self.more)
            self.changed.emit()

    def _failed(self, asked: tuple[object, ...], failure: Failure) -> None:
        if asked == self._asked:
            self._refuse(failure.as_json())

    def _refuse(self, failure: Mapping[str, Any]) -> None:
        problem = tr("These cannot be set side by side")
        self._view = self.blank(self.first, self.second, problem=problem, **self.more)
        self.trouble = trouble_of(failure, title=tr("Not compared"))
        self.changed.emit()
