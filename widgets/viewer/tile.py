"""One tile of the viewer: a source's picture, its state in words, and a few tools under the pointer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QPoint, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QDrag,
    QEnterEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QLayout, QMenu, QSizePolicy, QToolButton

from engines.cameras.types import FeedState, FeedStatus
from engines.core.frames import Frame
from engines.core.words import tr
from widgets.kit.access.roles import reached_by
from widgets.kit.fields import QuietButton
from widgets.kit.file_drops import FileDrops
from widgets.kit.icons import icon
from widgets.kit.labels import ElidedLabel
from widgets.kit.layouts import column_of, row_of
from widgets.kit.panel import EmptyState
from widgets.kit.pill import Pill, pill_size
from widgets.kit.theme import LOOK
from widgets.kit.words import DOT
from widgets.sources.choice import dragged_source
from widgets.sources.told import told
from widgets.viewer.dragging import Aim, Handle, dragged_tile, tile_data
from widgets.viewer.faces import Face, Faces
from widgets.viewer.figures import Figures
from widgets.viewer.host import TileHost
from widgets.viewer.image_view import ImageView
from widgets.viewer.overlays import Caption, Overlay
from widgets.viewer.transport import TransportBar

EDGE = 2
TITLE_ROOM, LEAST_TITLE, ROOMY = 170, 60, 300
ROOM_FOR_DRAWING, BESIDE_WORDS = 200, 80


class ViewerTile(FileDrops):
    """A tile; what the user wants with it is said by its host."""

    def __init__(self, index: int, host: TileHost) -> None:
        super().__init__(host)
        self.hide()
        self.index, self.host = index, host
        self.source = ""
        self.view = ImageView(tr("Picture of tile {index}", index=index + 1))
        self.title = ElidedLabel("", "heading", Qt.TextElideMode.ElideMiddle)
        self.title.given = True
        self.pill, self.recording = Pill(), Pill()
        self.recording.hide()
        self.figures = Figures()
        self.transport = TransportBar()
        self._sources: list[tuple[str, str]] = []
        self._engines: list[tuple[str, str]] = []
        self._on: frozenset[str] = frozenset()
        self._overlays: tuple[Overlay, ...] = ()
        self._name, self._message, self._gone = "", "", False
        self._chosen = self._keyboard = self._aimed = self._swaps = False
        self.setAccessibleName(tr("Tile {index}", index=index + 1))
        reached_by(self, tr("Arrow keys in the viewer"))
        reached_by(self.view, tr("Arrow keys in the viewer"))
        self._build()
        self._connect()
        self.clear()

    # What is shown

    def set_source(self, path: str, title: str = "") -> None:
        """Show the source of this path; its title is looked up among the sources where none is given."""
        self.source = path
        self._name = title or dict(self._sources).get(path, path)
        self.setAccessibleName(tr("Tile {index}: {text}", index=self.index + 1, text=self._name))
        self._place_words()
        self._show(Face.PICTURE)
        if not self.view.has_picture:
            self.view.clear(tr("Waiting for the first picture"))

    def show_frame(self, frame: Frame, overlays: Sequence[Overlay] = (), *, moving: bool = True) -> None:
        """Show a frame and what belongs to it. moving: the source gives new ones now."""
        self._overlays = tuple(overlays)
        self.view.set_frame(frame, moving=moving)
        self.view.set_overlays(self._all_overlays())
        if self._faces.shown is not Face.PICTURE:
            self._show(Face.PICTURE)

    def set_status(self, status: FeedStatus, rate: float = 0.0, dropped: int = 0) -> None:
        """How the source does: state in words, pictures shown per second, unread ones, and its controls."""
        said = told(status)
        if status.state is not FeedState.PLAYING:
            self.view.paint_stats.latencies.clear()
        self.pill.set_state(said.word, said.level)
        self.figures.set_figures(rate, dropped + status.lost, self.latency_ms() if rate else None)
        self._place_words()
        self._set_message(said.message)
        self.setAccessibleDescription(". ".join(part for part in (said.word, said.message) if part))
        info = status.info
        self.transport.setVisible(info is not None and info.seekable and bool(info.duration))
        if info is not None and info.duration:
            self.transport.set_position(status.position, info.duration)
            self.transport.set_playing(status.state is FeedState.PLAYING)
            self.transport.set_mode(status.loop, status.speed)
        if status.state is FeedState.FAILED and not self.view.has_picture:
            self._gone = status.gone
            self._failed.set_text(status.message or tr("This source does not answer."), self._way_out())
            self._show(Face.FAILED)

    def set_recording(self, words: str | None) -> None:
        """Time and size of the recording of what is shown, None where there is none."""
        self.recording.setVisible(words is not None)
        if words is not None:
            self.recording.set_state(f"{tr('REC')} {words}".strip(), "bad", "record")
        self._place_words()

    def set_sources(self, sources: Sequence[tuple[str, str]]) -> None:
        """What can be chosen: (path, title)."""
        self._sources = list(sources)
        if self.source:
            self._name = dict(self._sources).get(self.source, self._name)
            self._place_words()
        self._invite()

    def _invite(self) -> None:
        """What to do in an empty tile, in few words where it is narrow."""
        hint = tr("Nothing is shown here.") if self._sources else tr("Add a source, or drop one here.")
        words, few = (tr("Choose a source"), tr("Choose…")) if self._sources else (tr("Add source"), tr("Add…"))
        fits = self.fontMetrics().horizontalAdvance(words) + BESIDE_WORDS <= self.width()
        self._empty.set_text(hint, words if fits else few)

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
        self.engines.setToolTip(tr("Looking: ") + ", ".join(names) if names else tr("What looks at this picture"))

    def set_undistort(self, on: bool, can: bool, tip: str) -> None:
        """Whether the straightened picture is shown, whether there can be one, and what a click does."""
        self.undistort.setChecked(on)
        self.undistort.set_icon("straight", "accent" if on else "text" if can else "muted")
        self.undistort.setToolTip(tip)

    def set_selected(self, on: bool, keyboard: bool = False) -> None:
        """Frame this tile. Its tools cover a part of the picture: they show under the pointer, or for the keyboard."""
        self._chosen, self._keyboard = on, on and keyboard
        self._show_tools()
        self.update()

    def set_maximised(self, on: bool) -> None:
        self.maximise.set_icon("restore" if on else "maximise")
        self.maximise.setToolTip(tr("Back to all tiles (Enter)") if on else tr("Show this tile alone (Enter)"))

    def clear(self) -> None:
        """Show nothing and ask for a source."""
        self.source, self._message, self._overlays = "", "", ()
        self._name = ""
        self.pill.set_state("")
        self.recording.hide()
        self.figures.set_figures(0.0, 0, None)
        self._place_words()
        self.view.clear()
        self.view.paint_stats.latencies.clear()
        self.transport.hide()
        self.set_engines_on(())
        self.setAccessibleName(tr("Tile {index}: empty", index=self.index + 1))
        self.setAccessibleDescription("")
        self._show(Face.EMPTY)

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
        marked = self._chosen or self._aimed
        painter.setBrush(look.color("surface"))
        strong = self._aimed or (self._chosen and self.host.hasFocus())
        painter.setPen(
            QPen(look.color("accent", 1 if strong else 0.55) if marked else look.color("line"), 2 if marked else 1)
        )
        inset = 1.0 if marked else 0.5
        painter.drawRoundedRect(self.rect().toRectF().adjusted(inset, inset, -inset, -inset), 4, 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.host.press(self.index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.host.maximise(self.index)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_tools(hovered=True)

    def leaveEvent(self, event: QEvent) -> None:
        self._show_tools(hovered=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._invite()
        self._empty.set_drawing_shown(self.height() >= ROOM_FOR_DRAWING)
        self._failed.set_drawing_shown(self.height() >= ROOM_FOR_DRAWING)
        self._place_tools()
        self._place_words()

    def taken(self, data: QMimeData) -> list[str]:
        """The source that is dragged, and the tile that it comes from where it comes from one."""
        source, tile = dragged_source(data), dragged_tile(data)
        self._swaps = bool(source and tile)
        return [source, *([tile] if tile else [])] if source else []

    def show_aimed(self, on: bool) -> None:
        self._aimed = on
        self._offer.cover(self.rect() if on else None, tr("Swap") if self._swaps else tr("Show here"))
        self.update()

    def _fell(self, what: list[str]) -> None:
        """A source from the list, or another tile's."""
        if len(what) == 2:
            self.host.swapWanted.emit(int(what[1]), self.index)
        else:
            self.host.sourceChosen.emit(self.index, what[0])

    def _drag(self) -> None:
        if self.source:
            drag = QDrag(self)
            drag.setMimeData(tile_data(self.index, self.source))
            drag.setPixmap(self._head.grab())
            drag.exec(Qt.DropAction.CopyAction)

    # Within

    def _build(self) -> None:
        parts = (self.title, 1), self.figures, self.recording, self.pill
        self._head = Handle(row_of(*parts, spacing=8, margins=(10, 0, 8, 0)))
        self._offer = Aim(self)
        self._empty = EmptyState("", tr("Choose a source"), "viewer", tr("What to show in this tile"))
        self._failed = EmptyState("", tr("Reconnect"), "bad", tr("Open the source again"))
        self._failed.words.given = True
        self._faces = Faces(self._empty, self.view, self._failed)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(104, 60)
        column = column_of(self._head, (self._faces, 1), self.transport, margins=(EDGE, EDGE, EDGE, EDGE))
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setLayout(column)
        self._build_tools()

    def _build_tools(self) -> None:
        self.tools = QFrame(self)
        self.tools.setProperty("role", "overlaybar")
        self.choose = QuietButton("", "sources", tr("What to show in this tile"), name=tr("Choose a source"))
        self.engines = QuietButton("", "engines", tr("What looks at this picture"), name=tr("Engines on this tile"))
        self.snapshot = QuietButton(
            "", "snapshot", tr("Save the picture at full resolution as PNG"), name=tr("Snapshot")
        )
        self.undistort = QuietButton("", "straight", "", name=tr("Undistort"), checkable=True)
        self.fit = QuietButton("", "fit", tr("Show the whole picture (F)"), name=tr("Fit picture"))
        self.maximise = QuietButton("", "maximise", tr("Show this tile alone (Enter)"), name=tr("Maximise tile"))
        buttons = self.choose, self.engines, self.undistort, self.snapshot, self.fit, self.maximise
        for button in buttons:
            button.setFixedSize(26, 24)
        self.tools.setLayout(row_of(*buttons, margins=(2, 2, 2, 2)))
        self._source_menu, self._engine_menu = QMenu(self), QMenu(self)
        for button, menu in ((self.choose, self._source_menu), (self.engines, self._engine_menu)):
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.engines.hide()
        self.tools.hide()

    def _connect(self) -> None:
        host, index, bar, looks = self.host, self.index, self.transport, self._engine_menu.triggered
        self._empty.clicked.connect(self._choose_here)
        self._source_menu.aboutToShow.connect(self._fill_sources)
        self._source_menu.triggered.connect(lambda action: self._choose(action.data()))
        self._engine_menu.aboutToShow.connect(self._fill_engines)
        self.fit.clicked.connect(self.view.fit)
        for signal, tell in (
            (self.dropped, self._fell),
            (self._head.dragged, self._drag),
            (looks, lambda action: host.engineToggled.emit(index, action.data(), action.isChecked())),
            (self._failed.clicked, lambda: (host.locateWanted if self._gone else host.retryWanted).emit(index)),
            (self.undistort.clicked, lambda: host.undistortToggled.emit(index)),
            (self.snapshot.clicked, lambda: host.snapshotWanted.emit(index)),
            (self.view.pressed, lambda: host.press(index)),
            (self.view.activated, lambda: host.maximise(index)),
            (self.view.clicked, lambda x, y: host.clicked.emit(index, x, y)),
            (self.maximise.clicked, lambda: host.maximise(index)),
            (bar.play.clicked, lambda: host.playToggled.emit(index)),
            (bar.back.clicked, lambda: host.stepped.emit(index, -1)),
            (bar.forward.clicked, lambda: host.stepped.emit(index, 1)),
            (bar.sought, lambda seconds: host.sought.emit(index, seconds)),
            (bar.loop.toggled, lambda on: host.loopToggled.emit(index, on)),
            (bar.speed.speedChosen, lambda speed: host.speedChosen.emit(index, speed)),
        ):
            signal.connect(tell)

    def _show(self, face: Face) -> None:
        self._faces.show_face(face)
        self._head.setVisible(face is not Face.EMPTY)
        self._show_tools()

    def _way_out(self) -> str:
        """What can be done about a source that failed."""
        return tr("Locate…") if self._gone else tr("Reconnect")

    def _show_tools(self, hovered: bool | None = None) -> None:
        on = self._keyboard or (self.underMouse() if hovered is None else hovered)
        self.tools.setVisible(on and self._faces.shown is Face.PICTURE)
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
        wanted = self.title.fontMetrics().horizontalAdvance(self._name) + 4
        whole = pill_size(self.recording.text).width() + 8 if not self.recording.isHidden() else 0
        room = self.width() - 34 - pill_size(self.pill.text).width() - whole
        narrow = wanted > room and (self.pill.level == "good" or bool(whole) or room < LEAST_TITLE)
        self.pill.set_compact(narrow or (self.pill.level == "good" and self.width() < ROOMY))
        room = self.width() - 34 - self.pill.sizeHint().width()
        self.recording.set_compact(bool(whole) and room < whole + 60)
        room -= self.recording.sizeHint().width() + 8 if whole else 0
        self.title.setText(self._name if wanted <= room else self._name.rpartition(DOT)[2])
        self.title.set_tip(self._name)
        self.figures.fit(room - (wanted if whole else min(wanted, TITLE_ROOM)))
        self._head.settle()

    def _set_message(self, message: str) -> None:
        if message != self._message:
            self._message = message
            self.view.set_overlays(self._all_overlays())

    def _all_overlays(self) -> tuple[Overlay, ...]:
        return (*self._overlays, Caption(self._message, "bottom-left", "warn")) if self._message else self._overlays

    def _fill_sources(self) -> None:
        menu = self._source_menu
        menu.clear()
        for path, title in self._sources:
            action = menu.addAction(icon("tile" if "/" in path else "sources"), title)
            _offer(action, path, path == self.source, checkable=path == self.source)
        if not self._sources:
            menu.addAction(icon("add"), tr("Add a source\u2026")).setData(None)
        if self.source:
            menu.addSeparator()
            menu.addAction(icon("clear"), tr("Empty this tile")).setData("")

    def _fill_engines(self) -> None:
        self._engine_menu.clear()
        for id, title in self._engines:
            _offer(self._engine_menu.addAction(title), id, id in self._on)

    def _choose_here(self) -> None:
        if self._sources:
            self._source_menu.popup(self._empty.button.mapToGlobal(QPoint(0, self._empty.button.height() + 4)))
        else:
            self.host.addWanted.emit(self.index)

    def _choose(self, path: str | None) -> None:
        if path is None:
            self.host.addWanted.emit(self.index)
        else:
            self.host.sourceChosen.emit(self.index, path)


def _offer(action: QAction, data: str, on: bool, *, checkable: bool = True) -> None:
    action.setData(data)
    action.setCheckable(checkable)
    action.setChecked(on)
