"""The cost of showing four cameras: ours beside the two usual ways, same frames, same feeds, same process.

Four 1080p feeds at 30 per second run through the window's own path (feed thread, `Latest` slot, one coalesced
wake-up) into a 2x2 grid of 640x360 pictures. The painters take turns: our `ViewerGrid`; a `QLabel` with a scaled
`QPixmap`; pyqtgraph's `ImageItem` with `autoLevels=False`; the same with `autoLevels`, as its default is; and nothing,
which takes the frames and leaves them. Costs are CPU time of the whole process per picture shown (OpenCV and Qt
both use helper threads), less what "nothing" costs.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Annotated, Any, Protocol

import cv2
import numpy as np
import psutil
import typer

from engines.cameras.types import FeedInfo, FeedState, FeedStatus, SceneSource, Source
from engines.core.clock import monotonic
from engines.core.frames import Frame, Image, Size, Stamp
from engines.core.slots import Latest, Lossless, Slot

FEEDS, SIZE, RATE = 4, Size(1920, 1080), 30.0
PICTURE = (640, 360)
TICK_MS = 5
BLOCK_SECONDS = 2.0
STATUS_MS = 400
MIB = float(1 << 20)
LATEST = Latest()


class RolledFeed:
    """A feed that costs next to nothing: a few frames made beforehand, given in turn at a steady rate."""

    def __init__(self, id: str, source: Source, pictures: Sequence[Image]) -> None:
        self.id, self.source = id, source
        self.on_change: Callable[[], None] | None = None
        self.given = 0
        self._pictures = pictures
        self._slots: list[Slot] = []
        self._end = Event()

    def run(self) -> None:
        start = monotonic()
        while not self._end.wait(max(start + self.given / RATE - monotonic(), 0.0)):
            image = self._pictures[self.given % len(self._pictures)]
            frame = Frame(image, Stamp(self.id, self.given, monotonic(), self.given / RATE))
            for slot in list(self._slots):
                slot.put(frame)
            self.given += 1

    def stop(self) -> None:
        self._end.set()

    def status(self) -> FeedStatus:
        return FeedStatus(FeedState.PLAYING, RATE, self.given, info=FeedInfo(SIZE, RATE))

    def subscribe(
        self,
        policy: Latest | Lossless = LATEST,
        wake: Callable[[], None] | None = None,
        tile: str = "",
    ) -> Slot:
        slot = Slot(policy, wake)
        self._slots.append(slot)
        return slot

    def unsubscribe(self, slot: Slot) -> None:
        self._slots.remove(slot)


class Screen(Protocol):
    """A way to show four pictures. `show` takes a frame; its `painted` is called once that stands on the screen."""

    def show(self, index: int, frame: Frame) -> None: ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Tally:
    """What one painter did over its turns."""

    seconds: float = 0.0
    window_cpu: float = 0.0
    process_cpu: float = 0.0
    shown: int = 0
    dropped: int = 0
    latencies: list[float] = field(default_factory=list)
    stalls: list[float] = field(default_factory=list)

    def as_row(self) -> dict[str, float]:
        """Figures with their units in the names."""
        late, stall = (np.asarray(values or [0.0]) * 1000 for values in (self.latencies, self.stalls))
        return {
            "shown_fps_per_tile": round(self.shown / max(self.seconds, 1e-9) / FEEDS, 2),
            "dropped": self.dropped,
            "latency_p50_ms": round(float(np.percentile(late, 50)), 2),
            "latency_p95_ms": round(float(np.percentile(late, 95)), 2),
            "window_cpu_ms_per_frame": round(self.window_cpu / max(self.shown, 1) * 1000, 3),
            "process_cpu_ms_per_frame": round(self.process_cpu / max(self.shown, 1) * 1000, 3),
            "stall_p50_ms": round(float(np.percentile(stall, 50)), 2),
            "stall_p99_ms": round(float(np.percentile(stall, 99)), 2),
            "stall_max_ms": round(float(stall.max()), 2),
        }


def main(
    seconds: Annotated[float, typer.Option(help="How long ours runs for the growth of memory.")] = 60.0,
    turns: Annotated[int, typer.Option(help="How often the painters take turns.")] = 3,
    turn_seconds: Annotated[float, typer.Option(help="Length of one painter's turn.")] = 4.0,
) -> dict[str, Any]:
    """Measure; the figures with their units in the names."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from widgets.kit.theme import DARK, LOOK

    app = QApplication.instance() or QApplication(sys.argv[:1])
    LOOK.apply(app, DARK)  # type: ignore[arg-type]
    return _Bench(seconds, turns, turn_seconds).run() | {"platform": QApplication.platformName()}


