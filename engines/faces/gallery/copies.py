"""Copies that we wrote of a gallery: remembered in it, and proven to be its own before anything is done to them.

A path alone proves nothing: another file may lie there by now, or the list may have been made up. A backup is proven by
our mark and the gallery's id; one from before galleries had ids by a person or face of the same id, which is random.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from engines.core.files import atomic_path
from engines.core.reading import making_sense, parse_json
from engines.core.words import tr
from engines.faces.gallery import schema as gallery_schema
from engines.faces.gallery.store import Store


@dataclass(frozen=True, slots=True)
class Copy:
    """What was written and where. person: id, "" for everybody."""

    id: str
    person: str
    path: Path


def remember(store: Store, person: str, kind: str, path: Path) -> None:
    """Note a copy that is about to be written, so that forgetting reaches it. kind: "backup" or "export"."""
    id = secrets.token_hex(8)
    entry = json.dumps({"kind": kind, "path": str(path.absolute())})
    with store.writing():
        store.run("INSERT OR IGNORE INTO meta VALUES ('id', ?)", (secrets.token_hex(16),))
        values = (id, person, store.seal(entry, "copies", id, "entry"))
        store.run("INSERT INTO copies (id, person, entry) VALUES (?, ?, ?)", values)


def remembered(store: Store, kind: str) -> list[Copy]:
    """All copies of one kind, each place once for a person."""
    found: dict[tuple[str, str], Copy] = {}
    for id, person, sealed in store.rows("SELECT id, person, entry FROM copies ORDER BY rowid"):
        with making_sense(store.path, tr("The gallery's list of copies is damaged")):
            entry = parse_json(store.text(sealed, "copies", id, "entry"))
            what, path = str(entry["kind"]), str(entry["path"])
        if what == kind:
            found[person, path] = Copy(id, person, Path(path))
    return list(found.values())


def foreign(store: Store, path: Path) -> str:
    """Why what lies there is not a backup of this gallery, in words; "" when it is proven to be one."""
    if path.is_symlink():
        return tr("a link lies there now")
    if not path.is_file():
        return tr("something else lies there now")
    if not gallery_schema.has_mark(path):
        return tr("a file that is not a gallery lies there now")
    if not _is_kin(store, path):
        return tr("another gallery lies there now")
    return ""


def write(store: Store, target: Path) -> None:
    """A whole copy, encrypted as the gallery is, in place of what is there; only its owner may read it."""
    with store.guard, gallery_schema.reading(target), atomic_path(target, private=True) as part:
        with closing(sqlite3.connect(part)) as copy:
            store.base.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")


def unfinished(path: Path) -> list[Path]:
    """What copies to `path` that were killed have left beside it."""
    start, end = f".{path.stem}.", f".part{path.suffix}"
    try:
        names = os.listdir(path.parent)
    except OSError:
        return []
    return [path.with_name(name) for name in names if name.startswith(start) and name.endswith(end)]


def _is_kin(store: Store, path: Path) -> bool:
    ids = "SELECT id FROM people UNION SELECT id FROM faces"
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as base:
            named = base.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()
            own = store.rows("SELECT value FROM meta WHERE key = 'id'")
            if named and own:
                return bool(named[0] == own[0][0])
            return not {row[0] for row in base.execute(ids)}.isdisjoint(row[0] for row in store.rows(ids))
    except sqlite3.Error:
        return False
