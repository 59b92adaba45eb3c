"""The faces in view as rows: picture, name, similarity against the threshold, quality. Painted, not built of widgets.

A face whose picture is covered in the view is covered here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QMenu, QSizePolicy, QStyle

from engines.core.frames import Image
from engines.core.words import tr
from engines.faces.types import TrackedFace
from widgets.faces.panel.words import nearest_words, track_line, track_tip, track_title
from widgets.faces.rows import PaintedList
from widgets.faces.thumbs import Thumbs
from widgets.kit.icons import icon
from widgets.kit.ink import ink
from widgets.kit.row_list import RIGHT, paint_ground, wide, write, write_whole
from widgets.kit.theme import LOOK

ROW, SIDE, PAD = 64, 48, 8
MOST_ROWS = 5


class TrackList(PaintedList):
    """`chosen(track)`; `enrolWanted(track)` on Return or a double click; `refuseWanted(track)` on Delete."""

    chosen = Signal(int)
    enrolWanted = Signal(int)
    refuseWanted = Signal(int)

    def __init__(self) -> None:
        tip = tr("Enter: enrol. Delete: this is not who it is called.")
        super().__init__(tr("Faces in view"), tip, size=QSize(160, ROW))
        self.thumbs = Thumbs(self)
        self._threshold, self._quiet = 0.0, False
        self.room = 0
        """Rows that it has room for: the most there were at one time."""
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(False)
        self.thumbs.changed.connect(self.viewport().update)
        self.selectionModel().currentChanged.connect(self._tell)
        self.doubleClicked.connect(lambda _index: self._ask(self.enrolWanted))

    def title(self, row: int) -> str:
        return track_title(self.rows[row])

    def spoken(self, row: int) -> str:
        return track_tip(self.rows[row], self._threshold)

    def paint_row(self, painter: QPainter, room: QRectF, state: QStyle.StateFlag, row: int) -> None:
        face, flags, row_box = self.rows[row], QStyle.StateFlag, room.adjusted(1, 1, -1, -1)
        paint_ground(painter, row_box, bool(state & flags.State_Selected), bool(state & flags.State_HasFocus))
        picture = QRectF(row_box.left() + PAD - 1, row_box.top() + (row_box.height() - SIDE) / 2, SIDE, SIDE)
        painter.setOpacity(1.0 if face.seen else 0.5)
        self.thumbs.paint(painter, picture, "" if face.mosaic else f"track:{face.track}", painter.opacity())
        painter.setOpacity(1.0)
        left = picture.right() + 10
        words = QRectF(left, row_box.top() + 7, row_box.right() - left - 8, row_box.height() - 14)
        _paint_words(painter, words, face)
        if face.name or face.nearest:
            bar = QRectF(words.left(), words.top() + 23, words.width(), 4)
            paint_similarity(painter, bar, face.similarity, self._threshold, bool(face.name))

    @property
    def track(self) -> int:
        """The chosen one, -1 none."""
        return self.face.track if self.face is not None else -1

    @property
    def face(self) -> TrackedFace | None:
        index = self.currentIndex()
        return self.rows[index.row()] if index.isValid() else None

    def show_faces(self, faces: tuple[TrackedFace, ...], threshold: float, images: Mapping[str, Image]) -> None:
        """These, by number; the chosen one stays chosen, and when it is gone the first unknown one is."""
        self.thumbs.show_images(images)
        ordered = tuple(sorted(faces, key=lambda face: face.track))
        if (ordered, threshold) == (self.rows, self._threshold):
            return
        before, self._threshold, self._quiet = self.track, threshold, True
        tracks = [face.track for face in ordered]
        same = tracks == [face.track for face in self.rows]
        self.show_rows(ordered, same=same)
        if not same:
            self.select(before if before in tracks else _first(ordered))
            self.room = max(self.room, min(len(ordered), MOST_ROWS))
            self.updateGeometry()
            self.setFixedHeight(ROW * max(1, self.room))
        self._quiet = False
        if self.track != before:
            self.chosen.emit(self.track)

    def begin(self) -> None:
        """Nothing was in view yet."""
        if self.room:
            self.show_rows(())
            self.room = 0

    def select(self, track: int) -> None:
        row = next((row for row, face in enumerate(self.rows) if face.track == track), -1)
        if row >= 0:
            self.setCurrentIndex(self.model().index(row, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask(self.enrolWanted)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._ask(self.refuseWanted)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """What can be done with the chosen one."""
        menu, face = QMenu(self), self.face
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("add"), tr("Enrol\u2026")).triggered.connect(lambda: self._ask(self.enrolWanted))
        if face is not None and face.name:
            menu.addAction(icon("cancelled"), tr("Not {face}", face=face.name)).triggered.connect(
                lambda: self._ask(self.refuseWanted)
            )
        return menu

    def _tell(self, _index: QModelIndex) -> None:
        if not self._quiet and self.track >= 0:
            self.chosen.emit(self.track)

    def _ask(self, signal: Any) -> None:
        if self.track >= 0:
            signal.emit(self.track)


def _first(faces: tuple[TrackedFace, ...]) -> int:
    """Whom to offer for enrolment: the first unknown one, else the first."""
    return next((face.track for face in faces if not face.name), faces[0].track if faces else -1)


def paint_similarity(painter: QPainter, bar: QRectF, similarity: float, threshold: float, named: bool) -> None:
    """A bar from 0 to 1 with a mark at the threshold, that stands out above and below it."""
    look = LOOK.now
    ink(painter, None, look.color("line"))
    painter.drawRoundedRect(bar, 2, 2)
    painter.setBrush(look.color("good" if named else "muted"))
    share = min(max(similarity, 0.0), 1.0)
    painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * share, bar.height()), 2, 2)
    at = bar.left() + bar.width() * min(max(threshold, 0.0), 1.0)
    painter.setBrush(look.color("text"))
    painter.drawRect(QRectF(at - 1, bar.top() - 3, 2, bar.height() + 6))


def _paint_words(painter: QPainter, box: QRectF, face: TrackedFace) -> None:
    figure = f"{face.similarity:.2f}" if face.name or face.nearest else ""
    room = wide("0.00") + 8 if figure else 0.0
    line = QRectF(box.left(), box.top() - 1, box.width(), 19)
    write(painter, line, figure, "text" if face.seen else "muted", side=RIGHT)
    weight = QFont.Weight.DemiBold if face.name else QFont.Weight.Normal
    title, token = line.adjusted(0, 0, -room, 0), "text" if face.name and face.seen else "muted"
    used = write(painter, title, track_title(face), token, weight=weight, given=bool(face.name))
    rest = title.adjusted(used + 6, 0, 0, 0)
    write_whole(painter, rest, nearest_words(face))
    foot = QRectF(box.left(), box.bottom() - 17, box.width(), 18)
    write(painter, foot, track_line(face), "muted", 11)
