"""One tile of the viewer: what it shows, how that is doing in words, and a few tools while the pointer is there."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QEnterEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from engines.cameras.types import FeedState, FeedStatus
from engines.core.frames import Frame
from widgets.kit.fields import ElidedLabel, QuietButton
from widgets.kit.icons import icon
from widgets.kit.panel import EmptyState
from widgets.kit.pill import Pill, pill_size
from widgets.kit.theme import LOOK
from widgets.viewer.figures import Figures
from widgets.viewer.image_view import ImageView
from widgets.viewer.overlays import Caption, Overlay
from widgets.viewer.transport import TransportBar

SOURCE_MIME = "application/x-kinoscope-source"
LEVELS = {
    FeedState.PLAYING: "good",
    FeedState.OPENING: "busy",
    FeedState.RECONNECTING: "warn",
    FeedState.FAILED: "bad",
}
EDGE = 2
TITLE_ROOM = 170
ROOM_FOR_DRAWING = 200


class _Face(Enum):
    """Which of its faces a tile shows."""

    EMPTY = 0
    PICTURE = 1
    FAILED = 2


class ViewerTile(QFrame):
    """A tile. Its signals carry its own index first, so that a grid can pass them on as they are."""

    selected = Signal(int)
    activated = Signal(int)
    sourceChosen = Signal(int, str)
    sourceDropped = Signal(int, str)
    addWanted = Signal(int)
    engineToggled = Signal(int, str, bool)
    snapshotWanted = Signal(int)
    retryWanted = Signal(int)
    playToggled = Signal(int)
    stepped = Signal(int, int)
    sought = Signal(int, float)
    loopToggled = Signal(int, bool)
    speedChosen = Signal(int, float)

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index
        self.source = ""
        self.view = ImageView(f"Picture of tile {index + 1}")
        self.title = ElidedLabel("", "heading", Qt.TextElideMode.ElideMiddle)
        self.pill = Pill()
        self.figures = Figures()
        self.transport = TransportBar()
        self._sources: list[tuple[str, str]] = []
        self._engines: list[tuple[str, str]] = []
        self._on: frozenset[str] = frozenset()
        self._overlays: tuple[Overlay, ...] = ()
        self._message = ""
        self._chosen = self._keyboard = self._drop = False
        self.setAcceptDrops(True)
        self.setAccessibleName(f"Tile {index + 1}")
        self._build()
        self._connect()
        self.clear()

    # What is shown

    def set_source(self, path: str, title: str = "") -> None:
        """Show the source of this path; its title is looked up among the sources where none is given."""
        self.source = path
        self.title.setText(title or dict(self._sources).get(path, path))
        self.setAccessibleName(f"Tile {self.index + 1}: {self.title.text()}")
        self._place_words()
        self._show(_Face.PICTURE)
        if not self.view.has_picture:
            self.view.clear("Waiting for the first picture")

    def show_frame(self, frame: Frame, overlays: Sequence[Overlay] = (), *, moving: bool = True) -> None:
        """Show a frame and what belongs to it. moving: the source gives new ones now."""
        self._overlays = tuple(overlays)
        self.view.set_frame(frame, moving=moving)
        self.view.set_overlays(self._all_overlays())
        if self._stack.currentIndex() != _Face.PICTURE.value:
            self._show(_Face.PICTURE)

    def set_status(self, status: FeedStatus, rate: float = 0.0, dropped: int = 0) -> None:
        """How the source does: state in words, pictures shown per second, unread ones, and its controls."""
        level = LEVELS.get(status.state, "")
        if status.state is not FeedState.PLAYING:
            self.view.paint_stats.latencies.clear()
        self.pill.set_state(status.state.value, "warn" if level == "good" and status.message else level)
        self.figures.set_figures(rate, dropped + status.lost, self.latency_ms() if rate else None)
        self._place_words()
        self._set_message(status.message)
        info = status.info
        self.transport.setVisible(info is not None and info.seekable and bool(info.duration))
        if info is not None and info.duration:
            self.transport.set_position(status.position, info.duration)
            self.transport.set_playing(status.state is FeedState.PLAYING)
            self.transport.set_mode(status.loop, status.speed)
        if status.state is FeedState.FAILED and not self.view.has_picture:
            self._failed.set_text(status.message or "This source does not answer.")
            self._show(_Face.FAILED)

    def set_sources(self, sources: Sequence[tuple[str, str]]) -> None:
        """What can be chosen: (path, title)."""
        self._sources = list(sources)
        if self.source:
            self.title.setText(dict(self._sources).get(self.source, self.title.text()))
        hint = "Nothing is shown here." if sources else "Add a source, or drop one here."
        self._empty.set_text(hint, "Choose a source" if sources else "Add source")

    def set_engines(self, engines: Sequence[tuple[str, str]]) -> None:
        """Which engines can look at this tile: (id, title)."""
        self._engines = list(engines)
        self.engines.setVisible(bool(engines))
        self._place_tools()

    def set_engines_on(self, engines: Sequence[str] | set[str] | frozenset[str]) -> None:
        """Which of them do."""
        self._on = frozenset(engines)
        self.engines.set_icon("engines", "accent" if self._on else "muted")
        names = [title for id, title in self._engines if id in self._on]
        self.engines.setToolTip("Looking: " + ", ".join(names) if names else "What looks at this picture")

    def set_selected(self, on: bool, keyboard: bool = False) -> None:
        """Frame this tile. Its tools cover a part of the picture: they show under the pointer, or for the keyboard."""
        self._chosen, self._keyboard = on, on and keyboard
        self._show_tools()
        self.update()

    def set_maximised(self, on: bool) -> None:
        self.maximise.set_icon("restore" if on else "maximise")
        self.maximise.setToolTip("Back to all tiles (Enter)" if on else "Show this tile alone (Enter)")

    def clear(self) -> None:
        """Show nothing and ask for a source."""
        self.source, self._message, self._overlays = "", "", ()
        self.title.setText("")
        self.pill.set_state("")
        self.figures.set_figures(0.0, 0, None)
        self._place_words()
        self.view.clear()
        self.view.paint_stats.latencies.clear()
        self.transport.hide()
        self.set_engines_on(())
        self.setAccessibleName(f"Tile {self.index + 1}: empty")
        self._show(_Face.EMPTY)

    def latency_ms(self) -> float | None:
        """Capture to screen, the median of the last thirty pictures; None before the first, and while it stands."""
        recent = list(self.view.paint_stats.latencies)[-30:]
        return float(np.median(recent)) * 1000 if recent else None

    @property
    def is_empty(self) -> bool:
        return not self.source

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = LOOK.now
        marked = self._chosen or self._drop
        painter.setBrush(look.color("surface"))
        painter.setPen(QPen(look.color("accent" if marked else "line"), 2 if marked else 1))
        inset = 1.0 if marked else 0.5
        painter.drawRoundedRect(self.rect().toRectF().adjusted(inset, inset, -inset, -inset), 4, 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.selected.emit(self.index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.activated.emit(self.index)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_tools(hovered=True)

    def leaveEvent(self, event: QEvent) -> None:
        self._show_tools(hovered=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.set_drawing_shown(self.height() >= ROOM_FOR_DRAWING)
        self._failed.set_drawing_shown(self.height() >= ROOM_FOR_DRAWING)
        self._place_tools()
        self._place_words()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(SOURCE_MIME):
            self._drop = True
            self.update()
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop = False
        self.update()
        path = bytes(event.mimeData().data(SOURCE_MIME).data()).decode()
        self.sourceDropped.emit(self.index, path)
        event.acceptProposedAction()

    # Within

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(10, 0, 8, 0)
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.figures)
        head.addWidget(self.pill)
        self._head = QWidget()
        self._head.setFixedHeight(30)
        self._head.setLayout(head)
        self._empty = EmptyState("", "Choose a source", "viewer", "What to show in this tile")
        self._failed = EmptyState("", "Reconnect", "bad", "Open the source again")
        faces = QWidget()
        self._stack = QStackedLayout(faces)
        for face in (self._empty, self.view, self._failed):
            self._stack.addWidget(face)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(104, 60)
        column = QVBoxLayout(self)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(faces, 1)
        column.addWidget(self.transport)
        self._build_tools()

    def _build_tools(self) -> None:
        self.tools = QFrame(self)
        self.tools.setProperty("role", "overlaybar")
        row = QHBoxLayout(self.tools)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        self.choose = QuietButton("", "sources", "What to show in this tile", name="Choose a source")
        self.engines = QuietButton("", "engines", "What looks at this picture", name="Engines on this tile")
        self.snapshot = QuietButton("", "snapshot", "Save the picture at full resolution as PNG", name="Snapshot")
        self.fit = QuietButton("", "fit", "Show the whole picture (F)", name="Fit picture")
        self.maximise = QuietButton("", "maximise", "Show this tile alone (Enter)", name="Maximise tile")
        for button in (self.choose, self.engines, self.snapshot, self.fit, self.maximise):
            button.setFixedSize(26, 24)
            row.addWidget(button)
        self._source_menu, self._engine_menu = QMenu(self), QMenu(self)
        for button, menu in ((self.choose, self._source_menu), (self.engines, self._engine_menu)):
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.engines.hide()
        self.tools.hide()

    def _connect(self) -> None:
        self.view.pressed.connect(self._press)
        self.view.activated.connect(self._activate)
        self._empty.clicked.connect(self._choose_here)
        self._failed.clicked.connect(self._retry)
        self._source_menu.aboutToShow.connect(self._fill_sources)
        self._source_menu.triggered.connect(self._choose)
        self._engine_menu.aboutToShow.connect(self._fill_engines)
        self._engine_menu.triggered.connect(self._toggle)
        self.snapshot.clicked.connect(self._snapshot)
        self.fit.clicked.connect(self.view.fit)
        self.maximise.clicked.connect(self._activate)
        bar = self.transport
        bar.playToggled.connect(self._play)
        bar.stepped.connect(self._step)
        bar.sought.connect(self._seek)
        bar.loopToggled.connect(self._loop)
        bar.speedChosen.connect(self._speed)

    def _show(self, face: _Face) -> None:
        self._stack.setCurrentIndex(face.value)
        self._head.setVisible(face is not _Face.EMPTY)
        self._show_tools()

    def _show_tools(self, hovered: bool | None = None) -> None:
        on = self._keyboard or (self.underMouse() if hovered is None else hovered)
        self.tools.setVisible(on and self._stack.currentIndex() == _Face.PICTURE.value)
        if self.tools.isVisible():
            self._place_tools()

    def _place_tools(self) -> None:
        size: QSize = self.tools.sizeHint()
        self.tools.setGeometry(
            self.width() - size.width() - 8, EDGE + self._head.height() + 6, size.width(), size.height()
        )
        self.tools.raise_()

    def _place_words(self) -> None:
        """The title first, as far as it matters; the figures in what is left."""
        wanted = self.title.fontMetrics().horizontalAdvance(self.title.text()) + 4
        room = self.width() - 34 - pill_size(self.pill.text).width()
        self.pill.set_compact(self.pill.level == "good" and wanted > room)
        room = self.width() - 34 - self.pill.sizeHint().width()
        self.figures.fit(room - min(wanted, TITLE_ROOM))

    def _set_message(self, message: str) -> None:
        if message != self._message:
            self._message = message
            self.view.set_overlays(self._all_overlays())

    def _all_overlays(self) -> tuple[Overlay, ...]:
        return (*self._overlays, Caption(self._message, "bottom-left", "warn")) if self._message else self._overlays

    def _fill_sources(self) -> None:
        self._source_menu.clear()
        for path, title in self._sources:
            action = self._source_menu.addAction(icon("tile" if "/" in path else "sources"), title)
            action.setData(path)
            action.setCheckable(path == self.source)
            action.setChecked(path == self.source)
        if not self._sources:
            self._source_menu.addAction(icon("add"), "Add a source…").setData(None)
        if self.source:
            self._source_menu.addSeparator()
            self._source_menu.addAction(icon("clear"), "Empty this tile").setData("")

    def _fill_engines(self) -> None:
        self._engine_menu.clear()
        for id, title in self._engines:
            action = self._engine_menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(id in self._on)
            action.setData(id)

    def _choose_here(self) -> None:
        if self._sources:
            self._source_menu.popup(self._empty.button.mapToGlobal(QPoint(0, self._empty.button.height() + 4)))
        else:
            self.addWanted.emit(self.index)

    def _choose(self, action: QAction) -> None:
        path = action.data()
        if path is None:
            self.addWanted.emit(self.index)
        else:
            self.sourceChosen.emit(self.index, path)

    def _toggle(self, action: QAction) -> None:
        self.engineToggled.emit(self.index, action.data(), action.isChecked())

    def _press(self) -> None:
        self.selected.emit(self.index)

    def _activate(self) -> None:
        self.activated.emit(self.index)

    def _retry(self) -> None:
        self.retryWanted.emit(self.index)

    def _snapshot(self) -> None:
        self.snapshotWanted.emit(self.index)

    def _play(self) -> None:
        self.playToggled.emit(self.index)

    def _step(self, frames: int) -> None:
        self.stepped.emit(self.index, frames)

    def _seek(self, seconds: float) -> None:
        self.sought.emit(self.index, seconds)

    def _loop(self, on: bool) -> None:
        self.loopToggled.emit(self.index, on)

    def _speed(self, speed: float) -> None:
        self.speedChosen.emit(self.index, speed)
