"""The rendered scene as a source: it comes at its own rate like a camera, and can be paused and wound like a file."""

from __future__ import annotations

from engines.cameras.readers.reader import Reader, TimedPicture
from engines.cameras.scene.rendering import Scene
from engines.cameras.types import FeedInfo, SceneSource
from engines.core.words import tr_count


class SceneReader(Reader):
    """Without end; the same number always gives the same picture."""

    def __init__(self, source: SceneSource) -> None:
        self._source = source
        self._scene: Scene | None = None
        self._next = 0

    def open(self) -> FeedInfo:
        self._scene = Scene(self._source)
        cameras = self._source.cameras
        detail = tr_count(
            cameras,
            "{n} rendered camera of {size}, {board}",
            "{n} rendered cameras of {size}, {board}",
            size=self._source.size,
            board=self._source.board,
        )
        return FeedInfo(self._scene.size, self._source.fps, seekable=True, live=True, detail=detail)

    def read(self) -> TimedPicture:
        assert self._scene is not None
        index, self._next = self._next, self._next + 1
        return TimedPicture(self._scene.render(index), index, self._scene.time(index))

    def locate(self, seconds: float) -> int:
        return int(seconds * self._source.fps + 1e-6)

    def seek(self, index: int) -> None:
        self._next = index

    def close(self) -> None:
        self._scene = None
