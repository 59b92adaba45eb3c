"""The walk behind `main.py tour`: stops, each with something to do, something to wait for, and a picture.

It drives the real window through its own event loop; nothing is faked, and nothing is timed by sleeping.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QPoint, QRect, QTimer
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from engines.core.clock import monotonic
from widgets.theme import LOOK, THEMES
from workbench.window import Window

ROOT = Path(__file__).resolve().parent.parent
TICK_MS = 5
STALL_LIMIT_MS = 100.0
SETTLE_SECONDS = 0.25
SCHEDULE = Path("/proc/thread-self/schedstat")
INK = 0.002
"""Share of a picture's pixels that must differ from its commonest colour for it not to be blank."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One picture. `act` changes the window, `ready` says when it may be taken, `panel` names what must not be blank.

    `also` is a window of its own that is drawn over the main one.
    """

    name: str
    act: Callable[[Window], object]
    ready: Callable[[Window], bool] = lambda _window: True
    panel: Callable[[Window], QWidget] | None = None
    seconds: float = 20.0
    also: Callable[[Window], QWidget | None] = lambda _window: None


def reference(*names: str) -> Path:
    """A folder of the reference data, which may not be there."""
    return Path(os.environ.get("KINOSCOPE_DATA", ROOT.parent / "shared" / "data"), *names)


def nothing(window: Window) -> None:
    """Only wait."""


def themed(window: Window, theme: str) -> bool:
    """Whether the theme is on."""
    return LOOK.now is THEMES[theme]


def begin_at(window: Window, theme: str, preset: str) -> None:
    """A preset in a theme, with no notice left over."""
    if window.services.settings.value.theme != theme:
        window.set_theme(theme)
    window.notices.clear()
    window.preset(preset)


class StallMeter(QObject):
    """How late a 5 ms timer fires: the time the window could not answer. Rests while a picture is taken.

    Time that the window's thread was ready and other programs had the processor is not counted, where the system
    tells it (Linux).
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.stalls: list[tuple[float, str]] = []
        self.where = ""
        self._last = self._waited = 0.0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    def run(self, where: str) -> None:
        self.where, self._last, self._waited = where, monotonic(), waited_for_processor()
        self._timer.start()

    def rest(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now, waited = monotonic(), waited_for_processor()
        late = now - self._last - (waited - self._waited)
        self.stalls.append((late * 1000 - TICK_MS, self.where))
        self._last, self._waited = now, waited


def waited_for_processor() -> float:
    """Seconds so far that this thread could have run and had no processor; 0 where the system does not tell."""
    try:
        return int(SCHEDULE.read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


class Errors(logging.Handler):
    """Everything that reaches the log as an error while the tour runs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


class Guide(QObject):
    """Takes the window from stop to stop."""

    def __init__(self, window: Window, stops: Sequence[Stop], out: Path, done: Callable[[], object]) -> None:
        super().__init__(window)
        self.pictures: list[str] = []
        self.problems: list[str] = []
        self.meter = StallMeter(self)
        self._window, self._stops, self._out, self._done = window, list(stops), out, done
        self._arrived = self._settled = 0.0
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
        self._arrived, self._settled = monotonic(), 0.0
        self.meter.run(stop.name)
        try:
            stop.act(self._window)
        except Exception as error:
            self.problems.append(f"{stop.name}: {type(error).__name__}: {error}")

    def _look(self) -> None:
        stop = self._stops[0]
        now = monotonic()
        late = now - self._arrived > stop.seconds
        if not late and not (self._window.updatesEnabled() and stop.ready(self._window)):
            return
        self._settled = self._settled or now
        if now - self._settled < SETTLE_SECONDS:
            return
        if late:
            self.problems.append(f"{stop.name}: not there after {stop.seconds:.0f} s")
        self._take(stop)
        self._stops.pop(0)
        self._next()

    def _take(self, stop: Stop) -> None:
        self.meter.rest()
        path = self._out / f"{len(self.pictures) + 1:02d}-{stop.name}.png"
        picture = self._window.grab()
        if (over := stop.also(self._window)) is not None:
            _lay(over, picture, self._window)
        picture.save(str(path))
        self.pictures.append(str(path))
        if stop.panel is not None and is_blank(stop.panel(self._window)):
            self.problems.append(f"{stop.name}: the panel is blank")


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


def walk(out: Path, size: tuple[int, int], stops: Sequence[Stop]) -> dict[str, object]:
    """Go through these stops in a fresh window; pictures, problems, and the longest stall in milliseconds."""
    from workbench import app as application
    from workbench.garbage import Garbage
    from workbench.supervisor import Supervisor

    out.mkdir(parents=True, exist_ok=True)
    qt = application.make_application()
    errors, garbage = Errors(), Garbage(qt)
    supervisor = Supervisor()
    window = Window(supervisor, *application.open_state())
    garbage.set_aside()
    logging.getLogger().addHandler(errors)
    window.resize(*size)
    guide = Guide(window, stops, out, window.close)
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
    if worst[0] > STALL_LIMIT_MS:
        problems.append(f"{worst[1]}: the window stalled for {worst[0]:.0f} ms")
    return {"pictures": guide.pictures, "problems": problems, "stall_ms_max": worst[0], "stall_at": worst[1]}