class _Bench:
    """One run: turns of all painters, then ours for long, then ours with the window blocked."""

    def __init__(self, seconds: float, turns: int, turn_seconds: float) -> None:
        from workbench.feeds.running import Feeds
        from workbench.threads.supervisor import Supervisor

        self._seconds, self._turns, self._turn_seconds = seconds, turns, turn_seconds
        pictures = _pictures(8)
        self._supervisor = Supervisor()
        self._feeds = Feeds(self._supervisor, lambda id, source: RolledFeed(id, source, pictures))  # type: ignore[arg-type,return-value]
        self._tallies: dict[str, Tally] = {}
        self._memory: list[float] = []

    def run(self) -> dict[str, Any]:
        from workbench.benchmarks.display_screens import SCREENS

        ids = [self._feeds.add(SceneSource(name=f"rolled {n}")) for n in range(FEEDS)]
        try:
            for _ in range(self._turns):
                for name, make in SCREENS.items():
                    self._turn(name, make, ids, self._turn_seconds)
            long = self._long(SCREENS["ours"], ids)
            blocked = self._blocked(SCREENS["ours"], ids)
        finally:
            self._feeds.clear()
            self._supervisor.shutdown()
        rows = {name: tally.as_row() for name, tally in self._tallies.items()}
        idle = rows["nothing"]["process_cpu_ms_per_frame"]
        for row in rows.values():
            row["painting_cpu_ms_per_frame"] = round(row["process_cpu_ms_per_frame"] - idle, 3)
        cost = {name: row["painting_cpu_ms_per_frame"] for name, row in rows.items()}
        names = [name for name in cost if name not in ("ours", "nothing")]
        times = {f"{name}_over_ours": round(cost[name] / cost["ours"], 2) for name in names}
        return {"painters": rows, "cheaper": times, "long_run": long, "blocked": blocked}

    def _turn(self, name: str, make: Callable[..., Screen], ids: list[str], seconds: float) -> Tally:
        tally = self._tallies.setdefault(name, Tally())
        stage = _Stage(self._feeds, make, ids, tally)
        stage.play(0.5, warm_up=True)
        stage.play(seconds)
        stage.close()
        return tally

    def _long(self, make: Callable[..., Screen], ids: list[str]) -> dict[str, Any]:
        tally = Tally()
        stage = _Stage(self._feeds, make, ids, tally)
        stage.play(min(3.0, self._seconds), warm_up=True)
        before = _resident()
        stage.play(self._seconds)
        grown = _resident() - before
        stage.close()
        return {"seconds": self._seconds, "memory_grown_mib": round(grown, 1)} | tally.as_row()

    def _blocked(self, make: Callable[..., Screen], ids: list[str]) -> dict[str, Any]:
        tally = Tally()
        stage = _Stage(self._feeds, make, ids, tally)
        stage.play(1.0, warm_up=True)
        before = _resident()
        stage.play(1.0, block=BLOCK_SECONDS)
        peak = max(stage.memory) - before
        first = stage.after_block
        stage.close()
        return {
            "seconds": BLOCK_SECONDS,
            "memory_grown_mib": round(peak, 1),
            "next_frame_age_max_ms": round(max(first) * 1000, 2),
            "next_frame_age_by_tile_ms": [round(age * 1000, 2) for age in first],
        }


