"""The Sources panel: lists every source with its state and tiles; sources are added and dragged from here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl, Signal, SignalInstance
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu

from engines.cameras.types import FeedState, Source, UsbCamera
from engines.core.words import tr, tr_count
from widgets.kit.file_drops import FileDrops
from widgets.kit.icons import icon
from widgets.kit.menus import pop_up
from widgets.kit.panel import EmptyState, Panel, PrimaryButton, QuietButton
from widgets.kit.theme import LOOK
from widgets.kit.when_new import when_new
from widgets.sources.choice import SOURCE_MIME
from widgets.sources.form import KINDS, SourceForm
from widgets.sources.list import ROW, SourceList, SourceRow, TileRow
from widgets.sources.told import WORDS

__all__ = ["SOURCE_MIME", "SourceRow", "SourcesPanel", "TileRow", "dropped_texts"]


class SourcesPanel(FileDrops, Panel):
    """Shows rows, and tells what the user wants with them."""

    sourceMade = Signal(object)
    wanted = Signal(str, str)
    removed = Signal(str)
    retried = Signal(str)
    sourceEdited = Signal(str, object)
    activated = Signal(str)
    selected = Signal(str)
    sampleWanted = Signal()
    camerasWanted = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Sources"), False)
        self.form: SourceForm | None = None
        self.editor: SourceForm | None = None
        self._edited = ""
        self._cameras: list[UsbCamera] | None = None
        self._aimed = False
        self.add_button = PrimaryButton(
            tr("Add"), "add", tr("Add a camera, file, folder, stream, tiled source or scene")
        )
        self.add_button.setMenu(self._menu())
        self.add_head(self.add_button)
        self.list = SourceList()
        self.add(self.list, 1)
        self.retry = QuietButton(tr("Reconnect"), "retry", tr("Open the selected source again"))
        self.remove = QuietButton(tr("Remove"), "remove", tr("Close the selected source; Undo brings it back"))
        self.add_foot(self.retry, self.remove)
        self.foot.addStretch(1)
        empty = EmptyState(
            tr("No source yet. Add one above, drop files here, or look at the sample rig."),
            tr("Open sample"),
            "sources",
            tr("A rendered rig of four cameras; needs no camera and no network"),
        )
        empty.clicked.connect(self.sampleWanted)
        self.set_empty(empty)
        for wanted, told in (
            (self.retry.clicked, self.retried),
            (self.remove.clicked, self.removed),
        ):
            wanted.connect(lambda *_, told=told: self._tell(told))
        self.list.wanted.connect(self.ask)
        self.list.menuWanted.connect(self._pop_up)
        self.list.itemActivated.connect(lambda item: self.activated.emit(item.data(0, ROW).id))
        self.list.currentItemChanged.connect(self._enable)
        self.show_rows(())

    @when_new
    def show_rows(self, rows: Sequence[SourceRow]) -> None:
        """Show these. Selection, scrolling and what is folded stay as they are."""
        self.list.show_rows(rows)
        self.show_empty(not rows)
        playing = sum(row.state == WORDS[FeedState.PLAYING] for row in rows)
        failed = sum(row.level == "bad" for row in rows)
        words = [tr_count(len(rows), "{n} source", "{n:,} sources")] if rows else []
        if rows:
            words.append(tr("{failed} failed", failed=failed) if failed else tr("{playing} playing", playing=playing))
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

    def edit(self, id: str, source: Source) -> None:
        """The form of a source that is open; `sourceEdited(id, source)` when something in it was changed."""
        if self.editor is None:
            self.editor = SourceForm(self.window())
            self.editor.made.connect(lambda source: self.sourceEdited.emit(self._edited, source))
            self.editor.camerasWanted.connect(self.camerasWanted)
        self._edited = id
        if self._cameras is not None:
            self.editor.set_cameras(self._cameras)
        self.editor.open_with(source)

    def ask(self, verb: str, id: str) -> None:
        """What a key or the menu wants done with a source, tile or straightened picture."""
        known = {"show": self.activated, "remove": self.removed, "retry": self.retried}
        if verb == "rename":
            self.list.edit_name(id)
        elif verb in known:
            known[verb].emit(id)
        else:
            self.wanted.emit(verb, id)

    def menu_for(self, row: SourceRow | TileRow) -> QMenu:
        """What can be done with a row, with the keys that do the same."""
        menu = QMenu(self)
        for group in _entries(row):
            if not menu.isEmpty():
                menu.addSeparator()
            for verb, role, words, keys in group:
                action = menu.addAction(icon(role), words)
                action.setShortcut(QKeySequence(keys))
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                action.setShortcutVisibleInContextMenu(True)
                action.triggered.connect(lambda _on=False, verb=verb: self.ask(verb, row.id))
        return menu

    def _pop_up(self, id: str, at: QPoint) -> None:
        if (row := self.list.row_of(id)) is not None:
            pop_up(self.menu_for(row), at)

    def set_cameras(self, cameras: Sequence[UsbCamera]) -> None:
        """The answer to `camerasWanted`: what the system lists."""
        self._cameras = list(cameras)
        for form in (self.form, self.editor):
            if form is not None:
                form.set_cameras(self._cameras)

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


Offer = tuple[str, str, str, str]


def _entries(row: SourceRow | TileRow) -> list[list[Offer]]:
    """(verb, icon, words, keys) of a row's menu, in groups."""
    show = ("show", "show", tr("Show in the viewer"), "Return")
    rename = ("rename", "edit", tr("Rename"), "F2")
    properties = ("properties", "properties", tr("Properties"), "Alt+Return")
    remove = ("remove", "remove", tr("Remove"), "Del")
    if isinstance(row, TileRow):
        straight = ("undistort", "straight", tr("Undistort"), "")
        return [[show], [properties, remove]] if row.straight else [[show, rename, straight], [properties]]
    split = ("split", "tiled", tr("Split into tiles…") if row.kind != "tiled" else tr("Split anew…"), "")
    change = [rename, ("edit", "settings", tr("Edit…"), ""), split, ("duplicate", "copy", tr("Duplicate"), "Ctrl+D")]
    file = [("replace", "swap", tr("Replace by file…"), "")]
    if row.gone:
        file.insert(0, ("locate", "search", tr("Locate…"), ""))
    if row.file:
        file.append(("reveal", "reveal", tr("Reveal"), ""))
    file.append(("retry", "retry", tr("Reconnect"), ""))
    place = [("up", "caret-up", tr("Move up"), "Alt+Up"), ("down", "caret-down", tr("Move down"), "Alt+Down")]
    return [[show], change, file, place, [properties, remove]]


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
