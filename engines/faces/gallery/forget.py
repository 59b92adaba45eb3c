"""Delete a person everywhere, and prove it by searching the bytes of every file that could hold something of them.

Rows go for good (no undo), with them history entries that mention the person or their faces, our exports, the index
beside the gallery, and the same person in our backups. What is not proven to be ours is named and not touched. Deleted
bytes are overwritten (`secure_delete`), the log is folded in and cut to nothing, the file is written anew (`VACUUM`).
Then slices of every stored value, as it lay in the file and as it reads, are looked for at every byte.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.faces.gallery import (
    ann,
)
from engines.faces.gallery import (
    history as gallery_history,
)
from engines.faces.gallery import (
    protection as gallery_protect,
)
from engines.faces.gallery import (
    rows as gallery_rows,
)
from engines.faces.gallery import (
    schema as gallery_schema,
)
from engines.faces.gallery.byte_search import Needles
from engines.faces.gallery.copies import Copy
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.forget_copies import Reach, clean_backups, clean_exports
from engines.faces.gallery.store import Store
from engines.faces.gallery.types import Forgotten

SHORTEST_NAME = 5
"""Bytes below which a name is not looked for in raw bytes: it would be found by chance."""
SCAN = 640
"""Where a JPEG's own bytes begin: its tables are the same in all of them."""
SOURCES = tr("The pictures they were enrolled from, and exports that were moved, are not ours to delete")


@dataclass(slots=True)
class _Traces:
    """What must not be found afterwards."""

    values: set[bytes] = field(default_factory=set)
    words: set[bytes] = field(default_factory=set)


def forget(gallery: Gallery, person: str) -> Forgotten:
    """Delete `person` (an id) with all their faces, wherever we put them. Cannot be undone.

    Raises `BadInput` when there is no such person, or the gallery is locked or open elsewhere.
    """
    name = gallery.names().get(person)
    if name is None:
        raise BadInput(tr("That person is no longer in the gallery"), path=gallery.path)
    store = gallery.store
    store.may_write()
    faces = _faces_of(store, person)
    traces, words = _traces(gallery, person, name, faces)
    reach = Reach([gallery.path], elsewhere=words)
    people = {person, *gallery_history.owners(store, faces)} - (set(gallery.names()) - {person})
    clean_exports(gallery, people, faces, reach)
    _delete(store, person, name, faces, reach.done)
    clean_backups(gallery, lambda copy: _forget_known(copy, person), reach)
    return _proven(gallery, name, len(faces), reach, traces)


def forget_faces(gallery: Gallery, faces: Sequence[str]) -> Forgotten:
    """The same for single faces; people who lose all of theirs go too."""
    traces, reach = _Traces(), Reach([gallery.path])
    if not faces:
        return Forgotten("", 0, (), 0, 0)
    gallery.store.may_write()
    _trace_faces(gallery.store, faces, traces)
    people = losing_all(gallery, faces)
    for person in people:
        more, words = _traces(gallery, person, gallery.names()[person], ())
        traces.words |= more.words
        reach.elsewhere += words
    clean_exports(gallery, people, faces, reach)
    _delete_some(gallery, faces, reach.done)
    clean_backups(gallery, lambda copy: _delete_some(copy, _present(copy, faces)), reach)
    return _proven(gallery, "", len(faces), reach, traces)


def _delete_some(gallery: Gallery, faces: Sequence[str], copies: Sequence[Copy] = ()) -> None:
    people = losing_all(gallery, faces)
    names = [gallery.names()[person] for person in people]
    with gallery.store.writing():
        _delete_faces(gallery.store, faces, also=people)
        for person, name in zip(people, names, strict=True):
            _delete_person(gallery.store, person, name)
        _delete_copies(gallery.store, copies)
        _sweep(gallery.store)
    _compact(gallery.store)


