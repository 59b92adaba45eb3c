"""The Sources panel: every source, how it does, and its tiles below it; where sources are added and dragged from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu, QTreeWidgetItem

from engines.cameras.types import UsbCamera
from widgets.kit.icons import icon
from widgets.kit.panel import EmptyState, Panel, PrimaryButton, QuietButton
from widgets.kit.theme import LOOK
from widgets.sources.choice import SOURCE_MIME
from widgets.sources.form import KINDS, SourceForm
from widgets.sources.list import ROW, SourceList, SourceRow, TileRow

__all__ = ["SOURCE_MIME", "SourceRow", "SourcesPanel", "TileRow", "dropped_texts"]


class SourcesPanel(Panel):
    """Shows rows, and tells what the user wants with them."""

    sourceMade = Signal(object)
    removed = Signal(str)
    retried = Signal(str)
    activated = Signal(str)
    selected = Signal(str)
    dropped = Signal(list)
    sampleWanted = Signal()
    camerasWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Sources", scrolling=False)
        self._rows: tuple[SourceRow, ...] = ()
        self._form: SourceForm | None = None
        self._cameras: list[UsbCamera] | None = None
        self._drop = False
        self.setAcceptDrops(True)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.add_button = PrimaryButton("Add", "add", "Add a camera, file, folder, stream, tiled source or scene")
        self.add_button.setMenu(self._menu())
        self.set_action(self.add_button)
        self.list = SourceList()
        self.add(self.list, 1)
        self.retry = QuietButton("Reconnect", "retry", "Open the selected source again")
        self.remove = QuietButton("Remove", "remove", "Close the selected source; Undo brings it back")
        self.add_foot(self.retry, self.remove)
        self.foot.addStretch(1)
        empty = EmptyState(
            "No source yet. Add one above, drop files here, or look at the sample rig.", "Open sample", "sources",
            "A rendered rig of four cameras; needs no camera and no network",
        )  # fmt: skip
        empty.clicked.connect(self.sampleWanted)
        self.set_empty(empty)
        self._connect()
        self.show_rows(())

    def show_rows(self, rows: Sequence[SourceRow]) -> None:
        """Show these. Selection, scrolling and what is folded stay as they are."""
        rows = tuple(rows)
        if rows == self._rows and self.is_empty == (not rows):
            return
        self._rows = rows
        self.list.show_rows(rows)
        self.show_empty(not rows)
        playing = sum(row.state == "playing" for row in rows)
        failed = sum(row.level == "bad" for row in rows)
        words = [f"{len(rows)} source" + "s" * (len(rows) != 1)] if rows else []
        if rows:
            words.append(f"{failed} failed" if failed else f"{playing} playing")
        self.set_state(", ".join(words), "bad" if failed else "")
        self._enable()

    def current(self) -> str:
        """Id of the selected row, "" when none is."""
        return self.list.current()

    def select(self, id: str) -> None:
        self.list.select(id)

    def open_form(self, kind: str) -> None:
        """The form that adds a source of this kind."""
        if self._form is None:
            self._form = SourceForm(self.window())
            self._form.made.connect(self.sourceMade)
            self._form.camerasWanted.connect(self.camerasWanted)
            if self._cameras is not None:
                self._form.set_cameras(self._cameras)
        self._form.open_for(kind)

    def close_form(self) -> None:
        """Close the form if it is open; nothing is added."""
        if self._form is not None:
            self._form.reject()

    @property
    def form(self) -> SourceForm | None:
        """The form, once it has been opened."""
        return self._form

    def set_cameras(self, cameras: Sequence[UsbCamera]) -> None:
        """The answer to `camerasWanted`: what the system lists."""
        self._cameras = list(cameras)
        if self._form is not None:
            self._form.set_cameras(self._cameras)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if not data.hasFormat(SOURCE_MIME) and (data.hasUrls() or data.hasText()):
            self._mark(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._mark(False)
        self.dropped.emit(dropped_texts(event.mimeData()))
        event.acceptProposedAction()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop:
            painter = QPainter(self)
            painter.setPen(QPen(LOOK.now.color("accent"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for kind, title in KINDS.items():
            menu.addAction(icon(kind), f"{title}…").setData(kind)
        menu.triggered.connect(lambda action: self.open_form(action.data()))
        return menu

    def _connect(self) -> None:
        self.retry.clicked.connect(self._retry)
        self.remove.clicked.connect(self._remove)
        self.list.itemActivated.connect(self._activate)
        self.list.currentItemChanged.connect(self._enable)
        self.list.removeWanted.connect(self._remove)

    def _activate(self, item: QTreeWidgetItem) -> None:
        self.activated.emit(item.data(0, ROW).id)

    def _retry(self) -> None:
        if self.current():
            self.retried.emit(self.current())

    def _remove(self) -> None:
        if self.current():
            self.removed.emit(self.current())

    def _enable(self, *_items: object) -> None:
        for button in (self.retry, self.remove):
            button.setEnabled(bool(self.current()))
        if self.current():
            self.selected.emit(self.current())

    def _mark(self, on: bool) -> None:
        self._drop = on
        self.setContentsMargins(*((2,) * 4 if on else (0,) * 4))
        self.update()


def dropped_texts(data: QMimeData) -> list[str]:
    """Paths and addresses of what was dropped."""
    if data.hasUrls():
        return [_dropped(url) for url in data.urls()]
    return [line.strip() for line in data.text().splitlines() if line.strip()]


def _dropped(url: QUrl) -> str:
    """A path, also one whose name is not UTF-8, which Qt's own words for it would not lead to."""
    whole = bytes(url.toEncoded().data())
    if url.isLocalFile() and not url.host() and "\ufffd" in url.toLocalFile():
        return os.fsdecode(unquote_to_bytes(whole.removeprefix(b"file://")))
    return url.toLocalFile() or url.toString()
