"""One person with all their faces, and the verbs for both."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QWidget

from engines.core.names import same_name
from engines.core.words import tr
from engines.faces.gallery.types import FaceRecord, Person
from widgets.faces.grid import FaceGrid
from widgets.faces.name_field import NameBar, NameField, id_of
from widgets.faces.people.requests import PeopleRequests
from widgets.faces.people.words import alike_line, face_item, face_tip, person_line, short_name
from widgets.faces.row import FaceRow
from widgets.faces.thumbs import Thumbs
from widgets.kit.card_columns import Flow
from widgets.kit.icons import icon
from widgets.kit.labels import StateLine
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ElidedLabel, QuietButton, describe

PORTRAIT = 64
TIP = tr("Ctrl or Shift takes several; drag them onto a person")


class PersonPane(QWidget):
    """All about one person; the buttons and the menu of the faces do the same."""

    def __init__(self, requests: PeopleRequests, thumbs: Thumbs) -> None:
        super().__init__()
        self.requests = requests
        self.person: Person | None = None
        self._faces: tuple[FaceRecord, ...] = ()
        self._people: tuple[tuple[str, str], ...] = ()
        self._editable = True
        self.grid = FaceGrid(thumbs, tr("Faces of this person"), 72, 1, tip=TIP, tip_of=face_tip)
        self.portrait = FaceRow(thumbs, PORTRAIT, 1, tr("Portrait"))
        self.name = ElidedLabel("", "title")
        self.name.given = True
        self.line, self.alike = StateLine("hint"), StateLine("hint")
        self.rename_field = NameField(tr("New name"), tip=tr("Enter renames, Esc leaves it"))
        self.bar = NameBar()
        self._asked = ""
        self._make_buttons()
        self._lay_out()
        self._wire()

    def show_person(
        self,
        person: Person,
        faces: tuple[FaceRecord, ...],
        people: tuple[tuple[str, str], ...],
        editable: bool = True,
    ) -> None:
        """`people`: (id, name) of everybody, for merging and moving."""
        if self.person is None or person.id != self.person.id:
            self._leave_fields()
        if people is not self._people:
            self._people = people
            names = tuple(name for id, name in people if id != person.id)
            self.bar.field.show_names(names)
            self.rename_field.show_names(())
        fresh = (person, editable) != (self.person, self._editable)
        stale = fresh or not (faces is self._faces or faces == self._faces)
        self.person, self._faces, self._editable = person, faces, editable
        if fresh:
            self._show_words(person)
        if stale:
            self.grid.show_items([face_item(face, person.portrait) for face in faces])
            self._show_selection()

    def start_rename(self) -> None:
        """Put a field in place of the name."""
        if self.person is not None and self._editable:
            self.rename_field.setText(self.person.name)
            self.rename_field.set_problem("")
            self._title.setCurrentWidget(self.rename_field)
            self.rename_field.selectAll()
            self.rename_field.setFocus()

    def ask_merge(self) -> None:
        """Ask whom this person is merged with."""
        if self.person is not None and self._editable:
            self._asked = "merge"
            tip = tr("Everybody's faces become {person}'s; History takes it back", person=self.person.name)
            self.bar.ask(tr("Merge"), tr("Merge {short_name} with", short_name=short_name(self.person.name)), tip)

    def ask_move(self) -> None:
        """Ask whose the selected faces are."""
        self._asked = "move"
        self.bar.ask(tr("Move"), tr("Move to"), tr("Whose faces these are; History takes it back"))

    def ask_forget(self) -> None:
        """Everything of this person is to go; whoever does it asks before."""
        if self.person is not None and self._editable:
            self.requests.forgetWanted.emit(self.person.id)

    def face_menu(self, faces: list[str]) -> QMenu | None:
        """What can be done with these faces."""
        person = self.person
        if person is None or not faces:
            return None
        menu = QMenu(self)
        for verb, role, act, single in self._face_verbs(person):
            action = menu.addAction(icon(role), verb)
            action.setEnabled((self._editable or role == "search") and (len(faces) == 1 or not single))
            action.triggered.connect(act)
        return menu

    def _face_verbs(self, person: Person) -> tuple[tuple[str, str, Callable[[], None], bool], ...]:
        """Words, icon, what it does, whether it is for one face only."""
        chosen = set(self.grid.selected)
        doubtful = any(face.id in chosen and not face.confirmed for face in self._faces)
        confirm = ((tr("Confirm"), "check", lambda: self._answer(self.requests.confirmed), False),) if doubtful else ()
        return (
            (tr("New person from these"), "user-plus", self.split_selected, False),
            (tr("Move to\u2026"), "arrow-right", self.ask_move, False),
            (
                tr("Not {short_name}", short_name=short_name(person.name)),
                "user-minus",
                lambda: self._answer(self.requests.refused),
                False,
            ),
            *confirm,
            (tr("Use as portrait"), "star", lambda: self._one(self.requests.portraitChosen), True),
            (tr("Find similar"), "search", lambda: self._one(self.requests.findWanted), True),
            (tr("Remove"), "delete", self._remove, False),
        )

    def split_selected(self) -> None:
        if self.grid.selected:
            self.requests.split.emit(self.grid.selected)

    def _answer(self, signal: SignalInstance) -> None:
        """The selected faces are this person's, or they are not."""
        if self.person is not None and self.grid.selected:
            signal.emit(self.grid.selected, self.person.id)

    def _remove(self) -> None:
        if self.grid.selected and self._editable:
            self.requests.facesRemoved.emit(self.grid.selected)

    def _one(self, signal: SignalInstance) -> None:
        if len(self.grid.selected) == 1:
            signal.emit(self.grid.selected[0])

    def _rename(self, name: str) -> None:
        person = self.person
        if person is not None and any(same_name(known, name) and id != person.id for id, known in self._people):
            self.rename_field.set_problem(
                tr("Somebody else is called {name}; if it is the same person, merge them", name=name)
            )
            return
        self._title.setCurrentIndex(0)
        if person is not None and name != person.name:
            self.requests.renamed.emit(person.id, name)

    def _named(self, name: str) -> None:
        """The line for merging or moving was filled in."""
        other = id_of(name, [entry for entry in self._people if self.person is None or entry[0] != self.person.id])
        if not other or self.person is None:
            self.bar.field.set_problem(tr("Nobody else, or more than one, is called {name}", name=name))
            return
        self.bar.hide()
        if self._asked == "merge":
            self.requests.merged.emit([self.person.id, other])
        elif self.grid.selected:
            self.requests.moved.emit(self.grid.selected, other)

    def _leave_fields(self) -> None:
        self._title.setCurrentIndex(0)
        self.bar.hide()

    def _show_words(self, person: Person) -> None:
        self.name.setText(person.name)
        self.line.setText(person_line(person))
        self.alike.setText(alike_line(person))
        self.alike.setVisible(person.faces > 1)
        self.portrait.show_faces((person.portrait,) if person.portrait else ())
        self.setAccessibleName(tr("All about {person}", person=person.name))
        self.not_them.setText(tr("Not {short_name}", short_name=short_name(person.name)))
        describe(
            self.not_them,
            tr("Not {person}", person=person.name),
            tr("Take these faces out; they are not suggested for them again"),
        )
        for button in (self.rename, self.merge, self.forget):
            button.setEnabled(self._editable)

    def _show_selection(self) -> None:
        chosen = len(self.grid.selected)
        self.hint.setVisible(not chosen)
        self._verbs.setVisible(bool(chosen))
        self.chosen.setText(tr("{chosen:,} selected", chosen=chosen))
        for button in (self.make, self.not_them):
            button.setEnabled(self._editable)

    def _make_buttons(self) -> None:
        self.rename = QuietButton("", "edit", tr("Rename (F2)"), name=tr("Rename"))
        self.close_button = QuietButton("", "close", tr("Back to everybody"), name=tr("Back to everybody"))
        self.merge = QuietButton(tr("Merge\u2026"), "git-merge", tr("Two entries of one person become one"))
        self.export = QuietButton(
            tr("Export\u2026"), "export", tr("Everything that is stored of this person, as a folder")
        )
        self.forget = QuietButton(
            tr("Delete\u2026"), "delete", tr("Delete all that is stored of this person, with proof")
        )
        self.hint = ElidedLabel(tr("Select faces to split, move or remove them"), "hint")
        self.chosen = ElidedLabel("", "hint")
        self.make = QuietButton(tr("New person"), "user-plus", tr("These are someone else: a new person"))
        self.not_them = QuietButton(tr("Not them"), "user-minus", tr("Take these faces out"))
        self.more = QuietButton("", "more", tr("More that can be done with these faces"), name=tr("More"))

    def _lay_out(self) -> None:
        verbs = Flow(self.merge, self.export, self.forget, spacing=2)
        top = column_of(self._head(), verbs, self.bar, spacing=8, margins=(0, 0, 4, 0))
        self._verbs = held(row_of((self.chosen, 1), self.make, self.not_them, self.more, spacing=2))
        foot = column_of(self.hint, self._verbs, spacing=4, margins=(12, 0, 4, 0))
        self.setLayout(column_of(top, (self.grid, 1), foot, spacing=4, margins=(0, 10, 0, 4)))
        for line in (self.hint, self._verbs):
            line.setFixedHeight(30)

    def _head(self) -> QHBoxLayout:
        self._title = QStackedWidget()
        self._title.addWidget(held(row_of((self.name, 1), self.rename, spacing=6)))
        self._title.addWidget(self.rename_field)
        self._title.setFixedHeight(32)
        words = column_of(None, self._title, self.line, self.alike, None, spacing=0)
        close = (self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        return row_of(self.portrait, (words, 1), close, spacing=10, margins=(12, 0, 0, 0))

    def _wire(self) -> None:
        self.grid.make_menu = self.face_menu
        self.grid.picked.connect(lambda _ids: self._show_selection())
        self.grid.opened.connect(self.requests.findWanted)
        self.grid.removeWanted.connect(lambda _ids: self._remove())
        self.grid.renameWanted.connect(lambda _id: self.start_rename())
        self.rename.clicked.connect(self.start_rename)
        self.rename_field.named.connect(self._rename)
        self.rename_field.left.connect(lambda: self._title.setCurrentIndex(0))
        self.merge.clicked.connect(self.ask_merge)
        self.export.clicked.connect(lambda: self.person and self.requests.exportWanted.emit(self.person.id))
        self.forget.clicked.connect(self.ask_forget)
        self.bar.named.connect(self._named)
        self.make.clicked.connect(self.split_selected)
        self.not_them.clicked.connect(lambda: self._answer(self.requests.refused))
        self.more.clicked.connect(self._open_more)

    def _open_more(self) -> None:
        menu = self.face_menu(self.grid.selected)
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))
