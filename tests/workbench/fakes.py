"""A feed that needs no camera, pictures of one gray value, and where the sample jobs are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from engines.cameras.types import Child, FeedState, FeedStatus, Source
from engines.core.frames import Frame, Stamp
from engines.core.slots import Latest, Lossless, Slot

SAMPLES = "tests.workbench.samples"


class FakeFeed:
    """Publishes a small picture every 5 ms until stopped."""

    def __init__(self, id: str, source: Source) -> None:
        self.id = id
        self.source = source
        self.on_change: Callable[[], None] | None = None
        self.thread: int | None = None
        self._slots: list[Slot] = []
        self._end = threading.Event()

    def run(self) -> None:
        self.thread = threading.get_ident()
        index = 0
        while not self._end.wait(0.005):
            for slot in list(self._slots):
                slot.put(picture(index, self.id))
            if self.on_change is not None and index % 10 == 0:
                self.on_change()
            index += 1

    def stop(self) -> None:
        self._end.set()

    def status(self) -> FeedStatus:
        return FeedStatus(FeedState.PLAYING)

    @property
    def children(self) -> dict[str, Child]:
        return {}

    def problem(self, view: str) -> str:
        return ""

    def subscribe(self, policy: Latest | Lossless, wake: Callable[[], None] | None = None, tile: str = "") -> Slot:
        slot = Slot(policy, wake)
        self._slots.append(slot)
        return slot

    def unsubscribe(self, slot: Slot) -> None:
        self._slots.remove(slot)


def picture(index: int, source: str = "feed", value: int | None = None, size: tuple[int, int] = (12, 16)) -> Frame:
    """A picture of one gray value, its index by default."""
    image = np.full((*size, 3), index % 256 if value is None else value, np.uint8)
    return Frame(image, Stamp(source, index, time.monotonic(), index / 30))
