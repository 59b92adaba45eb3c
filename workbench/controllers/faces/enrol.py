"""Enrolment: pictures are looked through in a job, reviewed on the board, and only then stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from engines.core.errors import KinoscopeError
from engines.core.frames import Image
from engines.core.names import tidy_name
from engines.core.places import cache_dir
from engines.core.words import tr, tr_count
from engines.faces.gallery.review_folders import ReviewFolder
from engines.faces.gallery.types import Change, Gathered, GatherSpec
from widgets.faces.enrol.page import EnrolPage
from widgets.faces.state import EnrolView, Page
from workbench.controllers.common.part import Part
from workbench.controllers.faces.command import enrol_line
from workbench.controllers.faces.dialogs import Dialogs
from workbench.controllers.faces.gallery import Galleries
from workbench.controllers.faces.people import People
from workbench.controllers.faces.thumbs import Thumbs
from workbench.threads.jobs import JobQueue

if TYPE_CHECKING:
    from engines.faces.gallery.editing import Gallery

T = TypeVar("T")
JOB = "engines.faces.gallery.enrol:run"


class Reviews(Part):
    def __init__(
        self, jobs: JobQueue, galleries: Galleries, people: People, dialogs: Dialogs, model: Callable[[], str],
        go: Callable[[str], object], parent: QObject,
    ) -> None:  # fmt: skip
        """model: the recogniser in use. go: to a page, from wherever the user is."""
        super().__init__(parent)
        self._galleries, self._people, self._dialogs = galleries, people, dialogs
        self._model, self._go = model, go
        self._view = EnrolView()
        self._folder: ReviewFolder | None = None
        self._slot = self.slot(jobs, JOB, tr("The pictures could not be looked through"))
        self._slot.done.connect(self._gathered)

    @property
    def view(self) -> EnrolView:
        return replace(self._view, busy=self._slot.busy)

    def page(
        self, take: Callable[[Sequence[str]], object], choose_page: Callable[[str], object], thumbs: Thumbs
    ) -> EnrolPage:
        """take: files that were dropped. choose_page: for what was stored."""
        page = EnrolPage()
        page.dropped.connect(take)
        page.start.files.clicked.connect(self.gather_pictures)
        page.start.folder.clicked.connect(self.gather_folder)
        page.list.taken.connect(self.take)
        page.list.named.connect(self.name)
        page.list.thumbs.wanted.connect(thumbs.want)
        page.store.clicked.connect(lambda: self.store() and choose_page(Page.PEOPLE))
        page.drop.clicked.connect(self.drop)
        for line in (page.progress, page.finding):
            line.cancelled.connect(self.cancel)
        return page

    def gather(self, files: Sequence[str], person: str = "") -> None:
        """Look through pictures and folders; what was under review is dropped. A gallery to store in comes first."""
        if not files:
            return
        if not self._galleries.path:
            what = tr_count(len(files), "{n} file or folder", "{n:,} files or folders")
            self._people.ask_gallery(what, partial(self.gather, files, person))
            return
        self.drop()
        self._folder = ReviewFolder(cache_dir())
        naming = "one" if person else "auto"
        spec = GatherSpec(tuple(files), str(self._folder.path), naming, person, self._model())
        self._slot.start(
            spec,
            tr_count(len(files), "Look through {n} file or folder", "Look through {n:,} files or folders"),
            enrol_line(self._galleries.path, spec),
        )
        self._go(Page.ENROL)

    def gather_pictures(self) -> None:
        self.gather(self._dialogs.pictures())

    def gather_folder(self) -> None:
        if folder := self._dialogs.folder(tr("Enrol a folder: one folder a person, or NAME_0001.jpg")):
            self.gather([folder])

    def take(self, row: int, on: bool) -> None:
        """Whether this face will be stored."""
        self._view = replace(self._view, taken=_with(self._view.taken, row, on))
        self.changed.emit()

    def name(self, row: int, name: str) -> None:
        """Whose face this is; a name that was given to a whole group is given face by face."""
        self._view = replace(self._view, names=_with(self._view.names, row, tidy_name(name)))
        self.changed.emit()

    def store(self) -> bool:
        """Store what is taken, and the review goes. False where there is none."""
        view = self._view
        if view.gathered is None:
            return False
        gathered, taken, names = view.gathered, view.taken, view.names

        def act(gallery: Gallery) -> Change | None:
            from engines.faces.gallery import enrol

            return enrol.store(gallery, gathered, taken, names)

        self._view = EnrolView()
        self._galleries.edit(act, tr("The faces were not stored"))
        self.changed.emit()
        return True

    def drop(self) -> None:
        """Store nothing; the review's pictures are deleted."""
        self._slot.cancel()
        if self._folder is not None:
            (self._folder.drop if self._view.gathered is not None else self._folder.let_go)()
            self._folder = None
        self._view = EnrolView()
        self.changed.emit()

    def _gathered(self, _spec: GatherSpec, result: object) -> None:
        if not isinstance(result, Gathered):
            return
        self._show(result)
        self._galleries.ask(partial(_compared, result), self._compared, tr("The faces could not be compared"))

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
