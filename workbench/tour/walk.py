"""The walk behind `main.py tour`: stops, each with something to do, something to wait for, and a picture.

It drives the real window through its own event loop; nothing is faked, and nothing is timed by sleeping.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, QPoint, QRect, QTimer
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from engines.core.clock import monotonic
from widgets.kit.theme import LOOK, THEMES
from workbench.tour.checks import problems
from workbench.tour.cut import settle
from workbench.window.main import Window

ROOT = Path(__file__).resolve().parents[2]
TICK_MS = 5
STALL_LIMIT_MS = 100.0
SETTLE_SECONDS = 0.25
INK = 0.002
"""Share of a picture's pixels that must differ from its commonest colour for it not to be blank."""


class Measured(Protocol):
    """What a stop measures while it is waited for."""

    def figures(self) -> dict[str, object]: ...

    def problems(self) -> list[str]: ...

    def remarks(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Stop:
    """One picture. `act` changes the window, `ready` says when it may be taken, `panel` names what must not be blank.

    `also` is a window of its own that is drawn over the main one. `job`: what is measured until it is ready.
    """

    name: str
    act: Callable[[Window], object]
    ready: Callable[[Window], bool] = lambda _window: True
    panel: Callable[[Window], QWidget] | None = None
    seconds: float = 20.0
    also: Callable[[Window], QWidget | None] = lambda _window: None
    job: Measured | None = None


def reference(*names: str) -> Path:
    """A folder of the reference data, which may not be there."""
    return Path(os.environ.get("KINOSCOPE_DATA", ROOT.parent / "shared" / "data"), *names)


def panel(dock: str) -> Callable[[Window], QWidget]:
    """Gives what is in a dock."""
    return lambda window: window.docks.docks[dock].widget()


def board(feature: str) -> Callable[[Window], QWidget]:
    """Gives the board of a feature."""
    return lambda window: window.features[feature].board


def front(window: Window, dock: str) -> None:
    """Bring a dock to the front."""
    window.docks.show(dock)


def nothing(window: Window) -> None:
    """Only wait."""


def themed(window: Window, theme: str) -> bool:
    """Whether the theme is on."""
    return LOOK.now is THEMES[theme]


def stops_at(feature: str, theme: str) -> Callable[..., Stop]:
    """Makes stops at a feature: name, act, ready, seconds."""

    def stop(
        name: str,
        act: Callable[[Window], object],
        ready: Callable[[Window], bool] = lambda _window: True,
        seconds: float = 20,
    ) -> Stop:
        return Stop(f"{theme}-{feature}-{name}", act, ready, panel(feature), seconds)

    return stop


def begin_at(window: Window, theme: str, feature: str, page: str) -> None:
    """A page of a feature in a theme, with no notice left over."""
    if window.services.settings.value.theme != theme:
        window.set_theme(theme)
    window.notices.clear()
    window.preset(feature)
    window.features[feature].dismiss()
    show_page(window, feature, page)


def show_page(window: Window, feature: str, page: str) -> None:
    window.features[feature].choose_page(page)


class StallMeter(QObject):
    """What the window's thread computed between two ticks of a 5 ms timer, in milliseconds.

    Processor time, not the clock: what other programs do to this machine is not counted. It rests while a picture is
    taken.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.stalls: list[tuple[float, str]] = []
        self.where = ""
        self._last = 0.0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    def run(self, where: str) -> None:
        self.where, self._last = where, time.thread_time()
        self._timer.start()

    def rest(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.thread_time()
        self.stalls.append(((now - self._last) * 1000, self.where))
        self._last = now


class Errors(logging.Handler):
    """Everything that reaches the log as an error while the tour runs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


class Guide(QObject):
    """Takes the window from stop to stop."""

    def __init__(
        self, window: Window, stops: Sequence[Stop], out: Path, done: Callable[[], object], say: Callable[[str], object]
    ) -> None:
        super().__init__(window)
        self._say, self._all = say, len(stops)
        self.pictures: list[str] = []
        self.problems: list[str] = []
        self.remarks: list[str] = []
        self.jobs: dict[str, dict[str, object]] = {}
        self.meter = StallMeter(self)
        self._window, self._stops, self._out, self._done = window, list(stops), out, done
        self._arrived = self._settled = 0.0
        self._told: set[str] = set()
        self._timer = QTimer(self, interval=25)
        self._timer.timeout.connect(self._look)

    def set_out(self) -> None:
        self._next()
        self._timer.start()

    def _next(self) -> None:
        if not self._stops:
            self._timer.stop()
            self.meter.rest()
            self._done()
            return
        stop = self._stops[0]
        self._say(f"{self._all - len(self._stops) + 1} of {self._all}: {stop.name}")
        self._arrived, self._settled = monotonic(), 0.0
        self.meter.run(stop.name)
        try:
            stop.act(self._window)
        except Exception as error:
            self._found(stop, f"{type(error).__name__}: {error}")

    def _look(self) -> None:
        stop = self._stops[0]
        now = monotonic()
        late = now - self._arrived > stop.seconds
        if not late and not stop.ready(self._window):
            return
        self._settled = self._settled or now
        if now - self._settled < SETTLE_SECONDS:
            return
        if late:
            self._found(stop, f"not there after {stop.seconds:.0f} s")
        self._take(stop)
        self._stops.pop(0)
        self._next()

    def _take(self, stop: Stop) -> None:
        self.meter.rest()
        path = self._out / f"{len(self.pictures) + 1:02d}-{stop.name}.png"
        settle()
        picture = self._window.grab()
        if (over := stop.also(self._window)) is not None:
            _lay(over, picture, self._window)
        picture.save(str(path))
        self.pictures.append(str(path))
        found = self._met(over)
        if stop.job is not None:
            self.jobs[stop.name] = stop.job.figures()
            found += stop.job.problems()
            self.remarks += [f"{stop.name}: {what}" for what in stop.job.remarks()]
        if stop.panel is not None and is_blank(stop.panel(self._window)):
            found.append("the panel is blank")
        for what in found:
            self._found(stop, what)

    def _found(self, stop: Stop, what: str) -> None:
        self._say(f"    {what}")
        self.problems.append(f"{stop.name}: {what}")

    def _met(self, over: QWidget | None) -> list[str]:
        """What is wrong for those who look, listen or type, and was not so at an earlier stop."""
        found = dict.fromkeys(what for root in (over, self._window) if root is not None for what in problems(root))
        new = [what for what in found if what not in self._told]
        self._told.update(new)
        return new


def _lay(over: QWidget, picture: QPixmap, window: QWidget) -> None:
    """Draw a window of its own over the picture of the main one, where it stands or else in the middle."""
    at = window.mapFromGlobal(over.mapToGlobal(QPoint(0, 0)))
    if not window.rect().contains(QRect(at, over.size())):
        at = QPoint((window.width() - over.width()) // 2, (window.height() - over.height()) // 2)
    painter = QPainter(picture)
    painter.drawPixmap(at, over.grab())
    painter.setPen(LOOK.now.color("line"))
    painter.drawRect(QRect(at, over.size()).adjusted(-1, -1, 0, 0))
    painter.end()


def is_blank(widget: QWidget) -> bool:
    """Nearly all of the widget's pixels have one colour."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    if image.isNull():
        return True
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()]
    counts = np.unique(pixels, return_counts=True)[1]
    return bool(1 - counts.max() / pixels.size < INK)


def walk(
    out: Path, size: tuple[int, int], stops: Sequence[Stop], say: Callable[[str], object] = lambda _text: None
) -> dict[str, object]:
    """Go through these stops in a fresh window; pictures, problems, remarks, jobs measured, the longest stall in ms.

    `say` is told each stop that is begun, and what is wrong there. A stall is a remark: the machine may be the reason.
    """
    from workbench import app as application
    from workbench.threads.gc_guard import Garbage
    from workbench.threads.supervisor import Supervisor

    out.mkdir(parents=True, exist_ok=True)
    qt = application.make_application()
    errors, garbage = Errors(), Garbage(qt)
    supervisor = Supervisor()
    window = Window(supervisor, *application.open_state())
    garbage.set_aside()
    logging.getLogger().addHandler(errors)
    window.resize(*size)
    guide = Guide(window, stops, out, window.close, say)
    window.closed.connect(qt.quit)
    window.show()
    window.start()
    QTimer.singleShot(0, guide.set_out)
    qt.exec()
    logging.getLogger().removeHandler(errors)
    stuck = supervisor.shutdown()
    garbage.close()
    worst = max(guide.meter.stalls, default=(0.0, ""))
    problems = guide.problems + [f"log: {text}" for text in errors.said] + [f"did not end: {name}" for name in stuck]
    stalls = [f"{worst[1]}: the window computed for {worst[0]:.0f} ms at a stretch"] * (worst[0] > STALL_LIMIT_MS)
    return {
        "pictures": guide.pictures, "problems": problems, "remarks": stalls + guide.remarks, "jobs": guide.jobs,
        "stall_ms_max": worst[0], "stall_at": worst[1],
    }  # fmt: skip
