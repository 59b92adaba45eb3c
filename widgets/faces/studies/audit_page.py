"""Which images may bear a wrong name: a ranked list, and the chosen one large beside what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engines.core.frames import Image
from engines.faces.study_types import Audit
from widgets.faces.state import AuditView, FacesView
from widgets.faces.studies.audit_detail import SuspicionDetail
from widgets.faces.studies.audit_list import SuspicionList
from widgets.faces.studies.audit_words import can_move, kinds_of, state_words
from widgets.faces.words import file_name
from widgets.kit.panel import ChoiceField, ElidedLabel, EmptyState, PlainButton, QuietButton
from widgets.kit.theme import number_font
from widgets.kit.work_parts import BusyLine, Framed

ROOM_FOR_BOTH, LEAST = 760, 420
ASK = "Find images that may bear a wrong name, duplicates, and people with two names."


class AuditPage(QWidget):
    """Rows are places in `Audit.suspicions`."""

    auditGalleryWanted = Signal()
    auditFolderWanted = Signal()
    suspicionChosen = Signal(int)
    suspicionDismissed = Signal(int)
    suspicionMoved = Signal(int)
    suspicionRemoved = Signal(int)
    auditCancelWanted = Signal()
    saveAuditWanted = Signal()
    thumbsWanted = Signal(list)
    SIGNALS = (
        "auditGalleryWanted",
        "auditFolderWanted",
        "suspicionChosen",
        "suspicionDismissed",
        "suspicionMoved",
        "suspicionRemoved",
        "auditCancelWanted",
        "saveAuditWanted",
        "thumbsWanted",
    )

    def __init__(self) -> None:
        super().__init__()
        self.shown = AuditView()
        self._audit: Audit | None = None
        self._images: Mapping[str, Image] = {}
        self.empty = EmptyState(ASK, "Check this gallery", "search", "Compare every face with every other")
        self.title, self.state = ElidedLabel("", "heading"), ElidedLabel("", "muted")
        self.kinds = ChoiceField("Kind", kinds_of(None), tip="Show suspicions of one kind only")
        self.gallery = PlainButton("Check gallery", "faces", "Compare every face of the gallery with every other")
        self.folder = PlainButton("Check folder\u2026", "folder", "Look through a folder of named pictures")
        self.save = QuietButton("Save list", "save", "Write the list as JSON or CSV")
        self.list = SuspicionList()
        self.detail = SuspicionDetail(self.list.thumbs)
        self.progress = BusyLine()
        self.setMinimumWidth(LEAST)
        self._lay_out()
        self._wire()

    def show_state(self, view: FacesView) -> None:
        shown = self.shown = view.audit
        self.progress.show_busy(shown.busy)
        found = shown.audit is not None and bool(shown.audit.suspicions)
        self._body.setCurrentIndex(1 if found else 0)
        self._show_head(shown)
        if shown.audit is not self._audit:
            self._audit = shown.audit
            self.kinds.set_choices(kinds_of(shown.audit))
        self._images = view.thumbs
        self._show_list()
        if found:
            self.detail.show_row(shown)

    def _show_head(self, shown: AuditView) -> None:
        name = file_name(shown.target) or "Audit"
        if self.title.text() != name:
            self.title.setText(name)
            self.title.set_tip(shown.target)
        words = state_words(shown)
        if self.state.text() != words:
            self.state.setText(words)
            clean = shown.audit is not None and not shown.audit.suspicions
            self.empty.set_text("Nothing suspicious was found." if clean else ASK, None)
        busy = shown.busy is not None
        for button in (self.gallery, self.folder, self.empty.button):
            button.setEnabled(not busy)
        self.save.setEnabled(shown.audit is not None)
        self.kinds.setVisible(self._body.currentIndex() == 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < ROOM_FOR_BOTH
        self._split.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)

    def _lay_out(self) -> None:
        self.state.setFont(number_font())
        self.kinds.setMinimumContentsLength(14)
        head = QVBoxLayout()
        head.setContentsMargins(12, 8, 8, 8)
        head.setSpacing(4)
        for label, controls in ((self.title, (self.gallery, self.folder, self.save)), (self.state, (self.kinds,))):
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(label, 1)
            for control in controls:
                row.addWidget(control)
            head.addLayout(row)
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.list)
        self._split.addWidget(self.detail)
        self._split.setStretchFactor(0, 2)
        self._split.setStretchFactor(1, 3)
        self._split.setSizes([400, 600])
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(self._split)
        for part in (self, self.detail, self._body):
            part.setProperty("role", "panel")
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._body, 1)
        column.addWidget(Framed(self.progress, 12, 6))

    def _wire(self) -> None:
        self.empty.clicked.connect(self.auditGalleryWanted)
        self.gallery.clicked.connect(self.auditGalleryWanted)
        self.folder.clicked.connect(self.auditFolderWanted)
        self.save.clicked.connect(self.saveAuditWanted)
        self.progress.cancelled.connect(self.auditCancelWanted)
        self.list.chosen.connect(self.suspicionChosen)
        self.list.thumbs.wanted.connect(self.thumbsWanted)
        self.list.thumbs.changed.connect(lambda: self.detail.show_row(self.shown))
        self.list.dismissed.connect(self._dismiss)
        self.list.moved.connect(self._move)
        self.list.removed.connect(self._remove)
        self.detail.dismissed.connect(lambda: self._dismiss(self.detail.row))
        self.detail.moved.connect(lambda: self._move(self.detail.row))
        self.detail.removed.connect(lambda: self._remove(self.detail.row))
        self.kinds.chosen.connect(lambda _kind: self._show_list())

    def _show_list(self) -> None:
        self.list.show_view(self.shown, self.kinds.value(), self._images)

    def _dismiss(self, row: int) -> None:
        """The name is right: go on to the next one. A second time takes it back and stays."""
        if row in self.shown.settled:
            return
        fresh = row not in self.shown.dismissed
        self.suspicionDismissed.emit(row)
        if fresh and (after := self.list.following(row)) != row:
            self.suspicionChosen.emit(after)

    def _move(self, row: int) -> None:
        one = self.shown.audit.suspicions[row] if self.shown.audit is not None else None
        if one is not None and self._may_change(row) and can_move(one):
            self.suspicionMoved.emit(row)

    def _remove(self, row: int) -> None:
        if self._may_change(row):
            self.suspicionRemoved.emit(row)

    def _may_change(self, row: int) -> bool:
        return self.shown.editable and row not in self.shown.settled
