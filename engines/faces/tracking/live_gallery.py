"""The gallery as the live recogniser sees it: read-only, followed as it changes, never in the way of a frame.

A change is noticed by the file's revision, looked at twice a second; what follows from it (templates, calibrated
scores) is made in a thread of its own and taken over when it is ready. Without a gallery that can be read, nobody is
named.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engines.core.clock import Clock, monotonic
from engines.core.errors import KinoscopeError
from engines.core.words import as_part, tr
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.search import PersonIndex
from engines.faces.scores.meaning import ScoreModel
from engines.faces.table import FaceTable
from engines.faces.tracking.evidence import Nearest
from engines.faces.types import Accept, ModelCard, RecogniserSettings
from engines.faces.vectors import Vectors

BROKEN = (KinoscopeError, OSError, sqlite3.Error)
"""What a gallery that is taken away or damaged under the recogniser raises."""
LOOK_EVERY = 0.5
"""Seconds between two looks at the file."""
LEFT_OUT = 0.363
"""Threshold where scores cannot be calibrated: the one OpenCV gives for SFace. It names too many strangers."""


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """One state of the gallery, ready to be searched. note: why nobody can be named, "" otherwise."""

    index: PersonIndex | None = None
    scores: ScoreModel | None = None
    note: str = ""

    @staticmethod
    def of(table: FaceTable, names: Mapping[str, str], model: str | None = None) -> KnownPeople:
        """Everybody with a name; similarities are to the mean of their faces."""
        table = table.known()
        if not len(table):
            return KnownPeople(note=tr("The gallery is empty: nobody can be named yet"))
        index = PersonIndex.of(table, names)
        try:
            return KnownPeople(index, ScoreModel.of(table, model))
        except KinoscopeError as error:
            return KnownPeople(index, None, error.message)

    def __len__(self) -> int:
        return len(self.index) if self.index is not None else 0

    def match(self, vectors: Vectors, without: Sequence[Collection[str]]) -> list[Nearest]:
        """`evidence.Matcher`."""
        if self.index is None:
            return [() for _ in vectors]
        found = self.index.match(vectors, without=without)
        first = zip(found.people, found.names, found.similarity.tolist(), strict=True)
        second = zip(found.second_people, found.second_names, found.second_similarity.tolist(), strict=True)
        return [tuple(hit for hit in pair if hit[0]) for pair in zip(first, second, strict=True)]

    def threshold(self, accept: Accept) -> float:
        return self.scores.threshold(accept) if self.scores is not None else LEFT_OUT

    def probability(self, similarity: float) -> float:
        return self.scores.probability(similarity, len(self)) if self.scores is not None else 0.0

    def strangers(self, similarity: float) -> float:
        """Share of strangers who look this much like somebody here."""
        return self.scores.strangers(similarity) if self.scores is not None else 1.0


class GalleryWatch:
    """`people` is the newest state that is ready; `look` once a frame keeps it so; `close` when done."""

    def __init__(self, path: str, card: ModelCard, clock: Clock = monotonic) -> None:
        """Opens and reads it: may be slow. Never raises for a bad gallery; `people.note` says what is wrong."""
        self.path = path
        self._card, self._clock = card, clock
        self._gallery: Gallery | None = None
        self._seen: object = None
        self._ready: KnownPeople | None = None
        self._thread: threading.Thread | None = None
        self._looked = clock()
        self._seen = self._mark()
        self.people = self._read()

    def look(self) -> bool:
        """Whether `people` has changed since the last look."""
        ready, self._ready = self._ready, None
        if ready is not None:
            self.people = ready
        if self._clock() - self._looked >= LOOK_EVERY and not self._reading():
            self._looked = self._clock()
            mark = self._mark()
            if mark != self._seen:
                self._seen = mark
                self._thread = threading.Thread(target=self._reread, name="gallery of the recogniser", daemon=True)
                self._thread.start()
        return ready is not None

    def wait(self) -> None:
        """Until a reading that is under way has ended."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        self.wait()
        self._shut()

    def _reading(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _reread(self) -> None:
        self._ready = self._read()

    def _mark(self) -> object:
        """What changes when the gallery does. Some 20 microseconds."""
        try:
            if self._gallery is None:
                return Path(self.path).is_file()
            return self._gallery.locked, self._gallery.revision()
        except BROKEN:
            self._shut()
            return None

    def _read(self) -> KnownPeople:
        try:
            if self._gallery is None:
                self._gallery = Gallery.open(self.path, read_only=True)
                self._seen = self._mark()
            if self._gallery.locked:
                return KnownPeople(note=tr("The gallery is locked: unlock it to see names"))
            self._gallery.check_model(self._card)
            return KnownPeople.of(self._gallery.table(), self._gallery.names(), self._card.name)
        except BROKEN as error:
            said = (
                error.message
                if isinstance(error, KinoscopeError)
                else tr("the gallery cannot be read ({error})", error=error)
            )
            return KnownPeople(note=tr("Nobody is named: {said}", said=as_part(said)))

    def _shut(self) -> None:
        gallery, self._gallery = self._gallery, None
        if gallery is not None:
            with suppress(*BROKEN):
                gallery.close()


def watch_of(settings: RecogniserSettings, card: ModelCard | None, clock: Clock = monotonic) -> GalleryWatch | None:
    """For the settings' gallery; None when none is chosen or nothing could be compared with it."""
    return GalleryWatch(settings.gallery, card, clock) if settings.gallery and card is not None else None
