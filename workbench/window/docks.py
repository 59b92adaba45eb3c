"""Docks: our own small layer over `QDockWidget`, so that the window speaks of areas, tabs and presets alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabBar, QWidget

from engines.core.words import tr
from widgets.kit.panel import Panel
from workbench.features import Area, DockSpec, Feature
from workbench.plugged import FEATURES

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
ORIENTATIONS: dict[Area, Qt.Orientation] = {
    "left": Qt.Orientation.Horizontal,
    "right": Qt.Orientation.Horizontal,
    "bottom": Qt.Orientation.Vertical,
}
SIDES, BOTTOM = 0.46, 0.34
LAYOUT_VERSION = 3
LEAST_WIDTH = 220


SHELL = (
    DockSpec("sources", tr("Sources"), "left", 264, 0),
    DockSpec("properties", tr("Properties"), "right", 400, 20),
    DockSpec("jobs", tr("Jobs"), "bottom", 190, 70),
    DockSpec("log", tr("Log"), "bottom", 190, 80),
)


def specs(features: Iterable[Feature] = FEATURES) -> tuple[DockSpec, ...]:
    """The window's own docks and those of features, in their order."""
    every = (*SHELL, *(dock for feature in features for dock in feature.docks))
    return tuple(sorted(every, key=lambda spec: spec.order))


class Dock(QDockWidget):
    """A dock whose title bar is its panel's head: dragged by it, floated by a double click, with a menu of its own.

    It may be empty until it is seen; `filled` says that it no longer is.
    """

    def __init__(self, spec: DockSpec, window: QMainWindow) -> None:
        super().__init__(spec.title, window)
        self.spec = spec
        self.setObjectName(f"dock.{spec.id}")
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        self.filled = False
        empty = QWidget()
        empty.setMinimumWidth(LEAST_WIDTH)
        self.setWidget(empty)

    def entry(self) -> QAction:
        """For a menu: brings the dock to the front, also from behind another, and closes it there."""
        entry = QAction(self.spec.title, self, checkable=True)
        self.visibilityChanged.connect(entry.setChecked)
        entry.triggered.connect(lambda on: (self.show(), self.raise_()) if on else self.close())
        return entry

    def fill(self, panel: Panel) -> None:
        """Put the panel in."""
        self.filled = True
        self.widget().deleteLater()
        panel.setMinimumWidth(max(LEAST_WIDTH, panel.minimumWidth()))
        self.setWidget(panel)
        self.setTitleBarWidget(panel.head)
        panel.head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        panel.head.customContextMenuRequested.connect(self._menu)

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(
            tr("Dock again") if self.isFloating() else tr("Float"), lambda: self.setFloating(not self.isFloating())
        )
        menu.addAction(tr("Close"), self.close)
        menu.popup(self.titleBarWidget().mapToGlobal(at))


POLICY = "tabs_policy"
"""Property of a row of tabs: how it takes the focus while there are some."""


_ROWS: set[TabRow] = set()
"""Those of rows that are there: Qt alone does not keep what is made of Python."""


class TabRow(QObject):
    """Keeps the keyboard out of a row of tabs while no dock is behind it: Qt leaves an empty one where they were."""

    def __init__(self, row: QTabBar) -> None:
        super().__init__(row)
        row.setProperty(POLICY, row.focusPolicy().value)
        row.installEventFilter(self)
        row.destroyed.connect(lambda: _ROWS.discard(self))
        _ROWS.add(self)
        _look(row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Paint, QEvent.Type.Show, QEvent.Type.FocusIn) and isinstance(watched, QTabBar):
            _look(watched)
        return False


def _look(row: QTabBar) -> None:
    policy = Qt.FocusPolicy(row.property(POLICY)) if row.count() else Qt.FocusPolicy.NoFocus
    if policy != row.focusPolicy():
        row.setFocusPolicy(policy)


