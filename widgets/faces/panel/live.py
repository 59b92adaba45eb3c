"""The live part of the faces panel: who is in view, and what to do with the one that is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from engines.core.words import tr, tr_count
from engines.faces.types import TrackedFace
from widgets.faces.name_field import NameField
from widgets.faces.panel.tracks import TrackList
from widgets.faces.panel.words import cost_words
from widgets.faces.state import FacesView, LiveFaces
from widgets.kit.form import keep_room, say, words
from widgets.kit.layouts import held, row_of
from widgets.kit.panel import PlainButton, QuietButton, Section, describe


class TracksSection(Section):
    """The faces in view, the chosen one's actions, what a frame costs. `list.chosen(track)`: another is chosen.

    Faces come and go all the time: nothing below moves when they do, but for rows that were never needed before.
    """

    enrolWanted = Signal(int, str)
    refuseWanted = Signal(int)

    def __init__(self) -> None:
        super().__init__(tr("In view"), name="faces.tracks")
        self._held = -1
        self._people: object = None
        self.list = TrackList()
        self.note = words("hint")
        self.name = NameField(
            tr("Name"), placeholder=tr("Name"), tip=tr("Who this is; Enter enrols the best frames of the track")
        )
        self.enrol = PlainButton(tr("Enrol"), "add", tr("Store the best frames of this track under the name"))
        self.refuse = QuietButton(tr("Not this person"), "cancelled", tr("This face is somebody else"))
        self.cost = words("hint")
        self._actions = held(row_of((self.name, 1), self.enrol, spacing=4))
        for part in (self.list, self._actions, self.cost, self.note, self.refuse):
            self.add(part)
        for label in (self.note, self.cost):
            label.hide()
            keep_room(label)
        keep_room(self.refuse)
        self.cost.setMinimumHeight(2 * self.cost.fontMetrics().lineSpacing())
        self.cost.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.setSpacing(8)
        self._wire()

    def show_state(self, view: FacesView) -> None:
        """Show the live part of the view."""
        live, found = view.live, view.live.recognition
        self.setVisible(live.running)
        if not live.running:
            self.list.begin()
            return
        faces = found.faces if found is not None else ()
        self.list.show_faces(faces, found.threshold if found is not None else 0.0, view.thumbs)
        self.list.setVisible(self.list.room > 0)
        title = tr_count(len(faces), "In view: {n} face", "In view: {n:,} faces") if faces else tr("In view")
        if self.head.text() != title:
            self.head.setText(title)
        self._show_note(live)
        self._show_chosen()
        if view.people.people is not self._people:
            self._people = view.people.people
            self.name.show_names([person.name for person in view.people.people])

    def ask_name(self, track: int) -> None:
        """Put the cursor where the name of this track is typed."""
        self.list.select(track)
        self.name.setFocus()
        self.name.selectAll()

    def take_back(self, name: str) -> None:
        """Nobody was enrolled under this name: it stands in the field again, for the face that is chosen next."""
        self.name.setText(name)
        self.name.setFocus()
        self.name.selectAll()

    def _wire(self) -> None:
        self.list.chosen.connect(self._choose)
        self.list.enrolWanted.connect(self.ask_name)
        self.list.refuseWanted.connect(self._refuse)
        self.name.named.connect(self._enrol)
        self.name.left.connect(self._leave)
        self.name.textEdited.connect(self._typed)
        self.enrol.clicked.connect(self.name.commit)
        self.refuse.clicked.connect(lambda: self._refuse(self.list.track))

    def _show_note(self, live: LiveFaces) -> None:
        found = live.recognition
        if found is None:
            text = live.problem or tr("Opening the networks\u2026")
        else:
            text = live.problem or found.note or ("" if found.faces else tr("Nobody is in view."))
        cost = cost_words(found) if found is not None else ""
        if cost and live.dropped:
            cost += tr_count(live.dropped, ". {n} frame left out", ". {n:,} frames left out")
        for label, said in ((self.note, text), (self.cost, cost)):
            if label.text() != said:
                say(label, said)

    def _show_chosen(self) -> None:
        face = self.list.face
        there = face is not None or self._held >= 0
        self._actions.setVisible(self.list.room > 0 or there)
        self._actions.setEnabled(there)
        self.refuse.setVisible(face is not None and bool(face.name))
        if face is None:
            return
        verb = tr("Not {face}", face=face.name) if face.name else tr("Not this person")
        if self.refuse.text() != verb:
            self.refuse.setText(verb)
            describe(self.refuse, verb, tr("Take the name off this track; it is not given again"))
        hint = self._hint(face)
        if self.name.placeholderText() != hint:
            self.name.setPlaceholderText(hint)

    def _hint(self, face: TrackedFace) -> str:
        number = self._held if self._held >= 0 else face.track
        return tr("Name") if face.name else tr("Name of #{number}", number=number)

    def _typed(self, text: str) -> None:
        """While a name is being typed it is meant for the face that was chosen when that began."""
        self._held = (self._held if self._held >= 0 else self.list.track) if text.strip() else -1

    def _choose(self, track: int) -> None:
        if self.name.text().strip() and self.list.hasFocus():
            self._held = track
        self._show_chosen()

    def _enrol(self, name: str) -> None:
        track = self._held if self._held >= 0 else self.list.track
        if track >= 0:
            self._leave()
            self.enrolWanted.emit(track, name)

    def _refuse(self, track: int) -> None:
        face = self.list.face
        if face is not None and face.track == track and face.name:
            self.refuseWanted.emit(track)

    def _leave(self) -> None:
        self._held = -1
        self.name.clear()
        self.name.set_problem("")
        self.list.setFocus()
