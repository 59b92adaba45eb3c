"""Pictures of the run in front: its samples, a preview while it forms, and one of its steps.

Files are read beside the window's thread. The latest are kept, so that going back and forth does not wait.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engines.core.errors import BadInput
from engines.core.reading import read_array
from engines.core.words import tr
from engines.generative.diffusion.types import Preview
from engines.generative.runs import history
from engines.generative.runs.history import Steps, StoredRun
from widgets.generative.state import Pictures, StepPictures
from workbench.controllers.generative.words import trouble_of
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

MOST = 256
"""Samples of a run that are shown; the others are in its folder."""
KEPT_BYTES = 128 << 20


class Gallery(QObject):
    """`changed` when there is something else to show; `failed(Trouble)` where a file cannot be read."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self._errands = errands
        self._kept: OrderedDict[tuple[str, int], Pictures | StepPictures] = OrderedDict()
        self.shown = ""
        self.selected = -1
        self.pictures = Pictures()
        self.step: StepPictures | None = None

    def show_run(self, stored: StoredRun) -> None:
        """Show a finished run; of its steps the last."""
        if stored.name != self.shown:
            self.selected, self.step = -1, None
        self.shown = stored.name
        self._get((stored.name, -1), lambda: read_pictures(stored))
        if stored.steps:
            self._get((stored.name, -2), lambda: read_step(stored, -1))

    def show_step(self, stored: StoredRun, at: int) -> None:
        """Show one of the steps that were kept; -1: the finished samples."""
        if stored.name == self.shown and stored.steps:
            self._get((stored.name, at if at >= 0 else -2), lambda: read_step(stored, at))

    def show_preview(self, id: str, preview: Preview | None) -> None:
        """Show a run that has no files yet."""
        if id != self.shown:
            self.selected = -1
        self.shown, self.step = id, None
        self.pictures = Pictures(id) if preview is None else _preview(id, preview)
        self.changed.emit()

    def show_nothing(self) -> None:
        self.shown, self.selected, self.step, self.pictures = "", -1, None, Pictures()
        self.changed.emit()

    def select(self, index: int) -> None:
        self.selected = index
        self.changed.emit()

    def became(self, id: str, name: str) -> None:
        """A run of the queue got a folder: what is shown of it stays until its files are read."""
        if self.shown == id:
            self.shown = name

    def forget(self, name: str) -> None:
        """Its files are gone."""
        for key in [key for key in self._kept if key[0] == name]:
            del self._kept[key]

    def _get(self, key: tuple[str, int], read: Callable[[], Pictures | StepPictures]) -> None:
        if key in self._kept:
            self._kept.move_to_end(key)
            self._put(key, self._kept[key])
            return
        self._errands.ask(
            read,
            lambda got: self._arrived(key, got),
            self._not_read,
            key="pictures" if key[1] == -1 else "step",
            first=True,
        )

    def _arrived(self, key: tuple[str, int], got: Pictures | StepPictures) -> None:
        self._kept[key] = got
        while len(self._kept) > 1 and sum(map(_bytes, self._kept.values())) > KEPT_BYTES:
            self._kept.popitem(last=False)
        self._put(key, got)

    def _put(self, key: tuple[str, int], got: Pictures | StepPictures) -> None:
        if key[0] != self.shown:
            return
        if isinstance(got, Pictures):
            self.pictures = got
        else:
            self.step = got
        self.changed.emit()

    def _not_read(self, failure: Failure) -> None:
        self.failed.emit(trouble_of(failure.as_json(), tr("The run could not be shown")))


def read_pictures(stored: StoredRun) -> Pictures:
    """The finished samples of a run."""
    points = Path(stored.folder) / history.POINTS
    if points.is_file():
        return Pictures(stored.name, points=read_array(points).astype(np.float32), final=True)
    images = [history.read_image(Path(stored.folder) / Path(name).name) for name in stored.result.files[:MOST]]
    if not images:
        raise BadInput(tr("The run's folder holds no pictures"), path=stored.folder)
    return Pictures(stored.name, images=stacked(images), final=True)


def stacked(images: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Pictures of one size as one array, in colour if one of them is."""
    if any(image.ndim == 3 for image in images):
        images = [image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2) for image in images]
    if len({image.shape for image in images}) != 1:
        raise BadInput(tr("The pictures of the run differ in size"), hint=tr("Run it again"))
    return np.stack(images)


def read_step(stored: StoredRun, at: int) -> StepPictures:
    """The `at`-th kept step of a run; -1: the last, which is the finished samples."""
    with Steps(stored.steps) as steps:
        at = min(at, len(steps) - 1) if at >= 0 else len(steps) - 1
        place = (stored.name, at, len(steps) - 1, steps.sigmas[at])
        if steps.is_points:
            scale = 1 / float(np.hypot(1.0, steps.sigmas[at])) if np.isfinite(steps.sigmas[at]) else 1.0
            return StepPictures(*place, y_points=steps.y(at) * scale, denoised_points=steps.denoised(at))
        seen = steps.pictures(at)
        return StepPictures(*place, seen["y"], seen["denoised"], seen["eps"], seen["difference"])


def _preview(id: str, preview: Preview) -> Pictures:
    return Pictures(id, preview.images, preview.points, preview.first)


def _bytes(value: Pictures | StepPictures) -> int:
    if isinstance(value, Pictures):
        arrays = (value.images, value.points)
    else:
        arrays = (value.y, value.denoised, value.eps, value.difference, value.y_points, value.denoised_points)
    return sum(array.nbytes for array in arrays if array is not None)
