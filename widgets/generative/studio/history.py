"""The strip of runs, newest first: earlier ones, the running one and those that wait, a card each."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QImage, QKeyEvent, QPainter, QPainterPath, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from engines.core.words import tr, tr_count
from widgets.generative.state import Run, RunState
from widgets.generative.studio.files import PictureFiles
from widgets.generative.studio.images import SMALL
from widgets.generative.studio.words import STATES, run_tip, sampler_words, samples_words, when_words
from widgets.kit.access.elided import elided
from widgets.kit.access.ring import focus_ring
from widgets.kit.fields import describe
from widgets.kit.icons import draw_icon, icon
from widgets.kit.row_list import wide
from widgets.kit.theme import LOOK, number_font

CARD = QSize(196, 68)
THUMBNAIL = 52
EXPORTS = (
    ("grid", tr("Grid of all samples (PNG)\u2026"), "grid-3"),
    ("strip", tr("Film strip of the steps (PNG)\u2026"), "file"),
    ("gif", tr("Steps as GIF\u2026"), "play"),
    ("mp4", tr("Steps as MP4\u2026"), "play"),
)
ICONS = {"use": "settings", "again": "retry"}
"""Of what is not called as its icon."""
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class RunsModel(QAbstractListModel):
    """Runs as they are shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.runs: tuple[Run, ...] = ()

    def show_runs(self, runs: tuple[Run, ...]) -> None:
        if [run.id for run in runs] != [run.id for run in self.runs]:
            self.beginResetModel()
            self.runs = runs
            self.endResetModel()
        elif runs != self.runs:
            self.runs = runs
            self.dataChanged.emit(self.index(0), self.index(len(runs) - 1))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.runs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run = self.runs[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return run.title
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return run_tip(run)
        return None


class RunCard(QStyledItemDelegate):
    """Thumbnail at the left, sampler, steps and seeds, and state or time at the right."""

    def __init__(self, files: PictureFiles, parent: QWidget) -> None:
        super().__init__(parent)
        self._files = files

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All as wide as the one with the most to say."""
        model = index.model()
        assert isinstance(model, RunsModel)
        lines = (line for run in model.runs for line in ((sampler_words(run.spec), 12), (_steps_words(run), 11)))
        words = round(max(wide(*line) for line in lines))
        return QSize(max(CARD.width(), words + THUMBNAIL + 30), CARD.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, RunsModel)
        run = model.runs[index.row()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(option.rect).adjusted(3, 2, -3, -2)
        _draw_card(painter, card, option.state)
        box = QRect(int(card.left()) + 6, int(card.top()) + 6, THUMBNAIL, THUMBNAIL)
        _draw_thumbnail(painter, box, self._files.picture(run.thumbnail) if run.thumbnail else None, run)
        room = card.toRect().adjusted(THUMBNAIL + 14, 5, -6, -5)
        _draw_lines(painter, room, run)
        painter.restore()


class HistoryStrip(QListView):
    """`wanted(act, id)`: "show" on a click; "use", "again", "cancel", "reveal", "delete" from the menu of a card or a
    key; the kind of file to export ("grid", "strip", "gif", "mp4"), after "show".
    """

    wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._model = RunsModel(self)
        self.files = PictureFiles(self)
        self._card = RunCard(self.files, self)
        self._quiet = False
        self.setModel(self._model)
        self.setItemDelegate(self._card)
        self._dress()
        self.files.arrived.connect(self.viewport().update)
        self.selectionModel().currentChanged.connect(self._picked)
        self.customContextMenuRequested.connect(self._open_menu)
        LOOK.changed.connect(self.viewport().update)

    @property
    def runs(self) -> tuple[Run, ...]:
        return self._model.runs

    def show_runs(self, runs: tuple[Run, ...], shown: str) -> None:
        """`shown`: id of the run to mark."""
        self._quiet = True
        self._model.show_runs(runs)
        self.files.want(run.thumbnail for run in runs if run.thumbnail)
        row = next((number for number, run in enumerate(runs) if run.id == shown), -1)
        if row < 0:
            self.selectionModel().clear()
        elif row != self.currentIndex().row() or not self.selectionModel().hasSelection():
            place = self._model.index(row)
            self.selectionModel().setCurrentIndex(place, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(place)
        self._quiet = False
        self.setAccessibleDescription(tr_count(len(runs), "{n} run", "{n:,} runs"))

    def menu(self, run: Run) -> QMenu:
        """The menu of a run."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        id, live = run.id, run.state in (RunState.QUEUED, RunState.RUNNING)
        for title, act in ((tr("Show"), "show"), (tr("Use settings"), "use"), (tr("Run again"), "again")):
            self._offer(menu, title, act, id)
        if run.result is not None:
            add_exports(menu.addMenu(icon("export"), tr("Export")), lambda kind: self._export(id, kind))
            self._offer(menu, tr("Reveal"), "reveal", id)
        menu.addSeparator()
        self._offer(menu, *((tr("Cancel run"), "cancel") if live else (tr("Delete"), "delete")), id)
        return menu

    def _offer(self, menu: QMenu, title: str, act: str, id: str) -> None:
        action = menu.addAction(icon(ICONS.get(act, act)), title)
        action.triggered.connect(lambda: self.wanted.emit(act, id))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        run = self.runs[row] if 0 <= row < len(self.runs) else None
        if run is not None and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            live = run.state in (RunState.QUEUED, RunState.RUNNING)
            self.wanted.emit("cancel" if live else "delete", run.id)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turn.y() or turn.x()))
        event.accept()

    def _export(self, id: str, kind: str) -> None:
        """The shown run is exported, so this one is shown first."""
        self.wanted.emit("show", id)
        self.wanted.emit(kind, id)

    def _picked(self, current: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.wanted.emit("show", self.runs[current.row()].id)

    def _open_menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if index.isValid():
            self.menu(self.runs[index.row()]).popup(self.viewport().mapToGlobal(at))

    def _dress(self) -> None:
        describe(self, tr("Runs"), "")
        self.setToolTip("")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setFixedHeight(CARD.height() + 12)


def add_exports(menu: QMenu, chosen: Any) -> None:
    """The forms that a run can be written in; `chosen(kind)` is called."""
    for kind, title, role in EXPORTS:
        menu.addAction(icon(role), title).triggered.connect(lambda _on=False, kind=kind: chosen(kind))


def _draw_card(painter: QPainter, card: QRectF, state: QStyle.StateFlag) -> None:
    look = LOOK.now
    chosen = bool(state & QStyle.StateFlag.State_Selected)
    hovered = bool(state & QStyle.StateFlag.State_MouseOver)
    painter.setPen(QPen(look.color("accent", 0.55), 1.5) if chosen else QPen(look.color("line"), 1))
    painter.setBrush(look.color("raised" if hovered or chosen else "surface"))
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    if state & QStyle.StateFlag.State_HasFocus:
        focus_ring(painter, card)


def _draw_thumbnail(painter: QPainter, box: QRect, image: QImage | None, run: Run) -> None:
    path = QPainterPath()
    path.addRoundedRect(QRectF(box), 4, 4)
    painter.fillPath(path, LOOK.now.color("base"))
    if image is None:
        role = STATES[run.state][1] or "diffusion"
        spot = QRect(0, 0, 18, 18)
        spot.moveCenter(box.center())
        draw_icon(painter, spot, role)
        return
    small = max(image.width(), image.height()) < SMALL
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not small or image.width() > THUMBNAIL)
    size = QSize(image.size()).scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRect(box.topLeft(), size)
    target.moveCenter(box.center())
    painter.setClipPath(path)
    painter.drawImage(target, image)
    painter.setClipping(False)


