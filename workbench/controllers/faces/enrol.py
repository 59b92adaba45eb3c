"""Enrolment: pictures are looked through in a job, reviewed on the board, and only then stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from engines.core.errors import KinoscopeError
from engines.core.frames import Image
from engines.core.names import tidy_name
from engines.core.places import cache_dir
from engines.faces.gallery.review_folders import ReviewFolder
from engines.faces.gallery.types import Change, Gathered, GatherSpec
from widgets.faces.state import EnrolView
from widgets.kit.words import count
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.faces.command import enrol_line
from workbench.controllers.faces.gallery import Galleries
from workbench.threads.jobs import JobQueue

if TYPE_CHECKING:
    from engines.faces.gallery.editing import Gallery

T = TypeVar("T")
JOB = "engines.faces.gallery.enrol:run"


class Reviews(QObject):
    """`changed` when there is something else to show; `failed(Trouble)`; `stored` when a review became people."""

    changed = Signal()
    failed = Signal(object)
    stored = Signal()

    def __init__(self, jobs: JobQueue, galleries: Galleries, model: Callable[[], str], parent: QObject) -> None:
        """model: the recogniser in use."""
        super().__init__(parent)
        self._galleries, self._model = galleries, model
        self._view = EnrolView()
        self._folder: ReviewFolder | None = None
        self._slot = JobSlot(jobs, JOB, partial(trouble_of, title="The pictures could not be looked through"), self)
        self._slot.changed.connect(self.changed)
        self._slot.failed.connect(self.failed)
        self._slot.done.connect(self._gathered)

    @property
    def view(self) -> EnrolView:
        return replace(self._view, busy=self._slot.busy)

    def gather(self, files: Sequence[str], person: str = "") -> None:
        """Look through pictures and folders; what was under review is dropped."""
        self.drop()
        self._folder = ReviewFolder(cache_dir())
        naming = "one" if person else "auto"
        spec = GatherSpec(tuple(files), str(self._folder.path), naming, person, self._model())
        self._slot.start(spec, f"Look through {count(len(files), 'file or folder', 'files or folders')}",
                         enrol_line(self._galleries.path, spec))  # fmt: skip

    def cancel(self) -> None:
        self._slot.cancel()

    def take(self, row: int, on: bool) -> None:
        """Whether this face will be stored."""
        self._view = replace(self._view, taken=_with(self._view.taken, row, on))
        self.changed.emit()

    def name(self, row: int, name: str) -> None:
        """Whose face this is; a name that was given to a whole group is given face by face."""
        self._view = replace(self._view, names=_with(self._view.names, row, tidy_name(name)))
        self.changed.emit()

    def store(self) -> None:
        """Store what is taken; the review goes once that is done."""
        view = self._view
        if view.gathered is None:
            return
        gathered, taken, names = view.gathered, view.taken, view.names

        def act(gallery: Gallery) -> Change | None:
            from engines.faces.gallery import enrol

            return enrol.store(gallery, gathered, taken, names)

        self._view = EnrolView()
        self._galleries.edit(act, "The faces were not stored")
        self.changed.emit()
        self.stored.emit()

    def drop(self) -> None:
        """Store nothing; the review's pictures are deleted."""
        self._slot.cancel()
        if self._folder is not None:
            (self._folder.drop if self._view.gathered is not None else self._folder.let_go)()
            self._folder = None
        self._view = EnrolView()
        self.changed.emit()

    def close(self) -> None:
        """Nothing of a review outlives the window."""
        self.drop()

    def _gathered(self, _spec: GatherSpec, result: object) -> None:
        if not isinstance(result, Gathered):
            return
        self._show(result)
        self._galleries.ask(partial(_compared, result), self._compared, "The faces could not be compared")

    def _compared(self, gathered: object) -> None:
        """The same review, with what the gallery knows of these faces."""
        if isinstance(gathered, Gathered) and self._view.gathered is not None:
            self._show(gathered)

    def _show(self, gathered: Gathered) -> None:
        taken = tuple(one.take for one in gathered.candidates)
        names = tuple(one.name for one in gathered.candidates)
        self._view = EnrolView(gathered, taken, names)
        self.changed.emit()


def read_crop(path: str) -> Image | None:
    """A picture file of a review or an audit; None for what is no picture."""
    from engines.core.pictures.reading import read_picture

    try:
        return read_picture(path)
    except (KinoscopeError, OSError):
        return None


def _compared(gathered: Gathered, gallery: Gallery) -> Gathered:
    from engines.faces.gallery import enrol

    return enrol.compared(gathered, gallery)


def _with(values: tuple[T, ...], row: int, value: T) -> tuple[T, ...]:
    return (*values[:row], value, *values[row + 1 :]) if 0 <= row < len(values) else values
