"""Two cards of the people page: the proof that a person was deleted, and what a retention period would delete today."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from engines.core.words import tr
from engines.faces.gallery.types import Expiring, Forgotten
from widgets.faces.people.words import expiring_line, expiring_title, proof_lines, proof_title
from widgets.kit.fields import wrapped
from widgets.kit.icons import icon_pixmap
from widgets.kit.labels import Label
from widgets.kit.layouts import row_of
from widgets.kit.panel import PlainButton, QuietButton, describe
from widgets.kit.theme import LOOK
from widgets.kit.when_new import when_new


class NoteCard(QFrame):
    """An icon, a title, some lines, buttons at the right."""

    def __init__(self, *buttons: QWidget) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._role = ("info", "muted")
        self._mark, self.title, self.lines = Label(), wrapped("heading"), wrapped("muted")
        self.close_button = QuietButton("", "close", tr("Put this away"), name=tr("Put this away"))
        self.close_button.clicked.connect(self.hide)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 4, 10)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._mark, 0, 0)
        grid.addWidget(self.title, 0, 1)
        grid.addLayout(row_of(*buttons, self.close_button, spacing=4), 0, 2, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.lines, 1, 1)
        LOOK.changed.connect(self._draw_mark)
        self.hide()

    def say(self, title: str, lines: Sequence[str], role: str, token: str) -> None:
        self._role = role, token
        self.title.setText(title)
        self.lines.setText("\n".join(lines))
        self.lines.setVisible(bool(lines))
        describe(self, title, " ".join(lines))
        self._draw_mark()

    def _draw_mark(self) -> None:
        self._mark.setPixmap(icon_pixmap(*self._role, ratio=self.devicePixelRatioF()))


class ProofCard(NoteCard):
    """What was deleted, what was searched for traces, what is out of reach."""

    @when_new
    def show_proof(self, done: Forgotten | None) -> None:
        """A proof that was put away stays so."""
        self.setVisible(done is not None)
        if done is None:
            return
        self.say(proof_title(done), proof_lines(done), *(("bad", "bad") if done.left else ("good", "good")))
        self.lines.setToolTip("\n".join((tr("Searched:"), *done.files)) if done.files else "")


class ExpiringCard(NoteCard):
    """The dry run of a retention period; `delete` deletes what it lists."""

    def __init__(self) -> None:
        self.delete = PlainButton(tr("Delete"), "delete")
        super().__init__(self.delete)

    def show_dry_run(self, dry: Expiring | None, editable: bool = True) -> None:
        self.delete.setEnabled(editable)
        self._show(dry)

    @when_new
    def _show(self, dry: Expiring | None) -> None:
        self.setVisible(dry is not None)
        if dry is None:
            return
        self.say(expiring_title(dry), [expiring_line(dry)] * bool(dry.faces), "waiting", "muted")
        self.delete.setVisible(bool(dry.faces))
        words = tr("Delete {faces:,}", faces=dry.faces)
        self.delete.setText(words)
        describe(
            self.delete, words, tr("Delete these now, from the index and the thumbnails too; this cannot be undone")
        )
