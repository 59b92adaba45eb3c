"""The time that a large project takes to open: many sources, labels and jobs, made by script in a home of its own.

Each round is a start of the window in a process of its own, timed from its making to all sources standing in the list.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

ROOT = Path(__file__).resolve().parents[3]
MADE = """
import sys
from pathlib import Path
from engines.core.places import data_dir
from workbench.project.finding import new_project
from workbench.project.settings import SettingsStore
from workbench.work.job_store import JobState, JobStore
from dataclasses import replace
sources, labels, jobs = map(int, sys.argv[1:4])
project = new_project("Large")
for number in range(sources):
    film = str(Path(sys.argv[4]) / f"film {number}.mp4")
    project.put("source", f"file{number}", {"kind": "file", "path": film})
    each = labels // max(sources, 1)
    segments = [{"start": 30 * n, "end": 30 * n + 20, "action": "wave", "track": "actions"} for n in range(each)]
    project.put("labels", film, {"video": film, "segments": segments, "classes": ["wave"]})
project.close()
store = JobStore()
for number in range(jobs):
    record = store.insert("engines.x:y", f"Job {number}", "", {"number": number})
    store.update(replace(record, state=JobState.DONE, done=1, total=1, finished=record.created))
store.close()
settings = SettingsStore()
settings.change(last=str(project.path))
settings.save()
"""
OPENED = """
import json, sys, time
from PySide6.QtCore import QTimer
from workbench import app
qt = app.make_application()
state = app.open_state()
from workbench.threads.supervisor import Supervisor
from workbench.window.main import Window
supervisor = Supervisor()
begun, ticks = time.perf_counter(), []
window = Window(supervisor, *state)
made = time.perf_counter()
window.show()
window.start()
last = [made]
def look():
    now = time.perf_counter()
    ticks.append(now - last[0])
    last[0] = now
    if len(window.services.feeds.ids()) >= int(sys.argv[1]) and len(ticks) > 5:
        qt.quit()
clock = QTimer()
clock.timeout.connect(look)
clock.start(5)
qt.exec()
opened = time.perf_counter()
window.close()
supervisor.shutdown()
print(json.dumps([opened - begun, made - begun, max(ticks)]))
"""


def main(
    sources: Annotated[int, typer.Option(help="Films.")] = 50,
    labels: Annotated[int, typer.Option(help="Marked stretches, in all films together.")] = 10_000,
    jobs: Annotated[int, typer.Option(help="Jobs in the history.")] = 500,
    rounds: Annotated[int, typer.Option(help="Starts, each beside one with an empty project.")] = 5,
    there: Annotated[bool, typer.Option(help="The films are small real ones; else none of them is found.")] = True,
) -> dict[str, Any]:
    """Medians of seconds until it is open, to make the window, of the longest stall, and beyond an empty project."""
    with tempfile.TemporaryDirectory(prefix="kinoscope-large-") as folder:
        large, empty = Path(folder) / "large", Path(folder) / "empty"
        for number in range(sources if there else 0):
            _write_film(Path(folder) / f"film {number}.mp4")
        _run(large, MADE, sources, labels, jobs, folder)
        _run(empty, MADE, 0, 0, 0, folder)
        pairs = [(_run(large, OPENED, sources), _run(empty, OPENED, 0)) for _ in range(rounds)]
    figures = [median(one[at] for one, _ in pairs) for at in range(3)]
    more = median(one[0] - other[0] for one, other in pairs)
    return {"opened s": figures[0], "window made s": figures[1], "longest stall s": figures[2], "beyond empty s": more}


def _write_film(path: Path) -> None:
    """A second of grey pictures, ever lighter."""
    import av
    import numpy as np

    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for shade in range(0, 250, 25):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), shade, np.uint8), format="rgb24")))
        file.mux(stream.encode())


def _run(home: Path, code: str, *arguments: object) -> list[float]:
    place = {"KINOSCOPE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, env=os.environ | place, cwd=ROOT, capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout.splitlines()[-1])) if done.stdout.strip() else []
