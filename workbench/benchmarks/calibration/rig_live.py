"""A rig calibrated live in the real window: four rendered views of 1280x720 drawn, searched and captured at once.

The rendered head is a source of the window, its four tiles are drawn, and the rig's finder looks at all of them with
automatic capture and running estimates. Counted are the pictures that stood on the screen, the searches of each tile,
and how late a timer of 5 ms comes in the window's thread (by the clock, and in processor time of that thread alone,
which other programs do not change). `film`: the pictures come from a film that is decoded, as from a camera; without it
they are rendered as they go, which a real head does not ask of this machine.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import cv2
import numpy as np
import typer

from engines.cameras.scene.rendering import Scene
from engines.cameras.scene.rig import NAMES
from engines.cameras.types import FileSource, SceneSource, SimpleSource, TiledSource
from engines.core.clock import monotonic
from engines.core.frames import Size
from engines.core.places import HOME_VARIABLE

SIZE = Size(1280, 720)
TICK_MS = 5
WARM = 3.0
"""Seconds before anything is counted."""


def main(
    seconds: Annotated[float, typer.Option(help="How long it is watched.")] = 30.0,
    fps: Annotated[float, typer.Option(help="Pictures a second that the cameras give.")] = 30.0,
    film: Annotated[bool, typer.Option(help="Decode a film instead of rendering as it goes.")] = False,
) -> dict[str, Any]:
    """Pictures and searches a second of the slowest tile, stalls of the window, and what was captured."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with TemporaryDirectory() as folder, _home(Path(folder)):
        scene = SceneSource(size=SIZE, fps=fps)
        source = _film(scene, Path(folder) / "rig.avi", seconds) if film else scene
        return {"source": "film" if film else "rendered"} | _Watched(source, scene).run(seconds)


class _Watched:
    """The window, and what is counted while it runs."""

    def __init__(self, source: SimpleSource, scene: SceneSource) -> None:
        from workbench.app import make_application, open_state
        from workbench.threads.supervisor import Supervisor
        from workbench.window.main import Window

        self.scene = scene
        self.app = make_application()
        self.supervisor = Supervisor()
        settings, log = open_state()
        self.window = Window(self.supervisor, settings, log)
        self.window.show()
        self.window.preset("rig")
        self.rig: Any = self.window.features["rig"]
        self.rig.set(board=str(scene.board))
        feed = self.window.services.feeds.add(TiledSource(source, 2, 2, NAMES[4], "Head"))
        self.drawn, self.searched, self.sets = Counter[str](), Counter[str](), Counter[int]()
        self.ages: list[float] = []
        for tile, name in enumerate(NAMES[4]):
            self.window.viewer.show(f"{feed}/{name}", tile)
            self.window.grid.tile(tile).view.painted.connect(self._painted)
        self.rig.live.lookers.looked.connect(lambda _path: self._looked())
        self.seen: Any = None

    def run(self, seconds: float) -> dict[str, Any]:
        try:
            self.rig.live.look(True)
            self._play(WARM)
            for counted in (self.drawn, self.searched, self.sets, self.ages):
                counted.clear()
            late, busy = self._play(seconds)
            return self._figures(seconds, np.array(late), np.array(busy))
        finally:
            self.window.close()
            self.supervisor.shutdown()

    def _play(self, seconds: float) -> tuple[list[float], list[float]]:
        """The event loop; how late each tick came and what the window's thread computed since the last, in seconds."""
        from PySide6.QtCore import QEventLoop, Qt, QTimer

        loop, tick = QEventLoop(), QTimer()
        tick.setTimerType(Qt.TimerType.PreciseTimer)
        tick.setInterval(TICK_MS)
        late, busy, last = list[float](), list[float](), [monotonic(), time.thread_time()]

        def told() -> None:
            now, spent = monotonic(), time.thread_time()
            late.append(max(now - last[0] - TICK_MS / 1000, 0.0))
            busy.append(spent - last[1])
            last[:] = now, spent

        tick.timeout.connect(told)
        tick.start()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()
        tick.stop()
        return late, busy

    def _painted(self, stamp: Any) -> None:
        self.drawn[stamp.source] += 1
        self.ages.append(monotonic() - stamp.captured_at)

    def _looked(self) -> None:
        sighting = self.rig.live.lookers.latest(self.rig.live.key)
        if sighting is None or sighting is self.seen:
            return
        self.seen = sighting
        for number in sighting.looked:
            self.searched[NAMES[4][number]] += 1
        self.sets[0] += 1

    def _figures(self, seconds: float, late: Any, busy: Any) -> dict[str, Any]:
        live = self.rig.live
        state, known = live.state, live.known
        errors = {} if known is None else _errors(known, self.scene)
        return {
            "cameras": 4,
            "size": str(self.scene.size),
            "given_fps": self.scene.fps,
            "seconds": seconds,
            "drawn_per_second_least": round(min(self.drawn.values(), default=0) / seconds, 2),
            "searched_per_second_least": round(min(self.searched[name] for name in NAMES[4]) / seconds, 2),
            "moments_per_second": round(live.lookers.rate(live.key), 2),
            "age_p50_ms": _percentile(self.ages, 50),
            "stall_p50_ms": _percentile(late, 50),
            "stall_p99_ms": _percentile(late, 99),
            "stall_max_ms": _percentile(late, 100),
            "window_busy_p99_ms": _percentile(busy, 99),
            "sets": state.sets,
            "estimate_ms": None if known is None else round(1000 * known.seconds, 1),
            "distance_errors": errors,
        }


def _percentile(values: Any, share: float) -> float:
    return round(1000 * float(np.percentile(np.asarray(values), share)), 2) if len(values) else 0.0


def _errors(known: Any, scene: SceneSource) -> dict[str, str]:
    """Of each pair's distance, in mm, with the deviation that is told."""
    truth = Scene(scene).truth
    told = {}
    for pair in known.pairs:
        true = float(np.linalg.norm(truth[pair.first].centre - truth[pair.second].centre))
        told[f"{pair.first}-{pair.second}"] = f"{1000 * (pair.distance - true):+.2f} +- {1000 * pair.distance_std:.2f}"
    return told


def _film(scene: SceneSource, path: Path, seconds: float) -> FileSource:
    """The head's pictures as a film that a camera might give, played over and over."""
    rendered = Scene(scene)
    size = (rendered.size.width, rendered.size.height)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), scene.fps, size)
    for index in range(round(scene.fps * (seconds + WARM))):
        writer.write(rendered.render(index))
    writer.release()
    return FileSource(str(path), loop=True)


@contextmanager
def _home(folder: Path) -> Iterator[None]:
    """A home of its own, so that the user's project and settings stay as they are."""
    before = os.environ.get(HOME_VARIABLE)
    os.environ[HOME_VARIABLE] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(HOME_VARIABLE)
        if before is not None:
            os.environ[HOME_VARIABLE] = before
