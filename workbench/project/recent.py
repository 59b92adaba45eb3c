"""Projects used lately, for whoever shows them: title, picture, date, and whether they are there."""

from __future__ import annotations

import base64
import binascii
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.core.databases import open_database
from engines.core.errors import BadInput, KinoscopeError
from engines.core.reading import parse_json
from engines.core.words import tr
from workbench.project.file import STATE, TITLE
from workbench.project.items import LATER, bound
from workbench.project.naming import title_of
from workbench.project.settings import Settings

PICTURE = "picture"
MOST = 1 << 20
"""Characters of a picture that is read."""


@dataclass(frozen=True, slots=True)
class RecentProject:
    """changed: seconds since 1970, 0 where it is not known. picture: a PNG, b"" where there is none.

    there: its file can be read. note: a sentence that says why not, "" when all is well.
    """

    path: str
    title: str
    changed: float
    picture: bytes
    there: bool
    note: str


def recent(settings: Settings) -> tuple[RecentProject, ...]:
    """Used lately, the last one first, without the one that is open. Any thread: a disk may take its time."""
    return tuple(_looked_at(Path(path)) for path in settings.recent if path != settings.last)


def recent_titles(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Path and title of the same ones, told by their names alone: no disk is asked."""
    return tuple((path, title_of(Path(path))) for path in settings.recent if path != settings.last)


def as_item(png: bytes) -> str:
    """A picture as the item ("state", "picture") of a project."""
    return base64.b64encode(png).decode()


def as_bytes(text: object) -> bytes:
    """The picture that such an item holds, b"" for none."""
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        return b""


def _looked_at(path: Path) -> RecentProject:
    try:
        changed = path.stat().st_mtime
        title, picture = _told(path)
        return RecentProject(str(path), title_of(path, title), changed, as_bytes(picture), True, "")
    except KinoscopeError as error:
        return RecentProject(str(path), title_of(path), 0.0, b"", False, str(error))
    except (OSError, ValueError):
        note = tr("It is not there: it may have been moved or renamed, or its disk is not at hand.")
        return RecentProject(str(path), title_of(path), 0.0, b"", False, note)


def _told(path: Path) -> tuple[Any, Any]:
    """What the file holds of title and picture."""
    asked = "SELECT id, json FROM items WHERE kind = ? AND id IN (?, ?) AND length(json) <= ?"
    try:
        with closing(open_database(path, LATER, read_only=True)) as base:
            bound(base, path)
            rows = base.execute(asked, (STATE, TITLE, PICTURE, MOST)).fetchall()
    except sqlite3.Error as error:
        raise BadInput(tr("The project is damaged"), path=path) from error
    found = {id: _parsed(text) for id, text in rows}
    return found.get(TITLE), found.get(PICTURE)


def _parsed(text: object) -> Any:
    try:
        return parse_json(text) if isinstance(text, str) else None
    except BadInput:
        return None
