"""Picture files of a folder: their order, and those left out with the reason. Light: no decoder is imported.

Names are never taken for patterns where they exist as they are: `photos [2024]` is a folder, and only what follows it
may be a pattern.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engines.core.errors import BadInput, FileMissing
from engines.core.names import shown
from engines.core.words import few_of, tr, tr_count

READABLE = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".avif", ".gif", ".jp2")
    + (".pgm", ".ppm", ".pbm", ".pnm", ".pfm", ".hdr")
)
"""Endings of the pictures that a folder is searched for, by every verb and panel alike."""
WORDS = tr("JPEG, PNG, TIFF, WebP, AVIF, BMP, GIF, JPEG 2000, PNM, PFM and HDR can be read")
ENDINGS = " ".join(f"*{ending}" for ending in sorted(READABLE))
DIALOG = tr("Pictures ({endings})", endings=ENDINGS)
"""For a dialog that asks for pictures."""

HEIC, RAW, XL = "HEIC", tr("a camera's raw file"), tr("JPEG XL")
_UNREADABLE = {
    HEIC: (".heic", ".heif", ".hif"),
    XL: (".jxl",),
    RAW: (".dng", ".cr2", ".cr3", ".nef", ".nrw", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"),
    "OpenEXR": (".exr",),
    tr("a Photoshop file"): (".psd",),
    tr("a drawing"): (".svg",),
}
_SORTS = {ending: sort for sort, endings in _UNREADABLE.items() for ending in endings}
_ADVICE = {
    HEIC: tr(
        "Save it as JPEG: open it in a photo viewer and export it, or run heif-convert IN.heic OUT.jpg; "
        "an iPhone takes JPEG with Settings > Camera > Formats > Most Compatible"
    ),
    RAW: tr("Develop it as TIFF or JPEG in the camera maker's program, darktable or RawTherapee"),
}
_PLURALS = {
    RAW: tr("camera raw files"),
    tr("a Photoshop file"): tr("Photoshop files"),
    tr("a drawing"): tr("drawings"),
}
NO_PICTURE = tr("not a picture")
_SHOWN = 5
_OF_THE_SYSTEM = frozenset(("thumbs.db", "desktop.ini"))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that was passed over. why: "not a picture", or the sort of picture that cannot be read."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The pictures that were found, each once, and the files beside them that are none."""

    files: tuple[Path, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def words(self) -> str:
        return in_words(self.left_out)


def sort_of(path: str | Path) -> str:
    """The sort of picture that a name stands for and that cannot be read here; "" for any other name."""
    return _SORTS.get(Path(path).suffix.lower(), "")


def advice_for(sort: str) -> str:
    """Advice on a file of this sort."""
    return _ADVICE.get(sort, tr("Save it as PNG, TIFF or JPEG") if sort else WORDS)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key: digits by their value (2 before 10), letters without regard to case."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts if part)


def listed(folder: str | Path, pattern: str = "*", *, deep: bool = False) -> Listing:
    """The pictures in a folder that fit a pattern, in natural order, and what else is there.

    deep: at any depth. Hidden files, and what a system keeps in folders, are passed over in silence. With a pattern,
    only what fits it is counted as left out. Raises `BadInput` where the folder cannot be listed.
    """
    folder = Path(folder)
    try:
        found = sorted(folder.rglob("*")) if deep else matching(pattern or "*", folder)
        found = [path for path in found if not _hidden(path, folder) and path.is_file()]
    except (OSError, ValueError) as error:
        raise BadInput(tr("The folder cannot be listed: {error}", error=error), path=folder) from error
    files = [path for path in found if path.suffix.lower() in READABLE]
    others = tuple(
        LeftOut(str(path), sort_of(path) or NO_PICTURE) for path in found if path.suffix.lower() not in READABLE
    )
    return Listing(tuple(files if deep else sorted(files, key=lambda path: natural(path.name))), others)


def gathered(paths: Iterable[str | Path], *, deep: bool = False) -> Listing:
    """The pictures that files, folders and patterns stand for, in the order given, each once.

    A file that is named itself is taken whatever its ending. Raises `FileMissing`, `BadInput` as `listed`.
    """
    files: dict[Path, None] = {}
    left_out: dict[LeftOut, None] = {}
    for text in paths:
        found = _one(Path(text).expanduser(), deep)
        files.update(dict.fromkeys(found.files))
        left_out.update(dict.fromkeys(found.left_out))
    return Listing(tuple(files), tuple(one for one in left_out if Path(one.path) not in files))


def matching(pattern: str | Path, folder: str | Path = "") -> list[Path]:
    """Paths that fit a pattern, below `folder`. A part of it that exists as it is written is taken literally.

    Understands *, ?, [abc] and, for any number of folders, **. Hidden names fit only what begins with a dot.
    """
    pattern = Path(pattern)
    if pattern.is_absolute() and str(folder) not in ("", "."):
        raise ValueError(tr("'{pattern}' is not within the folder", pattern=pattern))
    found = [Path(folder)] if not pattern.is_absolute() else [Path(pattern.anchor)]
    for part in pattern.parts[1:] if pattern.is_absolute() else pattern.parts:
        found = [path for parent in found for path in _step(parent, part)]
    return list(dict.fromkeys(found))


def in_short(left_out: Sequence[LeftOut]) -> str:
    """ "3 files left out", or ""."""
    return tr_count(len(left_out), "{n} file left out", "{n} files left out") if left_out else ""


def in_words(left_out: Sequence[LeftOut]) -> str:
    """ "3 files left out: 2 are not pictures (a.txt, b.txt), 1 is HEIC (c.heic), which cannot be read here", or ""."""
    if not left_out:
        return ""
    names: dict[str, list[str]] = defaultdict(list)
    for one in left_out:
        names[one.why].append(shown(Path(one.path).name))
    parts = [_part(why, names[why]) for why in sorted(names, key=lambda why: why != NO_PICTURE)]
    return f"{in_short(left_out)}: {', '.join(parts)}"


def _part(why: str, names: Sequence[str]) -> str:
    if why != NO_PICTURE and why not in _UNREADABLE:
        return f"{', '.join(names)} ({why})"
    told = few_of(names, _SHOWN)
    if why == NO_PICTURE:
        return tr_count(len(names), "{n} is not a picture ({names})", "{n} are not pictures ({names})", names=told)
    return tr_count(
        len(names),
        "{n} is {sort} ({names}), which cannot be read here",
        "{n} are {sort} ({names}), which cannot be read here",
        names=told,
        sort=_PLURALS.get(why, why) if len(names) > 1 else why,
    )


def _one(path: Path, deep: bool) -> Listing:
    if path.is_dir():
        return listed(path, deep=deep)
    if os.path.lexists(path):
        return Listing((path,))
    found = matching(path)
    if not found:
        if has_magic(str(path)):
            raise BadInput(
                tr("No file matches {path}", path=path), path=path, hint=tr("Check the folder and the pattern")
            )
        raise FileMissing(tr("There is no such file or folder"), path=path, hint=tr("Check the path"))
    if all(one.is_file() for one in found):
        return Listing(tuple(sorted(found, key=lambda entry: natural(str(entry)))))
    each = [_one(one, deep) for one in sorted(found, key=lambda entry: natural(str(entry)))]
    return Listing(tuple(file for one in each for file in one.files), tuple(o for one in each for o in one.left_out))


def has_magic(text: str) -> bool:
    """Whether a text may be meant as a pattern."""
    return any(sign in text for sign in "*?[")


def _step(parent: Path, part: str) -> list[Path]:
    """The entries of `parent` that one part of a pattern stands for."""
    if part != "**" and os.path.lexists(parent / part):
        return [parent / part]
    if not has_magic(part) or not (parent if str(parent) else Path()).is_dir():
        return []
    if part == "**":
        return [parent, *(path for path in sorted(parent.rglob("*")) if path.is_dir() and not _hidden(path, parent))]
    names = fnmatch.filter(sorted(os.listdir(parent)), part)
    return [parent / name for name in names if part.startswith(".") or not name.startswith(".")]


def _hidden(path: Path, root: Path) -> bool:
    start = str(root).rstrip(os.sep)
    below = os.sep + str(path).removeprefix("" if start == "." else start).lstrip(os.sep)
    return f"{os.sep}." in below or path.name.casefold() in _OF_THE_SYSTEM
