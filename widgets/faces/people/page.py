"""The people page: portraits of everybody, and at their side one person, unknown faces, a search's hits or the history.

The portraits are the largest thing. Suggestions and cards are there while there are any; one pane at a time opens at
the side, below where the page is narrow.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedWidget

from engines.core.words import tr
from engines.faces.gallery.types import GalleryInfo, Person
from widgets.faces.grid import FaceGrid
from widgets.faces.people.cards import ExpiringCard, ProofCard
from widgets.faces.people.empty import GalleryStart
from widgets.faces.people.head import GalleryHead
from widgets.faces.people.person import PersonPane
from widgets.faces.people.requests import PeopleRequests
from widgets.faces.people.side import Side
from widgets.faces.people.suggest import SuggestionStrip
from widgets.faces.people.words import gallery_name, matching, person_items, person_tip
from widgets.faces.state import FacesView, PeopleView
from widgets.faces.thumbs import Thumbs
from widgets.kit.file_drops import FileDrops
from widgets.kit.icons import icon
from widgets.kit.layouts import column_of, split_of, styled
from widgets.kit.panel import EmptyState
from widgets.kit.work_parts import Framed

WIDE = 720
SIDE = 352
TIP = tr("Ctrl or Shift takes several, to merge them; F2 renames")


class PeoplePage(FileDrops):
    """All that the user wants of people and faces goes out by `requests`."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = PeopleView()
        self._listed: tuple[object, ...] = ()
        self._known: tuple[Person, ...] = ()
        self._names: tuple[tuple[str, str], ...] = ()
        self._portraits: dict[str, str] = {}
        self.pane = ""
        self.requests, self.thumbs = PeopleRequests(self), Thumbs(self)
        self.head = GalleryHead(self.requests)
        self.proof, self.expiring = ProofCard(), ExpiringCard()
        self.suggestions = SuggestionStrip(self.requests, self.thumbs)
        self.grid = FaceGrid(self.thumbs, tr("People"), 96, 2, tip=TIP, tip_of=person_tip)
        self.side = Side(self.requests, self.thumbs)
        self.start, self.locked = GalleryStart(self.requests), EmptyState("", tr("Unlock"), "lock-key")
        self.nobody = EmptyState(
            tr("Nobody is enrolled yet. Drop pictures here, or choose them."), tr("Enrol people"), "faces"
        )
        self._soon = QTimer(self, singleShot=True)
        self._lay_out()
        self._wire()

    def show_state(self, view: FacesView) -> None:
        before, self.shown = self.shown, view.people
        people, info = view.people, view.people.info
        self.head.setVisible(info is not None)
        self.proof.show_proof(people.forgotten)
        self.expiring.show_dry_run(people.expiring, self.editable)
        self.thumbs.show_images(view.thumbs)
        if info is None or info.locked or not (people.people or people.clusters or people.history):
            self._show_empty(people, info)
            return
        self._body.setCurrentWidget(self._main)
        self._know(people)
        self._follow(before, people)
        self._show_people(people)
        self.suggestions.show_suggestions(people.suggestions if self.editable else (), self._portraits)
        self._show_side(people, info)

    @property
    def editable(self) -> bool:
        """The gallery may be changed here."""
        return self.shown.info is not None and not self.shown.info.read_only

    def show_pane(self, pane: str) -> None:
        """What is at the side: "person", "several", "unknown", "found", "history", or "" for nothing."""
        self.pane = pane
        if self.shown.info is not None:
            self._show_side(self.shown, self.shown.info)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def people_menu(self, ids: list[str]) -> QMenu | None:
        """What can be done with these people."""
        menu = QMenu(self)
        if len(ids) > 1:
            action = menu.addAction(icon("git-merge"), tr("Merge these {count} into one", count=len(ids)))
            action.setEnabled(self.editable)
            action.triggered.connect(lambda: self.requests.merged.emit(ids))
            return menu
        for words, role, act in (
            (tr("Rename"), "edit", lambda: self._of_person(PersonPane.start_rename)),
            (tr("Merge with\u2026"), "git-merge", lambda: self._of_person(PersonPane.ask_merge)),
            (tr("Export\u2026"), "export", lambda: self.requests.exportWanted.emit(ids[0])),
            (tr("Delete everywhere\u2026"), "delete", lambda: self._of_person(PersonPane.ask_forget)),
        ):
            action = menu.addAction(icon(role), words)
            action.setEnabled(self.editable or role == "export")
            action.triggered.connect(act)
        return menu

    def _know(self, people: PeopleView) -> None:
        """Names and portraits, made anew only when the people are others."""
        if people.people is self._known:
            return
        self._known = people.people
        names = tuple((person.id, person.name) for person in people.people)
        if names != self._names:
            self._names = names
        portraits = {person.id: person.portrait for person in people.people}
        if portraits != self._portraits:
            self._portraits = portraits

    def _follow(self, before: PeopleView, people: PeopleView) -> None:
        """Open at the side what has just been chosen or found."""
        if people.selected != before.selected:
            self.grid.select([people.selected] if people.selected else [])
            if people.selected:
                self.pane = "person"
                self._soon.start(0)
        if people.found is not before.found and people.found != before.found and people.asked:
            self.pane = "found"
        if self.pane == "person" and not people.selected:
            self.pane = ""

    def _show_people(self, people: PeopleView) -> None:
        wanted = (people.people, people.search, self.head.order)
        if wanted == self._listed:
            return
        self._listed = wanted
        chosen = self.grid.selected
        self.grid.show_items(person_items(matching(people.people, people.search), self.head.order))
        self.grid.show_message(
            tr("Nobody is called \u201c{search}\u201d.", search=people.search)
            if people.search
            else tr("No people yet.")
        )
        if not chosen and people.selected:
            self.grid.select([people.selected])

    def _show_side(self, people: PeopleView, info: GalleryInfo) -> None:
        left = len(self.grid.items) if people.search else -1
        self.head.show_gallery(info, people.search, len(people.clusters), self.pane, matching=left)
        self.side.show_pane(self.pane, people, self._names, self.grid.selected, self.editable)

    def _show_empty(self, people: PeopleView, info: GalleryInfo | None) -> None:
        self.suggestions.hide()
        if info is None:
            self.start.show_recent(people.recent)
            self._body.setCurrentWidget(self.start)
            return
        self.head.show_gallery(info, people.search, 0, "", tools=False)
        if info.locked:
            self.locked.set_text(
                tr("{gallery_name} is encrypted. Unlock it to see who is in it.", gallery_name=gallery_name(info))
            )
            self._body.setCurrentWidget(self.locked)
        else:
            self.nobody.button.setEnabled(not info.read_only)
            self._body.setCurrentWidget(self.nobody)

    def _pick(self, ids: list[str]) -> None:
        """The selection among the portraits is another."""
        if len(ids) > 1:
            self.show_pane("several")
        elif ids:
            self.pane = "person"
            self.requests.personChosen.emit(ids[0])
            self.show_pane(self.pane)

    def _open(self) -> None:
        """Back to the person who is selected already, from the history or wherever the side is."""
        if len(self.grid.selected) == 1 and self.shown.selected == self.grid.selected[0] and self.pane != "person":
            self.show_pane("person")

    def _of_person(self, act: Callable[[PersonPane], None]) -> None:
        """Do something with the one person who is selected, in front of the user."""
        self._open()
        if len(self.grid.selected) == 1 and self.pane == "person":
            act(self.side.person)

    def _find(self, face: str) -> None:
        """The hits open when they come, or at once where they are there already."""
        if face == self.shown.asked and self.shown.found:
            self.show_pane("found")

    def _close_side(self) -> None:
        if self.pane not in ("person", "several"):
            self._toggle(self.pane, False)
            return
        self.show_pane("")
        self.grid.select([])
        self.requests.personChosen.emit("")

    def _toggle(self, pane: str, on: bool) -> None:
        self.show_pane(pane if on else "person" if self.shown.selected else "")

    def _turn(self) -> None:
        """Side by side, or one above the other where it is narrow."""
        way = Qt.Orientation.Horizontal if self.width() >= WIDE else Qt.Orientation.Vertical
        if self._main.orientation() != way:
            self._main.setOrientation(way)
            self._main.setSizes([1000, SIDE] if way == Qt.Orientation.Horizontal else [300, 300])

    def _lay_out(self) -> None:
        self._main = split_of(self.grid, self.side, sizes=(1000, SIDE), stretch=(1,))
        self._body = QStackedWidget()
        for part in (self.start, self.locked, self.nobody, self._main):
            self._body.addWidget(part)
        cards = (Framed(part) for part in (self.proof, self.expiring, self.suggestions))
        self.setLayout(column_of(self.head, *cards, (self._body, 1)))
        styled(self, self.head, self._body)

    def _wire(self) -> None:
        requests = self.requests
        self.grid.make_menu = self.people_menu
        self.grid.picked.connect(self._pick)
        self.grid.faceDropped.connect(requests.moved)
        self.grid.clicked.connect(lambda _index: self._open())
        self.grid.opened.connect(lambda _id: self._open())
        self.grid.renameWanted.connect(lambda _id: self._of_person(PersonPane.start_rename))
        self.grid.removeWanted.connect(lambda _ids: self._of_person(PersonPane.ask_forget))
        self.nobody.clicked.connect(requests.enrolWanted)
        self._soon.timeout.connect(lambda: self.grid.reveal(self.shown.selected))
        self.side.closed.connect(self._close_side)
        requests.findWanted.connect(self._find)
        self.head.paneWanted.connect(self._toggle)
        self.head.sortChosen.connect(lambda _order: self._show_people(self.shown))
