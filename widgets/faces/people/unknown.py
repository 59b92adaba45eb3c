"""Two panes of faces: unknown ones that belong together, named all at once, and the hits of a search by a face."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QWidget

from engines.core.words import tr, tr_count
from engines.faces.gallery.types import Cluster, Found
from widgets.faces.grid import FaceGrid
from widgets.faces.name_field import NameField
from widgets.faces.people.requests import PeopleRequests
from widgets.faces.people.words import found_item, found_tip
from widgets.faces.row import FaceRow
from widgets.faces.thumbs import Thumbs
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ElidedLabel, PlainButton, QuietButton, describe, scrolled

SHOWN = 12
TIP = tr("Enter or a double click shows whose face it is")


class ClusterCard(QFrame):
    """The faces of one unknown person and a field for the name."""

    def __init__(self, requests: PeopleRequests, thumbs: Thumbs) -> None:
        super().__init__()
        self._requests = requests
        self.setProperty("role", "card")
        self._cluster = Cluster((), 0.0)
        self.faces = FaceRow(thumbs, 56, 8, tr("Faces of one unknown person"))
        self.words = ElidedLabel("", "hint")
        self.field = NameField(
            tr("Name of this person"), placeholder=tr("Who is this?"), tip=tr("Enter names them all at once")
        )
        self.accept = PlainButton(tr("Name"))
        naming = row_of((self.field, 1), self.accept, spacing=6)
        self.setLayout(column_of(self.words, self.faces, naming, spacing=6, margins=(10, 8, 10, 10)))
        self.field.named.connect(self._name)
        self.field.left.connect(self.field.clear)
        self.accept.clicked.connect(self.field.commit)
        self.faces.clicked.connect(requests.findWanted)

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
        self.words.setText(
            tr_count(many, "{n} face", "{n:,} faces")
            + (tr(", mean similarity {tightness:.2f}", tightness=cluster.tightness) if many > 1 else "")
        )
        self.faces.show_faces(cluster.faces)
        words = tr("Name {words}", words=tr("this face") if many == 1 else tr("these {many:,} faces", many=many))
        describe(self.accept, words, tr("A known name adds them to that person; History takes it back"))

    def _name(self, name: str) -> None:
        self._requests.clusterNamed.emit(list(self._cluster.faces), name)


class UnknownPane(QWidget):
    """The largest groups first; more on demand."""

    def __init__(self, requests: PeopleRequests, thumbs: Thumbs) -> None:
        super().__init__()
        self._requests, self._thumbs = requests, thumbs
        self._clusters: tuple[Cluster, ...] = ()
        self._people: tuple[tuple[str, str], ...] = ()
        self._names: tuple[str, ...] = ()
        self._shown, self._editable = SHOWN, True
        self.cards: list[ClusterCard] = []
        self.nothing = ElidedLabel(tr("No unknown faces are kept."), "muted")
        self.more = QuietButton(tr("More"), "caret-down", tr("Show more groups"))
        self.more.clicked.connect(self._show_more)
        self._column = column_of(self.nothing, self.more, None, spacing=8, margins=(12, 4, 8, 8))
        self.setLayout(column_of(scrolled(held(self._column, "body"))))

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

    def _show_more(self) -> None:
        self._shown += SHOWN
        self._fill()

    def _fill(self) -> None:
        shown = self._clusters[: self._shown]
        while len(self.cards) < len(shown):
            card = ClusterCard(self._requests, self._thumbs)
            self._column.insertWidget(len(self.cards) + 1, card)
            self.cards.append(card)
        for card, cluster in zip(self.cards, shown, strict=False):
            card.show_cluster(cluster, self._names, self._editable)
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(shown))
        left = len(self._clusters) - len(shown)
        self.more.setVisible(left > 0)
        self.more.setText(tr("{left:,} more", left=left))
        self.nothing.setVisible(not shown)


class FoundPane(QWidget):
    """Hits of a search by a face, the most similar first, beside what was searched for."""

    def __init__(self, requests: PeopleRequests, thumbs: Thumbs) -> None:
        super().__init__()
        self._requests = requests
        self._found: tuple[Found, ...] = ()
        self.grid = FaceGrid(thumbs, tr("Similar faces"), 84, 2, tip=TIP, tip_of=found_tip)
        self.asked = FaceRow(thumbs, 56, 1, tr("Searched for"))
        self.words = ElidedLabel("", "muted")
        self.grid.show_message(tr("No face resembles this one."))
        head = row_of(self.asked, (self.words, 1), spacing=10, margins=(6, 0, 0, 0))
        self.setLayout(column_of(head, (self.grid, 1), spacing=8, margins=(6, 4, 0, 4)))
        self.grid.opened.connect(self._open)

    def show_found(self, asked: str, found: tuple[Found, ...]) -> None:
        self.asked.show_faces((asked,) if asked else ())
        if found is self._found or found == self._found:
            return
        self._found = found
        self.words.setText(
            tr_count(len(found), "{n} face, the most similar first", "{n:,} faces, the most similar first")
        )
        self.grid.show_items([found_item(hit) for hit in found])

    def _open(self, face: str) -> None:
        person = next((hit.person for hit in self._found if hit.face == face), "")
        if person:
            self._requests.personChosen.emit(person)
        else:
            self._requests.findWanted.emit(face)
