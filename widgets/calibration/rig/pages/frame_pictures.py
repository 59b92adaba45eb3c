"""The pictures of all cameras in one frame, side by side, each with its corners: found, and where the rig puts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil, sqrt

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from engines.calibration.rig.types import RigResult
from engines.calibration.types import MonoResult, ViewResult
from engines.core.frames import Image
from engines.core.words import tr
from widgets.calibration.pages.corner_picture import CornerPicture


class FramePictures(QWidget):
    """`cameraChosen(camera)` on a click into a picture."""

    cameraChosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[CornerPicture] = []
        self._names: list[str] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)

    def show_frame(self, result: RigResult, views: Mapping[int, tuple[ViewResult, MonoResult]], nothing: str) -> None:
        """views: of the cameras that see a board in it, with their calibrations; nothing: said of the others."""
        self._names = [camera.name for camera in result.cameras]
        self._have(len(result.cameras))
        for camera, picture in enumerate(self.pictures[: len(result.cameras)]):
            picture.setAccessibleName(tr("Picture of {cameras}", cameras=result.cameras[camera].name))
            picture.clear(f"{result.cameras[camera].name}: {nothing}")
            if camera in views:
                view, mono = views[camera]
                picture.show_view(replace(view, name=result.cameras[camera].name), mono, (), -1)

    def show_images(self, images: Mapping[int, Image], views: Mapping[int, object]) -> None:
        """The pictures that were asked for; without marks where no board was found."""
        for camera, image in images.items():
            if camera < len(self.pictures):
                picture = self.pictures[camera]
                seen = camera in views
                picture.show_photograph(image) if seen else picture.show_unmarked(image, self._names[camera])

    def _have(self, count: int) -> None:
        while len(self.pictures) < count:
            picture, number = CornerPicture(labels=0, legend=False), len(self.pictures)
            picture.cornerChosen.connect(lambda _corner, number=number: self.cameraChosen.emit(number))
            self.pictures.append(picture)
        columns = ceil(sqrt(count))
        for number, picture in enumerate(self.pictures):
            picture.setVisible(number < count)
            self._grid.addWidget(picture, *divmod(number, columns))
