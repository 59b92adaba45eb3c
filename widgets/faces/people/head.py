"""The top of the people page: which gallery, how many are in it, the filter, and what opens at the side."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from engines.core.words import as_part, tr
from engines.faces.gallery.types import GalleryInfo
from widgets.faces.people.requests import PeopleRequests
from widgets.faces.people.words import SORTS, gallery_line, gallery_name, gallery_tip, matching_line
from widgets.kit.icons import icon
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ElidedLabel, Pill, PrimaryButton, QuietButton, SearchField, describe


class GalleryHead(QWidget):
    """`paneWanted(name, on)`: "unknown" or "history" is to be shown at the side or no longer."""

    paneWanted = Signal(str, bool)
    sortChosen = Signal(str)

    def __init__(self, requests: PeopleRequests) -> None:
        super().__init__()
        self._requests = requests
        self._told: tuple[GalleryInfo | None, int] = (None, -1)
        self._search = ""
        self.title, self.line, self.pill = ElidedLabel("", "title"), ElidedLabel("", "state"), Pill()
        self.title.given = True
        self.search = SearchField(
            tr("Filter people"), placeholder=tr("Filter by name"), tip=tr("Only those whose name has this")
        )
        self.sort = QuietButton("", "sort-ascending", tr("Order of the portraits"), name=tr("Order"))
        self.by_picture = QuietButton(
            "", "user-focus", tr("Look for the face of a picture"), name=tr("Find by a picture")
        )
        self.unknown = QuietButton(tr("Unknown"), "users-three", tr("Unknown faces, to be named"), checkable=True)
        self.history = QuietButton(tr("History"), "undo", tr("What was changed, to be taken back"), checkable=True)
        self.more = QuietButton("", "more", tr("New or another gallery"), name=tr("Gallery"))
        self.enrol = PrimaryButton(tr("Enrol people"), "add", tr("Find the faces in pictures and look them through"))
        self.order = "name"
        self._lay_out()
        self._wire()

    def show_gallery(
        self, info: GalleryInfo, search: str, unknown: int, pane: str, tools: bool = True, matching: int = -1
    ) -> None:
        """`unknown`: groups of unknown faces. pane: what is shown at the side. tools: there is something to work on.
        matching: how many the filter leaves, -1 without one.
        """
        self.unknown.setText(tr("Unknown {unknown:,}", unknown=unknown) if unknown else tr("Unknown"))
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
        self.pill.set_state(tr("Read-only") if info.read_only else "", "warn")
        self.pill.setToolTip(tr("Another program has this gallery open, so nothing is changed here"))
        self.enrol.setEnabled(not info.read_only)

    def _lay_out(self) -> None:
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.search.setMaximumWidth(320)
        naming = row_of(self.title, self.pill, None, spacing=8)
        top = row_of((column_of(naming, self.line, spacing=2), 1), self.enrol, self.more, spacing=4)
        buttons = (self.sort, self.by_picture, self.unknown, self.history)
        self._tools = held(row_of((self.search, 100), None, *buttons, spacing=4))
        self.setLayout(column_of(top, self._tools, spacing=8, margins=(12, 10, 8, 6)))

    def _wire(self) -> None:
        self.search.textChanged.connect(self._type)
        keep("people", search=self.search)
        self.enrol.clicked.connect(self._requests.enrolWanted)
        self.unknown.clicked.connect(lambda on: self.paneWanted.emit("unknown", on))
        self.history.clicked.connect(lambda on: self.paneWanted.emit("history", on))
        menu = QMenu(self)
        menu.addAction(icon("new"), tr("New gallery\u2026")).triggered.connect(self._requests.newWanted)
        menu.addAction(icon("open"), tr("Open gallery\u2026")).triggered.connect(self._requests.openWanted)
        orders, group = QMenu(self), QActionGroup(self)
        for id, (title, _) in SORTS.items():
            action = orders.addAction(title)
            action.setCheckable(True)
            action.setChecked(id == self.order)
            group.addAction(action)
            action.triggered.connect(lambda _on=False, id=id: self._sort(id))
        for button, opened in ((self.more, menu), (self.sort, orders)):
            button.setMenu(opened)
            button.setPopupMode(button.ToolButtonPopupMode.InstantPopup)

    def _type(self, text: str) -> None:
        if text != self._search:
            self._search = text
            self._requests.searchChanged.emit(text)

    def _sort(self, id: str) -> None:
        self.order = id
        describe(self.sort, tr("Order"), tr("Order of the portraits: {sorts}", sorts=as_part(SORTS[id][0])))
        self.sortChosen.emit(id)
