"""A project as plain files, a folder or a zip: JSON and a picture, to be read, kept, sent and imported again.

Files that lie beside the bundle, or in it, are named relative to it and found again wherever both are taken; what lies
elsewhere keeps its whole path.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any, Protocol
from unicodedata import normalize

from engines.core.addresses import without_passwords
from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import dump_json
from engines.core.names import shown, tidy_name
from engines.core.outputs import Kind, new_file, result_folder
from engines.core.reading import MOST_TEXT, open_zip, parse_json, read_bytes, read_member
from engines.core.words import tr
from workbench.project.file import STATE, TITLE, Project
from workbench.project.items import MOST, MOST_ITEMS
from workbench.project.naming import LONGEST_TITLE, NOT_IN_A_NAME, stem_of
from workbench.project.paths import changed
from workbench.project.recent import PICTURE, as_bytes, as_item

LIST, ABOUT, PNG = "files.json", "project.json", "picture.png"
OF_BEFORE = ("source", "child", "tile", "calibration")
"""What bundles hold that have no list of items."""
HERE = "{here}/"
VERSION = 1
MOST_PICTURE = 1 << 19
ZIP = Kind("bundle", lambda content: content.startswith(b"PK"))


class Reader(Protocol):
    """Files of a bundle by their names in it."""

    def has(self, name: str) -> bool: ...

    def names(self) -> list[str]: ...

    def read(self, name: str) -> bytes: ...


def export(project: Project, target: str | Path) -> list[Path]:
    """Write every item as a plain JSON file, `KIND/ID.json`, with lists of them, to a folder or a `.zip`; its files.

    Raises `BadInput` for a folder that holds anything but a bundle, or a file that is none.
    """
    target = Path(target)
    files = dict(_files(project, target.absolute().parent))
    if target.suffix.lower() == ".zip":
        with new_file(target, ZIP) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return [target]
    with result_folder(target, LIST, what=tr("bundle")) as staging:
        for name, content in files.items():
            (staging / name).parent.mkdir(exist_ok=True)
            (staging / name).write_bytes(content)
    return [target / name for name in files]


def read_into(bundle: str | Path, make: Callable[[str], Project]) -> Project:
    """The project that a bundle holds, in a new file. make: a new project of this title.

    Raises `BadInput` for what is no bundle, or is damaged, before anything is made.
    """
    bundle = Path(bundle)
    with _opened(bundle) as reader:
        about = _about(reader, bundle)
        items = list(_items(reader, about, bundle))
        with suppress(KinoscopeError):
            items += [(STATE, PICTURE, as_item(png)) for png in [reader.read(PNG)] if len(png) <= MOST_PICTURE]
    said = about.get("title")
    title = tidy_name(said if isinstance(said, str) and said else bundle.stem)[:LONGEST_TITLE]
    project = make(title)
    project.fill(items)
    with suppress(KinoscopeError):
        project.rename(title if project.path.stem == stem_of(title) else project.path.stem)
    return project


def _files(project: Project, here: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents. Passwords go, whichever version wrote the project."""
    listed, taken = [], set[str]()
    for kind in project.kinds():
        for id, value in project.items(kind).items():
            if kind == STATE and id in (TITLE, PICTURE):
                continue
            name = _free(f"{_safe(kind)}/{_safe(id)}", taken)
            listed.append({"kind": kind, "id": _named_here(id, here), "file": name})
            yield name, _json(changed(without_passwords(value), lambda text: _named_here(text, here)))
    yield ABOUT, _json({"bundle": VERSION, "title": project.title, "items": listed})
    if picture := as_bytes(project.get(STATE, PICTURE)):
        yield PNG, picture


def _items(reader: Reader, about: dict[str, Any], bundle: Path) -> Iterator[tuple[str, str, Any]]:
    """Kind, id and value of every item, with the paths that they have on this machine."""
    seen, size, listed = set[tuple[str, str] | str](), 0, about.get("items") or _of_before(reader)
    if len(listed) > MOST_ITEMS:
        raise BadInput(tr("The bundle is too large to be read"), path=bundle)
    for item in listed:
        kind, id, name = (item.get(key) if isinstance(item, dict) else None for key in ("kind", "id", "file"))
        if not (isinstance(kind, str) and isinstance(id, str) and isinstance(name, str)) or seen & {(kind, id), name}:
            raise BadInput(tr("The bundle's list of items makes no sense"), path=bundle)
        content = reader.read(name)
        seen |= {(kind, id), name}
        size += len(content)
        if size > MOST:
            raise BadInput(tr("The bundle is too large to be read"), path=bundle)
        value = parse_json(content, bundle / name)
        yield kind, _found_here(id, bundle), changed(value, lambda text: _found_here(text, bundle))