class _Stage:
    """Feeds, taps and one painter, played through the event loop for a while."""

    def __init__(self, feeds: Any, make: Callable[..., Screen], ids: list[str], tally: Tally) -> None:
        from PySide6.QtCore import QObject

        from workbench.feeds.running import FrameTap

        self.tally = tally
        self.memory: list[float] = []
        self.after_block: list[float] = []
        self._unblocked: float | None = None
        self._first: dict[int, float] = {}
        self._counting = False
        self._root = QObject()
        self.screen = make(self._painted)
        self._taps = [FrameTap(feeds, id, parent=self._root) for id in ids]
        for index, tap in enumerate(self._taps):
            tap.ready.connect(lambda index=index, tap=tap: self._arrived(index, tap))

    def play(self, seconds: float, *, warm_up: bool = False, block: float = 0.0) -> None:
        """Run the event loop; count what happens unless it is to warm up. `block`: hold the window up at the start."""
        from PySide6.QtCore import QEventLoop, Qt, QTimer

        loop, tick = QEventLoop(), QTimer()
        tick.setTimerType(Qt.TimerType.PreciseTimer)
        tick.setInterval(TICK_MS)
        last = [monotonic()]
        tick.timeout.connect(lambda: self._tick(last))
        self._counting = not warm_up
        dropped = sum(tap.dropped for tap in self._taps)
        start = (monotonic(), time.thread_time(), time.process_time())
        tick.start()
        if block:
            QTimer.singleShot(200, lambda: self._block(block))
        QTimer.singleShot(round((seconds + block) * 1000), loop.quit)
        loop.exec()
        tick.stop()
        if not warm_up:
            self.tally.seconds += monotonic() - start[0]
            self.tally.window_cpu += time.thread_time() - start[1]
            self.tally.process_cpu += time.process_time() - start[2]
            self.tally.dropped += sum(tap.dropped for tap in self._taps) - dropped
        self.after_block = list(self._first.values())

    def close(self) -> None:
        for tap in self._taps:
            tap.close()
        self.screen.close()
        self._root.deleteLater()

    def _arrived(self, index: int, tap: Any) -> None:
        newest = None
        while (item := tap.take()) is not None:
            newest = item if isinstance(item, Frame) else newest
        if newest is not None:
            self.screen.show(index, newest)

    def _painted(self, index: int, stamp: Stamp) -> None:
        now = monotonic()
        if self._unblocked is not None and index not in self._first:
            self._first[index] = now - stamp.captured_at
        if self._counting:
            self.tally.shown += 1
            self.tally.latencies.append(now - stamp.captured_at)

    def _tick(self, last: list[float]) -> None:
        now = monotonic()
        if self._counting:
            self.tally.stalls.append(max(now - last[0] - TICK_MS / 1000, 0.0))
        last[0] = now

    def _block(self, seconds: float) -> None:
        self.memory.append(_resident())
        time.sleep(seconds)
        self.memory.append(_resident())
        self._unblocked = monotonic()


def _pictures(count: int) -> list[Image]:
    """Frames with large shapes, edges and a little noise, as a camera gives."""
    rng = np.random.default_rng(1)
    made = []
    for number in range(count):
        small = rng.integers(0, 256, (SIZE.height // 40, SIZE.width // 40, 3), dtype=np.uint8)
        image = np.asarray(cv2.resize(small, (SIZE.width, SIZE.height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
        cv2.circle(image, (200 + 200 * number, 540), 160, (255, 255, 255), -1)
        noise = rng.integers(0, 9, image.shape, dtype=np.uint8)
        made.append(np.asarray(cv2.add(image, noise), dtype=np.uint8))
    return made


def _resident() -> float:
    return float(psutil.Process().memory_info().rss) / MIB
