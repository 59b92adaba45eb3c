"""The people page without one person: no gallery yet, several people at once, and the frame of a side pane."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engines.core.words import as_part, tr
from engines.faces.gallery.types import Person
from widgets.faces.grid import FaceGrid
from widgets.faces.people.requests import PeopleRequests
from widgets.faces.people.words import person_item, person_tip
from widgets.faces.thumbs import Thumbs
from widgets.kit.layouts import column_of, row_of
from widgets.kit.panel import ChoiceField, ElidedLabel, EmptyState, PlainButton, PrimaryButton, QuietButton, labelled

RECENT = 3


class GalleryStart(QWidget):
    """No gallery is open: make one, open one, or one of the last."""

    def __init__(self, requests: PeopleRequests) -> None:
        super().__init__()
        self._requests = requests
        self._recent: tuple[str, ...] = ()
        self.state = EmptyState(tr("A gallery holds the people that are to be recognised."), "", "faces")
        self.make = PrimaryButton(tr("New gallery"), "new", tr("An empty gallery file, encrypted on request"))
        self.open = PlainButton(tr("Open gallery"), "open", tr("A gallery file from before"))
        self.links = [QuietButton(tr("Gallery"), "waiting") for _ in range(RECENT)]
        buttons = row_of(None, self.make, self.open, None, spacing=8)
        links = [(link, 0, Qt.AlignmentFlag.AlignHCenter) for link in self.links]
        self.setLayout(
            column_of((None, 3), self.state, buttons, 12, *links, (None, 4), spacing=4, margins=(9, 9, 9, 9))
        )
        for link in self.links:
            link.clicked.connect(lambda _on=False, link=link: self._choose(link))
            link.hide()
        self.make.clicked.connect(requests.newWanted)
        self.open.clicked.connect(requests.openWanted)

    def show_recent(self, paths: tuple[str, ...]) -> None:
        """The galleries that were open last, the newest first."""
        if paths == self._recent:
            return
        self._recent = paths
        for link, path in zip(self.links, (*paths, *[""] * RECENT), strict=False):
            name = PurePath(path.replace("\\", "/")).stem
            link.setText(name if len(name) < 40 else name[:39] + "\u2026")
            link.setToolTip(path or tr("No gallery"))
            link.setAccessibleName(tr("Open {name}", name=name))
            link.setVisible(bool(path))

    def _choose(self, link: QuietButton) -> None:
        self._requests.galleryChosen.emit(self._recent[self.links.index(link)])


class SeveralPane(QWidget):
    """Several people are selected: they can become one."""

    def __init__(self, requests: PeopleRequests, thumbs: Thumbs) -> None:
        super().__init__()
        self._requests = requests
        self._people: list[Person] = []
        self.grid = FaceGrid(thumbs, tr("Selected people"), 84, 2, tip_of=person_tip)
        self.title = ElidedLabel("", "title")
        self.keeps = ChoiceField(tr("Name"), tip=tr("The name that stays"))
        self.merge = PrimaryButton(tr("Merge"), "git-merge", tr("These are one person; History takes it back"))
        self.close_button = QuietButton("", "close", tr("Select nobody"), name=tr("Select nobody"))
        head = row_of((self.title, 1), self.close_button, spacing=8)
        keeps = labelled(tr("Name that stays"), self.keeps)
        foot = row_of((keeps, 1), (self.merge, 0, Qt.AlignmentFlag.AlignBottom), spacing=8)
        self.setLayout(column_of(head, (self.grid, 1), foot, spacing=8, margins=(12, 10, 6, 10)))
        self.merge.clicked.connect(self._merge)

    def show_people(self, people: Sequence[Person], editable: bool = True) -> None:
        self.merge.setEnabled(editable and len(people) > 1)
        if list(people) == self._people:
            return
        self._people = list(people)
        self.title.setText(tr("{count:,} people selected", count=len(people)))
        self.grid.show_items([person_item(person) for person in people])
        most = max(people, key=lambda person: person.faces, default=None)
        self.keeps.set_choices([(person.id, person.name) for person in people], most.id if most else "")

    def _merge(self) -> None:
        first = self.keeps.value()
        self._requests.merged.emit([first, *(person.id for person in self._people if person.id != first)])


class SidePane(QWidget):
    """A title, a button that closes, and what the pane is about."""

    def __init__(self, title: str, body: QWidget) -> None:
        super().__init__()
        self.close_button = QuietButton(
            "", "close", tr("Close {title}", title=as_part(title)), name=tr("Close {title}", title=as_part(title))
        )
        head = row_of((ElidedLabel(title, "title"), 1), self.close_button, margins=(12, 10, 6, 4))
        self.setLayout(column_of(head, (body, 1), spacing=0))
