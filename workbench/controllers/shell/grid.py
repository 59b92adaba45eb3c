"""Chooses how many tiles the viewer shows: as many as there are sources, until the user says otherwise."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer

from widgets.kit.menus import SideMenu, pop_up
from widgets.viewer.grid import LAYOUTS, layout_for
from workbench.commands import Actions
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services

FOLLOW = "view.follow"
CHOICES = {"view.one": "1", "view.two": "1x2", "view.four": "2x2", "view.nine": "3x3"}
OF_TILE = (
    "view.maximise", "view.fit", "", "view.snapshot", "view.record", "", "source.undistort",
    "source.undistort-settings", "", "source.rename", "source.edit", "source.properties", "", "view.clear",
    "source.remove",
)  # fmt: skip
OF_EMPTY = (
    "source.add-usb", "source.add-file", "source.add-folder", "source.add-stream", "source.add-tiled",
    "source.add-scene",
)  # fmt: skip
KEY = "grid"
"""Of the project's state: the layout that the user chose; it is not there while the grid follows."""


class GridController(QObject):
    """The commands of the grid. What is chosen is kept with the project."""

    def __init__(self, viewer: ViewerController, services: Services, actions: Actions) -> None:
        super().__init__(viewer)
        self._viewer, self._services, self._actions = viewer, services, actions
        for id, layout in CHOICES.items():
            actions.bind(id, partial(self.choose, layout))
        actions.bind(FOLLOW, self.follow)
        actions.bind("view.maximise", viewer.grid.maximise)
        actions.bind("view.fit", viewer.grid.fit)
        actions.bind("view.clear", viewer.empty_selected)
        viewer.grid.menuWanted.connect(lambda _tile, at: pop_up(self.menu(), at))
        viewer.laidOut.connect(lambda _layout: self._check())
        for changed in (viewer.changed, viewer.selectedChanged):
            changed.connect(self._enable)
        self._enable()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._settle)
        self._removed: set[str] = set()
        services.feeds.removed.connect(self._remove)
        self._check()

    @property
    def chosen(self) -> str:
        """The layout that the user chose, "" for none."""
        layout = self._services.project.get("state", KEY, "")
        return layout if layout in LAYOUTS else ""

    def close(self) -> None:
        self._soon.stop()

    def choose(self, layout: str) -> None:
        """This layout from now on."""
        self._services.project.put("state", KEY, layout)
        self._services.host.show_centre("viewer")
        self._viewer.set_layout(layout)

    def follow(self) -> None:
        """As many tiles as sources are shown."""
        self._services.project.drop("state", KEY)
        self._services.host.show_centre("viewer")
        self._fit()
        self._check()

    def menu(self) -> SideMenu:
        """What can be done with the selected tile and its source; with an empty tile, what can be shown in it."""
        menu = SideMenu("", self._viewer.grid)
        for id in OF_TILE if self._viewer.selected_path() else OF_EMPTY:
            menu.addAction(self._actions.action(id)) if id else menu.addSeparator()
        return menu

    def restore(self) -> None:
        """As the open project has it: what was chosen, else room for all that was shown."""
        project, feeds = self._services.project, self._services.feeds.ids()
        tiles = [int(tile) for tile, path in project.items("tile").items() if str(path).partition("/")[0] in feeds]
        self._viewer.set_layout(self.chosen or layout_for(max(tiles, default=0) + 1))

    def _remove(self, id: str) -> None:
        self._removed.add(id)
        self._soon.start()

    def _settle(self) -> None:
        """Sources that were opened anew are there again by now; where one is gone the grid may be smaller."""
        gone = self._removed - set(self._services.feeds.ids())
        self._removed.clear()
        if gone:
            self._fit()

    def _fit(self) -> None:
        """A smaller grid where one would do; a project that closes keeps its places."""
        layout = layout_for(len(self._viewer.shown()))
        if not self.chosen and LAYOUTS[layout] != LAYOUTS[self._viewer.layout]:
            self._gather(layout)

    def _gather(self, layout: str) -> None:
        """What is shown moves together, from the first tile on."""
        shown = self._viewer.shown()
        for tile in shown:
            self._viewer.empty(tile)
        self._viewer.set_layout(layout)
        self._viewer.show_all(list(dict.fromkeys(shown.values())))

    def _enable(self) -> None:
        """What can be done with what is shown."""
        selected, shown = bool(self._viewer.selected_path()), bool(self._viewer.shown())
        self._actions.enable("view.maximise", shown)
        self._actions.enable("view.fit", selected)
        self._actions.enable("view.clear", selected)

    def _check(self) -> None:
        layouts = {layout: id for id, layout in CHOICES.items()}
        self._actions.check(layouts[self._viewer.layout] if self.chosen else FOLLOW)
