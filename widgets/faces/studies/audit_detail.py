"""One suspicious image, large, beside what it resembles and beside another of its own person; what to do with it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QWidget

from engines.core.words import as_sentence, tr
from engines.faces.study_types import Suspicion
from widgets.faces.picture import FacePicture
from widgets.faces.state import AuditView
from widgets.faces.studies.audit_words import can_move, done_words, image_words, kind, like_words, own_words
from widgets.faces.thumbs import Thumbs
from widgets.kit.access.elided import elided
from widgets.kit.card_columns import Flow
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, row_of, turn
from widgets.kit.panel import PlainButton, QuietButton, describe
from widgets.kit.pill import Pill

NAME_ROOM, OTHER_BUTTONS = (30, 220), 400
"""Pixels of a name on a button, least and most; and what the rest of the buttons take."""
FLAT = 1.4
"""Wider than so many times its height, all pictures stand in one row."""
LEVELS = {"wrong-name": "warn", "same-person": "busy"}


class SuspicionDetail(QWidget):
    """`asked(verb)` of the row that is shown: "dismiss", "move", "remove"."""

    asked = Signal(str)

    def __init__(self, thumbs: Thumbs) -> None:
        super().__init__()
        self._thumbs = thumbs
        self._view = AuditView()
        self._row = -1
        self._mover = ""
        self.setMinimumWidth(320)
        self.image = FacePicture(tr("Picture in question"))
        self.like = FacePicture(tr("What it resembles"))
        self.own = FacePicture(tr("Another of its own person"))
        self.kind, self.reason, self.note = Pill(), Label(), Label()
        self.right = PlainButton(tr("Name is right"), "check", tr("Take it off the list (D)"))
        self.move_button = PlainButton(tr("Move"), "reveal", tr("Give it the name of the person it resembles (M)"))
        self.remove = QuietButton(
            tr("Remove"), "delete", tr("Delete this face from the gallery (Delete); can be undone")
        )
        self._lay_out()
        self.right.clicked.connect(lambda: self.asked.emit("dismiss"))
        self.move_button.clicked.connect(lambda: self.asked.emit("move"))
        self.remove.clicked.connect(lambda: self.asked.emit("remove"))

    def show_row(self, view: AuditView) -> None:
        """The selected row of this view, or nothing."""
        rows = view.audit.suspicions if view.audit is not None else ()
        row = view.selected if 0 <= view.selected < len(rows) else -1
        self._show_pictures(rows[row] if row >= 0 else None)
        if (view.audit, row, view.dismissed, view.settled, view.editable) == self._key(self._view):
            return
        self._view, self._row = view, row
        self.setEnabled(row >= 0)
        if row >= 0:
            self._show_words(rows[row], done_words(row, view), view.editable)

    def _key(self, view: AuditView) -> tuple[object, ...]:
        return view.audit, self._row, view.dismissed, view.settled, view.editable

    def _show_pictures(self, one: Suspicion | None) -> None:
        parts = (
            (self.image, one.image if one else "", image_words(one) if one else []),
            (self.like, one.like if one else "", like_words(one) if one else []),
            (self.own, one.own_example if one else "", own_words(one) if one else []),
        )
        self.own.set_nothing(tr("Its person has no other picture") if one and not one.own_example else "")
        for picture, key, lines in parts:
            picture.show_picture(self._thumbs.image(key) if key else None, lines, key)

    def _show_words(self, one: Suspicion, done: str, editable: bool) -> None:
        settled, again = self._row in self._view.settled, self._row in self._view.dismissed - self._view.settled
        words, role, _token = kind(one)
        self.kind.set_state(
            as_sentence(done) or words, "good" if done else LEVELS.get(one.kind, ""), "" if done else role
        )
        self.reason.setText(one.reason)
        self.right.setText(tr("Name is not right") if again else tr("Name is right"))
        describe(
            self.right,
            self.right.text(),
            tr("Put it back on the list (D)") if again else tr("Take it off the list (D)"),
        )
        self.right.setEnabled(not settled)
        movable = editable and not settled and can_move(one)
        self.move_button.setVisible(editable)
        self.move_button.setEnabled(movable)
        self._name_move(one.like_name if movable else "")
        self.remove.setVisible(editable)
        self.remove.setEnabled(not settled)
        self.note.setVisible(not editable)

    def minimumSizeHint(self) -> QSize:
        """With the words as they wrap now."""
        least, layout = super().minimumSizeHint(), self.layout()
        return QSize(least.width(), layout.minimumHeightForWidth(max(self.width(), least.width()))) if layout else least

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        self._name_move(self._mover)
        flat = self.width() > FLAT * self.height()
        turn(self._beside, flat)
        self._pictures.setStretch(1, 4 if flat else 2)

    def _name_move(self, name: str) -> None:
        """As much of the name as there is room for."""
        self._mover = name
        room = min(max(self.width() - OTHER_BUTTONS, NAME_ROOM[0]), NAME_ROOM[1])
        short = elided(QFontMetrics(self.move_button.font()), name, room, given=True)
        self.move_button.setText(tr("Move to {short}", short=short) if name else tr("Move"))
        describe(
            self.move_button,
            tr("Move to {name}", name=name) if name else tr("Move"),
            tr("Give it the name {name} (M)", name=name) if name else "",
        )

    def _lay_out(self) -> None:
        self.reason.setWordWrap(True)
        self.note.setText(tr("Names of a folder are its file names: rename or move the file there."))
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self._beside = column_of((self.like, 1), (self.own, 1))
        self._pictures = row_of((self.image, 3), (self._beside, 2))
        said = row_of((self.kind, 0, Qt.AlignmentFlag.AlignTop), (self.reason, 1), spacing=8)
        buttons = Flow(self.right, self.move_button, self.remove)
        parts = ((self._pictures, 1), said, self.note, buttons)
        self.setLayout(column_of(*parts, spacing=8, margins=(8, 4, 8, 8)))
