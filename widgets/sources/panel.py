"""The Sources panel: lists every source with its state and tiles; sources are added and dragged from here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu

from engines.cameras.types import UsbCamera
from widgets.kit.file_drops import FileDrops
from widgets.kit.icons import icon
from widgets.kit.panel import EmptyState, Panel, PrimaryButton, QuietButton
from widgets.kit.theme import LOOK
from widgets.kit.when_new import when_new
from widgets.sources.choice import SOURCE_MIME
from widgets.sources.form import KINDS, SourceForm
from widgets.sources.list import ROW, SourceList, SourceRow, TileRow

__all__ = ["SOURCE_MIME", "SourceRow", "SourcesPanel", "TileRow", "dropped_texts"]


class SourcesPanel(FileDrops, Panel):
    """Shows rows, and tells what the user wants with them."""

    sourceMade = Signal(object)
    removed = Signal(str)
    retried = Signal(str)
    activated = Signal(str)
    selected = Signal(str)
    sampleWanted = Signal()
    camerasWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Sources", False)
        self.form: SourceForm | None = None
        self._cameras: list[UsbCamera] | None = None
        self._aimed = False
        self.add_button = PrimaryButton("Add", "add", "Add a camera, file, folder, stream, tiled source or scene")
        self.add_button.setMenu(self._menu())
        self.add_head(self.add_button)
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
        for wanted, told in (
            (self.retry.clicked, self.retried),
            (self.remove.clicked, self.removed),
            (self.list.removeWanted, self.removed),
        ):
            wanted.connect(lambda *_, told=told: self._tell(told))
        self.list.itemActivated.connect(lambda item: self.activated.emit(item.data(0, ROW).id))
        self.list.currentItemChanged.connect(self._enable)
        self.show_rows(())

    @when_new
    def show_rows(self, rows: Sequence[SourceRow]) -> None:
        """Show these. Selection, scrolling and what is folded stay as they are."""
        self.list.show_rows(rows)
        self.show_empty(not rows)
        playing = sum(row.state == "playing" for row in rows)
        failed = sum(row.level == "bad" for row in rows)
        words = [f"{len(rows)} source" + "s" * (len(rows) != 1)] if rows else []
        if rows:
            words.append(f"{failed} failed" if failed else f"{playing} playing")
        self.set_state(", ".join(words), "bad" if failed else "")
        self._enable()

    def open_form(self, kind: str) -> None:
        """The form that adds a source of this kind."""
        if self.form is None:
            self.form = SourceForm(self.window())
            self.form.made.connect(self.sourceMade)
            self.form.camerasWanted.connect(self.camerasWanted)
            if self._cameras is not None:
                self.form.set_cameras(self._cameras)
        self.form.open_for(kind)

    def close_form(self) -> None:
        """Close the form if it is open; nothing is added."""
        if self.form is not None:
            self.form.reject()

    def set_cameras(self, cameras: Sequence[UsbCamera]) -> None:
        """The answer to `camerasWanted`: what the system lists."""
        self._cameras = list(cameras)
        if self.form is not None:
            self.form.set_cameras(self._cameras)

    def taken(self, data: QMimeData) -> list[str]:
        return [] if data.hasFormat(SOURCE_MIME) else dropped_texts(data)

    def show_aimed(self, on: bool) -> None:
        self._aimed = on
        self.setContentsMargins(*((2,) * 4 if on else (0,) * 4))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._aimed:
            painter = QPainter(self)
            painter.setPen(QPen(LOOK.now.color("accent"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for kind, title in KINDS.items():
            menu.addAction(icon(kind), f"{title}…").setData(kind)
        menu.triggered.connect(lambda action: self.open_form(action.data()))
        return menu

    def _tell(self, signal: SignalInstance) -> None:
        if self.list.current():
            signal.emit(self.list.current())

    def _enable(self, *_items: object) -> None:
        for button in (self.retry, self.remove):
            button.setEnabled(bool(self.list.current()))
        self._tell(self.selected)


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
