"""Queries of a gallery: people, faces, vectors, pictures, history. Nothing here writes.

Decrypted vectors are kept in memory by face id, and only those that a revision brought are read: a vector changes
under its id only when the whole gallery is embedded anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engines.core.errors import BadInput
from engines.core.frames import Image
from engines.core.names import looks_alike, name_key, shown, tidy_name
from engines.core.reading import making_sense
from engines.core.words import one_of, tr
from engines.faces.gallery import history as gallery_history
from engines.faces.gallery import rows as gallery_rows
from engines.faces.gallery.protection import own_files
from engines.faces.gallery.search import PersonIndex
from engines.faces.gallery.store import Store
from engines.faces.gallery.types import Change, FaceRecord, GalleryInfo, Person
from engines.faces.recognition.align import SIDE
from engines.faces.recognition.recognisers import recogniser_of
from engines.faces.table import FaceTable
from engines.faces.types import ModelCard
from engines.faces.vectors import Vectors, unit

FACE = "id, person, added, confirmed, details"


class GalleryReader:
    """Reads from any thread; see `Gallery`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: tuple[int, FaceTable] | None = None
        self._made_by = ""
        self._named: dict[str, tuple[bytes, str]] = {}
        self._index: tuple[int, PersonIndex] | None = None

    @property
    def store(self) -> Store:
        """The rows themselves, for the modules beside this one."""
        return self._store

    @property
    def path(self) -> Path:
        return self._store.path

    @property
    def card(self) -> ModelCard:
        """The model that made the embeddings."""
        return self._store.card

    @property
    def read_only(self) -> bool:
        return self._store.read_only

    @property
    def locked(self) -> bool:
        return self._store.locked

    def revision(self) -> int:
        """Changes with every write from anywhere; cheap."""
        return self._store.revision()

    def info(self) -> GalleryInfo:
        """Counts and state; works while locked too."""
        with self._store.snapshot():
            return self._info()

    def _info(self) -> GalleryInfo:
        store = self._store
        faces, unknown = store.rows("SELECT COUNT(*), COALESCE(SUM(person = ''), 0) FROM faces WHERE gone = 0")[0]
        return GalleryInfo(
            str(store.path),
            people=store.rows("SELECT COUNT(*) FROM people WHERE gone = 0")[0][0],
            faces=faces,
            unknown=unknown,
            model=store.card.name,
            model_sha256=store.card.sha256,
            dim=store.card.dim,
            encrypted=store.encrypted,
            locked=store.locked,
            read_only=store.read_only,
            keep_days=int(store.meta("keep_days")),
            bytes=sum(path.stat().st_size for path in own_files(store.path) if path.is_file()),
            revision=int(store.meta("revision")),
        )

    def recogniser(self, given: str = "") -> str:
        """What `open_recogniser` takes for the network of this gallery; see `recogniser_of`."""
        return recogniser_of(self.card, self.path, given)

    def check_model(self, card: ModelCard) -> None:
        """Raises `BadInput` when embeddings of `card` may not be compared with this gallery's."""
        if card.sha256 != self.card.sha256:
            raise BadInput(
                tr(
                    "The gallery was made with {made} ({made_hash}); {given} ({given_hash}) gives embeddings "
                    "that cannot be compared with it",
                    made=self.card.title or self.card.name,
                    made_hash=self.card.sha256[:8],
                    given=card.title or card.name,
                    given_hash=card.sha256[:8],
                ),
                path=self.path,
                hint=tr("Choose the gallery's model, or embed its stored faces anew"),
            )

    def names(self) -> dict[str, str]:
        """Name by person id."""
        rows = self._store.rows("SELECT id, name FROM people WHERE gone = 0 ORDER BY created, id")
        store, old = self._store, self._named
        store.cipher  # noqa: B018
        known = {id: old[id] if id in old and old[id][0] == name else (name, "") for id, name in rows}
        fresh = {id: (name, store.text(name, "people", id, "name")) for id, (name, text) in known.items() if not text}
        self._named = known | fresh
        return {id: text for id, (_, text) in self._named.items()}

    def people(self) -> tuple[Person, ...]:
        """Everybody, by name."""
        with self._store.snapshot():
            return self._people()

    def _people(self) -> tuple[Person, ...]:
        rows = self._store.rows("SELECT id, created, portrait, note FROM people WHERE gone = 0")
        names, table = self.names(), self.table()
        last = self._store.rows("SELECT person, MAX(added) FROM faces WHERE gone = 0 GROUP BY person")
        added = {row[0]: float(row[1]) for row in last}
        of: dict[str, list[int]] = {}
        for row, person in enumerate(table.people):
            of.setdefault(person, []).append(row)
        people = []
        for id, created, portrait, note in rows:
            own = of.get(id, [])
            chosen = portrait if portrait in {table.faces[row] for row in own} else _best(table, own)
            text = self._store.text(note, "people", id, "note")
            updated = max(created, added.get(id, created))
            cohesion = _cohesion(table.vectors[own])
            people.append(Person(id, names[id], len(own), chosen, created, updated, text, cohesion))
        return tuple(sorted(people, key=lambda person: (person.name.casefold(), person.id)))

    def faces(self, person: str) -> tuple[FaceRecord, ...]:
        """Somebody's faces, the best first; "" for the unknown ones."""
        rows = self._store.rows(
            f"SELECT {FACE} FROM faces WHERE person = ? AND gone = 0 ORDER BY quality DESC, rowid", (person,)
        )
        return tuple(gallery_rows.record(self._store, row) for row in rows)

    def face(self, face: str) -> FaceRecord:
        """Raises `BadInput` when there is none."""
        rows = self._store.rows(f"SELECT {FACE} FROM faces WHERE id = ? AND gone = 0", (face,))
        if not rows:
            raise BadInput(tr("That face is no longer in the gallery"), path=self.path)
        return gallery_rows.record(self._store, rows[0])

    def table(self) -> FaceTable:
        """All faces as one table; `people` are ids. Kept until the next write."""
        with self._store.snapshot():
            revision = self.revision()
            if self._kept is None or self._kept[0] != revision:
                self._kept = revision, self._read_table()
            self._store.cipher  # noqa: B018
            return self._kept[1]

    def index(self) -> PersonIndex:
        """To ask who a face is, refusals honoured. Kept until the next write; a big one beside a plain gallery too."""
        with self._store.snapshot():
            table, revision = self.table(), self.revision()
            if self._index is None or self._index[0] != revision:
                cache = None if self._store.encrypted else own_files(self.path)[-1]
                key, keep = f"{revision} {self.card.sha256}", not self.read_only
                self._index = revision, PersonIndex.of(table, self.names(), self.refusals(), cache, key, keep)
            return self._index[1]

    def _read_table(self) -> FaceTable:
        rows = self._store.rows("SELECT id, person, quality FROM faces WHERE gone = 0 ORDER BY rowid")
        old = self._kept[1] if self._kept and self._made_by == self.card.sha256 else None
        self._made_by = self.card.sha256
        place = {face: row for row, face in enumerate(old.faces)} if old else {}
        vectors = np.zeros((len(rows), self.card.dim), np.float32)
        fresh = []
        for index, (id, _, _) in enumerate(rows):
            if old is not None and id in place:
                vectors[index] = old.vectors[place[id]]
            else:
                fresh.append((index, id))
        self._fill(vectors, fresh)
        vectors.setflags(write=False)
        quality = np.array([row[2] for row in rows], np.float32)
        return FaceTable(tuple(row[0] for row in rows), tuple(row[1] for row in rows), vectors, quality)

    def _fill(self, vectors: Vectors, fresh: Sequence[tuple[int, str]]) -> None:
        """Read and decrypt the vectors that were not known yet."""
        for start in range(0, len(fresh), 500):
            part = {id: index for index, id in fresh[start : start + 500]}
            marks = ",".join("?" * len(part))
            for id, sealed in self._store.rows(f"SELECT id, vector FROM faces WHERE id IN ({marks})", tuple(part)):
                vectors[part[id]] = gallery_rows.vector_of(self._store, id, sealed)

    def thumbnail(self, face: str) -> Image:
        """The stored picture, BGR: the aligned face with some of what is around it. Raises `BadInput`."""
        rows = self._store.rows("SELECT picture FROM pictures WHERE face = ?", (face,))
        if not rows:
            raise BadInput(tr("That face is no longer in the gallery"), path=self.path)
        with making_sense(self.path, tr("The gallery is damaged: a picture does not read")):
            return gallery_rows.decode(self._store.unseal(rows[0][0], "pictures", face, "picture"))

    def aligned(self, faces: Sequence[str], card: ModelCard | None = None) -> Image:
        """n x size x size x 3: the input of this recogniser (None: 112, no margin), cut from the stored pictures."""
        side, margin = (SIDE, 0.0) if card is None else (card.size, card.margin)
        made = np.zeros((len(faces), side, side, 3), np.uint8)
        for index, face in enumerate(faces):
            made[index] = gallery_rows.aligned(self.thumbnail(face), side, margin)
        return made

    def refusals(self) -> frozenset[tuple[str, str]]:
        """(face, person): this face is not that person."""
        return frozenset(
            (face, person) for face, person in self._store.rows("SELECT face, person FROM refusals WHERE gone = 0")
        )

    def history(self, limit: int = 200) -> tuple[Change, ...]:
        """What was changed, the newest first; 0 for all."""
        return gallery_history.entries(self._store, limit)

    def person_named(self, name: str) -> str:
        """Their id; "" when nobody has that name (`names.same_name`)."""
        wanted = tidy_name(name)
        return next((id for id, known in self.names().items() if name_key(known) == wanted), "")

    def find_person(self, told: str) -> str:
        """An id for an id or a name. Raises `BadInput` when nobody fits."""
        names = self.names()
        id = told if told in names else self.person_named(told)
        if not id:
            alike = sorted(known for known in names.values() if looks_alike(known, tidy_name(told)))
            close = ", ".join(sorted(names.values())[:8])
            hint = (
                tr("Is it {alike}?", alike=one_of(alike))
                if alike
                else tr("Known are {close}", close=close)
                if close
                else ""
            )
            raise BadInput(tr("Nobody here is called '{told}'", told=shown(told)), path=self.path, hint=hint)
        return id

    def state(self) -> dict[str, Any]:
        """All that actions change, for comparing."""
        ask = self._store.rows
        return {
            "names": self.names(),
            "people": sorted(ask("SELECT id, portrait FROM people WHERE gone = 0")),
            "faces": sorted(ask("SELECT id, person, confirmed FROM faces WHERE gone = 0")),
            "refusals": sorted(self.refusals()),
        }


def _best(table: FaceTable, rows: Sequence[int]) -> str:
    return table.faces[max(rows, key=lambda row: float(table.quality[row]))] if rows else ""


def _cohesion(vectors: Vectors) -> float:
    """Mean cosine over all pairs: of n unit vectors with sum s it is (|s|^2 - n) / (n (n - 1))."""
    count = len(vectors)
    if count < 2:
        return 0.0
    total = unit(vectors).astype(np.float64).sum(axis=0)
    return float((total @ total - count) / (count * (count - 1)))
