"""A project: one `.kino` file (SQLite) that saves itself. Sources, what each tile shows, forms, calibrations.

Every change is a transaction, so a kill of the program at any moment leaves the last finished change. While it is
open the file is in write-ahead mode; closing folds it back to a single file. A second program opens it read-only.
All items are in memory too: where the disk is full or has gone, the project goes on there, and is written when the
disk is back. Passwords never get into it.

To the project belongs what one works on and where one was in it: sources, tiles, forms and fields of all pages, the
page in front, labels, results. To the settings of the machine belongs what suits screen and hand: theme, window, docks,
folds, the preset of the next start, and the last forms as defaults of the next project.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile

from engines.core.addresses import without_passwords
from engines.core.databases import in_memory, in_words, is_of, open_database, reading
from engines.core.errors import BadInput, KinoscopeError, OutOfResources, UsageError
from engines.core.files import disk_is_full
from engines.core.names import shown, tidy_name
from engines.core.outputs import free_name
from engines.core.reading import MOST_TEXT
from engines.core.words import tr, tr_count
from workbench.project.holding import disk_of, holder_of, is_held, is_ours, lock_of, locked, take
from workbench.project.items import FORMAT, LATER, TOO_LARGE, WHAT, Items, check, to_one_file
from workbench.project.naming import LONGEST_TITLE, SUFFIX, named, projects_dir, rename_file, stem_of, title_of

STATE, TITLE = "state", "title"


class Project:
    """Items of a kind ("source", "child", "tile", "calibration", "state") under an id, each a JSON value, in order.

    read_only: changes are not taken. unsaved: they are, but in memory alone. why: a sentence for either.
    `tell` hears in a sentence what goes wrong later; items that cannot be read are left out and told once.
    """

    def __init__(self, path: str | Path, *, lock: QLockFile | None = None) -> None:
        """Open or make the file. `lock`: already held for it. Raises `BadInput` for what is not a project of ours."""
        self.path = Path(path)
        self.tell: Callable[[str], object] = lambda _text: None
        self._told: set[tuple[object, object]] = set()
        self._items = Items()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = lock or lock_of(self.path)
        self._begin()

    @property
    def title(self) -> str:
        """What the user calls it."""
        return title_of(self.path, self.get(STATE, TITLE))

    @property
    def is_held(self) -> bool:
        """It can be read only because another program has it."""
        return self.read_only and is_held(self._lock)

    def put(self, kind: str, id: str, value: object) -> None:
        """Save one item; a new one goes to the end. No password in an address of it is kept."""
        self._set(kind, id, json.dumps(without_passwords(value)))

    def fill(self, items: Iterable[tuple[str, str, object]]) -> None:
        """Save many items, of kind, id and value, at once."""
        if not self.read_only:
            for kind, id, value in items:
                if self._fits(kind, id, text := json.dumps(without_passwords(value))):
                    self._items.set(kind, id, text)
            self._write()

    def drop(self, kind: str, id: str) -> None:
        self._set(kind, id, None)

    def kinds(self) -> tuple[str, ...]:
        """Kinds of which there are items."""
        return self._items.kinds()

    def ids(self, kind: str) -> tuple[str, ...]:
        """Of all items of a kind, those too that cannot be read."""
        return self._items.ids(kind)

    def arrange(self, kind: str, ids: Sequence[str]) -> None:
        """Have items of a kind in this order."""
        if not self.read_only and self._items.arrange(kind, ids):
            self._write()

    def items(self, kind: str) -> dict[str, Any]:
        """All items of a kind that can be read, in order."""
        known, bad = self._items.parsed(kind)
        self._tell_of(kind, bad)
        return known

    def get(self, kind: str, id: str, default: object = None) -> Any:
        known, bad = self._items.parsed(kind, id)
        self._tell_of(kind, bad)
        return known.get(id, default)

    def save_as(self, path: str | Path) -> Project:
        """A copy under another name, opened. What was there, a project that nobody has open, goes when it is whole.

        Raises `BadInput` where another window has that project or the file is none, `UsageError` for its own file.
        """
        path = named(path)
        if path.exists() and self.path.exists() and path.samefile(self.path):
            raise UsageError(tr("This is the project's own file, which saves itself"), path=path)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = locked(path)
        try:
            _fold(path)
            self._items.copy_to(path)
            return Project(path, lock=lock)
        except BaseException:
            lock.unlock()
            raise

    def rename(self, title: str) -> None:
        """Call it so; its file takes the name as far as a file can have it. It stays open.

        Raises `UsageError` for no name, `BadInput` where there is such a file or this one cannot be changed.
        """
        title = tidy_name(title)[:LONGEST_TITLE]
        if not title:
            raise UsageError(tr("A project needs a name"))
        if self.read_only or self.unsaved:
            raise BadInput(tr("This project cannot be renamed now"), path=self.path, hint=self.why)
        target = self.path.with_name(stem_of(title) + SUFFIX)
        if target.name != self.path.name:
            self._move(target)
        self.put(STATE, TITLE, {"title": title, "file": self.path.stem})

    def try_again(self) -> bool:
        """Write what is in memory alone; whether nothing is that any more."""
        return not self.unsaved or self._save_again()

    def make_certain(self) -> None:
        """What was saved outlives a power cut too from here on: the journal goes into the file, and that to the disk.

        Where that cannot be done it goes on in memory (`unsaved`).
        """
        if self.read_only or self.unsaved:
            return
        try:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            self._go_on(in_words(error, self.path, WHAT))
            self.tell(self.why)

    def is_there(self) -> bool:
        """Whether its file is where it was; any thread, since a disk that went may take its time to say so."""
        return self.path.is_file()

    def leave_disk(self) -> None:
        """Go on in memory: the file is gone, with its disk or by somebody's hand."""
        if not self.unsaved and not self.read_only:
            self._go_on(BadInput(tr("The project's file is not there any more"), path=self.path))
            self.tell(self.why)

    def forget_passwords(self, mark: str = "") -> list[str]:
        """Take passwords out of the sources that were kept before there was a rule; the addresses they stood in.

        mark: a key that is set to true in each of these.
        """
        found: list[str] = []
        for id, value in self.items("source").items():
            if (clean := without_passwords(value)) != value and not self.read_only:
                self.put("source", id, clean | {mark: True} if mark and isinstance(clean, dict) else clean)
                found += _texts(value, clean)
        if found and not self.unsaved:
            with suppress(sqlite3.Error):
                self._db.execute("VACUUM")
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return found

    def close(self) -> Path | None:
        """Fold the journal into the file and let others write; what was kept in memory is saved if there is room.

        Where there is none, a copy goes to the folder of projects: its file is given.
        """
        saved = not self.unsaved or not self._items.unwritten or self._save_again(anew=True)
        rescued = None if saved else self._rescue()
        with suppress(sqlite3.Error, KinoscopeError):
            if not self.read_only and not self.unsaved:
                to_one_file(self._db)
        self._db.close()
        self._lock.unlock()
        return rescued

    # Opening

    def _begin(self) -> None:
        """Open the file as far as that is possible now, and read all of it."""
        self.unsaved, self.why, self._was_there, self._disk = False, "", self.path.exists(), disk_of(self.path)
        self.read_only = not (self._lock.isLocked() or take(self._lock))
        try:
            self._db = self._opened()
            with reading(self.path, WHAT):
                self._items, self._was_there = Items(self._db), True
        except OutOfResources as error:
            self._db = self._memory(error)
        except KinoscopeError:
            self._lock.unlock()
            raise

    def _opened(self) -> sqlite3.Connection:
        if self.read_only and not is_held(self._lock):
            self._check_room()
        elif not self.read_only and self.path.exists() and not os.access(self.path, os.W_OK):
            self.read_only = True
        if self.read_only:
            self.why = self._why_not()
        try:
            base = open_database(self.path, FORMAT, read_only=self.read_only)
        except BadInput as error:
            base = self._of_later(error)
        try:
            with reading(self.path, WHAT):
                check(base, self.path)
                if not self.read_only:
                    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
                        base.execute(f"PRAGMA {pragma}").fetchone()
        except KinoscopeError:
            base.close()
            raise
        return base

    def _of_later(self, error: BadInput) -> sqlite3.Connection:
        """What this version understands of a file of a later one, to be read only."""
        if not is_of(self.path, FORMAT):
            raise error
        with closing(open_database(self.path, LATER, read_only=True)) as base, reading(self.path, WHAT):
            if base.execute("PRAGMA user_version").fetchone()[0] <= FORMAT.schema:
                raise error
        self.read_only = True
        self._lock.unlock()
        self.why = tr("It was made by a later version of Kinoscope, and what this one understands of it is shown.")
        return open_database(self.path, LATER, read_only=True)

    def _why_not(self) -> str:
        holder = holder_of(self._lock) if is_held(self._lock) else None
        if holder is not None:
            return holder.words
        if is_held(self._lock):
            return tr("It is open elsewhere.")
        return tr("Its file cannot be written: check the rights of the file and of its folder.")

    def _check_room(self) -> None:
        """There is no lock though nobody has the file: raise what the matter is, unless it can at least be read."""
        if disk_is_full(self.path):
            raise OutOfResources(tr("The disk is full"), path=self.path)
        if not self.path.exists():
            raise OutOfResources(tr("Nothing can be written here"), path=self.path.parent)

    # Memory

    def _memory(self, error: KinoscopeError) -> sqlite3.Connection:
        """At the start: what can be read of the file, and nowhere to write to."""
        memory = in_memory(self.path, FORMAT)
        try:
            with reading(self.path, WHAT):
                check(memory, self.path)
                self._items = Items(memory)
        except KinoscopeError:
            self._items = Items()
        self._say_in_memory(error)
        return memory

    def _go_on(self, error: KinoscopeError) -> None:
        """From now on in memory, where everything is already."""
        with suppress(sqlite3.Error):
            self._db.close()
        self._say_in_memory(error)

    def _say_in_memory(self, error: KinoscopeError) -> None:
        self.read_only, self.unsaved = False, True
        self.why = tr(
            "{what}: what you do is kept in memory only, and is saved when that can be done again. "
            "Free some space, or save it somewhere else.",
            what=error.message,
        )

    def _save_again(self, anew: bool = False) -> bool:
        """Write what was changed meanwhile. anew: make the file again where it is no more, on the disk it was on."""
        why = self.why
        try:
            anew = (anew or not self._was_there) and disk_of(self.path) == self._disk
            if (self.is_there() or anew) and self._has_lock():
                self._write_file()
                self.unsaved, self.why = False, ""
        except (sqlite3.Error, KinoscopeError, OSError):
            self.read_only, self.why = False, why
        return not self.unsaved

    def _write_file(self) -> None:
        """Into the file, which is all written where it is new, and left alone where it is another project by now."""
        write = self._items.write_to if self.is_there() else self._items.write_all_to
        base = self._opened()
        try:
            if write == self._items.write_to and not self._items.follow(base):
                raise BadInput(tr("There is another project in its place"), path=self.path)
            write(base)
        except (sqlite3.Error, KinoscopeError):
            base.close()
            raise
        self._db = base

    def _has_lock(self) -> bool:
        """The lock may have gone with the disk, and another program may have taken it since."""
        if not is_ours(self._lock):
            self._lock = lock_of(self.path)
            return take(self._lock)
        return True

    def _rescue(self) -> Path | None:
        """A copy where projects lie by themselves; None where that has no room either."""
        with suppress(KinoscopeError, OSError, sqlite3.Error):
            path = free_name(projects_dir() / (stem_of(self.title) + SUFFIX))
            self._items.copy_to(path)
            return path
        return None

    # Items

    def _set(self, kind: str, id: str, text: str | None) -> None:
        """Change an item, None to drop it."""
        if not self.read_only and self._fits(kind, id, text) and self._items.set(kind, id, text):
            self._write()

    def _fits(self, kind: str, id: str, text: str | None) -> bool:
        """One that is larger could not be read again; it stays as it was, and that is told."""
        if too_large := text is not None and len(text) > MOST_TEXT - 4096:
            self._tell_of(kind, {id: TOO_LARGE})
        return not too_large

    def _write(self) -> None:
        if self.unsaved:
            return
        try:
            self._items.write_to(self._db)
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            self._go_on(in_words(error, self.path, WHAT))
            self.tell(self.why)

    def _move(self, target: Path) -> None:
        lock = locked(target)
        to_one_file(self._db)
        self._db.close()
        try:
            rename_file(self.path, target)
        except BaseException:
            lock.unlock()
            self._begin()
            raise
        self._lock.unlock()
        self.path, self._lock = target, lock
        self._begin()

    def _tell_of(self, kind: str, bad: dict[object, str]) -> None:
        if new := [id for id in bad if (kind, id) not in self._told]:
            self._told.update((kind, id) for id in new)
            names = ", ".join(shown(str(id))[:40] for id in new[:3])
            self.tell(
                tr_count(
                    len(new),
                    "What could not be read of this project is left out: {kind} {names}. {why}",
                    "What could not be read of this project is left out, {n} items: {kind} {names}. {why}",
                    kind=kind,
                    names=names,
                    why=bad[new[0]],
                )  # fmt: skip
            )


def _fold(path: Path) -> None:
    """Make a single file of a project that is to be replaced. Raises `BadInput` where something else is there."""
    if not path.exists() or (path.is_file() and not path.stat().st_size):
        return
    if not is_of(path, FORMAT):
        hint = tr("Choose another name; nothing was changed")
        raise BadInput(tr("There is a file of this name that is no Kinoscope project"), path=path, hint=hint)
    with closing(open_database(path, FORMAT)) as base, reading(path, WHAT):
        to_one_file(base)


def _texts(value: Any, clean: Any) -> list[str]:
    """The texts of a JSON value that differ from those of its clean copy."""
    if isinstance(value, str):
        return [value] if value != clean else []
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    kept = clean.values() if isinstance(clean, dict) else clean if isinstance(clean, list) else ()
    return [text for pair in zip(parts, kept, strict=True) for text in _texts(*pair)]
