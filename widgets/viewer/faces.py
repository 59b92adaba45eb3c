"""The faces of a tile: nothing to show, the picture, or why there is none."""

from __future__ import annotations

from enum import Enum

from PySide6.QtWidgets import QStackedLayout, QWidget


class Face(Enum):
    """Which of its faces a tile shows."""

    EMPTY = 0
    PICTURE = 1
    FAILED = 2


class Faces(QWidget):
    """One of them at a time. Tiles in a row are equally high, however much one of them has to say."""

    def __init__(self, *faces: QWidget) -> None:
        super().__init__()
        self._stack = QStackedLayout(self)
        for face in faces:
            self._stack.addWidget(face)

    @property
    def shown(self) -> Face:
        return Face(self._stack.currentIndex())

    def show_face(self, face: Face) -> None:
        self._stack.setCurrentIndex(face.value)

    def hasHeightForWidth(self) -> bool:
        return False
