"""The gallery: people and their faces in one file; embeddings are bound to their model, every action can be undone.

SQLite in WAL mode with `synchronous=FULL` is the truth: what a call has acknowledged survives kill -9. One program
writes at a time; a second one reads and says so. Indices and tables in memory can always be made again from the file.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import numpy as np

from engines.core.context import Context
from engines.core.errors import BadInput
from engines.core.names import shown, tidy_name
from engines.core.spec import to_json
from engines.core.words import tr
from engines.faces.gallery import (
    copies as gallery_copies,
)
from engines.faces.gallery import (
    history as gallery_history,
)
from engines.faces.gallery import (
    keys,
)
from engines.faces.gallery import (
    protection as gallery_protect,
)
from engines.faces.gallery import (
    rows as gallery_rows,
)
from engines.faces.gallery.history import Recorder
from engines.faces.gallery.reading import GalleryReader
from engines.faces.gallery.rows import NewFace
from engines.faces.gallery.store import Store
from engines.faces.gallery.types import Change
from engines.faces.recognition.embed import Embedder
from engines.faces.types import ModelCard


class Gallery(GalleryReader):
    """Open with `Gallery.open` or make with `Gallery.create`; use from any thread; close when done.

    Every action gives the `Change` that takes it back, and raises `BadInput` when people or faces are not there, or
    when the gallery is locked or open for reading only.
    """

    @classmethod
    def create(
        cls, path: str | Path, card: ModelCard, *, passphrase: str | None = None, keyring: bool = False
    ) -> Gallery:
        """A new gallery for embeddings of `card`'s model, encrypted when a passphrase or the keyring is to guard it."""
        path = Path(path)
        key = keys.new_key()
        header = gallery_protect.header_for(key, passphrase, keyring)
        Store.create(path, card, header)
        if header.kind != "plain":
            keys.UNLOCKED.put(path, key)
        return cls(Store(path))

    @classmethod
    def open(cls, path: str | Path, *, passphrase: str | None = None, read_only: bool = False) -> Gallery:
        """Read-only when asked or when another program has it open for writing (`info().read_only`).

        An encrypted one whose key is not at hand opens locked (`info().locked`); `unlock` it then. Raises `BadInput`
        for a wrong passphrase, and for a file that is missing, foreign, damaged or of a later version.
        """
        store = Store(Path(path), read_only=read_only)
        try:
            if store.locked and (passphrase is not None or store.header.kind == "keyring"):
                store.unlock(passphrase)
        except BadInput:
            store.close()
            raise
        return cls(store)

    def __enter__(self) -> Gallery:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._store.close()

    def unlock(self, passphrase: str | None = None) -> None:
        """For this process, until `lock`. Raises `BadInput` for a wrong passphrase."""
        self._store.unlock(passphrase)

    def add(self, person_name: str, faces: Sequence[NewFace], *, confirmed: bool = True) -> Change:
        """Store faces of one person, made when nobody has that name; "" stores them as unknown."""
        return self.add_people([(person_name, faces)], confirmed=confirmed)

    def add_people(self, people: Sequence[tuple[str, Sequence[NewFace]]], *, confirmed: bool = True) -> Change:
        """The same for many, as one action."""
        people = [(tidy_name(name), faces) for name, faces in people if faces]
        if not people:
            raise BadInput(tr("There are no faces to add"))
        with self._acting("add") as act:
            at = time.time()
            for name, faces in people:
                person = self._person(act, name) if name else ""
                for face in faces:
                    id = _new_id()
                    gallery_rows.insert(self._store, face, id, person, at, confirmed=confirmed)
                    act.made("faces", id)
            count = _count(sum(len(faces) for _, faces in people))
            if len(people) > 1:
                act.what = tr("Added {count} of {people} people", count=count, people=len(people))
            else:
                act.what = tr("Added {count} of {name}", count=count, name=people[0][0] or tr("unknown people"))
            act.who = people[0][0] if len(people) == 1 else ""
        return act.change

    def rename(self, person: str, name: str) -> Change:
        """Raises `BadInput` when somebody else has that name: merge them instead."""
        with self._acting("rename") as act:
            old = self._name(person)
            act.set("people", person, "name", self._free(name, person))
            act.what = tr("Renamed {old} to {tidy_name}", old=old, tidy_name=tidy_name(name))
            act.who = tidy_name(name)
        return act.change

    def merge(self, people: Sequence[str]) -> Change:
        """All become the first of them."""
        if len(set(people)) < 2:
            raise BadInput(tr("Choose at least two people to merge"))
        with self._acting("merge") as act:
            into, *others = dict.fromkeys(people)
            names = [self._name(person) for person in (into, *others)]
            for person in others:
                self._give(act, self._ids(person), into)
                act.set("people", person, "gone", 1)
            act.what = tr("Merged {others} into {name}", others=", ".join(names[1:]), name=names[0])
            act.who = names[0]
        return act.change

    def split(self, faces: Sequence[str], name: str = "") -> Change:
        """These faces become a person of their own, called `name` or "NAME 2"."""
        with self._acting("split") as act:
            owner = self._owner(faces)
            old = self._name(owner) if owner else tr("unknown people")
            person = self._new_person(act, self._free(name) if name.strip() else self._numbered(old))
            self._give(act, faces, person)
            act.what = tr(
                "Split {count} of {old} off as {name}", count=_count(len(faces)), old=old, name=self._name(person)
            )
            act.who = self._name(person)
        return act.change

    def move(self, faces: Sequence[str], person: str) -> Change:
        """These faces are of `person`; "" makes them unknown."""
        with self._acting("move") as act:
            self._give(act, faces, person)
            count = _count(len(faces))
            act.what = (
                tr("Moved {count} to {name}", count=count, name=self._name(person))
                if person
                else tr("Moved {count} to unknown", count=count)
            )
            act.who = self._name(person) if person else ""
        return act.change

    def refuse(self, faces: Sequence[str], person: str) -> Change:
        """ "This is not X": never suggested again; faces that were X's become unknown."""
        with self._acting("refuse") as act:
            name = self._name(person)
            for face in self._checked(faces):
                self._refuse(act, face, person)
            self._give(act, [face for face in faces if self._owner([face]) == person], "")
            act.what = tr("{count}: not {name}", count=_count(len(faces)), name=name)
            act.who = name
        return act.change

    def confirm(self, faces: Sequence[str], person: str) -> Change:
        """These faces are of `person` for certain; earlier refusals of that are withdrawn."""
        with self._acting("confirm") as act:
            self._name(person)
            for face in self._checked(faces):
                act.set("faces", face, "confirmed", 1)
                if gallery_history.read(self._store, "refusals", f"{face}|{person}", "gone") == 0:
                    act.set("refusals", f"{face}|{person}", "gone", 1)
            self._give(act, faces, person)
            act.what = tr("Confirmed {count} of {name}", count=_count(len(faces)), name=self._name(person))
            act.who = self._name(person)
        return act.change

    def name_cluster(self, faces: Sequence[str], name: str) -> Change:
        """Unknown faces get a name: a new person, or the one who has it."""
        name = tidy_name(name)
        if not name:
            raise BadInput(tr("The name is empty"))
        with self._acting("name") as act:
            self._give(act, faces, self._person(act, name))
            act.what = tr("Named {count} {name}", count=_count(len(faces)), name=name)
            act.who = name
        return act.change

    def set_portrait(self, person: str, face: str) -> Change:
        """The face that stands for them."""
        with self._acting("portrait") as act:
            if self._owner([face]) != person:
                raise BadInput(tr("That face is not of that person"))
            act.set("people", person, "portrait", face)
            act.what = tr("Chose a portrait of {name}", name=self._name(person))
            act.who = self._name(person)
        return act.change

    def set_note(self, person: str, note: str) -> Change:
        with self._acting("note") as act:
            act.what = tr("Changed the note on {name}", name=self._name(person))
            act.who = self._name(person)
            act.set("people", person, "note", shown(note))
        return act.change

    def remove(self, faces: Sequence[str]) -> Change:
        """Take faces out; they can be brought back until they are forgotten or expire."""
        with self._acting("remove") as act:
            owners = [self._owner([face]) for face in self._checked(faces)]
            for face in faces:
                act.set("faces", face, "gone", 1)
            self._drop_empty(act, owners)
            act.what = tr("Removed {count}", count=_count(len(faces)))
        return act.change

    def undo(self, change: int) -> Change:
        """Take any entry back, later ones notwithstanding. Raises `BadInput` when it no longer applies."""
        return gallery_history.take_back(self._store, change)

    def redo(self, change: int) -> Change:
        return gallery_history.do_again(self._store, change)

    def protect(self, passphrase: str | None = None, *, keyring: bool = False) -> None:
        """Encrypt, or give an encrypted gallery a new key and passphrase: rewritten as a whole. Needs it unlocked."""
        if passphrase is None and not keyring:
            raise BadInput(tr("There is neither a passphrase nor a keyring to encrypt it with"))
        key = keys.new_key()
        gallery_protect.rewrite(self._store, gallery_protect.header_for(key, passphrase, keyring), key)

    def unprotect(self) -> None:
        """Rewritten without encryption."""
        gallery_protect.rewrite(self._store, keys.PLAIN, b"")

    def lock(self) -> None:
        """Forget the key in this process; others of its galleries on the same file are locked on their next opening."""
        keys.UNLOCKED.drop(self.path)
        self._kept = self._index = None
        self._named = {}
        with self._store.guard:
            self._store.base.close()
            self._store.reopen()

    def locate(self, card: ModelCard) -> None:
        """Remember where the gallery's own network lies now. Nothing happens for another one, or while only reading."""
        if card.sha256 == self.card.sha256 and card.file and card.file != self.card.file and not self.read_only:
            known = replace(self.card, file=card.file)
            with self._store.writing():
                self._store.run("UPDATE meta SET value = ? WHERE key = 'card'", (json.dumps(to_json(known)),))
            self._store.card = known

    def reembed(self, model: Embedder, ctx: Context) -> None:
        """Embed every stored picture anew with another model, which the gallery belongs to from then on."""
        faces = [row[0] for row in self._store.rows("SELECT id FROM faces ORDER BY rowid")]
        made: dict[str, bytes] = {}
        for start in range(0, len(faces), 32):
            ctx.check()
            ctx.progress(start, len(faces), tr("Embedding anew"))
            part = faces[start : start + 32]
            vectors = model.embed(self.aligned(part, model.card)).astype(np.float32)
            made |= {face: vector.tobytes() for face, vector in zip(part, vectors, strict=True)}
        store = self._store
        with store.guard:
            key = keys.UNLOCKED.get(store.path) or b""
            gallery_protect.rewrite(store, store.header, key, model.card, made.__getitem__)
            self._kept = self._index = None

    def set_keep_days(self, days: int) -> None:
        """How long faces are kept; 0 for ever. Nothing is deleted before `retention.expire`."""
        if days < 0:
            raise BadInput(tr("Days cannot be negative"), hint=tr("0 keeps faces for ever"))
        with self._store.writing():
            self._store.run("UPDATE meta SET value = ? WHERE key = 'keep_days'", (int(days),))

    def check(self) -> str:
        """ "ok", or what SQLite's full integrity check found."""
        return str(self._store.rows("PRAGMA integrity_check(1)")[0][0])

    def backup(self, target: str | Path) -> Path:
        """A whole copy, encrypted like this; remembered, so that forgetting reaches it.

        Raises `BadInput` where something lies that is not an earlier backup of this gallery.
        """
        target = Path(target)
        if os.path.lexists(target) and gallery_copies.foreign(self._store, target):
            hint = tr("Choose another name")
            raise BadInput(
                tr("There is something of that name that is no backup of this gallery"), path=target, hint=hint
            )
        gallery_copies.remember(self._store, "", "backup", target)
        gallery_copies.write(self._store, target)
        return target

    @contextmanager
    def _acting(self, kind: str) -> Iterator[_Act]:
        """One action: transaction, steps and history entry are one."""
        with self._store.guard, self._store.writing() as revision:
            act = _Act(self._store)
            yield act
            act.change = replace(act.keep(revision, kind, act.what), who=act.who)

    def _person(self, act: Recorder, name: str) -> str:
        return self.person_named(name) or self._new_person(act, name)

    def _new_person(self, act: Recorder, name: str) -> str:
        id = _new_id()
        seal = self._store.seal
        values = (id, time.time(), seal(name, "people", id, "name"), seal("", "people", id, "note"))
        self._store.run("INSERT INTO people (id, created, name, note) VALUES (?, ?, ?, ?)", values)
        act.made("people", id)
        return id

    def _free(self, name: str, person: str = "") -> str:
        name = tidy_name(name)
        if not name:
            raise BadInput(tr("The name is empty"))
        if self.person_named(name) not in ("", person):
            raise BadInput(
                tr("There is a {name} already", name=name), hint=tr("Merge the two if they are the same person")
            )
        return name

    def _numbered(self, name: str) -> str:
        number = 2
        while self.person_named(f"{name} {number}"):
            number += 1
        return f"{name} {number}"

    def _name(self, person: str) -> str:
        if gallery_history.read(self._store, "people", person, "gone") != 0:
            raise BadInput(tr("That person is no longer in the gallery"), path=self.path)
        return str(gallery_history.read(self._store, "people", person, "name"))

    def _ids(self, person: str) -> list[str]:
        return [row[0] for row in self._store.rows("SELECT id FROM faces WHERE person=? AND gone=0", (person,))]

    def _checked(self, faces: Sequence[str]) -> list[str]:
        for face in faces:
            if gallery_history.read(self._store, "faces", face, "gone") != 0:
                raise BadInput(tr("That face is no longer in the gallery"), path=self.path)
        if not faces:
            raise BadInput(tr("No face is chosen"))
        return list(faces)

    def _owner(self, faces: Sequence[str]) -> str:
        return str(gallery_history.read(self._store, "faces", self._checked(faces)[0], "person"))

    def _give(self, act: Recorder, faces: Sequence[str], person: str) -> None:
        """Set the person of faces; whoever is left without a face goes."""
        if person:
            self._name(person)
        owners = [self._owner([face]) for face in faces]
        for face in faces:
            act.set("faces", face, "person", person)
        self._drop_empty(act, [owner for owner in owners if owner != person])

    def _drop_empty(self, act: Recorder, people: Sequence[str]) -> None:
        for person in set(people) - {""}:
            if not self._ids(person):
                act.set("people", person, "gone", 1)

    def _refuse(self, act: Recorder, face: str, person: str) -> None:
        id = f"{face}|{person}"
        if gallery_history.read(self._store, "refusals", id, "gone") is None:
            self._store.run("INSERT INTO refusals (id, face, person) VALUES (?, ?, ?)", (id, face, person))
            act.made("refusals", id)
        else:
            act.set("refusals", id, "gone", 0)


class _Act(Recorder):
    what = who = ""
    change = Change(0, 0.0, "", "")


def _new_id() -> str:
    return secrets.token_hex(8)


def _count(faces: int) -> str:
    return tr("1 face") if faces == 1 else tr("{faces} faces", faces=faces)
