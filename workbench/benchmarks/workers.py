"""The cost of workers and threads to the window: start-up, event-loop stalls, frames through shared memory, kills.

Each case runs in a process of its own with a small painting window and a 5 ms timer in it; the stall is how much
later than 5 ms the timer came. The common idiom, work in a thread of the window's process, is measured beside ours.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines.core.errors import WorkFailed
from workbench.benchmarks import worker_cases

ROOT = Path(__file__).resolve().parents[2]
TICK = 0.005


def main(*, seconds: float = 4.0) -> dict[str, Any]:
    """Stalls in milliseconds beside an idle window, start-up in seconds, copies of a 1080p frame, what a kill leaves.

    `seconds` is how long each window is watched.
    """
    stalls = {name: _case(name, seconds) for name in WINDOWS}
    return {"stalls": stalls, "frames": _case("frames", seconds), "kills": _case("kills", seconds)}


def _case(name: str, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "workbench.benchmarks.workers", name, str(seconds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise WorkFailed(f"The case '{name}' failed: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _watch(seconds: float, start: Callable[[], Callable[[], dict[str, Any]]]) -> dict[str, Any]:
    """Paint and tick for `seconds` with `start()`ed work beside; stalls of the timer and what the work says."""
    from PySide6.QtCore import QTimer

    _import_what_a_window_has()
    app, picture = _painting_window()
    late: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        late.append(max(0.0, now - last - TICK) * 1000)
        last = now

    timer = QTimer(picture, interval=int(TICK * 1000))
    timer.setTimerType(_precise())
    timer.timeout.connect(tick)
    QTimer.singleShot(300, picture, late.clear)
    stop: list[Callable[[], dict[str, Any]]] = []
    QTimer.singleShot(400, picture, lambda: stop.append(start()))
    QTimer.singleShot(int(seconds * 1000) + 400, picture, app.quit)
    timer.start()
    app.exec()
    return _figures(late) | {"paints": picture.paints} | stop[0]()


def _import_what_a_window_has() -> None:
    import psutil  # noqa: F401

    import workbench.threads.jobs  # noqa: F401


def _figures(late: list[float]) -> dict[str, Any]:
    import numpy as np

    p50, p99, most = np.percentile(late, [50, 99, 100])
    return {"stall_p50_ms": round(p50, 2), "stall_p99_ms": round(p99, 2), "stall_max_ms": round(most, 2)}


def _precise() -> Any:
    from PySide6.QtCore import Qt

    return Qt.TimerType.PreciseTimer


def _painting_window() -> tuple[Any, Any]:
    """An offscreen window that paints a 640 x 360 picture 30 times a second."""
    import os

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import numpy as np
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtWidgets import QApplication, QWidget

    class Picture(QWidget):
        paints = 0

        def paintEvent(self, event: Any) -> None:
            painter = QPainter(self)
            painter.drawImage(0, 0, image)
            painter.end()
            self.paints += 1

    app = QApplication.instance() or QApplication([])
    pixels = np.random.default_rng(1).integers(0, 255, (360, 640, 4), dtype=np.uint8)
    image = QImage(pixels.data, 640, 360, 640 * 4, QImage.Format.Format_RGB32)
    picture = Picture()
    picture.resize(640, 360)
    picture.show()
    timer = QTimer(picture, interval=33)
    timer.timeout.connect(picture.update)
    timer.start()
    return app, picture


def _nothing() -> Callable[[], dict[str, Any]]:
    return dict


def _torch_in_thread() -> Callable[[], dict[str, Any]]:
    took: list[float] = []

    def work() -> None:
        start = time.perf_counter()
        import torch  # noqa: F401

        took.append(time.perf_counter() - start)

    thread = threading.Thread(target=work)
    thread.start()
    return lambda: (thread.join(), {"import_s": round(took[0], 2)})[1]


def _torch_in_process() -> Callable[[], dict[str, Any]]:
    import multiprocessing

    process = multiprocessing.get_context("spawn").Process(target=_import_torch)
    start = time.perf_counter()
    spawner = threading.Thread(target=process.start)
    spawner.start()

    def stop() -> dict[str, Any]:
        spawner.join()
        process.join()
        return {"import_s": round(time.perf_counter() - start, 2)}

    return stop


def _import_torch() -> None:
    import torch  # noqa: F401


def _small_network() -> bytes:
    """Twelve 3 x 3 convolutions of 16 channels on 160 x 160, as ONNX."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(1)
    nodes, weights, channels = [], [], 3
    for layer in range(12):
        kernel = rng.normal(0, 0.1, (16, channels, 3, 3)).astype(np.float32)
        weights.append(numpy_helper.from_array(kernel, f"w{layer}"))
        nodes.append(helper.make_node("Conv", [f"x{layer}", f"w{layer}"], [f"x{layer + 1}"], pads=[1] * 4))
        channels = 16
    of = lambda name, depth: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, depth, 160, 160])  # noqa: E731
    graph = helper.make_graph(nodes, "small", [of("x0", 3)], [of("x12", 16)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _onnx_in_thread() -> Callable[[], dict[str, Any]]:
    """Imported, loaded and run by the engine's thread, as a live engine does it."""
    from workbench.threads.engine_thread import EngineThread

    class Engine(EngineThread):
        runs = 0
        began = 0.0

        def work(self) -> None:
            import numpy as np

            session = _session()
            picture = np.zeros((1, 3, 160, 160), np.float32)
            self.began = time.perf_counter()
            while not self.stopping:
                session.run(None, {"x0": picture})
                self.runs += 1

    engine = Engine("onnx")
    engine.start()

    def stop() -> dict[str, Any]:
        engine.request_stop()
        engine.join(5.0)
        return {"inferences_per_s": round(engine.runs / (time.perf_counter() - engine.began), 1)}

    return stop


def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(_small_network(), options, providers=["CPUExecutionProvider"])


def _worker_pool() -> Callable[[], dict[str, Any]]:
    """Two of our workers spawned by their own threads, one with torch, while the window paints."""
    import tempfile

    from workbench.threads.jobs import JobQueue
    from workbench.threads.supervisor import Supervisor
    from workbench.work.job_store import JobStore

    folder = tempfile.TemporaryDirectory()
    supervisor = Supervisor()
    start = time.perf_counter()
    jobs = JobQueue(
        supervisor, JobStore(Path(folder.name) / "jobs.sqlite"), workers=2, preload=("torch",), warm_after=0.0
    )
    took = time.perf_counter() - start

    def stop() -> dict[str, Any]:
        supervisor.shutdown()
        jobs.close()
        folder.cleanup()
        return {"start_call_ms": round(took * 1000, 1)}

    return stop


WINDOWS: dict[str, Callable[[], Callable[[], dict[str, Any]]]] = {
    "idle": _nothing,
    "torch in a process": _torch_in_process,
    "two warm workers with torch": _worker_pool,
    "torch in a thread": _torch_in_thread,
    "onnxruntime in a thread": _onnx_in_thread,
}


OTHERS: dict[str, Callable[[float], dict[str, Any]]] = {
    "frames": worker_cases.frames,
    "kills": worker_cases.kills,
    "victim": worker_cases.victim,
}


def _run(name: str, seconds: float) -> dict[str, Any]:
    return OTHERS[name](seconds) if name in OTHERS else _watch(seconds, WINDOWS[name])


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1], float(sys.argv[2]))))
