"""The faces in view as rows: picture, name, similarity against the threshold, quality. Painted, not built of widgets.

A face whose picture is covered in the view is covered here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from engines.core.frames import Image
from engines.faces.types import TrackedFace
from widgets.faces.panel.words import nearest_words, track_line, track_tip, track_title
from widgets.faces.thumbs import Thumbs
from widgets.kit.fields import describe
from widgets.kit.icons import icon
from widgets.kit.row_list import NOWHERE, RIGHT, Index, paint_ground, wide, write
from widgets.kit.theme import LOOK

ROW, SIDE, PAD = 64, 48, 8
MOST_ROWS = 5


class TracksModel(QAbstractListModel):
    """The faces by track number."""

    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self.faces: tuple[TrackedFace, ...] = ()
        self.threshold = 0.0

    def show_faces(self, faces: tuple[TrackedFace, ...], threshold: float) -> bool:
        """True where other tracks than before are there."""
        same = [face.track for face in faces] == [face.track for face in self.faces]
        if not same:
            self.beginResetModel()
        self.faces, self.threshold = faces, threshold
        if not same:
            self.endResetModel()
        elif faces:
            self.dataChanged.emit(self.index(0), self.index(len(faces) - 1))
        return not same

    def row_of(self, track: int) -> int:
        return next((row for row, face in enumerate(self.faces) if face.track == track), -1)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.faces)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        face = self.faces[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return track_title(face)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return track_tip(face, self.threshold)
        return None


class TrackRow(QStyledItemDelegate):
    """Paints one row."""

    def __init__(self, thumbs: Thumbs, parent: QListView) -> None:
        super().__init__(parent)
        self._thumbs = thumbs

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, TracksModel)
        face, flags = model.faces[index.row()], QStyle.StateFlag
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRectF(option.rect).adjusted(1, 1, -1, -1)
        paint_ground(painter, row, bool(option.state & flags.State_Selected), bool(option.state & flags.State_HasFocus))
        picture = QRectF(row.left() + PAD - 1, row.top() + (row.height() - SIDE) / 2, SIDE, SIDE)
        painter.setOpacity(1.0 if face.seen else 0.5)
        self._thumbs.paint(painter, picture, "" if face.mosaic else f"track:{face.track}", painter.opacity())
        words = QRectF(picture.right() + 10, row.top() + 7, row.right() - picture.right() - 18, row.height() - 14)
        _paint_words(painter, words, face)
        if face.name or face.nearest:
            bar = QRectF(words.left(), words.top() + 23, words.width(), 4)
            paint_similarity(painter, bar, face.similarity, model.threshold, bool(face.name))
        painter.restore()


class TrackList(QListView):
    """`chosen(track)`; `enrolWanted(track)` on Return or a double click; `refuseWanted(track)` on Delete."""

    chosen = Signal(int)
    enrolWanted = Signal(int)
    refuseWanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.thumbs = Thumbs(self)
        self._model, self._quiet = TracksModel(self), False
        self.setModel(self._model)
        self.setItemDelegate(TrackRow(self.thumbs, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, "Faces in view", "Return: enrol. Delete: this is not who it is called.")
        self.thumbs.changed.connect(self.viewport().update)
        self.selectionModel().currentChanged.connect(self._tell)
        self.doubleClicked.connect(lambda _index: self._ask(self.enrolWanted))
        LOOK.changed.connect(self.viewport().update)

    @property
    def track(self) -> int:
        """The chosen one, -1 none."""
        index = self.currentIndex()
        return self._model.faces[index.row()].track if index.isValid() else -1

    @property
    def face(self) -> TrackedFace | None:
        index = self.currentIndex()
        return self._model.faces[index.row()] if index.isValid() else None

    def show_faces(self, faces: tuple[TrackedFace, ...], threshold: float, images: Mapping[str, Image]) -> None:
        """These, by number; the chosen one stays chosen, and when it is gone the first unknown one is."""
        self.thumbs.show_images(images)
        ordered = tuple(sorted(faces, key=lambda face: face.track))
        if (ordered, threshold) == (self._model.faces, self._model.threshold):
            return
        before = self.track
        self._quiet = True
        if self._model.show_faces(ordered, threshold):
            self.select(before if self._model.row_of(before) >= 0 else _first(ordered))
            self.updateGeometry()
            self.setFixedHeight(ROW * max(1, min(len(ordered), MOST_ROWS)))
        self._quiet = False
        if self.track != before:
            self.chosen.emit(self.track)

    def select(self, track: int) -> None:
        row = self._model.row_of(track)
        if row >= 0:
            self.setCurrentIndex(self._model.index(row))

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
        menu.addAction(icon("add"), "Enrol\u2026").triggered.connect(lambda: self._ask(self.enrolWanted))
        if face is not None and face.name:
            menu.addAction(icon("cancelled"), f"Not {face.name}").triggered.connect(
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
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("line"))
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
    write(painter, line, figure, side=RIGHT)
    weight = QFont.Weight.DemiBold if face.name else QFont.Weight.Normal
    title = line.adjusted(0, 0, -room, 0)
    used = write(painter, title, track_title(face), "text" if face.name else "muted", weight=weight)
    rest = title.adjusted(used + 6, 0, 0, 0)
    if rest.width() > 40:
        write(painter, rest, nearest_words(face), "muted", 11)
    foot = QRectF(box.left(), box.bottom() - 17, box.width(), 18)
    write(painter, foot, track_line(face), "muted", 11)
