"""Places of results by one rule: nothing is replaced or removed but files that this program wrote before.

A *file* that is there already is replaced when it is of the very kind that is written, told by its content, and is not
an input of the same work. A *folder* that is a result as a whole must be absent, empty, or hold an earlier result of
the same kind and nothing else; a manifest in it lists its files. Whatever else is there stays, and is named.

A result is made in a folder of its own within and moved into place when it is whole, so neither a kill nor a full disk
leaves anything half done or anything that stands in the way.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.core.errors import BadInput, KinoscopeError, UsageError
from engines.core.files import atomic_path, check_room, folder_refused, write_json
from engines.core.locks import SUFFIX, only_writer
from engines.core.reading import MIB, read_json, regular_file
from engines.core.words import tr

FILES = "files"
"""Key of a manifest: fingerprints of the files of a result by their paths within it."""
MADE_BY, US = "made_by", "Kinoscope"
EARLIER = ".earlier.json"
OTHER_NAME = tr("Choose another name, or move that file away")
OTHER_FOLDER = tr("Choose another folder, or a new one")
NOT_COUNTED = (".DS_Store", "Thumbs.db", "desktop.ini")
"""What file managers leave in every folder: neither ours nor in the way."""
Listed = Mapping[str, str]
_STAGING = re.compile(r"\.kinoscope-[0-9a-f]{12}\.part")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. what: in words ("scores"). known: whether content (the first and last MiB) is of it."""

    what: str
    known: Callable[[bytes], bool]


def beginning(what: str, *starts: bytes, at: int = 0) -> Kind:
    """A kind that is known by its first bytes."""
    return Kind(what, lambda content: content[at:].startswith(starts))


def holding(what: str, *words: bytes) -> Kind:
    """A kind that is known by words that all of its files hold."""
    return Kind(what, lambda content: all(word in content for word in words))


def _is_text(content: bytes) -> bool:
    return b"\0" not in content


def _line(content: bytes) -> bytes:
    return content.partition(b"\n")[0]