def _draw_lines(painter: QPainter, room: QRect, run: Run) -> None:
    look, font, small = LOOK.now, number_font(12), number_font(11)
    height = room.height() // 3
    lines = [QRect(room.left(), room.top() + number * height, room.width(), height) for number in range(3)]
    painter.setPen(look.color("text"))
    _write(painter, lines[0], sampler_words(run.spec), font)
    painter.setPen(look.color("muted"))
    _write(painter, lines[1], _steps_words(run), small)
    word, role, token = STATES[run.state]
    if word:
        draw_icon(painter, QRect(lines[2].left(), lines[2].center().y() - 6, 12, 12), role, token)
        painter.setPen(look.color("text"))
        _write(painter, lines[2].adjusted(17, 0, 0, 0), _progress(run) or word, small)
    else:
        told = f"{run.title}" + (f", {when_words(run.when)}" if run.when else "")
        _write(painter, lines[2], told, small, given=True)


def _steps_words(run: Run) -> str:
    steps = tr_count(run.spec.steps, "{n} step", "{n:,} steps")
    return tr("{steps}, {samples_words}", steps=steps, samples_words=samples_words(run.spec))


def _progress(run: Run) -> str:
    busy = run.busy
    if run.state is not RunState.RUNNING or busy is None or busy.total <= 0:
        return ""
    return tr("Cancelling") if busy.cancelling else tr("Running, {done:.0f} %", done=100 * busy.done / busy.total)


def _write(painter: QPainter, room: QRect, words: str, font: QFont, *, given: bool = False) -> None:
    painter.setFont(font)
    shown = elided(QFontMetrics(font), words, room.width(), given=given)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
