"""What stands behind the pages of a board: a part a page, and the one value that the page in front is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar, cast

from PySide6.QtCore import QObject, Signal

from widgets.kit.page_board import PageBoard
from widgets.kit.work_page import WorkPage
from widgets.kit.work_state import Trouble
from workbench.controllers.common.part import Part
from workbench.threads.background import Errands

NOTHING: Mapping[str, object] = MappingProxyType({})


class PagePart(Part):
    """A subclass says which page and what it does; most have nothing but their page. desk: the controller."""

    page: ClassVar[StrEnum]
    kind: ClassVar[type[WorkPage]]

    def __init__(self, desk: Any, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self.desk, self.errands = desk, errands
        self.made: WorkPage | None = None
        self.trouble: Trouble | None = None

    def make(self) -> WorkPage:
        """Its page, made when it is first shown and connected here; subclasses connect the rest."""
        self.made = made = self.kind()
        made.empty.clicked.connect(self.begin)
        made.progress.cancelled.connect(self.cancel)
        return made

    def begin(self) -> None:
        """The button of the empty page."""
        raise NotImplementedError

    @property
    def fields(self) -> Mapping[str, Any]:
        """Fields of the board's view that it fills."""
        return NOTHING

    def export(self) -> None:
        """Ask for a file and write what the page shows, by its `save()`."""
        if self.made is not None and self.made.there:
            cast(Any, self.made).save()

    @property
    def command(self) -> str:
        """The line of `main.py` that does the same, "" for none."""
        return ""

    def follow(self) -> None:
        """What is shown may be another than before; asked before each showing while the page is in front."""

    def forget(self) -> None:
        """Another project is open."""
        self.cancel()
        self.trouble = None


class PageParts(QObject):
    """`changed` when a page has something else to show.

    view: makes the board's view of page, panel's state, the trouble of the page in front and what the parts fill.
    """

    changed = Signal()

    def __init__(
        self, board: PageBoard, kinds: Sequence[type[PagePart]], view: Callable[..., Any], desk: Any, errands: Errands,
        parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.board, self._view = board, view
        self.parts: dict[StrEnum, PagePart] = {kind.page: kind(desk, errands, self) for kind in kinds}
        board.makers = {page: part.make for page, part in self.parts.items()}
        for part in self.parts.values():
            part.changed.connect(self.changed)
            part.failed.connect(partial(self._failed, part))

    def show(self, page: StrEnum, state: object) -> Any:
        """Bring the board up to date; what it shows now."""
        front = self.parts.get(page)
        if front is not None:
            front.follow()
        fields = {name: value for part in self.parts.values() for name, value in part.fields.items()}
        view = self._view(page, state, None if front is None else front.trouble, **fields)
        self.board.show_state(view)
        return view

    def export(self, page: StrEnum) -> None:
        if page in self.parts:
            self.parts[page].export()

    def dismiss(self) -> None:
        """What went wrong on the pages has been seen."""
        for part in self.parts.values():
            part.trouble = None

    def forget(self) -> None:
        """Another project is open."""
        for part in self.parts.values():
            part.forget()

    def _failed(self, part: PagePart, trouble: Trouble) -> None:
        part.trouble = trouble
        self.changed.emit()
