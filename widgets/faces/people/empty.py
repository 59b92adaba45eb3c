"""Where no person fills the people page: no gallery yet, several people at once, and the frame of a side pane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engines.core.frames import Image
from engines.faces.gallery.types import Person
from widgets.faces.grid import FaceGrid
from widgets.faces.people.words import person_item, person_tip
from widgets.kit.panel import ChoiceField, ElidedLabel, EmptyState, PlainButton, PrimaryButton, QuietButton, labelled

RECENT = 3


class GalleryStart(QWidget):
    """No gallery is open: make one, open one, or one of the last."""

    galleryNewWanted = Signal()
    galleryOpenWanted = Signal()
    galleryChosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._recent: tuple[str, ...] = ()
        self.state = EmptyState("A gallery holds the people that are to be recognised.", "", "faces")
        self.make = PrimaryButton("New gallery", "new", "An empty gallery file, encrypted on request")
        self.open = PlainButton("Open gallery", "open", "A gallery file from before")
        self.links = [QuietButton("Gallery", "waiting") for _ in range(RECENT)]
        column = QVBoxLayout(self)
        column.setSpacing(4)
        column.addStretch(3)
        column.addWidget(self.state)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.make)
        row.addWidget(self.open)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(12)
        for link in self.links:
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignHCenter)
            link.clicked.connect(lambda _on=False, link=link: self._choose(link))
            link.hide()
        column.addStretch(4)
        self.make.clicked.connect(self.galleryNewWanted)
        self.open.clicked.connect(self.galleryOpenWanted)

    def show_recent(self, paths: tuple[str, ...]) -> None:
        """The galleries that were open last, the newest first."""
        if paths == self._recent:
            return
        self._recent = paths
        for link, path in zip(self.links, (*paths, *[""] * RECENT), strict=False):
            name = PurePath(path.replace("\\", "/")).stem
            link.setText(name if len(name) < 40 else name[:39] + "\u2026")
            link.setToolTip(path or "No gallery")
            link.setAccessibleName(f"Open {name}")
            link.setVisible(bool(path))

    def _choose(self, link: QuietButton) -> None:
        self.galleryChosen.emit(self._recent[self.links.index(link)])


class SeveralPane(QWidget):
    """Several people are selected: they can become one."""

    merged = Signal(list)
    closed = Signal()
    thumbsWanted = Signal(list)
    SIGNALS = ("merged", "thumbsWanted")

    def __init__(self) -> None:
        super().__init__()
        self._people: list[Person] = []
        self.grid = FaceGrid("Selected people", 84, 2, tip_of=person_tip)
        self.title = ElidedLabel("", "title")
        self.keeps = ChoiceField("Name", tip="The name that stays")
        self.merge = PrimaryButton("Merge", "git-merge", "These are one person; History takes it back")
        self.close_button = QuietButton("", "close", "Select nobody", name="Select nobody")
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(labelled("Name that stays", self.keeps), 1)
        foot.addWidget(self.merge, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 6, 10)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.grid, 1)
        column.addLayout(foot)
        self.merge.clicked.connect(self._merge)
        self.close_button.clicked.connect(self.closed)
        self.grid.thumbsWanted.connect(self.thumbsWanted)

    def show_people(self, people: Sequence[Person], editable: bool = True) -> None:
        self.merge.setEnabled(editable and len(people) > 1)
        if list(people) == self._people:
            return
        self._people = list(people)
        self.title.setText(f"{len(people):,} people selected")
        self.grid.show_items([person_item(person) for person in people])
        most = max(people, key=lambda person: person.faces, default=None)
        self.keeps.set_choices([(person.id, person.name) for person in people], most.id if most else "")

    def show_thumbs(self, images: Mapping[str, Image]) -> None:
        self.grid.show_thumbs(images)

    def _merge(self) -> None:
        first = self.keeps.value()
        self.merged.emit([first, *(person.id for person in self._people if person.id != first)])


class SidePane(QWidget):
    """A title, a button that closes, and what the pane is about."""

    closed = Signal()

    def __init__(self, title: str, body: QWidget) -> None:
        super().__init__()
        self.body = body
        self.close_button = QuietButton("", "close", f"Close {title.lower()}", name=f"Close {title.lower()}")
        self.close_button.clicked.connect(self.closed)
        row = QHBoxLayout()
        row.setContentsMargins(12, 10, 6, 4)
        row.addWidget(ElidedLabel(title, "title"), 1)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(body, 1)
