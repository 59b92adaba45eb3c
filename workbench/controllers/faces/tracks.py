"""One live face: choose it, enrol it from its best frames, say that it is not who it is called."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from engines.core.words import tr
from engines.faces.gallery.types import Change
from engines.faces.types import TrackedFace
from workbench.controllers.common.part import Part
from workbench.controllers.faces.gallery import Galleries
from workbench.controllers.faces.people import People
from workbench.controllers.faces.thumbs import Thumbs
from workbench.controllers.faces.watch import Watch

if TYPE_CHECKING:
    from engines.faces.gallery.editing import Gallery
    from engines.faces.tracking.evidence import KeptFace
    from engines.faces.tracking.live import TrackFaces

EVENT = "track:"


class Tracks(Part):
    """`refused(track, person)`: this track is not this person. `unseen(name)`: no picture of it can be enrolled."""

    refused = Signal(int, str)
    unseen = Signal(str)

    def __init__(self, watch: Watch, galleries: Galleries, people: People, thumbs: Thumbs, window: QWidget) -> None:
        super().__init__(window)
        self._watch, self._galleries, self._people = watch, galleries, people
        self._thumbs, self._window = thumbs, window
        self.chosen = -1

    def choose(self, track: int) -> None:
        self.chosen = track
        self.changed.emit()

    def read(self) -> None:
        """Take the newest pictures of the tracks over; those of tracks that are gone go."""
        there = {f"{EVENT}{face.track}" for face in self._faces()}
        for key, event in self._watch.events().items():
            if key.startswith(EVENT):
                shown = event is not None and key in there
                self._thumbs.put(key, cast("TrackFaces", event).thumbnail if shown else None)
        if f"{EVENT}{self.chosen}" not in there:
            self.chosen = -1

    def enrol(self, track: int, name: str) -> None:
        """Store the best frames of a track under this name; Undo takes them back."""
        kept, name = self._kept(track), name.strip()
        if not name:
            return
        if not kept:
            self.unseen.emit(name)
            return
        act = partial(_add, name=name, kept=kept, source=self._watch.title(self._watch.source))
        put = partial(self._galleries.edit, act, tr("The face was not enrolled"))
        put() if self._galleries.path else self._people.ask_gallery(name, put)

    def ask_name(self) -> None:
        """Enrol the chosen track, or the only one, under a name that is asked for."""
        faces = self._faces()
        track = self.chosen if self.chosen >= 0 or len(faces) != 1 else faces[0].track
        if track >= 0:
            name, done = QInputDialog.getText(self._window, tr("Enrol this face"), tr("Name"))
            if done:
                self.enrol(track, name)

    def refuse(self, track: int) -> None:
        """This track is not the person it is called."""
        face = next((face for face in self._faces() if face.track == track), None)
        if face is not None and face.person:
            self.refused.emit(track, face.person)

    def _faces(self) -> tuple[TrackedFace, ...]:
        found = self._watch.recognition()
        return found.faces if found is not None else ()

    def _kept(self, track: int) -> Sequence[KeptFace]:
        event = self._watch.events().get(f"{EVENT}{track}")
        return () if event is None else cast("TrackFaces", event).kept


def _add(gallery: Gallery, name: str, kept: Sequence[KeptFace], source: str) -> Change:
    from engines.faces.gallery.rows import NewFace

    faces = [
        NewFace(
            face.vector,
            face.crop,
            face.quality,
            face.box,
            face.points,
            tr("{source} at {media_time:.1f} s", source=source, media_time=face.stamp.media_time),
        )
        for face in kept
    ]
    return gallery.add(name, faces)
