"""Changes of the open sources that Undo takes back, each under a name that says what it does."""

from __future__ import annotations

from engines.cameras.sources.parsing import title
from engines.cameras.types import Child, Source
from engines.core.words import tr
from workbench.controllers.shell.open_sources import OpenSources, Standing
from workbench.controllers.shell.step import Step
from workbench.controllers.shell.viewer import ViewerController


class AddSource(Step):
    """Run a source and show it, with straightened pictures named by what follows its id."""

    def __init__(self, open: OpenSources, source: Source, text: str = "", children: dict[str, Child] | None = None):
        super().__init__(text or tr("Add {source}", source=title(source)), open.show_where)
        self._open, self._source, self._id, self._children = open, source, "", children or {}

    def redo(self) -> None:
        self._id = self._open.start(self._source, self._id or None)
        for name, child in self._children.items():
            self._open.straighten(f"{self._id}/{name}", child)
        self._open.show_new(self._id)

    def undo(self) -> None:
        self._open.stop(self._id)


class RemoveSource(Step):
    """Close a source; it comes back where it stood in list and viewer."""

    def __init__(self, open: OpenSources, id: str) -> None:
        super().__init__(tr("Close {source}", source=open.title(id)), open.show_where)
        self._open, self._id = open, id
        self._before: Standing | None = None
        self._order: list[str] = []

    def redo(self) -> None:
        self._before, self._order = self._open.standing(self._id), self._open.ids()
        self._open.stop(self._id)

    def undo(self) -> None:
        if self._before is not None:
            self._open.restore(self._id, self._before)
            self._open.arrange(self._order)


class RemoveStraight(Step):
    """Offer a straightened picture no more."""

    def __init__(self, open: OpenSources, path: str, child: Child) -> None:
        super().__init__(tr("Remove {source}", source=open.title(path)), open.show_where)
        self._open, self._path, self._child = open, path, child
        self._tiles: dict[int, str] = {}

    def redo(self) -> None:
        self._tiles = self._open.tiles_of(self._path)
        self._open.drop_child(self._path)

    def undo(self) -> None:
        self._open.straighten(self._path, self._child)
        self._open.show_at(self._tiles)


class ChangeSource(Step):
    """Have another source under the id of one. `lost`: pictures that did not fit it."""

    def __init__(self, open: OpenSources, id: str, source: Source, text: str) -> None:
        super().__init__(text, open.show_where)
        self._open, self._id, self._source = open, id, source
        self._before = open.standing(id)
        self.lost: list[str] = []

    def redo(self) -> None:
        self._before = self._open.standing(self._id)
        self.lost = self._open.become(self._id, self._source)

    def undo(self) -> None:
        self._open.restore(self._id, self._before)


class MoveSource(Step):
    """Have the list in another order."""

    def __init__(self, open: OpenSources, id: str, order: list[str]) -> None:
        super().__init__(tr("Move {source}", source=open.title(id)), open.show_where)
        self._open, self._order, self._before = open, order, open.ids()

    def redo(self) -> None:
        self._open.arrange(self._order)

    def undo(self) -> None:
        self._open.arrange(self._before)


class SwapTiles(Step):
    """Let two tiles of the viewer show what the other does."""

    def __init__(self, viewer: ViewerController, one: int, other: int) -> None:
        super().__init__(tr("Swap tiles"), viewer.grid.setFocus)
        self._viewer, self._tiles = viewer, (one, other)

    def redo(self) -> None:
        self._viewer.swap(*self._tiles)

    undo = redo
