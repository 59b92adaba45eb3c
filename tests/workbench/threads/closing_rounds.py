"""Opens and closes the real window many times in one process, under four feeds and a busy worker.

Run by its test in a process of its own. Prints one JSON object: what was under way whenever the window was closed,
which processes there were, and what was still there afterwards.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from engines.cameras.sources.parsing import dump
from engines.cameras.types import SceneSource
from engines.core.clock import monotonic
from engines.core.files import write_json
from engines.core.frames import Size
from tests.workbench.fakes import SAMPLES
from tests.workbench.samples import CountSpec
from workbench.app import make_application, open_state
from workbench.threads.gc_guard import Garbage
from workbench.threads.supervisor import Supervisor
from workbench.window.main import Window

FEEDS = 4
LATEST = 30.0
"""Seconds after which a window is closed whatever it is doing."""
JOBS = ("count", "patient", "heavy")


@dataclass
class Told:
    """busy: rounds in which a job was at work in its worker. playing: in which every feed was being shown.
    looking: in which a finder looked for a board. left: what was there afterwards. errors: in the log.
    """

    busy: int = 0
    playing: int = 0
    looking: int = 0
    workers: list[int] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    torch: bool = False


class Round:
    """One life of the window. `moment` chooses when it is closed: of ten, one at once, one as soon as the feeds play
    (the worker is then being spawned), the others with everything at work.
    """

    def __init__(self, app: QApplication, moment: int, sources: list[str], told: Told) -> None:
        self.app, self.moment, self.told = app, moment, told
        self.supervisor = Supervisor()
        settings, self.book = open_state()
        self.window = Window(self.supervisor, settings, self.book)
        known = self.window.services.project.items("source")
        self.window.show()
        self.window.start([] if known else sources)
        self.heard = False
        jobs = self.window.services.jobs
        jobs.event.connect(self._hear)  # pyright: ignore[reportAttributeAccessIssue]  (the queue's signal)
        jobs.submit(f"{SAMPLES}:{JOBS[moment % len(JOBS)]}", CountSpec(to=10**9))
        self.began = monotonic()

    def live(self) -> None:
        """Until the window is closed, from its own event loop."""
        look = QTimer(interval=10)
        look.timeout.connect(self._look)
        self.window.closed.connect(self.app.quit)
        if self.moment % 10 == 9:
            QTimer.singleShot(0, self._close)
        else:
            look.start()
        self.app.exec()
        look.stop()

    def end(self) -> None:
        """As the application ends it, and a look around."""
        self.told.left += self.supervisor.shutdown()
        self.window.deleteLater()
        self.told.errors += [line.text for line in self.book.rows() if line.level >= logging.ERROR]
        self.book.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.told.left += [f"process {child.pid}" for child in workers()]
        self.told.torch = self.told.torch or "torch" in sys.modules

    def _look(self) -> None:
        late = monotonic() - self.began > LATEST
        early = self.moment % 10 == 5
        if late or self._playing() and (early or self._running() and self._looking()):
            self._close()

    def _close(self) -> None:
        self.told.busy += self._running()
        self.told.playing += self._playing()
        self.told.looking += bool(self.window.features["calibration"].watch.lookers.paths())
        self.told.workers += [child.pid for child in workers()]
        self.window.close()

    def _hear(self, *_event: object) -> None:
        self.heard = True

    def _running(self) -> bool:
        """The job has said something from its worker."""
        return self.heard or self.window.services.jobs.records()[-1].done > 0

    def _playing(self) -> bool:
        shown = self.window.viewer.shown().values()
        return len(shown) == FEEDS and all(self.window.viewer.newest(path) is not None for path in shown)

    def _looking(self) -> bool:
        """Every third time a finder looks for a board as well."""
        watch, path = self.window.features["calibration"].watch, self.window.viewer.shown()[0]
        if self.moment % 3 == 0 and not watch.lookers.paths():
            watch.look(path, True)
        return self.moment % 3 != 0 or watch.sighting(path) is not None


def workers() -> list[psutil.Process]:
    """Processes of this one that work; the standard library's own watch on shared memory is none."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if child.status() != psutil.STATUS_ZOMBIE and "resource_tracker" not in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def write_sources(folder: Path) -> list[str]:
    """Four small scenes as saved sources."""
    paths = [folder / f"scene {number}.json" for number in range(FEEDS)]
    for number, path in enumerate(paths):
        write_json(path, dump(SceneSource(cameras=1, size=Size(128, 96), seed=number + 1)))
    return [str(path) for path in paths]


def main(rounds: int) -> int:
    app = make_application()
    garbage = Garbage(app)
    told = Told()
    with tempfile.TemporaryDirectory() as folder:
        sources = write_sources(Path(folder))
        for number in range(rounds):
            life = Round(app, number, sources, told)
            life.live()
            life.end()
    garbage.close()
    print(json.dumps(asdict(told)))
    return 0
