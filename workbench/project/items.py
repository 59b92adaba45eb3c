"""The items of a project in memory, and the one table that they are written to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.core.databases import Format, loaded, open_database, reading, stored
from engines.core.errors import BadInput
from engines.core.files import atomic_path
from engines.core.reading import MIB, MOST_TEXT, parse_json, too_large
from engines.core.words import tr

WHAT = tr("Kinoscope project")
_TABLES = """
CREATE TABLE items(
  kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id));
"""
FORMAT = Format(WHAT, 0x4B494E4F, 1, _TABLES)
LATER = replace(FORMAT, schema=2**31 - 1)
"""The same of any version: to be read as far as it is understood."""
MOST_ITEMS, MOST = 200_000, 512 * MIB
"""Items, and bytes of all of them: far more than anybody makes, and what memory holds. One has at most `MOST_TEXT`."""
TOO_LARGE = tr("It is too large")
_THIS = "kind = CAST(? AS TEXT) AND id = CAST(? AS TEXT)"


class Items:
    """JSON texts by kind and id, in order. unwritten: those that the file does not have as they are."""

    def __init__(self, base: sqlite3.Connection | None = None) -> None:
        """All that the table holds; what is no text is left out, and told of by `parsed`."""
        self._texts: dict[str, dict[str, str]] = {}
        self._odd: dict[str, dict[object, str]] = {}
        self.unwritten: dict[tuple[str, str], None] = {}
        self._arranged: dict[str, None] = {}
        for kind, id, text in _rows(base) if base else ():
            if isinstance(kind, str) and isinstance(id, str) and isinstance(text, str) and text is not TOO_LARGE:
                self._texts.setdefault(kind, {})[id] = text
            elif isinstance(kind, str):
                self._odd.setdefault(kind, {})[id] = TOO_LARGE if text is TOO_LARGE else tr("It is not a text")

    def kinds(self) -> tuple[str, ...]:
        return tuple(kind for kind, items in self._texts.items() if items)

    def ids(self, kind: str) -> tuple[str, ...]:
        return tuple(self._texts.get(kind, ()))

    def text(self, kind: str, id: str) -> str | None:
        return self._texts.get(kind, {}).get(id)

    def set(self, kind: str, id: str, text: str | None) -> bool:
        """Change an item, None to drop it; whether it was another before."""
        if self.text(kind, id) == text:
            return False
        if text is None:
            del self._texts[kind][id]
        else:
            self._texts.setdefault(kind, {})[id] = text
        self.unwritten[kind, id] = None
        return True

    def arrange(self, kind: str, ids: Sequence[str]) -> bool:
        """Have items of a kind in this order, those that are not named after them; whether it was another before."""
        texts = self._texts.get(kind, {})
        named = dict.fromkeys(id for id in (*ids, *texts) if id in texts)
        if list(named) == list(texts):
            return False
        self._texts[kind] = {id: texts[id] for id in named}
        self._arranged[kind] = None
        return True

    def parsed(self, kind: str, id: str | None = None) -> tuple[dict[str, Any], dict[object, str]]:
        """The values of a kind, or of one item, that can be read; of the others why not."""
        texts = self._texts.get(kind, {})
        known: dict[str, Any] = {}
        bad = dict(self._odd.get(kind, {}))
        for name in texts if id is None else [id] if id in texts else []:
            try:
                known[name] = parse_json(texts[name])
            except BadInput as error:
                bad[name] = error.message
        return known, bad

    def follow(self, base: sqlite3.Connection) -> bool:
        """Whether a table holds what these were read from or written to: all that is not to be written is the same."""
        there = Items(base)
        keys = {(kind, id) for items in (self, there) for kind, texts in items._texts.items() for id in texts}
        return all(self.text(*key) == there.text(*key) for key in keys - self.unwritten.keys())

    def write_to(self, base: sqlite3.Connection) -> None:
        """All that is not written yet, in one transaction."""
        base.execute("BEGIN IMMEDIATE")
        try:
            for kind, id in self.unwritten:
                _write(base, kind, id, self.text(kind, id))
            for kind in self._arranged:
                _arrange(base, kind, self._texts.get(kind, ()))
            base.execute("COMMIT")
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                base.execute("ROLLBACK")
            raise
        self.unwritten.clear()
        self._arranged.clear()

    def write_all_to(self, base: sqlite3.Connection) -> None:
        """Into a table that holds none of them."""
        self.unwritten = {(kind, id): None for kind, items in self._texts.items() for id in items}
        self.write_to(base)

    def copy_to(self, path: Path) -> None:
        """Everything into a new file, whole or not at all; what was there goes."""
        copy = Items()
        copy._texts = self._texts
        with reading(path, WHAT), atomic_path(path, private=True) as part, closing(open_database(part, FORMAT)) as base:
            copy.write_all_to(base)


def check(base: sqlite3.Connection, path: Path) -> None:
    """Raise `BadInput` for a file that is damaged or too large, or whose table is not ours."""
    bound(base, path)
    if base.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise BadInput(tr("The project is damaged"), path=path, hint=tr("Restore it from a backup"))
    if not {"kind", "id", "position", "json"} <= {row[1] for row in base.execute("PRAGMA table_info(items)")}:
        raise BadInput(tr("This file is not a Kinoscope project"), path=path)
    if (count := base.execute("SELECT count(*) FROM items").fetchone()[0]) > MOST_ITEMS:
        told = tr(
            "The project holds too many items: {count:,}; at most {most:,} are read", count=count, most=MOST_ITEMS
        )
        raise BadInput(told, path=path)


def bound(base: sqlite3.Connection, path: Path) -> None:
    """Read texts as they lie, none longer than one may be. Raise `BadInput` for more than memory should hold."""
    base.text_factory = loaded
    base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_TEXT)
    size, pages, free = (
        base.execute(f"PRAGMA {each}").fetchone()[0] for each in ("page_size", "page_count", "freelist_count")
    )
    if size * (pages - free) > MOST:
        raise too_large(path, WHAT, size * (pages - free), MOST)


def _rows(base: sqlite3.Connection) -> Iterable[tuple[Any, Any, Any]]:
    """Kind, id and text of all items in order; of one that is too large not the text."""
    try:
        return base.execute("SELECT kind, id, json FROM items ORDER BY position").fetchall()
    except sqlite3.DataError:
        numbers = base.execute("SELECT rowid FROM items ORDER BY position").fetchall()
        return [_row(base, number) for (number,) in numbers]


def _row(base: sqlite3.Connection, number: int) -> tuple[Any, Any, Any]:
    try:
        return base.execute("SELECT kind, id, json FROM items WHERE rowid = ?", (number,)).fetchone()
    except sqlite3.DataError:
        return (*base.execute("SELECT kind, id FROM items WHERE rowid = ?", (number,)).fetchone(), TOO_LARGE)


def to_one_file(base: sqlite3.Connection) -> None:
    """Fold the journal into the file."""
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    base.execute("PRAGMA journal_mode=DELETE").fetchall()


def _write(base: sqlite3.Connection, kind: str, id: str, text: str | None) -> None:
    """One item, at the end where it is new; None drops it."""
    key = stored(kind), stored(id)
    if text is None:
        base.execute(f"DELETE FROM items WHERE {_THIS}", key)
    elif not base.execute(f"UPDATE items SET json = CAST(? AS TEXT) WHERE {_THIS}", (stored(text), *key)).rowcount:
        base.execute(
            "INSERT INTO items VALUES (CAST(?1 AS TEXT), CAST(?2 AS TEXT),"
            " (SELECT coalesce(max(position), 0) + 1 FROM items WHERE kind = CAST(?1 AS TEXT)), CAST(?3 AS TEXT))",
            (*key, stored(text)),
        )


def _arrange(base: sqlite3.Connection, kind: str, ids: Iterable[str]) -> None:
    rows = [(position, stored(kind), stored(id)) for position, id in enumerate(ids, 1)]
    base.executemany(f"UPDATE items SET position = ? WHERE {_THIS}", rows)
