"""Encrypt, decrypt, give a new passphrase to or embed anew a whole gallery: into a new file that takes its place.

The old file's bytes are overwritten before they are given back to the disk. (On a flash disk old blocks may survive
below the file system; only encryption from the start helps there.)
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from engines.core.errors import BadInput
from engines.faces import keys
from engines.faces.gallery_store import Store


def header_for(key: bytes, passphrase: str | None, keyring: bool) -> keys.Header:
    """How the key is to be kept."""
    if keyring:
        return keys.into_keyring(key)
    return keys.PLAIN if passphrase is None else keys.wrap(key, passphrase)


def remember(store: Store, person: str, kind: str, path: Path) -> None:
    """Note a copy that we wrote, so that forgetting reaches it. kind: "backup" or "export"."""
    id = secrets.token_hex(8)
    entry = json.dumps({"kind": kind, "path": str(path.absolute())})
    with store.writing():
        values = (id, person, store.seal(entry, "copies", id, "entry"))
        store.run("INSERT INTO copies (id, person, entry) VALUES (?, ?, ?)", values)


def copies(store: Store, person: str) -> list[tuple[str, str, Path]]:
    """(id, kind, path) of what was written of `person`; "" for backups of everybody."""
    found = []
    for id, sealed in store.rows("SELECT id, entry FROM copies WHERE person = ?", (person,)):
        try:
            entry = json.loads(store.text(sealed, "copies", id, "entry"))
            found.append((id, str(entry["kind"]), Path(entry["path"])))
        except (ValueError, KeyError) as error:
            raise BadInput("The gallery's list of copies is damaged", path=store.path) from error
    return found