def losing_all(gallery: Gallery, faces: Sequence[str]) -> list[str]:
    """People who would be left without a face."""
    table, going = gallery.table(), set(faces)
    staying = {person for face, person in zip(table.faces, table.people, strict=True) if face not in going}
    owners = {person for face, person in zip(table.faces, table.people, strict=True) if face in going}
    return [person for person in gallery.names() if person in owners - staying]


def _present(gallery: Gallery, faces: Sequence[str]) -> list[str]:
    known = {row[0] for row in gallery.store.rows("SELECT id FROM faces")}
    return [face for face in faces if face in known]


def _faces_of(store: Store, person: str) -> list[str]:
    """Removed ones too."""
    return [row[0] for row in store.rows("SELECT id FROM faces WHERE person = ?", (person,))]


def _traces(gallery: Gallery, person: str, name: str, faces: Sequence[str]) -> tuple[_Traces, list[str]]:
    store, traces, elsewhere = gallery.store, _Traces(), []
    traces.words |= {person.encode(), *(face.encode() for face in faces)}
    _trace_faces(store, faces, traces)
    for stored, note in store.rows("SELECT name, note FROM people WHERE id = ?", (person,)):
        traces.values |= {value for value in (stored, note) if store.encrypted and len(value) >= 16}
    sharers = [other for other in gallery.names().values() if other != name and name.casefold() in other.casefold()]
    if sharers:
        elsewhere.append(tr("The name is part of another one that stays: {sharers}", sharers=", ".join(sharers)))
    elif len(name.encode()) >= SHORTEST_NAME:
        for spelt in _spellings(name):
            traces.words |= {spelt.encode(), spelt.encode("utf-16-le"), json.dumps(spelt)[1:-1].encode()}
    return traces, elsewhere


def _trace_faces(store: Store, faces: Sequence[str], traces: _Traces) -> None:
    """Their values as stored and as they read."""
    for face in faces:
        traces.words.add(face.encode())
        for vector, details in store.rows("SELECT vector, details FROM faces WHERE id = ?", (face,)):
            plain = gallery_rows.vector_of(store, face, vector)
            traces.values |= {vector, plain.tobytes(), plain.astype(np.float16).tobytes()}
            traces.values |= {details} if store.encrypted else set()
        for (picture,) in store.rows("SELECT picture FROM pictures WHERE face = ?", (face,)):
            plain_picture = store.unseal(picture, "pictures", face, "picture")
            traces.values |= {picture[SCAN:] if picture == plain_picture else picture, plain_picture[SCAN:]}


def _delete(store: Store, person: str, name: str, faces: Sequence[str], copies: Sequence[Copy] = ()) -> None:
    with store.writing():
        _delete_faces(store, faces, also={person})
        _delete_person(store, person, name)
        _delete_copies(store, copies)
        _sweep(store)
    _compact(store)


def _delete_copies(store: Store, copies: Sequence[Copy]) -> None:
    for copy in copies:
        store.run("DELETE FROM copies WHERE id = ?", (copy.id,))


def _delete_person(store: Store, person: str, name: str) -> None:
    for query in ("people WHERE id = ?", "refusals WHERE person = ?", "copies WHERE person = ?"):
        store.run(f"DELETE FROM {query}", (person,))
    _scrub(store, name)


def _delete_faces(store: Store, faces: Sequence[str], also: Iterable[str] = ()) -> None:
    mentioned = {*faces, *also}
    for change, sealed in store.rows("SELECT id, entry FROM history"):
        text = gallery_history.words_of(store, change, sealed)
        if any(id in text for id in mentioned):
            store.run("DELETE FROM history WHERE id = ?", (change,))
    for face in faces:
        store.run("DELETE FROM faces WHERE id = ?", (face,))
        store.run("DELETE FROM pictures WHERE face = ?", (face,))
        store.run("DELETE FROM refusals WHERE face = ?", (face,))
        store.run("UPDATE people SET portrait = '' WHERE portrait = ?", (face,))


