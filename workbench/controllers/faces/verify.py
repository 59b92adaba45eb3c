"""The verify page: two pictures, the faces that were compared, and the verdict of a job."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QImageIOHandler, QImageReader

from engines.core.frames import Image, Size
from engines.core.words import tr
from engines.faces.study_types import Verified, VerifySpec
from widgets.faces.state import VerifyView
from widgets.faces.studies.verify_page import VerifyPage
from workbench.controllers.common.part import Part
from workbench.controllers.faces.command import verify_line
from workbench.controllers.faces.dialogs import Dialogs
from workbench.controllers.faces.thumbs import Thumbs
from workbench.threads.background import Errands
from workbench.threads.jobs import JobQueue

JOB = "engines.faces.evaluation.verify:run"


class Verification(Part):
    """Sides are "a" and "b"; with two pictures they are compared at once."""

    def __init__(self, jobs: JobQueue, errands: Errands, thumbs: Thumbs, dialogs: Dialogs, parent: QObject) -> None:
        super().__init__(parent)
        self._errands, self._thumbs, self._dialogs = errands, thumbs, dialogs
        self._view = VerifyView()
        self._slot = self.slot(jobs, JOB, tr("The pictures could not be compared"))
        self._slot.done.connect(self._done)

    @property
    def view(self) -> VerifyView:
        return replace(self._view, busy=self._slot.busy)

    def page(self) -> VerifyPage:
        page = VerifyPage()
        page.pictureWanted.connect(self._choose)
        page.pictureDropped.connect(self.show_picture)
        page.thumbsWanted.connect(self._thumbs.want)
        page.progress.cancelled.connect(self.cancel)
        return page

    def show_picture(self, side: str, path: str) -> None:
        """Put a picture on a side."""
        for key in (f"verify:{side}", "verify:a:face", "verify:b:face"):
            self._thumbs.put(key, None)
        self._thumbs.read(path, lambda image: self._keep([(f"verify:{side}", image)]))
        sizes = {f"size_{side}": picture_size(path)}
        self._view = view = replace(self._view, **{side: path}, **sizes, result=None)  # type: ignore[arg-type]
        if view.a and view.b:
            spec = VerifySpec(view.a, view.b)
            self._slot.start(spec, tr("Verify two pictures"), verify_line(spec))
        self.changed.emit()

    def _choose(self, side: str) -> None:
        if path := self._dialogs.picture(tr("Verify")):
            self.show_picture(side, path)

    def _done(self, _spec: VerifySpec, result: object) -> None:
        if isinstance(result, Verified):
            self._view = replace(self._view, result=result)
            self._errands.ask(lambda: _compared(result), self._keep, lambda _failure: None)

    def _keep(self, pictures: list[tuple[str, Image | None]]) -> None:
        for key, image in pictures:
            self._thumbs.put(key, image)
        self.changed.emit()


def _compared(result: Verified) -> list[tuple[str, Image | None]]:
    """The two aligned faces that were compared, by their keys."""
    from engines.core.pictures.reading import read_picture
    from engines.faces.recognition import align

    sides = (("a", result.a, result.face_a), ("b", result.b, result.face_b))
    return [
        (f"verify:{side}:face", align.crop(read_picture(path), np.asarray(face.points))) for side, path, face in sides
    ]


def picture_size(path: str) -> Size | None:
    """Of a picture as it is shown, turned by its EXIF note; read from the head of the file. None where that fails."""
    reader = QImageReader(path)
    found = reader.size()
    if not found.isValid():
        return None
    turned = bool(reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90)
    return Size(found.height(), found.width()) if turned else Size(found.width(), found.height())
