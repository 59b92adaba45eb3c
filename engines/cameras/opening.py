"""Which reader a source needs. Only what that kind needs is imported."""

from __future__ import annotations

from engines.cameras.readers import Reader
from engines.cameras.types import FileSource, FolderSource, SceneSource, SimpleSource, StreamSource
from engines.core.clock import Clock, monotonic


def reader_for(source: SimpleSource, clock: Clock = monotonic) -> Reader:
    """The reader of a source, not yet open."""
    if isinstance(source, SceneSource):
        from engines.cameras.scene_reader import SceneReader

        return SceneReader(source)
    if isinstance(source, FileSource):
        from engines.cameras.file_reader import FileReader

        return FileReader(source)
    if isinstance(source, FolderSource):
        from engines.cameras.folder_reader import FolderReader

        return FolderReader(source)
    if isinstance(source, StreamSource):
        from engines.cameras.stream_reader import StreamReader

        return StreamReader(source, clock)
    from engines.cameras.usb_reader import UsbReader

    return UsbReader(source, clock)
