"""The cases of `bench workers` without a window: frames to a worker and back, and what is left after a kill."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines.core.errors import WorkFailed

ROOT = Path(__file__).resolve().parents[2]


class Echo:
    """The live engine of the frames case: says how many bytes it saw, so that each has been read."""

    def open(self, settings: object, ctx: object) -> None:
        pass

    def configure(self, settings: object) -> bool:
        return True

    def process(self, frames: Any) -> int:
        return sum(frame.image.nbytes + int(frame.image[-1, -1, -1]) for frame in frames)

    def reset(self, why: object) -> None:
        pass

    def close(self) -> None:
        pass


def frames(seconds: float) -> dict[str, Any]:
    """1080p frames to a worker and an answer back: through shared memory, and through the pipe as is common."""
    import numpy as np

    from engines.core.frames import Frame, Stamp
    from workbench.work.shared import Outlet, Ring

    image = np.random.default_rng(1).integers(0, 255, (1080, 1920, 3), dtype=np.uint8)
    frame = Frame(image, Stamp("bench", 0, 0.0, 0.0))
    outlet = Outlet(lambda size: None)
    ring = Ring.create(64 << 20)
    outlet.use(ring)
    pack = _median_ms(lambda: outlet.free(outlet.pack([frame]).end, ring.name))
    copy = _median_ms(image.copy)
    outlet.use(None)
    through_ring, through_pipe = _round_trip([frame], ring=True), _round_trip([frame], ring=False)
    return {
        "copy_into_shared_memory_ms": pack,
        "plain_copy_ms": copy,
        "copies_of_a_frame": 2,
        "round_trip_shared_memory_ms": through_ring,
        "round_trip_pipe_ms": through_pipe,
    }


def _round_trip(frames: list[Any], ring: bool) -> float:
    from workbench.work import workers
    from workbench.work.broker import Broker
    from workbench.work.shared import Outlet

    worker = workers.Worker("bench", Broker())
    if not ring:
        worker.rings.outlet = Outlet(lambda _size: None)
    worker.start()
    try:
        worker.call("open", ("workbench.benchmarks.worker_cases:Echo", None))
        return _median_ms(lambda: worker.call("process", frames))
    finally:
        worker.close()


def _median_ms(act: Callable[[], object], times: int = 40) -> float:
    import numpy as np

    took = []
    for _ in range(times + 5):
        start = time.perf_counter()
        act()
        took.append(time.perf_counter() - start)
    return round(float(np.median(took[5:])) * 1000, 2)


def kills(seconds: float) -> dict[str, Any]:
    """What a kill leaves: of the worker, then of a window with a worker that has shared memory both ways."""
    import signal

    import psutil

    before = _names_in_memory()
    worker = _with_frames()
    start = time.perf_counter()
    psutil.Process(worker.pid).send_signal(signal.SIGKILL)
    noticed = _lost_after(worker, start)
    worker.close()
    after_worker = len(_names_in_memory() - before)
    window = subprocess.Popen(
        [sys.executable, "-m", "workbench.benchmarks.workers", "victim", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert window.stdout is not None
    window.stdout.readline()
    family = psutil.Process(window.pid).children(recursive=True)
    start = time.perf_counter()
    window.kill()
    window.wait()
    alive = _still_alive(family, 10.0)
    return {
        "worker_death_noticed_ms": noticed,
        "left_in_shared_memory_after_worker": after_worker,
        "children_gone_after_window_ms": round((time.perf_counter() - start) * 1000, 1),
        "children_left_after_window": alive,
        "left_in_shared_memory_after_window": len(_names_in_memory() - before),
    }


def _still_alive(family: list[Any], seconds: float) -> int:
    """How many still run after that time at most; one that only waits to be reaped is dead."""
    import psutil

    def runs(process: Any) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    end = time.monotonic() + seconds
    while any(map(runs, family)) and time.monotonic() < end:
        time.sleep(0.001)
    return sum(map(runs, family))


def _with_frames() -> Any:
    import numpy as np

    from engines.core.frames import Frame, Stamp
    from workbench.work.broker import Broker
    from workbench.work.workers import Worker

    worker = Worker("victim", Broker())
    worker.start()
    worker.call("open", ("workbench.benchmarks.worker_cases:Echo", None))
    frame = Frame(np.zeros((1080, 1920, 3), np.uint8), Stamp("bench", 0, 0.0, 0.0))
    for _ in range(3):
        worker.call("process", [frame])
    return worker


def _lost_after(worker: Any, start: float) -> float:
    from engines.core.errors import WorkerLost

    try:
        worker.serve(10.0)
    except WorkerLost:
        return round((time.perf_counter() - start) * 1000, 1)
    raise WorkFailed("The death of a worker was not noticed")


def victim(seconds: float) -> dict[str, Any]:
    worker = _with_frames()
    print(worker.pid, flush=True)
    worker.serve(60.0)
    return {}


def _names_in_memory() -> set[str]:
    folder = Path("/dev/shm")
    return {path.name for path in folder.glob("kino*_*")} if folder.is_dir() else set()
