"""Results kept for the cameras that they belong to, in plain files: several an owner, told apart by time and focus.

A folder an owner with a file that says whose it is, and a file a result: `2026-05-04 17-30-00 1280x720 near.json`.
Files can be added and removed by hand; none is ever replaced.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import write_json
from engines.core.outputs import free_name
from engines.core.reading import read_json

R = TypeVar("R")
FORGOTTEN = ".forgotten"
"""Ending of a result that the user forgot; taken off by hand, it is there again."""
_TIME = "%Y-%m-%d %H-%M-%S"
_NAME = re.compile(r"(\d{4}-\d\d-\d\d \d\d-\d\d-\d\d) \d+(?:x\d+|-cameras) ?(.*)\.json")


@dataclass(frozen=True, slots=True)
class Camera:
    """key: the same for the same camera whenever it is opened; title: what people call it."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Kept(Generic[R]):
    """One result. at: when it was kept, seconds since 1970. focus: a free word of the user's."""

    path: Path
    at: float
    focus: str
    result: R


@dataclass(frozen=True, slots=True)
class Sort(Generic[R]):
    """What is kept. owner: the file that says whose a folder is. label: the word after the time
    in its name, `1280x720` or `4-cameras`."""

    what: str
    owner: str
    to_json: Callable[[R], Any]
    from_json: Callable[[Any], R]
    label: Callable[[R], str]


class Shelf(Generic[R]):
    """All results of one sort below `root`. Files that cannot be read are passed over, and named in `problems`."""

    def __init__(self, root: Path, sort: Sort[R]) -> None:
        self.root, self.sort = root, sort
        self.problems: list[str] = []

    def put(self, owner: Camera, said: Any, result: R, focus: str, at: float | None) -> Kept[R]:
        """Keep a result; two of one second are a second apart. said: of the owner, in its file.

        Raises `BadInput` where nothing can be written.
        """
        at = time.time() if at is None else at
        folder = self.folder(owner)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / self.sort.owner).exists():
            write_json(folder / self.sort.owner, said)
        while any(folder.glob(f"{_moment(at)} *")):
            at += 1
        name = " ".join([_moment(at), self.sort.label(result), *plain(focus).split()])
        path = folder / f"{name}.json"
        write_json(path, self.sort.to_json(result))
        return Kept(path, at, plain(focus), result)

    def within(self, folder: Path) -> tuple[Kept[R], ...]:
        """All results in an owner's folder, the newest first."""
        return tuple(sorted(self._read(folder), key=lambda one: (one.at, one.path.name), reverse=True))

    def folder(self, owner: Camera) -> Path:
        """Where the results of an owner lie: under its key, whatever it was called when the first was kept."""
        digest = hashlib.sha256(owner.key.encode("utf-8", "surrogateescape")).hexdigest()[:10]
        usual = self.root / f"{plain(owner.title)[:60]} {digest}".strip()
        return usual if usual.is_dir() else next(self._of(digest), usual)

    def forget(self, kept: Kept[R]) -> Callable[[], None]:
        """Pass a result over from now on; what is given brings it back. Its file stays, under another ending.

        Raises `BadInput` where nothing can be written.
        """
        aside = free_name(kept.path.with_name(kept.path.name + FORGOTTEN))
        _rename(kept.path, aside)
        return partial(_rename, aside, kept.path)

    def _of(self, digest: str) -> Iterator[Path]:
        """Folders of an owner under names of before."""
        if self.root.is_dir():
            yield from sorted(each for each in self.root.glob(f"*{digest}") if each.is_dir())

    def _read(self, folder: Path) -> Iterator[Kept[R]]:
        self.problems = []
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            if path.name == self.sort.owner:
                continue
            match = _NAME.fullmatch(path.name)
            try:
                result = self.sort.from_json(read_json(path, what=self.sort.what))
                at = time.mktime(time.strptime(match[1], _TIME)) if match else path.stat().st_mtime
                yield Kept(path, at, match[2] if match else path.stem, result)
            except (KinoscopeError, OSError, ValueError) as error:
                self.problems.append(f"{path.name}: {error}")


def _rename(path: Path, target: Path) -> None:
    try:
        path.rename(target)
    except OSError as error:
        raise BadInput(error.strerror or str(error), path=path) from error


def _moment(at: float) -> str:
    return time.strftime(_TIME, time.localtime(at))


def plain(text: str) -> str:
    """As much of a text as every file system takes in a name."""
    return " ".join(re.sub(r"[^\w\- ]+", " ", text).split())[:60].strip()