def _about(reader: Reader, bundle: Path) -> dict[str, Any]:
    if not reader.has(ABOUT):
        return {}
    about = parse_json(reader.read(ABOUT), bundle / ABOUT)
    if not isinstance(about, dict) or not isinstance(about.get("items"), list):
        raise BadInput(tr("The bundle's list of items makes no sense"), path=bundle)
    if not isinstance(about.get("bundle"), int) or about["bundle"] > VERSION:
        raise BadInput(tr("The bundle was made by a later version"), path=bundle, hint=tr("Update Kinoscope"))
    return about


def _of_before(reader: Reader) -> list[dict[str, str]]:
    """The items of a bundle without a list: its files by their folders."""
    parts = [(name, PurePosixPath(name)) for name in reader.names() if name.endswith(".json")]
    return [
        {"kind": path.parts[0], "id": path.stem, "file": name}
        for name, path in parts
        if len(path.parts) == 2 and path.parts[0] in OF_BEFORE
    ]


@contextmanager
def _opened(bundle: Path) -> Iterator[Reader]:
    with ExitStack() as stack:
        reader: Reader = _Folder(bundle) if bundle.is_dir() else _Zip(bundle, stack)
        if not (reader.has(ABOUT) or reader.has(LIST)):
            hint = tr("Choose its folder or its zip")
            raise BadInput(tr("This is not a bundle of a project"), path=bundle, hint=hint)
        yield reader


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, name: str) -> bool:
        return os.path.lexists(self._folder / name)

    def names(self) -> list[str]:
        return [path.relative_to(self._folder).as_posix() for path in sorted(self._folder.glob("*"))] + [
            path.relative_to(self._folder).as_posix() for path in sorted(self._folder.glob("*/*.json"))
        ]

    def read(self, name: str) -> bytes:
        path = self._folder / name
        if not _is_within(path, self._folder):
            raise BadInput(tr("The bundle names a file outside itself"), path=path)
        return read_bytes(path, what=tr("file of the bundle"), most=MOST_TEXT)


class _Zip:
    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._path = path
        self._archive = stack.enter_context(open_zip(path, what=tr("bundle"), most=MOST))
        self._sizes = {entry.filename: entry.file_size for entry in self._archive.infolist()}

    def has(self, name: str) -> bool:
        return name in self._sizes

    def names(self) -> list[str]:
        return list(self._sizes)

    def read(self, name: str) -> bytes:
        if self._sizes.get(name, MOST_TEXT + 1) > MOST_TEXT:
            raise BadInput(tr("The bundle has no file {name} that can be read", name=shown(name)), path=self._path)
        return read_member(self._archive, name)


def _is_within(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):
        return False


def _named_here(text: str, here: Path) -> str:
    """A path that lies beside the bundle, as seen from there."""
    start = str(here).rstrip(os.sep) + os.sep
    return HERE + Path(text[len(start) :]).as_posix() if text.startswith(start) and len(text) > len(start) else text


def _found_here(text: str, bundle: Path) -> str:
    """Such a path on this machine: in the bundle where it is there, else beside it."""
    if not text.startswith(HERE):
        return text
    rest = text.removeprefix(HERE)
    inside = bundle.absolute() / rest
    return str(inside if os.path.exists(inside) else bundle.absolute().parent / rest)


def _free(name: str, taken: set[str]) -> str:
    tries = [f"{name}.json", *(f"{name} {number}.json" for number in range(2, len(taken) + 3))]
    free = next(each for each in tries if _on_any_disk(each) not in taken)
    taken.add(_on_any_disk(free))
    return free


def _on_any_disk(name: str) -> str:
    """The same for names that some disk takes for one."""
    return normalize("NFC", name).casefold()


def _safe(name: str) -> str:
    return stem_of(NOT_IN_A_NAME.sub("_", name))


def _json(value: object) -> bytes:
    return dump_json(value).encode()
