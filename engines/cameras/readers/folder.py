"""A folder of images, played in the order in which a person would count them."""

from __future__ import annotations

from pathlib import Path

from engines.cameras.readers.reader import Reader, ReaderItem, TimedPicture
from engines.cameras.types import FeedInfo, FolderSource
from engines.core.errors import BadInput, KinoscopeError, SourceFailed
from engines.core.frames import End, Gap, GapReason, Size, size_of
from engines.core.pictures.files import WORDS, Listing, listed
from engines.core.pictures.reading import open_picture, read_picture
from engines.core.words import tr, tr_count


class FolderReader(Reader):
    """Every image keeps its own size: pixels are never resampled, so what is measured in them stays true.

    Images whose size differs from the first one's are named in `note`; an unreadable one is a gap.
    """

    def __init__(self, source: FolderSource) -> None:
        self._source = source
        self._paths: list[Path] = []
        self._size = Size(0, 0)
        self._next = 0
        self._other: dict[str, Size] = {}
        self._unreadable: dict[str, str] = {}
        self._guessed: dict[str, str] = {}
        self._left_out = ""

    def open(self) -> FeedInfo:
        """Raises `BadInput` for a folder without images, or when none of the first ones can be read."""
        if not 0 < self._source.fps <= 240:
            raise BadInput(
                tr("{fps:g} pictures per second is not possible", fps=self._source.fps),
                hint=tr("More than 0, at most 240"),
            )
        found = list_folder(Path(self._source.path), self._source.pattern)
        self._paths, self._left_out = list(found.files), found.words
        self._size = self._first_size()
        self._remark()
        count, fps = len(self._paths), self._source.fps
        detail = tr_count(count, "{n} picture, the first {size}", "{n} pictures, the first {size}", size=self._size)
        detail += f". {found.words}" if found.left_out else ""
        return FeedInfo(self._size, fps, count, count / fps, seekable=True, live=False, detail=detail)

    def read(self) -> ReaderItem:
        if self._next >= len(self._paths):
            return End(
                "", "" if len(self._unreadable) < len(self._paths) else tr("No picture in the folder can be read")
            )
        index, path = self._next, self._paths[self._next]
        self._next += 1
        try:
            picture = open_picture(path)
        except KinoscopeError:
            self._unreadable[path.name] = ""
            self._remark()
            return Gap("", 1, GapReason.DAMAGED, path.name)
        if size_of(picture.image) != self._size:
            self._other[path.name] = size_of(picture.image)
        if picture.note:
            self._guessed[path.name] = picture.note
        self._remark()
        return TimedPicture(picture.image, index, index / self._source.fps, picture.turn)

    def locate(self, seconds: float) -> int:
        return min(int(seconds * self._source.fps + 1e-6), len(self._paths) - 1)

    def seek(self, index: int) -> None:
        self._next = min(max(index, 0), len(self._paths) - 1)

    def close(self) -> None:
        self._paths = []

    def _first_size(self) -> Size:
        why = ""
        for path in self._paths[:20]:
            try:
                return size_of(read_picture(path))
            except KinoscopeError as error:
                why = why or error.message
        first = self._paths[0].name
        raise BadInput(
            tr("None of the pictures can be read, starting with {first}", first=first), path=self._source.path, hint=why
        )

    def _remark(self) -> None:
        """Words for the user: which files are not like the others."""
        parts = []
        if self._other:
            name, size = next(iter(self._other.items()))
            parts.append(
                tr("Sizes differ: {name} is {size}, the first picture {first}", name=name, size=size, first=self._size)
                + (tr(" ({count} others)", count=len(self._other)) if len(self._other) > 1 else "")
            )
        if self._unreadable:
            name, rest = next(iter(self._unreadable)), len(self._unreadable) - 1
            parts.append(
                tr(
                    "{name}{words} cannot be read and was left out",
                    name=name,
                    words=tr(" and {rest} more", rest=rest) if rest else "",
                )
            )
        if self._guessed:
            name, note = next(iter(self._guessed.items()))
            others = tr(" ({count} such pictures)", count=len(self._guessed)) if len(self._guessed) > 1 else ""
            parts.append(f"{name}: {note}{others}")
        if self._left_out:
            parts.append(self._left_out)
        self.note = ". ".join(parts)


def list_images(folder: Path, pattern: str = "*") -> list[Path]:
    """The images of a folder in natural order (2 before 10). Raises `SourceFailed` or `BadInput` with what is there."""
    return list(list_folder(folder, pattern).files)


def list_folder(folder: Path, pattern: str = "*") -> Listing:
    """As `list_images`, with what was left out."""
    if not folder.exists():
        raise SourceFailed(tr("There is no such folder"), path=folder, hint=tr("It may have been moved or renamed"))
    if not folder.is_dir():
        raise BadInput(tr("This is a file, not a folder of pictures"), path=folder, hint=tr("Open the folder it is in"))
    found = listed(folder, pattern)
    if not found.files:
        raise BadInput(_empty(folder, pattern), path=folder, hint=found.words or WORDS)
    return found


def _empty(folder: Path, pattern: str) -> str:
    files = sum(path.is_file() for path in folder.iterdir())
    if not files:
        return tr("The folder is empty")
    if pattern in ("", "*"):
        return tr_count(
            files,
            "The folder holds {n} file, but none is a picture",
            "The folder holds {n} files, but none is a picture",
        )
    return tr_count(
        files,
        "The folder holds {n} file, but none fits '{pattern}' and is a picture",
        "The folder holds {n} files, but none fits '{pattern}' and is a picture",
        pattern=pattern,
    )
