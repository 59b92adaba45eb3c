"""Feeds that run for the length of a test, and small recordings whose pictures carry their own number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Thread
from time import monotonic
from typing import Any

import av
import numpy as np

from engines.cameras.feed.running import Feed
from engines.cameras.types import FeedStatus
from engines.core.frames import End, FeedItem, Frame, Gap
from engines.core.slots import Slot

PATIENCE = 30.0
BITS = 10


class Running:
    """A feed on a thread of its own. `until` waits for a state without sleeping."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.history: list[FeedStatus] = []
        self._changed = Condition()
        feed.on_change = self._note
        self.thread = Thread(target=feed.run, name=f"feed {feed.id}")

    def _note(self) -> None:
        with self._changed:
            self.history.append(self.feed.status())
            self._changed.notify_all()

    def until(self, reached: Callable[[FeedStatus], bool], patience: float = PATIENCE) -> FeedStatus:
        """The first status, now or later, for which `reached` holds."""
        until = monotonic() + patience
        with self._changed:
            while not reached(status := self.feed.status()):
                assert monotonic() < until, f"still {status}"
                self._changed.wait(0.02)
        return status

    def stop(self, patience: float = PATIENCE) -> None:
        self.feed.stop()
        self.thread.join(patience)
        assert not self.thread.is_alive(), "the feed does not stop"


def write_video(
    path: Path, frames: int, *, fps: int = 25, codec: str = "libx264", gop: int = 12, faststart: bool = True,
    times: list[int] | None = None, rotate: int = 0, size: tuple[int, int] = (160, 96), noisy: bool = False,
    picture: Callable[[int, tuple[int, int]], np.ndarray] | None = None,
) -> Path:  # fmt: skip
    rng = np.random.default_rng(0)
    options = {"movflags": "faststart"} if faststart and path.suffix == ".mp4" else {}
    with av.open(str(path), "w", options=options) as out:
        stream: Any = out.add_stream(codec, rate=fps, options={"g": str(gop), "bf": "2"} if codec == "libx264" else {})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        if rotate:
            stream.set_display_rotation(rotate)
        for index in range(frames):
            image = (picture or numbered)(index, size)
            if noisy:
                image[48:] = rng.integers(0, 255, image[48:].shape, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts = index if times is None else times[index]
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def numbered(index: int, size: tuple[int, int] = (160, 96)) -> np.ndarray:
    image = np.full((size[1], size[0], 3), 90, np.uint8)
    for bit in range(BITS):
        image[0:32, bit * 16 : bit * 16 + 16] = 235 if index >> bit & 1 else 20
    return image


def number_in(image: np.ndarray) -> int:
    """The number that `numbered` painted, read from the middle of each block."""
    return sum(1 << bit for bit in range(BITS) if image[8:24, bit * 16 + 4 : bit * 16 + 12].mean() > 128)


def next_item(slot: Slot, patience: float = PATIENCE) -> FeedItem:
    item = slot.take(patience)
    assert item is not None, "nothing came"
    return item


def next_frame(slot: Slot, patience: float = PATIENCE) -> Frame:
    while not isinstance(item := next_item(slot, patience), Frame):
        assert not isinstance(item, End), f"the feed ended: {item}"
    return item


def all_items(slot: Slot, patience: float = PATIENCE) -> list[FeedItem]:
    """Everything up to the end."""
    items = [next_item(slot, patience)]
    while not isinstance(items[-1], End):
        items.append(next_item(slot, patience))
    return items


def frames_of(items: list[FeedItem]) -> list[Frame]:
    return [item for item in items if isinstance(item, Frame)]


def gaps_of(items: list[FeedItem]) -> list[Gap]:
    return [item for item in items if isinstance(item, Gap)]


@contextmanager
def leaving(*closers: Callable[[], object]) -> Iterator[None]:
    """Call each closer at the end, whatever happens."""
    try:
        yield
    finally:
        for close in closers:
            close()
