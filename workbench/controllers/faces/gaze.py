"""Head pose and gaze of the face in front, and the nine-point calibration on the screen."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engines.core.clock import monotonic
from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import atomic_path, folder_refused
from engines.core.outputs import free_name
from engines.core.places import data_dir
from engines.core.reading import read_bytes
from engines.core.words import tr
from engines.faces.study_types import GazeFit, GazeFitSpec, GazeSample
from engines.faces.types import Recognition, TrackedFace
from widgets.faces.gaze.page import GazePage
from widgets.faces.state import GazeView, Page
from workbench.controllers.common.part import Part
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.faces.watch import Watch
from workbench.threads.jobs import JobQueue

if TYPE_CHECKING:
    from widgets.faces.gaze.screen import GazeScreen

JOB = "engines.faces.gaze.fit:run"
FILE = "gaze.json"
_FILES = re.compile(r"gaze(?: \d+)?\.json")
MOST_BYTES = 1 << 20
TRAIL = 120
SETTLE = 0.4
"""Seconds that an eye needs to reach a new point; what is seen before does not count."""
MOST = 30
POINTS = 9
MILLIMETRES = (344.0, 194.0)
"""A 15.6 inch screen, where the system does not tell its size."""


Change: TypeAlias = "Callable[[str, Any, Any, Callable[[Any], object]], None]"


class GazeCalibration(Part):
    """`fitted(file)`, "" when it was cleared. step(text, before, after, apply): a change that Undo takes back."""

    fitted = Signal(str)

    def __init__(self, watch: Watch, jobs: JobQueue, window: QWidget, step: Change) -> None:
        super().__init__(window)
        self._watch, self._window, self._step = watch, window, step
        self._trail: deque[tuple[float, float]] = deque(maxlen=TRAIL)
        self._view = GazeView()
        self._screen: GazeScreen | None = None
        self._since = 0.0
        self._seen: deque[tuple[float, ...]] = deque(maxlen=MOST)
        self._samples: list[GazeSample] = []
        self._slot = self.slot(jobs, JOB, tr("The calibration failed"))
        self._slot.done.connect(self._done)

    @property
    def view(self) -> GazeView:
        return replace(self._view, trail=tuple(self._trail), busy=self._slot.busy)

    def page(self, fetch: Callable[[], object], choose_page: Callable[[str], object]) -> GazePage:
        """fetch: the networks that are missing."""
        page = GazePage()
        page.calibrate.clicked.connect(self.calibrate)
        page.clear.clicked.connect(self.clear)
        page.progress.cancelled.connect(self.cancel)
        page.fetchWanted.connect(fetch)
        page.liveWanted.connect(lambda: choose_page(Page.LIVE))
        return page

    def restore(self) -> None:
        """The calibration of an earlier start, if there is one that can be read."""
        from engines.faces.gaze import screen_model as gaze_screen_model

        path = kept_fit()
        try:
            fit = gaze_screen_model.kept_fit(path) if path else None
        except BadInput as error:
            self.failed.emit(trouble_of(error.as_json(), tr("The gaze calibration cannot be read")))
            return
        self._view = replace(self._view, fit=fit)

    def read(self, recognition: Recognition) -> None:
        """Take a new result over: the largest face counts."""
        face = largest(recognition)
        gaze = face.gaze if face else None
        self._view = replace(self._view, pose=face.pose if face else None, gaze=gaze)
        if gaze is None or gaze.blink:
            return
        self._trail.append((gaze.yaw, gaze.pitch))
        if self._view.target >= 0 and gaze.features and monotonic() - self._since > SETTLE:
            self._seen.append(gaze.features)

    def calibrate(self) -> None:
        """Show nine points one after the other over the whole screen."""
        if self._view.gaze is None:
            self._view = replace(
                self._view, problem=tr("No face is looked at: start on a camera with gaze switched on")
            )
            self.changed.emit()
            return
        from widgets.faces.gaze.screen import GazeScreen

        self._samples = []
        self._view = replace(self._view, target=0, collected=(0,) * POINTS, problem="")
        self._screen = GazeScreen()
        self._screen.targetShown.connect(self._shown)
        self._screen.looked.connect(self._looked)
        self._screen.cancelled.connect(self.cancel)
        self._screen.begin()
        self.changed.emit()

    def cancel(self) -> None:
        """Leave the points; what was calibrated before stays."""
        self._slot.cancel()
        self.close_screen()
        self._view = replace(self._view, target=-1, collected=())
        self.changed.emit()

    def clear(self) -> None:
        """Forget the calibration; Undo brings it back."""
        if (content := _content(kept_fit())) is not None:
            self._step(tr("Forget the gaze calibration"), content, None, self._put)

    def _put(self, content: bytes | None) -> None:
        """Have this calibration, None for none. Its file has another name each time: who reads it looks again."""
        try:
            old, new = _files(), ""
            if content is not None:
                with atomic_path(free_name(data_dir() / FILE), private=True) as part:
                    part.write_bytes(content)
                new = str(next(path for path in _files() if path not in old))
            for path in old:
                path.unlink()
        except (OSError, KinoscopeError) as error:
            told = error if isinstance(error, KinoscopeError) else folder_refused(error, data_dir())
            self.failed.emit(trouble_of(told.as_json(), tr("The gaze calibration is not kept")))
            return
        self._view = replace(self._view, fit=None)
        self.restore()
        self.fitted.emit(new)
        self.changed.emit()

    def _shown(self, target: int) -> None:
        self._since = monotonic()
        self._seen.clear()
        self._view = replace(self._view, target=target)
        self.changed.emit()

    def _looked(self, target: int) -> None:
        """The user has looked at this point for long enough."""
        if self._screen is None:
            return
        place = self._screen.place(target)
        self._samples += [GazeSample(features, place) for features in self._seen]
        collected = list(self._view.collected)
        collected[target] = len(self._seen)
        self._view = replace(self._view, collected=tuple(collected))
        if target + 1 == POINTS:
            self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        self.close_screen()
        view, self._view = self._view, replace(self._view, target=-1)
        if min(view.collected) == 0:
            problem = tr("At some points no face was seen; sit so that the camera sees both eyes and try again")
            self._view = replace(self._view, problem=problem)
            return
        size, millimetres = screen()
        spec = GazeFitSpec(tuple(self._samples), size, millimetres, out=str(free_name(data_dir() / FILE)))
        self._slot.start(spec, tr("Calibrate gaze"))

    def _done(self, _spec: GazeFitSpec, result: object) -> None:
        if isinstance(result, GazeFit) and (content := _content(result.file)) is not None:
            before = next((path for path in _files() if path != Path(result.file)), None)
            self._step(tr("Calibrate gaze"), None if before is None else _content(str(before)), content, self._put)

    def close_screen(self) -> None:
        if self._screen is not None:
            self._screen.close()
            self._screen.deleteLater()
            self._screen = None


def largest(recognition: Recognition) -> TrackedFace | None:
    """The face that takes most of the picture."""
    return max(recognition.faces, key=lambda face: face.box.width * face.box.height, default=None)


def screen() -> tuple[tuple[float, float], tuple[float, float]]:
    """Size of the first screen in pixels and in millimetres."""
    shown = QGuiApplication.primaryScreen()
    size, real = shown.size(), shown.physicalSize()
    known = real.width() > 0 and real.height() > 0
    millimetres = (real.width(), real.height()) if known else MILLIMETRES
    return (float(size.width()), float(size.height())), (float(millimetres[0]), float(millimetres[1]))


def kept_fit() -> str:
    """The calibration of an earlier start, "" for none."""
    return str(next(iter(_files()), ""))


def _files() -> list[Path]:
    """Those of ours, the newest first. There is a second one only after a kill at the wrong moment."""
    found = [path for path in data_dir().glob("gaze*.json") if _FILES.fullmatch(path.name) and path.is_file()]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _content(path: str) -> bytes | None:
    try:
        return read_bytes(path, most=MOST_BYTES) if path else None
    except KinoscopeError:
        return None
