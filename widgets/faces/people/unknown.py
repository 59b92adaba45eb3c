"""Unknown faces that belong together: a name typed once names them all. And what a search by a face found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from engines.core.frames import Image
from engines.faces.gallery.types import Cluster, Found
from widgets.faces.grid import FaceGrid
from widgets.faces.name_field import NameField
from widgets.faces.people.words import found_item, found_tip
from widgets.faces.row import FaceRow
from widgets.faces.thumbs import Thumbs
from widgets.kit.panel import ElidedLabel, PlainButton, QuietButton, describe, scrolled
from widgets.kit.words import count

SHOWN = 12
TIP = "Return or a double click shows whose face it is"


class ClusterCard(QFrame):
    """The faces of one unknown person and a field for the name."""

    named = Signal(list, str)
    findWanted = Signal(str)

    def __init__(self, thumbs: Thumbs) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._cluster = Cluster((), 0.0)
        self.faces = FaceRow(thumbs, 56, 8, "Faces of one unknown person")
        self.words = ElidedLabel("", "hint")
        self.field = NameField("Name of this person", placeholder="Who is this?", tip="Return names them all at once")
        self.accept = PlainButton("Name")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self.accept)
        column.addWidget(self.words)
        column.addWidget(self.faces)
        column.addLayout(row)
        self.field.named.connect(self._name)
        self.field.left.connect(self.field.clear)
        self.accept.clicked.connect(self.field.commit)
        self.faces.clicked.connect(self.findWanted)

    def show_cluster(self, cluster: Cluster, names: Sequence[str], editable: bool) -> None:
        self.field.show_names(names)
        for control in (self.field, self.accept):
            control.setEnabled(editable)
        if cluster == self._cluster:
            return
        if set(cluster.faces).isdisjoint(self._cluster.faces):
            self.field.clear()
            self.field.set_problem("")
        self._cluster = cluster
        many = len(cluster.faces)
        self.words.setText(count(many, "face") + (f", mean similarity {cluster.tightness:.2f}" if many > 1 else ""))
        self.faces.show_faces(cluster.faces)
        words = f"Name {'this face' if many == 1 else f'these {many:,} faces'}"
        describe(self.accept, words, "A known name adds them to that person; History takes it back")

    def _name(self, name: str) -> None:
        self.named.emit(list(self._cluster.faces), name)


class UnknownPane(QWidget):
    """The largest groups first; more on demand."""

    clusterNamed = Signal(list, str)
    findWanted = Signal(str)
    thumbsWanted = Signal(list)
    SIGNALS = ("clusterNamed", "findWanted", "thumbsWanted")

    def __init__(self) -> None:
        super().__init__()
        self.thumbs = Thumbs(self)
        self.thumbs.wanted.connect(self.thumbsWanted)
        self._clusters: tuple[Cluster, ...] = ()
        self._people: tuple[tuple[str, str], ...] = ()
        self._names: tuple[str, ...] = ()
        self._shown, self._editable = SHOWN, True
        self.cards: list[ClusterCard] = []
        self.nothing = ElidedLabel("No unknown faces are kept.", "muted")
        self.more = QuietButton("More", "caret-down", "Show more groups")
        self.more.clicked.connect(self._show_more)
        body = QWidget()
        body.setProperty("role", "body")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(12, 4, 8, 8)
        self._column.setSpacing(8)
        self._column.addWidget(self.nothing)
        self._column.addWidget(self.more)
        self._column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled(body))

    def show_clusters(
        self, clusters: tuple[Cluster, ...], people: tuple[tuple[str, str], ...], editable: bool = True
    ) -> None:
        """`people`: (id, name) of the known ones, whose names the fields complete to."""
        same = clusters is self._clusters or clusters == self._clusters
        if same and people is self._people and editable == self._editable:
            return
        if people is not self._people:
            self._people, self._names = people, tuple(name for _, name in people)
        self._clusters, self._editable = clusters, editable
        self._fill()

    def show_thumbs(self, images: Mapping[str, Image]) -> None:
        self.thumbs.show_images(images)

    def _show_more(self) -> None:
        self._shown += SHOWN
        self._fill()

    def _fill(self) -> None:
        shown = self._clusters[: self._shown]
        while len(self.cards) < len(shown):
            card = ClusterCard(self.thumbs)
            card.named.connect(self.clusterNamed)
            card.findWanted.connect(self.findWanted)
            self._column.insertWidget(len(self.cards) + 1, card)
            self.cards.append(card)
        for card, cluster in zip(self.cards, shown, strict=False):
            card.show_cluster(cluster, self._names, self._editable)
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(shown))
        left = len(self._clusters) - len(shown)
        self.more.setVisible(left > 0)
        self.more.setText(f"{left:,} more")
        self.nothing.setVisible(not shown)


class FoundPane(QWidget):
    """Hits of a search by a face, the most similar first, beside what was searched for."""

    personChosen = Signal(str)
    findWanted = Signal(str)
    thumbsWanted = Signal(list)
    SIGNALS = ("personChosen", "findWanted", "thumbsWanted")

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[Found, ...] = ()
        self.grid = FaceGrid("Similar faces", 84, 2, tip=TIP, tip_of=found_tip)
        self.asked = FaceRow(self.grid.thumbs, 56, 1, "Searched for")
        self.words = ElidedLabel("", "muted")
        self.grid.show_message("No face resembles this one.")
        head = QHBoxLayout()
        head.setContentsMargins(6, 0, 0, 0)
        head.setSpacing(10)
        head.addWidget(self.asked)
        head.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 0, 4)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.grid, 1)
        self.grid.opened.connect(self._open)
        self.grid.thumbsWanted.connect(self.thumbsWanted)

    def show_found(self, asked: str, found: tuple[Found, ...]) -> None:
        self.asked.show_faces((asked,) if asked else ())
        if found is self._found or found == self._found:
            return
        self._found = found
        self.words.setText(f"{count(len(found), 'face')}, the most similar first")
        self.grid.show_items([found_item(hit) for hit in found])

    def show_thumbs(self, images: Mapping[str, Image]) -> None:
        self.grid.show_thumbs(images)

    def _open(self, face: str) -> None:
        person = next((hit.person for hit in self._found if hit.face == face), "")
        if person:
            self.personChosen.emit(person)
        else:
            self.findWanted.emit(face)