def _sweep(store: Store) -> None:
    """People who were merged away long ago and whom no entry of the history can bring back any more."""
    told = " ".join(gallery_history.words_of(store, *row) for row in store.rows("SELECT id, entry FROM history"))
    hidden = "SELECT id FROM people WHERE gone = 1 AND id NOT IN (SELECT person FROM faces)"
    for (person,) in store.rows(hidden):
        if person not in told:
            for query in ("people WHERE id = ?", "refusals WHERE person = ?", "copies WHERE person = ?"):
                store.run(f"DELETE FROM {query}", (person,))


def _scrub(store: Store, name: str) -> None:
    """Other people's rows that mention the name: where a picture came from, a note, an entry of the history."""
    if len(name.encode()) < SHORTEST_NAME:
        return
    for face, sealed in store.rows("SELECT id, details FROM faces"):
        details = gallery_rows.details_of(store, face, sealed)
        if _mentions(details["source"], name):
            sealed = store.seal(json.dumps(details | {"source": ""}), "faces", face, "details")
            store.run("UPDATE faces SET details = ? WHERE id = ?", (sealed, face))
    for other, sealed in store.rows("SELECT id, note FROM people"):
        note = store.text(sealed, "people", other, "note")
        if _mentions(note, name):
            store.run("UPDATE people SET note = ? WHERE id = ?", (_without(store, other, note, name), other))
    for change, sealed in store.rows("SELECT id, entry FROM history"):
        entry = json.loads(gallery_history.words_of(store, change, sealed))
        if _mentions(json.dumps(entry, ensure_ascii=False), name):
            store.run("DELETE FROM history WHERE id = ?", (change,))


def _without(store: Store, person: str, note: str, name: str) -> bytes:
    for spelt in _spellings(name):
        note = note.replace(spelt, "[forgotten]")
    return store.seal(note, "people", person, "note")


def _spellings(name: str) -> set[str]:
    """The name as it is, and with composed and with separate accents."""
    return {name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)}


def _mentions(text: str, name: str) -> bool:
    return any(spelt in text for spelt in _spellings(name))


def _compact(store: Store) -> None:
    """Nothing of what was deleted stays in the file, its log or the index beside it."""
    with store.guard, gallery_schema.reading(store.path):
        gallery_protect.shred_index(store.path)
        store.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.base.execute("VACUUM")
        store.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _forget_known(copy: Gallery, person: str) -> None:
    name = copy.names().get(person)
    faces = _faces_of(copy.store, person)
    if name is not None or faces:
        _delete(copy.store, person, name or "", faces)


def _proven(gallery: Gallery, name: str, faces: int, reach: Reach, traces: _Traces) -> Forgotten:
    files = [file for path in reach.searched for file in gallery_protect.own_files(path) if _is_ours(file, reach)]
    needles = Needles(traces.values, traces.words)
    size, left = 0, list(reach.left)
    for file in files:
        content = file.read_bytes()
        size += len(content)
        found = needles.hits(content)
        found -= _of_others(gallery, needles, traces.words) if found else set()
        if found:
            left.append(tr("{file} still holds {count} traces", file=file, count=len(found)))
    elsewhere = dict.fromkeys([*reach.elsewhere, *([SOURCES] if faces else [])])
    return Forgotten(name, faces, tuple(map(str, files)), size, needles.count, tuple(left), tuple(elsewhere))


def _is_ours(file: Path, reach: Reach) -> bool:
    """A file that may hold something; one of another kind that has the index's name is named."""
    if file.suffix != gallery_protect.INDEX or not os.path.lexists(file) or ann.is_index(file):
        return file.is_file()
    reach.leave(file, tr("it is not the index of this gallery"))
    return False


def _of_others(gallery: Gallery, needles: Needles, words: set[bytes]) -> set[bytes]:
    """What others' faces have in common with them: the same picture, stored for two people."""
    stored = gallery.store.rows("SELECT vector FROM faces UNION ALL SELECT picture FROM pictures")
    values = [row[0] for row in stored]
    return needles.hits(b"\0".join(values)) - words