ARRAY = beginning(tr("an array"), b"\x93NUMPY")
TEXT = Kind(tr("a text"), _is_text)
TABLE = Kind(tr("a table"), lambda content: _is_text(content) and content[:1] not in b"{[<%" and b"," in _line(content))
JSON = Kind("JSON", lambda content: content.lstrip()[:1] in (b"{", b"["))
SVG = holding(tr("a drawing"), b"<svg")
_MATROSKA, _RIFF = b"\x1a\x45\xdf\xa3", b"RIFF"
_ISO = beginning(tr("a film"), b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", at=4)
_MEDIA = {
    (".png",): beginning(tr("a PNG picture"), b"\x89PNG\r\n\x1a\n"),
    (".jpg", ".jpeg"): beginning(tr("a JPEG picture"), b"\xff\xd8\xff"),
    (".gif",): beginning(tr("a GIF"), b"GIF8"),
    (".bmp",): beginning(tr("a BMP picture"), b"BM"),
    (".tif", ".tiff"): beginning(tr("a TIFF picture"), b"II*\0", b"MM\0*"),
    (".webp",): beginning(tr("a WebP picture"), _RIFF),
    (".mp4", ".m4v", ".mov"): _ISO,
    (".mkv", ".webm"): beginning(tr("a film"), _MATROSKA),
    (".avi",): beginning(tr("a film"), _RIFF),
}


def media(path: str | Path) -> Kind:
    """The kind of picture or film that the name's ending promises."""
    suffix = Path(path).suffix.lower()
    return next(
        (kind for suffixes, kind in _MEDIA.items() if suffix in suffixes), Kind(tr("such a file"), lambda _: False)
    )


def check_file(target: str | Path, kind: Kind, inputs: Iterable[str | Path] = ()) -> Path:
    """`target`, when it may be written: nothing is there, or an empty file, or one of this kind that is no input.

    Raises `BadInput` for a folder, device and any other file, and where nothing can be written, `UsageError` for one of
    the inputs.
    """
    path = Path(target).expanduser()
    if not path.name:
        raise UsageError(tr("The name of a file is needed"), path=target)
    if not os.path.exists(path):
        check_room(path)
        return path
    refuse_inputs(path, inputs)
    if path.is_dir():
        raise BadInput(tr("There is a folder of this name"), path=path, hint=tr("Choose another name"))
    content = _ends(regular_file(path))
    if content and not kind.known(content):
        raise BadInput(
            tr("There is a file of this name already that is not {what}", what=kind.what), path=path, hint=OTHER_NAME
        )
    check_room(path)
    return path


@contextmanager
def new_file(target: str | Path, kind: Kind, inputs: Iterable[str | Path] = ()) -> Iterator[Path]:
    """`atomic_path` for a target that a user named; raises like it and like `check_file`."""
    with atomic_path(check_file(target, kind, inputs)) as part:
        yield part


def free_name(path: Path) -> Path:
    """`path`, or "NAME 2.EXT" and so on where something is there: for files whose names nobody chose."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.stem} {number}{path.suffix}")
    return free


def refuse_inputs(target: str | Path, inputs: Iterable[str | Path]) -> None:
    """Raises `UsageError` when a result would take the place of what it is made from, under whatever name."""
    for each in inputs:
        with suppress(OSError, ValueError):
            if str(each) and os.path.samefile(each, target):
                raise UsageError(tr("The result would replace what it is made from"), path=target, hint=OTHER_NAME)


Unlisted = Callable[[Path], Listed]
"""Files of results that were written before manifests listed them, as far as it can be proven."""


def _none(_folder: Path) -> Listed:
    return {}


@contextmanager
def result_folder(
    folder: str | Path, manifest: str, *, what: str, inputs: Iterable[str | Path] = (), unlisted: Unlisted = _none
) -> Iterator[Path]:
    """A folder to write a result into. When the block ends well it is moved to `folder`, else nothing was changed.

    manifest: a JSON file that lists what belongs to the result; completed here when the block writes it, else made.
    what: kind of result in words ("run"). Raises `BadInput` and `UsageError` as `check_folder` does.
    """
    folder, inputs = Path(folder).expanduser(), tuple(inputs)
    check_folder(folder, manifest, what=what, inputs=inputs, unlisted=unlisted)
    staging = folder / f".kinoscope-{secrets.token_hex(6)}.part"
    with only_writer(folder / ".kinoscope", tr("{what} here", what=what)):
        try:
            with _in_words(folder):
                staging.mkdir()
            yield staging
            with _in_words(folder):
                seal(staging, manifest)
                check_folder(folder, manifest, what=what, inputs=inputs, unlisted=unlisted)
                _move_in(staging, folder, manifest, unlisted)
        finally:
            for stale in _stagings(folder):
                shutil.rmtree(stale, ignore_errors=True)


def check_folder(
    folder: Path, manifest: str, *, what: str, inputs: Iterable[str | Path] = (), unlisted: Unlisted = _none
) -> None:
    """Raises `BadInput` unless `folder` is absent, empty or holds a result of this kind and nothing else.

    `UsageError` where one of the inputs of the same work lies in it.
    """
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise BadInput(tr("This is a file; a folder is needed"), path=folder, hint=OTHER_FOLDER)
    known = _known(folder, manifest, unlisted)
    for name in _walk(folder):
        if not _is_listed(folder, name, known):
            first = tr("a file") if name != manifest else tr("a list of files")
            message = tr(
                "The folder holds {first} that is not of an earlier {what}: {name}", first=first, what=what, name=name
            )
            raise BadInput(message, path=folder, hint=OTHER_FOLDER)
    for each in map(Path, filter(None, map(str, inputs))):
        if each.exists() and folder.resolve() in each.resolve().parents:
            raise UsageError(tr("The result would replace what it is made from"), path=each, hint=OTHER_FOLDER)


def seal(folder: Path, manifest: str) -> None:
    """Write into the manifest (an object, or not there yet) which files lie in `folder`."""
    path = folder / manifest
    said = read_json(path) if path.exists() else {}
    files = {name: fingerprint(folder / name) for name in _walk(folder) if name != manifest}
    write_json(path, said | _list(files))


def remove(folder: Path, manifest: str, unlisted: Unlisted = _none) -> None:
    """Delete the files of a result, then its manifest, and the folder when nothing else is in it."""
    ours = owned(folder, manifest, unlisted)
    for name in [*ours, manifest]:
        (folder / name).unlink(missing_ok=True)
    _prune(folder, ours)
    with suppress(OSError):
        folder.rmdir()


def move(source: Path, target: Path, manifest: str, unlisted: Unlisted = _none) -> None:
    """Move the files of a result, the manifest last, to another folder; whatever else is there stays.

    Raises `BadInput` when `target` holds one of these names.
    """
    names = [*owned(source, manifest, unlisted), manifest]
    taken = next((name for name in names if (target / name).exists()), "")
    if taken:
        raise BadInput(tr("There is another {taken} at the place", taken=taken), path=target, hint=tr("Move it away"))
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).rename(target / name)
    _prune(source, names)
    with suppress(OSError):
        source.rmdir()


def owned(folder: Path, manifest: str, unlisted: Unlisted = _none) -> list[str]:
    """Paths within `folder` of the files that the result in it wrote and nobody changed since, without its manifest."""
    known = _known(folder, manifest, unlisted)
    return [name for name in _walk(folder) if name != manifest and _is_listed(folder, name, known)]


def fingerprint(path: Path) -> str:
    """Of a file's size, first and last MiB: tells a file that was changed or replaced, however large it is."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
    return hashlib.sha256(f"{size}\n".encode() + _ends(path)).hexdigest()


def _ends(path: Path) -> bytes:
    with path.open("rb") as file:
        first = file.read(MIB)
        left = max(file.seek(0, os.SEEK_END) - len(first), 0)
        file.seek(-min(left, MIB), os.SEEK_END)
        return first + (file.read() if left else b"")


def _known(folder: Path, manifest: str, unlisted: Unlisted) -> dict[str, set[str]]:
    """Fingerprints by path: of the result, and of one whose moving into place was cut off."""
    known: dict[str, set[str]] = {}
    for place in (folder, *_stagings(folder)):
        for name in (manifest, EARLIER):
            for path, digest in _listed(place / name, unlisted).items():
                known.setdefault(path, set()).add(digest)
    if known or _is_ours(_said(folder / manifest)):
        known[manifest] = {fingerprint(folder / manifest)} if (folder / manifest).is_file() else set()
    return known


def _list(files: Listed) -> dict[str, Any]:
    return {MADE_BY: US, FILES: dict(files)}


def _listed(path: Path, unlisted: Unlisted) -> Listed:
    said = _said(path)
    if _is_ours(said):
        return {str(name): digest for name, digest in said[FILES].items() if isinstance(digest, str)}
    return unlisted(path.parent) if said and path.name != EARLIER else {}


def _is_ours(said: Mapping[str, Any]) -> bool:
    return said.get(MADE_BY) == US and isinstance(said.get(FILES), dict)


def _said(path: Path) -> dict[str, Any]:
    try:
        said = read_json(path)
    except KinoscopeError:
        return {}
    return said if isinstance(said, dict) else {}


def _is_listed(folder: Path, name: str, known: Mapping[str, set[str]]) -> bool:
    path = folder / name
    return name in known and path.is_file() and not path.is_symlink() and fingerprint(path) in known[name]


def _walk(folder: Path) -> Iterator[str]:
    """Paths of all files within, in order; our own lock and folders in the making are not counted."""
    for at, folders, files in os.walk(folder):
        top = Path(at) == folder
        links = [name for name in folders if (Path(at) / name).is_symlink()]
        folders[:] = sorted(name for name in folders if not (top and _STAGING.fullmatch(name)) and name not in links)
        for name in sorted([*files, *links]):
            if name not in NOT_COUNTED and not (top and name == f".kinoscope{SUFFIX}"):
                yield (Path(at) / name).relative_to(folder).as_posix()


def _stagings(folder: Path) -> list[Path]:
    try:
        return [each for each in folder.iterdir() if _STAGING.fullmatch(each.name) and not each.is_symlink()]
    except OSError:
        return []


def _move_in(staging: Path, folder: Path, manifest: str, unlisted: Unlisted) -> None:
    """Until the new manifest is there the folder has none; the two lists within `staging` say whose the files are."""
    old = owned(folder, manifest, unlisted)
    new = [name for name in _walk(staging) if name != manifest]
    if (folder / manifest).exists():
        write_json(staging / EARLIER, _list({name: fingerprint(folder / name) for name in old}))
        (folder / manifest).unlink()
    for name in new:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (staging / name).replace(folder / name)
    gone = [name for name in old if name not in set(new)]
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    (staging / manifest).replace(folder / manifest)
    _prune(folder, gone)


def _prune(folder: Path, names: Iterable[str]) -> None:
    """Remove the folders of these files that are empty now."""
    parents = {parent for name in names for parent in (folder / name).parents if folder in parent.parents}
    for each in sorted(parents, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):
            each.rmdir()


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise folder_refused(error, folder) from error
