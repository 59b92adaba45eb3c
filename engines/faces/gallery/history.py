"""Actions that can be taken back: what each changed is written in the transaction that changed it.

An action is a list of steps (table, row, column, before, after); a new row is the step `gone` 1 -> 0. Taking it back
sets `before` where `after` still stands. A step that only says where a face belongs is skipped when the face went
elsewhere since, so that a merge can be taken back after later edits; any other step that does not fit, and any result
that is not a sound gallery, refuses the whole.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Sequence
from typing import Any

from engines.core.errors import BadInput
from engines.core.names import name_key
from engines.core.reading import making_sense, parse_json
from engines.core.words import tr
from engines.faces.gallery.schema import SECRET
from engines.faces.gallery.store import Store
from engines.faces.gallery.types import Change

Step = tuple[str, str, str, Any, Any]
KEYS = {"people": "id", "faces": "id", "refusals": "id"}
COLUMNS = {
    "people": ("gone", "portrait", "name", "note"),
    "faces": ("person", "confirmed", "gone"),
    "refusals": ("gone",),
}
LOOSE = {("faces", "person"), ("faces", "confirmed"), ("faces", "gone")}
"""Steps that may be skipped."""


class Recorder:
    """Collects the steps of one action while it makes them; only inside a transaction."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.steps: list[Step] = []

    def set(self, table: str, row: str, column: str, value: Any) -> None:
        """Write one column and remember what it was."""
        before = read(self.store, table, row, column)
        if before != value:
            write(self.store, table, row, column, value)
            self.steps.append((table, row, column, before, value))

    def made(self, table: str, row: str) -> None:
        """A row was inserted."""
        self.steps.append((table, row, "gone", 1, 0))

    def keep(self, change: int, kind: str, what: str) -> Change:
        """Write the entry; it is part of the transaction."""
        at = time.time()
        entry = json.dumps({"what": what, "steps": self.steps})
        sealed = self.store.seal(entry, "history", str(change), "entry")
        self.store.run("INSERT INTO history (id, at, kind, entry) VALUES (?, ?, ?, ?)", (change, at, kind, sealed))
        return Change(change, at, kind, what)


def entries(store: Store, limit: int) -> tuple[Change, ...]:
    """The newest first; 0 for all."""
    rows = store.rows("SELECT id, at, kind, undone, entry FROM history ORDER BY id DESC LIMIT ?", (limit or -1,))
    return tuple(Change(row[0], row[1], row[2], _entry(store, row[0], row[4])["what"], bool(row[3])) for row in rows)


def take_back(store: Store, change: int) -> Change:
    """Undo one entry. Raises `BadInput` when it was undone already or no longer applies."""
    return _turn(store, change, undo=True)


def do_again(store: Store, change: int) -> Change:
    """Redo an entry that was undone. Raises `BadInput` when it no longer applies."""
    return _turn(store, change, undo=False)


def _turn(store: Store, change: int, *, undo: bool) -> Change:
    rows = store.rows("SELECT at, kind, undone, entry FROM history WHERE id=?", (change,))
    if not rows:
        raise BadInput(
            tr("That entry is no longer in the history"), hint=tr("What was deleted everywhere cannot be taken back")
        )
    at, kind, undone, sealed = rows[0]
    entry = _entry(store, change, sealed)
    what = str(entry["what"])
    if bool(undone) == undo:
        raise BadInput(
            tr("'{what}' was taken back already", what=what) if undo else tr("'{what}' was done already", what=what)
        )
    with store.writing():
        steps = [_flip(step) for step in reversed(entry["steps"])] if undo else entry["steps"]
        _apply(store, steps, what)
        store.run("UPDATE history SET undone=? WHERE id=?", (int(undo), change))
    return Change(change, at, kind, what, undo)


def _flip(step: Sequence[Any]) -> Step:
    table, row, column, before, after = step
    return table, row, column, after, before


def _apply(store: Store, steps: Sequence[Sequence[Any]], what: str) -> None:
    """Make the steps that still fit. Raises `BadInput` when none of the loose ones does, or another one does not."""
    loose, made, doubles = 0, 0, _doubles(store)
    for table, row, column, before, after in steps:
        loose += (table, column) in LOOSE
        if read(store, table, row, column) == before:
            write(store, table, row, column, after)
            made += (table, column) in LOOSE
        elif (table, column) not in LOOSE:
            raise _stale(store, what)
    if loose and not made:
        raise _stale(store, what)
    check(store, what, doubles)


def check(store: Store, what: str, doubles: int = 0) -> None:
    """Every live face belongs to nobody or to a living person, and no more people than `doubles` share a name."""
    lost = store.rows(
        "SELECT 1 FROM faces JOIN people ON people.id = faces.person WHERE faces.gone = 0 AND people.gone = 1 LIMIT 1"
    )
    if lost or _doubles(store) > doubles:
        raise _stale(store, what)


def _doubles(store: Store) -> int:
    """How many living people have a name that another one has. Galleries from before names were compared hold some."""
    rows = store.rows("SELECT id, name FROM people WHERE gone = 0")
    names = [name_key(store.text(name, "people", row, "name")) for row, name in rows]
    return len(names) - len(set(names))


def _stale(store: Store, what: str) -> BadInput:
    return BadInput(
        tr("'{what}' no longer applies: the people or faces were changed since", what=what),
        path=store.path,
        hint=tr("Take back the later changes first"),
    )


def read(store: Store, table: str, row: str, column: str) -> Any:
    """One value, decrypted; None when the row is not there any more."""
    assert column in COLUMNS[table]
    rows = store.rows(f"SELECT {column} FROM {table} WHERE {KEYS[table]}=?", (row,))
    if not rows:
        return None
    value = rows[0][0]
    return store.text(value, table, row, column) if _secret(table, column) else value


def write(store: Store, table: str, row: str, column: str, value: Any) -> None:
    stored = store.seal(value, table, row, column) if _secret(table, column) else value
    store.run(f"UPDATE {table} SET {column}=? WHERE {KEYS[table]}=?", (stored, row))


def owners(store: Store, faces: Collection[str]) -> set[str]:
    """Everybody (ids) to whom one of these faces ever belonged, as far as the history goes back."""
    told: set[str] = set()
    for change, sealed in store.rows("SELECT id, entry FROM history"):
        for table, row, column, before, after in _entry(store, change, sealed)["steps"]:
            if (table, column) == ("faces", "person") and row in faces:
                told |= {str(before), str(after)}
    return told - {""}


def words_of(store: Store, change: int, sealed: bytes) -> str:
    """An entry's whole text, names included."""
    return json.dumps(_entry(store, change, sealed), ensure_ascii=False)


def _secret(table: str, column: str) -> bool:
    return table in SECRET and column in SECRET[table][1]


def _entry(store: Store, change: int, sealed: bytes) -> dict[str, Any]:
    with making_sense(store.path, tr("The gallery's history is damaged")):
        return dict(parse_json(store.text(sealed, "history", str(change), "entry")))
