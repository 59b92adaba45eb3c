"""Faults of a file that should be a video, in plain words."""

from __future__ import annotations

from pathlib import Path

from engines.core.errors import BadInput, FileMissing, KinoscopeError, SourceFailed
from engines.core.reading import regular_file
from engines.core.words import tr

REPAIR = tr("Copy it again from where it came from, or play another file")


def check_file(path: Path) -> None:
    """Raise what a user should know before any decoder sees the file."""
    if path.is_dir():
        raise BadInput(tr("This is a folder, not a video"), path=path, hint=tr("Open it as a folder of pictures"))
    try:
        regular_file(path, what=tr("video"))
    except FileMissing as error:
        raise SourceFailed(
            tr("There is no such file"), path=path, hint=tr("It may have been moved or renamed")
        ) from error
    try:
        with path.open("rb") as file:
            begin = file.read(32)
    except OSError as error:
        raise SourceFailed(tr("The file cannot be read: {strerror}", strerror=error.strerror), path=path) from error
    if not begin:
        raise BadInput(tr("The file is empty"), path=path, hint=REPAIR)
    if begin[:4] == b"RIFF" and begin[8:16] == b"WEBPVP8X" and begin[20] & 2:
        hint = tr("Save it as a video, a GIF or an animated PNG")
        raise BadInput(tr("This is an animated WebP, which cannot be played"), path=path, hint=hint)


def explain(error: Exception, path: Path) -> KinoscopeError:
    """The meaning of a decoder's refusal for this file."""
    import av

    with path.open("rb") as file:
        head = file.read(4096)
    if b"ftyp" in head[:12] and isinstance(error, av.error.InvalidDataError):
        return BadInput(
            tr("The recording was never finished: its index (the moov atom) is missing"), path=path,
            hint=tr("It was cut off while it was written or copied. Copy it again, or rebuild the index "
"with a tool"),
        )  # fmt: skip
    if _is_text(head):
        return not_a_video(path, tr("This is a text file, not a video"))
    reason = getattr(error, "strerror", None) or str(error)
    return not_a_video(path, tr("This file cannot be played as a video: {reason}", reason=reason))


def not_a_video(path: Path, message: str) -> BadInput:
    """The refusal, with what would do instead."""
    return BadInput(message, path=path, hint=tr("Choose a video such as .mp4, .mkv, .mov or .avi"))


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode("utf-8")
    return all(letter.isprintable() or letter in "\r\n\t\f" for letter in text)
