"""The ranked list of suspicious images: rank, picture, name, kind, score and reason; done ones are pale with a word."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import QMenu, QStyle

from engines.core.frames import Image
from engines.core.words import as_sentence, tr
from engines.faces.study_types import Suspicion
from widgets.faces.rows import PaintedList
from widgets.faces.state import AuditView
from widgets.faces.studies.audit_words import ALL, can_move, chance, done_words, kind, row_words
from widgets.faces.thumbs import Thumbs
from widgets.kit.icons import draw_icon, icon
from widgets.kit.row_list import RIGHT, write, write_whole

ROW, SIDE, RANK, GAP = 60, 44, 30, 8
KEYS_TIP = tr("D: the name is right. M: move to the person it resembles. Delete: remove.")
KEYS = {Qt.Key.Key_D: "dismiss", Qt.Key.Key_M: "move", Qt.Key.Key_Delete: "remove", Qt.Key.Key_Backspace: "remove"}


class SuspicionList(PaintedList):
    """`chosen(row)`; `asked(verb)` of the chosen one: "dismiss" (D), "move" (M), "remove" (Delete).

    `rows`: places in the whole list of those that are shown, which are of the wanted kind.
    """

    chosen = Signal(int)
    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__(
            tr("Suspicious pictures, the most suspicious first"), KEYS_TIP, size=QSize(220, ROW), framed=True
        )
        self._view, self._kind, self._quiet = AuditView(), ALL, False
        self.thumbs = Thumbs(self)
        self.thumbs.changed.connect(self.viewport().update)
        self.setMinimumSize(240, 2 * ROW)
        self.selectionModel().currentRowChanged.connect(self._picked)

    @property
    def suspicions(self) -> tuple[Suspicion, ...]:
        return self._view.audit.suspicions if self._view.audit is not None else ()

    def show_view(self, view: AuditView, kind_id: str, thumbs: Mapping[str, Image]) -> None:
        before, self._view = self._view, view
        fresh, self._kind = view.audit is not before.audit or kind_id != self._kind, kind_id
        self._quiet = True
        if fresh:
            self.show_rows(tuple(row for row, one in enumerate(self.suspicions) if kind_id in (ALL, one.kind)))
        if fresh or view.selected != before.selected:
            self._mark(self.rows.index(view.selected) if view.selected in self.rows else -1)
        self._quiet = False
        self.thumbs.show_images(thumbs)
        if (view.dismissed, view.settled) != (before.dismissed, before.settled):
            self.viewport().update()

    def spoken(self, row: int) -> str:
        place = self.rows[row]
        return row_words(place, self.suspicions[place], done_words(place, self._view))

    def tip(self, row: int) -> str:
        one = self.suspicions[self.rows[row]]
        return tr("{reason}\nThe name is wrong with a chance of {chance}", reason=one.reason, chance=chance(one))

    def paint_row(self, painter: QPainter, room: QRectF, state: QStyle.StateFlag, row: int) -> None:
        place = self.rows[row]
        one, done = self.suspicions[place], done_words(place, self._view)
        write(painter, QRectF(room.left(), room.top(), RANK, ROW), f"{place + 1}", "muted", 11, RIGHT)
        left = room.left() + RANK + GAP - 1
        picture = QRectF(left, room.top() + (ROW - SIDE) / 2, SIDE, SIDE)
        self.thumbs.paint(painter, picture, one.image, 0.4 if done else 1.0)
        left += SIDE + GAP
        line = QRectF(left, room.top() + 11, room.right() - 1 - left - GAP, 18)
        weight = QFont.Weight.Normal if done else QFont.Weight.DemiBold
        used = write(painter, line, chance(one), "muted", 11, RIGHT)
        write(
            painter,
            line.adjusted(0, 0, -used - GAP, 0),
            one.name,
            "muted" if done else "text",
            weight=weight,
            given=True,
        )
        words, role, token = (as_sentence(done), "check", "good") if done else kind(one)
        line.translate(0, 20)
        draw_icon(painter, QRectF(line.left(), line.top() + 2, 14, 14).toRect(), role, token)
        used = write(painter, line.adjusted(18, 0, 0, 0), words, "muted", 11)
        write_whole(painter, line.adjusted(18 + used + GAP, 0, 0, 0), one.reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in KEYS and not event.modifiers() and 0 <= self._view.selected < len(self.suspicions):
            self.asked.emit(KEYS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not 0 <= self._view.selected < len(self.suspicions):
            return
        one, menu = self.suspicions[self._view.selected], QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        verbs = [("check", tr("Name is right\tD"), "dismiss")]
        if self._view.editable:
            verbs += [("reveal", tr("Move to {like_name}\tM", like_name=one.like_name), "move")] * can_move(one)
            verbs.append(("delete", tr("Remove\tDel"), "remove"))
        for role, words, verb in verbs:
            menu.addAction(icon(role), words).triggered.connect(lambda _on=False, verb=verb: self.asked.emit(verb))
        menu.popup(event.globalPos())

    def following(self, row: int) -> int:
        """The next shown row after this one that is still to be done, or itself."""
        view = self._view
        done = view.dismissed | view.settled
        return next((other for other in self.rows if other > row and other not in done), row)

    def _mark(self, place: int) -> None:
        if place < 0:
            self.selectionModel().clear()
            return
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(self.model().index(place, 0), flags)

    def _picked(self, current: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.chosen.emit(self.rows[current.row()])
