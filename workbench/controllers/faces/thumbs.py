"""Small pictures of faces for the panel and the board: read beside the window, kept as long as there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import cv2
from PySide6.QtCore import QObject, Signal

from engines.core.frames import Image
from workbench.threads.background import Errands

ROOM = 4000
AT_ONCE = 64
LONGEST = 640


class Thumbs(QObject):
    """`changed` when there are more. read: gives the picture of a key, or None; called in the errands' thread."""

    changed = Signal()

    def __init__(self, errands: Errands, read: Callable[[str], Image | None], parent: QObject) -> None:
        super().__init__(parent)
        self._errands, self._read = errands, read
        self._images: OrderedDict[str, Image] = OrderedDict()
        self._asked: set[str] = set()
        self._shown: Mapping[str, Image] = MappingProxyType({})
        self._stale = False

    def images(self) -> Mapping[str, Image]:
        """All there are: the same object until there are others."""
        if self._stale:
            self._shown, self._stale = MappingProxyType(dict(self._images)), False
        return self._shown

    def put(self, key: str, image: Image | None) -> None:
        """Keep this picture under this key; None forgets it."""
        if image is None:
            self._images.pop(key, None)
        elif self._images.get(key) is not image:
            self._images[key] = image
            self._images.move_to_end(key)
            while len(self._images) > ROOM:
                self._asked.discard(self._images.popitem(last=False)[0])
        else:
            return
        self._stale = True

    def want(self, keys: Sequence[str]) -> None:
        """Read these soon; what is there, on its way or was in vain is not read again."""
        missing = [key for key in keys if key and key not in self._asked and key not in self._images]
        self._asked.update(missing)
        for start in range(0, len(missing), AT_ONCE):
            part = missing[start : start + AT_ONCE]
            self._errands.ask(lambda part=part: [(key, self._small(key)) for key in part], self._have, lambda _: None)

    def read(self, path: str, then: Callable[[Image | None], object]) -> None:
        """Read one picture file, reduced, and hand it over."""
        self._errands.ask(lambda: self._small(path), then, lambda _failure: None)

    def drop(self, keys: Sequence[str]) -> None:
        """These are gone for good; all others stay."""
        for key in keys:
            self.put(key, None)
            self._asked.discard(key)

    def forget(self) -> None:
        """Another gallery: nothing of the old one stays in memory."""
        self._images.clear()
        self._asked.clear()
        self._stale = True

    def _small(self, key: str) -> Image | None:
        image = self._read(key)
        if image is None or max(image.shape[:2]) <= LONGEST:
            return image
        scale = LONGEST / max(image.shape[:2])
        return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]

    def _have(self, read: list[tuple[str, Image | None]]) -> None:
        for key, image in read:
            if image is not None:
                self.put(key, image)
        self.changed.emit()
