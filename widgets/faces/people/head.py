"""The top of the people page: which gallery, how many are in it, the filter, and what opens at the side."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from engines.faces.gallery.types import GalleryInfo
from widgets.faces.people.words import SORTS, gallery_line, gallery_name, gallery_tip, matching_line
from widgets.kit.icons import icon
from widgets.kit.panel import ElidedLabel, Pill, PrimaryButton, QuietButton, SearchField, describe


class GalleryHead(QWidget):
    """`paneWanted(name, on)`: "unknown" or "history" is to be shown at the side or no longer."""

    galleryNewWanted = Signal()
    galleryOpenWanted = Signal()
    enrolWanted = Signal()
    searchChanged = Signal(str)
    findFileWanted = Signal()
    paneWanted = Signal(str, bool)
    sortChosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._told: tuple[GalleryInfo | None, int] = (None, -1)
        self._search = ""
        self.title, self.line, self.pill = ElidedLabel("", "title"), ElidedLabel("", "state"), Pill()
        self.search = SearchField("Filter people", placeholder="Filter by name", tip="Only those whose name has this")
        self.sort = QuietButton("", "sort-ascending", "Order of the portraits", name="Order")
        self.by_picture = QuietButton("", "user-focus", "Look for the face of a picture", name="Find by a picture")
        self.unknown = QuietButton("Unknown", "users-three", "Unknown faces, to be named", checkable=True)
        self.history = QuietButton("History", "undo", "What was changed, to be taken back", checkable=True)
        self.more = QuietButton("", "more", "New or another gallery", name="Gallery")
        self.enrol = PrimaryButton("Enrol people", "add", "Find the faces in pictures and look them through")
        self.order = "name"
        self._lay_out()
        self._wire()

    def show_gallery(
        self, info: GalleryInfo, search: str, unknown: int, pane: str, tools: bool = True, matching: int = -1
    ) -> None:
        """`unknown`: groups of unknown faces. pane: what is shown at the side. tools: there is something to work on.
        matching: how many the filter leaves, -1 without one.
        """
        self.unknown.setText(f"Unknown {unknown:,}" if unknown else "Unknown")
        self.unknown.setChecked(pane == "unknown")
        self.history.setChecked(pane == "history")
        if search != self._search:
            self._search = search
            if search != self.search.text():
                self.search.setText(search)
        self._tools.setVisible(tools)
        self.enrol.setVisible(tools)
        if (info, matching) == self._told:
            return
        self._told = info, matching
        self.title.setText(gallery_name(info))
        self.title.set_tip(gallery_tip(info))
        self.line.setText(gallery_line(info) if matching < 0 else matching_line(info, matching))
        self.pill.setVisible(info.read_only)
        self.pill.set_state("Read-only" if info.read_only else "", "warn")
        self.pill.setToolTip("Another program has this gallery open, so nothing is changed here")
        self.enrol.setEnabled(not info.read_only)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 8, 6)
        column.setSpacing(8)
        naming = QHBoxLayout()
        naming.setSpacing(8)
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        naming.addWidget(self.title)
        naming.addWidget(self.pill)
        naming.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(naming)
        words.addWidget(self.line)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addLayout(words, 1)
        top.addWidget(self.enrol)
        top.addWidget(self.more)
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.search, 1)
        for button in (self.sort, self.by_picture, self.unknown, self.history):
            row.addWidget(button)
        self.search.setMaximumWidth(320)
        row.insertStretch(1, 1)
        column.addLayout(top)
        column.addWidget(self._tools)

    def _wire(self) -> None:
        self.search.textChanged.connect(self._type)
        self.by_picture.clicked.connect(self.findFileWanted)
        self.enrol.clicked.connect(self.enrolWanted)
        self.unknown.clicked.connect(lambda on: self.paneWanted.emit("unknown", on))
        self.history.clicked.connect(lambda on: self.paneWanted.emit("history", on))
        menu = QMenu(self)
        menu.addAction(icon("new"), "New gallery\u2026").triggered.connect(self.galleryNewWanted)
        menu.addAction(icon("open"), "Open gallery\u2026").triggered.connect(self.galleryOpenWanted)
        self.more.setMenu(menu)
        self.more.setPopupMode(self.more.ToolButtonPopupMode.InstantPopup)
        orders, group = QMenu(self), QActionGroup(self)
        for id, (title, _) in SORTS.items():
            action = orders.addAction(title)
            action.setCheckable(True)
            action.setChecked(id == self.order)
            group.addAction(action)
            action.triggered.connect(lambda _on=False, id=id: self._sort(id))
        self.sort.setMenu(orders)
        self.sort.setPopupMode(self.sort.ToolButtonPopupMode.InstantPopup)

    def _type(self, text: str) -> None:
        if text != self._search:
            self._search = text
            self.searchChanged.emit(text)

    def _sort(self, id: str) -> None:
        self.order = id
        describe(self.sort, "Order", f"Order of the portraits: {SORTS[id][0].lower()}")
        self.sortChosen.emit(id)
