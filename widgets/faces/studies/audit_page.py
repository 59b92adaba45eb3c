"""The audit page: images that may bear a wrong name as a ranked list, the chosen one large beside the evidence."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent

from engines.core.frames import Image
from engines.core.words import tr
from engines.faces.study_types import Audit
from widgets.faces.state import AuditView, FacesView
from widgets.faces.studies.audit_detail import SuspicionDetail
from widgets.faces.studies.audit_list import SuspicionList
from widgets.faces.studies.audit_words import can_move, kinds_of, state_words
from widgets.faces.words import file_name
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, row_of, split_of, styled
from widgets.kit.panel import ChoiceField, EmptyState, PlainButton, QuietButton
from widgets.kit.work_page import WorkPage

ROOM_FOR_BOTH, LEAST = 760, 420
ASK = tr("Find pictures that may bear a wrong name, duplicates, and people with two names.")


class AuditPage(WorkPage):
    """Rows are places in `Audit.suspicions`."""

    suspicionChosen = Signal(int)
    suspicionDismissed = Signal(int)
    suspicionMoved = Signal(int)
    suspicionRemoved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.shown = AuditView()
        self._audit: Audit | None = None
        self._images: Mapping[str, Image] = {}
        self.kinds = ChoiceField(tr("Kind"), kinds_of(None), tip=tr("Show suspicions of one kind only"))
        self.gallery = PlainButton(
            tr("Check gallery"), "faces", tr("Compare every face of the gallery with every other")
        )
        self.folder = PlainButton(tr("Check folder\u2026"), "folder", tr("Look through a folder of named pictures"))
        self.save = QuietButton(tr("Save list"), "save", tr("Save the list as JSON or CSV"))
        self.list = SuspicionList()
        self.detail = SuspicionDetail(self.list.thumbs)
        self.setMinimumWidth(LEAST)
        self._lay_out()
        self._wire()

    def show_state(self, view: FacesView) -> None:
        shown = self.shown = view.audit
        self.progress.show_busy(shown.busy)
        found = shown.audit is not None and bool(shown.audit.suspicions)
        self.show_there(found)
        self._show_head(shown)
        if shown.audit is not self._audit:
            self._audit = shown.audit
            self.kinds.set_choices(kinds_of(shown.audit))
        self._images = view.thumbs
        self._show_list()
        if found:
            self.detail.show_row(shown)

    def _show_head(self, shown: AuditView) -> None:
        name = file_name(shown.target) or tr("Audit")
        if self.title.text() != name:
            self.title.setText(name)
            self.title.setToolTip(shown.target)
        words = state_words(shown)
        if self.state.text() != words:
            self.state.setText(words)
            clean = shown.audit is not None and not shown.audit.suspicions
            self.empty.set_text(tr("Nothing suspicious was found.") if clean else ASK, None)
        busy = shown.busy is not None
        for button in (self.gallery, self.folder, self.empty.button):
            button.setEnabled(not busy)
        self.save.setEnabled(shown.audit is not None)
        self.kinds.setVisible(self.there)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < ROOM_FOR_BOTH
        self._split.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)

    def _lay_out(self) -> None:
        self.kinds.setMinimumContentsLength(14)
        buttons = self.head_of(tr("Audit"), self.gallery, self.folder, self.save)
        head = column_of(buttons, row_of(self.kinds, None, margins=(12, 0, 8, 8)))
        self._split = split_of(self.list, self.detail, sizes=(400, 600), stretch=(2, 3))
        styled(self.detail)
        empty = EmptyState(ASK, tr("Check this gallery"), "search", tr("Compare every face with every other"))
        self.lay_out(head, self.body_of(empty, self._split))

    def _wire(self) -> None:
        self.empty.clicked.connect(self.gallery.clicked)
        self.list.chosen.connect(self.suspicionChosen)
        self.list.thumbs.changed.connect(lambda: self.detail.show_row(self.shown))
        for part in (self.list, self.detail):
            part.asked.connect(self._do)
        self.kinds.chosen.connect(lambda _kind: self._show_list())
        keep("audit", kinds=self.kinds)

    def _show_list(self) -> None:
        self.list.show_view(self.shown, self.kinds.value(), self._images)

    def _do(self, verb: str) -> None:
        """What is asked of the selected row, where it can be done."""
        shown, row = self.shown, self.shown.selected
        if shown.audit is None or row in shown.settled:
            return
        if verb == "dismiss":
            self._dismiss(row)
        elif verb == "remove" and shown.editable:
            self.suspicionRemoved.emit(row)
        elif verb == "move" and shown.editable and can_move(shown.audit.suspicions[row]):
            self.suspicionMoved.emit(row)

    def _dismiss(self, row: int) -> None:
        """The name is right: go on to the next one. A second time takes it back and stays."""
        fresh = row not in self.shown.dismissed
        self.suspicionDismissed.emit(row)
        if fresh and (after := self.list.following(row)) != row:
            self.suspicionChosen.emit(after)
