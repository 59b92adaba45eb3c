"""The open gallery: every question and every change goes through one thread, and the window sees snapshots of it.

A change comes back as one entry of the gallery's own history; the window's undo takes exactly that entry back. What the
engine needs (onnxruntime, scipy) is imported by that thread when it first asks, so it costs the window's start nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PySide6.QtCore import QObject, Signal

from engines.core.context import PlainContext
from engines.core.errors import BadInput, FileMissing, KinoscopeError
from engines.core.frames import Image
from engines.core.words import tr
from engines.faces.gallery.types import Change, Cluster, FaceRecord, Found, GalleryInfo, Person, Suggestion
from widgets.faces.state import PeopleView
from workbench.controllers.common.part import Part
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.shell.step import FormStep, Step, make_final
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

if TYPE_CHECKING:
    from engines.faces.gallery.editing import Gallery
    from engines.faces.vectors import Vectors

REFRESH = "faces-refresh"
HITS = 24

Act: TypeAlias = "Callable[[Gallery], Change | None]"
Unknown: TypeAlias = tuple[tuple[Suggestion, ...], tuple[Cluster, ...]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the gallery held at one moment."""

    info: GalleryInfo
    people: tuple[Person, ...] = ()
    faces: tuple[FaceRecord, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    history: tuple[Change, ...] = ()
    foreign: str = ""
    recogniser: str = ""


class Galleries(Part):
    """`opened(path)`, "" when it was closed; `edited` after every change of what is stored; `foreign(words)`: its
    embeddings are another model's; `recogniserWanted(name)`: what made them, which is not the one in use."""

    opened = Signal(str)
    edited = Signal()
    foreign = Signal(str)
    recogniserWanted = Signal(str)
    ready = Signal()
    """One was opened that takes faces as they are described now: it is unlocked, and of the recogniser in use."""
    shownWanted = Signal()
    """What was changed last is to be seen."""

    def __init__(self, services: Services, errands: Errands, model: Callable[[], str], parent: QObject) -> None:
        """model: the recogniser in use, for galleries that are made."""
        super().__init__(parent)
        self._services, self._errands, self._model = services, errands, model
        self._gallery: Gallery | None = None
        self._view = PeopleView()
        self._unknown_at: tuple[Path, int] | None = None
        self._unknowns: Unknown = ((), ())

    # --- the window's thread

    @property
    def view(self) -> PeopleView:
        return self._view

    @property
    def path(self) -> str:
        """Of the gallery in use, "" for none."""
        return self._view.info.path if self._view.info else ""

    def create(self, path: str, passphrase: str = "") -> None:
        """An empty gallery for the recogniser in use."""

        def work() -> Snapshot:
            from engines.faces.gallery.editing import Gallery
            from engines.faces.recognition.recognisers import open_recogniser

            self._let_go()
            card = open_recogniser(self._model()).card
            Gallery.create(Path(path), card, passphrase=passphrase or None).close()
            return self._opened(path, passphrase)

        self._ask(work, self._have_opened, tr("The gallery was not made"))

    def open(self, path: str, passphrase: str = "", *, follow: bool = True) -> None:
        """Use this gallery from now on. follow: with the recogniser that made it; else the one in use stays."""

        def work() -> Snapshot:
            self._let_go()
            return self._opened(path, passphrase, follow)

        self._ask(work, self._have_opened, tr("The gallery was not opened"))

    def embed_anew(self) -> None:
        """Describe all faces with the recogniser in use, from the pictures that are stored. Cannot be undone."""

        def act(gallery: Gallery) -> None:
            from engines.faces.recognition.recognisers import open_recogniser

            gallery.reembed(open_recogniser(self._model()), PlainContext())

        self.edit(act, tr("The faces were not embedded anew"))

    def close(self) -> None:
        """Use none."""
        self._ask(self._let_go, lambda _none: None, "")
        self._view = PeopleView()
        self.forget_steps()
        self.opened.emit("")
        self.changed.emit()

    def edit(self, act: Act, title: str = tr("The gallery was not changed")) -> None:
        """Change something; the change can be undone where it is an entry of the history."""
        person = self._view.selected
        self._ask(lambda: (act(self._need()), self._snapshot(person)), self._have_edited, title)

    def ask(self, question: Callable[[Gallery], object], then: Callable[[object], object], title: str = "") -> None:
        """Ask the gallery something beside the window."""
        self._ask(lambda: question(self._need()), then, title or tr("The gallery gave no answer"))

    def select(self, person: str) -> None:
        self._view = replace(self._view, selected=person, faces=(), forgotten=None)
        self.changed.emit()
        self.refresh()

    def search(self, text: str) -> None:
        self._view = replace(self._view, search=text)
        self.changed.emit()

    def find(self, asked: str, vector: Callable[[Gallery], Vectors]) -> None:
        """Who in the gallery looks like this face. asked: the thumbnail's key."""
        self._view = replace(self._view, asked=asked, found=())
        self._ask(lambda: hits(self._need(), vector(self._need())), self._have_found, tr("The search failed"))

    def show(self, **parts: object) -> None:
        """Show other parts of the view (a proof, a dry run)."""
        self._view = replace(self._view, **parts)  # type: ignore[arg-type]
        self.changed.emit()

    def show_people(self) -> None:
        """Bring what is stored into view."""
        self.shownWanted.emit()

    def keep_days(self, days: int) -> None:
        """How long faces are kept, 0 for ever; nothing is deleted by setting it."""
        info = self._view.info
        if info is not None and days != info.keep_days:
            self._services.undo.push(KeptDays(self, info.keep_days, days))

    def put_days(self, days: int) -> None:
        self.edit(lambda gallery: gallery.set_keep_days(days), tr("The retention period was not kept"))

    def forget_steps(self) -> None:
        """No change can be taken back any more: what they held is gone for good."""
        make_final(self._services.undo, lambda step: isinstance(step, GalleryChange | KeptDays))

    def refresh(self) -> None:
        """Look again at what is stored."""
        if self._view.info is not None:
            person = self._view.selected
            self._errands.ask(lambda: self._snapshot(person), self._have, self._complain, key=REFRESH)

    def undo_entry(self, change: int) -> None:
        """Take one entry of the history back, or make it again."""
        undone = any(entry.id == change and entry.undone for entry in self._view.history)

        def act(gallery: Gallery) -> None:
            (gallery.redo if undone else gallery.undo)(change)

        self.edit(act, tr("That cannot be taken back"))

    # --- the errands' thread

    def thumbnail(self, face: str) -> Image | None:
        """The stored picture of a face."""
        return self._gallery.thumbnail(face) if self._gallery is not None else None

    def _opened(self, path: str, passphrase: str, follow: bool = True) -> Snapshot:
        from engines.faces.gallery.editing import Gallery

        self._gallery = Gallery.open(Path(path), passphrase=passphrase or None)
        foreign = "" if self._gallery.locked else self._foreign(self._model())
        snapshot = replace(self._snapshot(""), foreign=foreign)
        return self._following(snapshot) if foreign and follow else snapshot

    def _foreign(self, model: str) -> str:
        """Why this recogniser cannot be compared with the gallery, "" when it can or is not here."""
        from engines.faces.recognition.recognisers import open_recogniser

        gallery = self._need()
        try:
            card = open_recogniser(model).card
            gallery.check_model(card)
            gallery.locate(card)
        except FileMissing:
            return ""
        except KinoscopeError as error:
            return error.message
        return ""

    def _following(self, snapshot: Snapshot) -> Snapshot:
        """With the gallery's own recogniser, or why there is none."""
        try:
            own = self._need().recogniser()
        except KinoscopeError as error:
            where = f" ({error.path})" if error.path else ""
            return replace(snapshot, foreign=f"{error.message}{where}")
        why = self._foreign(own)
        return replace(snapshot, foreign=why, recogniser="" if why else own)

    def _need(self) -> Gallery:
        if self._gallery is None:
            raise BadInput(tr("No gallery is open"), hint=tr("Make a new one or open one"))
        return self._gallery

    def _let_go(self) -> None:
        if self._gallery is not None:
            self._gallery.close()
            self._gallery = None

    def _snapshot(self, person: str) -> Snapshot:
        gallery = self._need()
        info = gallery.info()
        if info.locked:
            return Snapshot(info)
        faces = sorted(gallery.faces(person) if person else (), key=lambda face: -face.quality.total)
        return Snapshot(info, gallery.people(), tuple(faces), *self._unknown(gallery), gallery.history())

    def _unknown(self, gallery: Gallery) -> Unknown:
        """Worked out anew only when the gallery has changed."""
        at = gallery.path, gallery.revision()
        if self._unknown_at != at:
            self._unknown_at, self._unknowns = at, _unknown(gallery)
        return self._unknowns

    # --- the window's thread again

    def _ask(self, work: Callable[[], object], then: Callable[[object], object], title: str) -> None:
        self._errands.ask(work, then, lambda failure: self._complain(failure, title))

    def _complain(self, failure: Failure, title: str = tr("The gallery gave no answer")) -> None:
        self.failed.emit(trouble_of(failure.as_json(), title))
        self.changed.emit()

    def _have_opened(self, snapshot: object) -> None:
        self._view = PeopleView()
        self._have(snapshot)
        other = self.path
        make_final(self._services.undo, lambda step: isinstance(step, GalleryChange | KeptDays) and step.path != other)
        self.opened.emit(self.path)
        if isinstance(snapshot, Snapshot) and snapshot.foreign:
            self.foreign.emit(snapshot.foreign)
        if isinstance(snapshot, Snapshot) and snapshot.recogniser:
            self.recogniserWanted.emit(snapshot.recogniser)
        elif isinstance(snapshot, Snapshot) and not (snapshot.foreign or snapshot.info.locked):
            self.ready.emit()

    def _have_edited(self, told: object) -> None:
        assert isinstance(told, tuple)
        change, snapshot = told
        self._have(snapshot)
        if change is not None:
            self._services.undo.push(GalleryChange(self, change))
        self.edited.emit()

    def _have(self, snapshot: object) -> None:
        assert isinstance(snapshot, Snapshot)
        there = any(person.id == self._view.selected for person in snapshot.people)
        self._view = replace(
            self._view,
            info=snapshot.info,
            people=snapshot.people,
            selected=self._view.selected if there else "",
            faces=snapshot.faces if there else (),
            suggestions=snapshot.suggestions,
            clusters=snapshot.clusters,
            history=snapshot.history,
        )
        self.changed.emit()

    def _have_found(self, found: object) -> None:
        assert isinstance(found, tuple)
        self.show(found=found)


class GalleryChange(Step):
    """One entry of the gallery's history on the window's undo stack."""

    def __init__(self, galleries: Galleries, change: Change) -> None:
        super().__init__(said(change), galleries.show_people)
        self._galleries, self._id, self.path, self._done = galleries, change.id, galleries.path, True

    def undo(self) -> None:
        self._done = False
        self._go("undo")

    def redo(self) -> None:
        """Already done when it is pushed."""
        if not self._done:
            self._done = True
            self._go("redo")

    def _go(self, way: str) -> None:
        def act(gallery: Gallery) -> None:
            getattr(gallery, way)(self._id)

        self._galleries.edit(act, tr("That cannot be taken back"))


class KeptDays(FormStep):
    """How long a gallery keeps faces; nothing is deleted by that."""

    def __init__(self, galleries: Galleries, before: int, after: int) -> None:
        text = tr("Change how long faces are kept")
        super().__init__(
            text, before, after, galleries.put_days, galleries.show_people, tr("keep {path}", path=galleries.path)
        )
        self.path = galleries.path


SAID = {
    "add": (tr("Enrol {who}"), tr("Enrol people")),
    "rename": (tr("Rename {who}"), tr("Rename a person")),
    "merge": (tr("Merge people into {who}"), tr("Merge people")),
    "split": (tr("Split {who} off"), tr("Split a person")),
    "move": (tr("Move faces to {who}"), tr("Make faces unknown")),
    "refuse": (tr("Say that this is not {who}"), tr("Refuse a name")),
    "confirm": (tr("Confirm {who}"), tr("Confirm a name")),
    "name": (tr("Name {who}"), tr("Name faces")),
    "portrait": (tr("Choose the portrait of {who}"), tr("Choose a portrait")),
    "note": (tr("Change the note on {who}"), tr("Change a note")),
    "remove": (tr("Remove faces of {who}"), tr("Remove faces")),
}
"""What an entry is called in the Edit menu, by its kind: with a name, and without one."""


def said(change: Change) -> str:
    """What an entry of the history is called, with a verb first."""
    named, unnamed = SAID.get(change.kind, (change.what, change.what))
    return named.replace("{who}", change.who) if change.who else unnamed


def hits(gallery: Gallery, vector: Vectors) -> tuple[Found, ...]:
    """The gallery's faces most like a vector, best first."""
    from engines.faces.scores.meaning import ScoreModel

    table = gallery.table()
    if not len(table):
        return ()
    names, model = gallery.names(), ScoreModel.of(table.known(), gallery.card.name)
    scores = table.vectors @ vector.reshape(-1)
    best = scores.argsort()[::-1][:HITS]
    found = []
    for row in best:
        person, alike = table.people[row], float(scores[row])
        chances = model.probability(alike), model.far(alike)
        found.append(Found(table.faces[row], person, names.get(person, ""), alike, *chances))
    return tuple(found)


def _unknown(gallery: Gallery) -> Unknown:
    """What may be said of the faces nobody has named."""
    from engines.faces.gallery import organise
    from engines.faces.scores.meaning import ScoreModel

    table = gallery.table()
    if all(table.people):
        return (), ()
    scores = ScoreModel.of(table.known(), gallery.card.name)
    refusals = gallery.refusals()
    suggested = organise.suggestions(table, gallery.names(), refusals, scores)
    taken = {face for suggestion in suggested for face in suggestion.faces}
    rest = table.take(np.array([face not in taken for face in table.faces], bool))
    return suggested, organise.clusters(rest, refusals, scores)
