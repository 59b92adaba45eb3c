"""Chooses the reader of a source and checks the source first. Only what that kind needs is imported."""

from __future__ import annotations

import os
from pathlib import Path

from engines.cameras.readers.reader import Reader
from engines.cameras.types import FeedInfo, FileSource, FolderSource, SceneSource, SimpleSource, StreamSource, UsbSource
from engines.core.clock import Clock, monotonic
from engines.core.errors import BadInput, SourceFailed
from engines.core.names import shown
from engines.core.reading import regular_file
from engines.core.words import tr


def reader_for(source: SimpleSource, clock: Clock = monotonic) -> Reader:
    """The reader of a source, not yet open."""
    if isinstance(source, SceneSource):
        from engines.cameras.readers.scene import SceneReader

        return SceneReader(source)
    if isinstance(source, FileSource):
        from engines.cameras.readers.file import FileReader

        return FileReader(source)
    if isinstance(source, FolderSource):
        from engines.cameras.readers.folder import FolderReader

        return FolderReader(source)
    if isinstance(source, StreamSource):
        from engines.cameras.readers.stream import StreamReader

        return StreamReader(source, clock)
    from engines.cameras.readers.usb import UsbReader

    return UsbReader(source, clock)


def open_reader(reader: Reader, source: SimpleSource) -> FeedInfo:
    """Open the reader of a source. What it would wait for without end (a pipe, a device) is `BadInput` at once."""
    if isinstance(source, UsbSource):
        _check_camera(source.address)
    path = Path(source.path) if isinstance(source, FileSource | FolderSource) else None
    if isinstance(source, FileSource) and path is not None and path.exists():
        regular_file(path, what=tr("video"))
    if isinstance(source, FolderSource) and path is not None and path.exists() and not path.is_dir():
        raise BadInput(tr("This is a file, not a folder"), path=path)
    return reader.open()


def _check_camera(address: str) -> None:
    """OpenCV opens anything that has a path, and dies of a name that is not UTF-8."""
    if address.isdecimal():
        known = len(address) <= 4
    else:
        path = Path(address)
        known = shown(address) == address and (os.name != "posix" or not path.exists() or path.is_char_device())
    if not known:
        raise SourceFailed(
            tr("'{address}' is no camera", address=shown(address)), hint=tr("Choose one of those that are listed")
        )
