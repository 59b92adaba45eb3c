"""Forgetting in backups and exports: they are cleaned where they are proven to be ours, and named where not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from engines.core.errors import BadInput, KinoscopeError
from engines.core.words import tr
from engines.faces.gallery import copies as gallery_copies
from engines.faces.gallery import keys
from engines.faces.gallery import protection as gallery_protect
from engines.faces.gallery.copies import Copy
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.export import Export, read_export
from engines.faces.gallery.store import Store, clear_part, part_of

Cleaning = Callable[[Gallery], object]


@dataclass(slots=True)
class Reach:
    """How far forgetting came. searched: galleries. left, elsewhere: see `Forgotten`. done: copies that are gone."""

    searched: list[Path]
    left: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    done: list[Copy] = field(default_factory=list)

    def leave(self, path: Path, why: str) -> None:
        self.elsewhere.append(tr("{path} was not touched: {why}", path=path, why=why))

    def miss(self, path: Path) -> None:
        self.elsewhere.append(tr("{path} is not there any more; if it was moved, it still holds them", path=path))


def clean_exports(gallery: Gallery, people: Collection[str], faces: Collection[str], reach: Reach) -> None:
    """Delete exports of these people (ids), and those that hold none but these faces. people: merged ones too."""
    for copy in gallery_copies.remembered(gallery.store, "export"):
        known = read_export(copy.path)
        if known is not None and (known.person in people or (known.faces and known.faces <= set(faces))):
            _delete_export(copy, known, reach)
        elif known is not None and not known.faces.isdisjoint(faces):
            reach.leave(copy.path, tr("it is the export of somebody else, and holds some of these faces"))
        elif copy.person in people and os.path.lexists(copy.path):
            reach.leave(copy.path, tr("what lies there is not the export as it was written"))
        elif copy.person in people:
            reach.miss(copy.path)


def clean_backups(gallery: Gallery, clean: Cleaning, reach: Reach) -> None:
    """Let `clean` work on every backup of this gallery; the gallery itself is never taken for one."""
    for path in dict.fromkeys(copy.path for copy in gallery_copies.remembered(gallery.store, "backup")):
        if path.exists() and path.samefile(gallery.path):
            continue
        for part in gallery_copies.unfinished(path):
            _shred_unfinished(gallery.store, part, reach)
        if not os.path.lexists(path):
            reach.miss(path)
        elif why := gallery_copies.foreign(gallery.store, path):
            reach.leave(path, why)
        else:
            reach.searched.append(path)
            _clean_backup(gallery, path, clean, reach)


def _delete_export(copy: Copy, known: Export, reach: Reach) -> None:
    try:
        for file in known.files:
            gallery_protect.shred(file)
        if not known.others:
            copy.path.rmdir()
    except OSError as error:
        reach.left.append(
            tr("The export {path} could not be deleted: {strerror}", path=copy.path, strerror=error.strerror or error)
        )
        return
    reach.done.append(copy)
    if known.others:
        reach.leave(copy.path, tr("it holds files that were added or changed since the export; those stay"))


def _shred_unfinished(store: Store, part: Path, reach: Reach) -> None:
    if why := gallery_copies.foreign(store, part):
        reach.leave(part, why)
        return
    try:
        gallery_protect.shred(part)
    except OSError as error:
        reach.left.append(
            tr(
                "The unfinished copy {part} could not be deleted: {strerror}",
                part=part,
                strerror=error.strerror or error,
            )
        )


def _clean_backup(gallery: Gallery, path: Path, clean: Cleaning, reach: Reach) -> None:
    key = keys.UNLOCKED.get(gallery.path)
    if key is not None:
        keys.UNLOCKED.put(path, key)
    try:
        store = Store(path)
        try:
            store.may_write()
            if store.locked:
                _replace(gallery.store, store)
            else:
                clean(Gallery(store))
        finally:
            store.close()
    except (KinoscopeError, OSError, sqlite3.Error) as error:
        reach.left.append(tr("The backup {path} could not be cleaned: {error}", path=path, error=error))
    finally:
        keys.UNLOCKED.drop(path)


def _replace(gallery: Store, backup: Store) -> None:
    """A backup under a key that is gone cannot be cleaned: a fresh one takes its place once it is whole."""
    part = part_of(backup.path)
    if os.path.lexists(part):
        raise BadInput(tr("There is a file in the way"), path=part)
    try:
        gallery_copies.write(gallery, part)
        backup.let_go()
        gallery_protect.replace_overwriting(part, backup.path)
    finally:
        clear_part(backup.path)