class Docks(QObject):
    """All docks of a window: reset, show, save and restore."""

    def __init__(self, window: QMainWindow, specs: Iterable[DockSpec]) -> None:
        super().__init__(window)
        self._window = window
        window.setDockNestingEnabled(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, window.tabPosition(AREAS["right"]).North)
        for corner, area in (
            (Qt.Corner.BottomLeftCorner, "left"),
            (Qt.Corner.BottomRightCorner, "right"),
        ):
            window.setCorner(corner, AREAS[area])
        self.arranging = False
        """Docks come to the front that will not stay there."""
        self._aside = b""
        self.docks = {spec.id: Dock(spec, window) for spec in specs}
        self.reset()

    def reset(self) -> None:
        """Every dock where the table puts it."""
        self.arranging, self._aside = True, b""
        first: dict[str, Dock] = {}
        for dock in self.docks.values():
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
            self._window.addDockWidget(AREAS[dock.spec.area], dock)
            if dock.spec.area in first:
                self._window.tabifyDockWidget(first[dock.spec.area], dock)
            first.setdefault(dock.spec.area, dock)
            dock.show()
        for dock in first.values():
            dock.raise_()
        self.arranging = False
        self.resize({dock.spec.id: dock.spec.size for dock in first.values()})

    def arrange(self, shown: Mapping[str, int]) -> None:
        """Show these docks at these sizes (0: as it is), the first of each area in front; hide the others."""
        self.arranging, self._aside = True, b""
        for id, dock in self.docks.items():
            dock.setVisible(id in shown)
        for id in reversed(list(shown)):
            self.docks[id].raise_()
        self.arranging = False
        self.resize({id: size for id, size in shown.items() if size})

    def set_aside(self, on: bool) -> None:
        """Hide every dock for now, or have them back as they were; what is kept is how they were."""
        if on == bool(self._aside):
            return
        self.arranging = True
        if on:
            self._aside = self.state()
            for dock in self.docks.values():
                dock.hide()
        else:
            kept, self._aside = self._aside, b""
            self.restore(kept)
        self.arranging = False

    def resize(self, sizes: Mapping[str, int]) -> None:
        """Widths of the docks at the sides, heights of those at the bottom, in pixels; less in a small window."""
        sizes = self._fitting(sizes)
        for area, orientation in ORIENTATIONS.items():
            chosen = [id for id in sizes if self.docks[id].spec.area == area]
            if chosen:
                docks = [self.docks[id] for id in chosen]
                self._window.resizeDocks(docks, [sizes[id] for id in chosen], orientation)

    def _fitting(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """Together the sides get `SIDES` of the width at most, the bottom `BOTTOM` of the height."""
        areas = {id: self.docks[id].spec.area for id in sizes}
        widest = {area: max([size for id, size in sizes.items() if areas[id] == area], default=0) for area in AREAS}
        across = max(widest["left"] + widest["right"], 1)
        side = min(1.0, SIDES * self._window.width() / across)
        most = round(BOTTOM * self._window.height())
        return {id: min(size, most) if areas[id] == "bottom" else round(size * side) for id, size in sizes.items()}

    def hand_focus(self, id: str) -> None:
        """Whoever was in another panel, or nowhere, goes on in this one: keys and F1 mean what is in front."""
        focus = self._window.focusWidget()
        inside = [one for one, dock in self.docks.items() if focus is not None and dock.isAncestorOf(focus)]
        if (focus is not None and not inside) or id in inside:
            return
        if focus is not None:
            focus.clearFocus()
        if id in self.docks:
            self.docks[id].widget().setFocus(Qt.FocusReason.OtherFocusReason)

    def show(self, id: str) -> None:
        """Bring a dock to the front, wherever it is."""
        self.docks[id].show()
        self.docks[id].raise_()

    def state(self) -> bytes:
        return self._aside or bytes(self._window.saveState(LAYOUT_VERSION).data())

    def restore(self, state: bytes) -> bool:
        """Put the docks back as `state()` told; False when it does not fit this version."""
        self._aside = b""
        return self._window.restoreState(QByteArray(state), LAYOUT_VERSION)

    def sizes(self) -> dict[str, QSize]:
        return {id: dock.size() for id, dock in self.docks.items()}
