"""The form that adds a source: one window for all kinds, beside the work and never in its way."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engines.cameras.types import UsbCamera
from engines.core.errors import KinoscopeError
from widgets.fields import PlainButton, PrimaryButton, TextField, set_property
from widgets.panel import labelled
from widgets.source_fields import (
    FileFields,
    FolderFields,
    SceneFields,
    SourceFields,
    StreamFields,
    TiledFields,
    UsbFields,
)

KINDS: dict[str, str] = {
    "usb": "Camera",
    "file": "Video file",
    "folder": "Folder of images",
    "stream": "Network stream",
    "tiled": "Tiled source",
    "scene": "Rendered scene",
}
LEADS: dict[str, str] = {
    "usb": "A USB or built-in camera of this machine.",
    "file": "Plays with pause, step, seek, loop and speed.",
    "folder": "Images of one size, played in natural order.",
    "stream": "Reconnects by itself when it breaks.",
    "tiled": "One picture that holds several: each tile can be watched and used by itself.",
    "scene": "Cameras with exactly known parameters that look at a moving board.",
}


WIDTH = 440


class SourceForm(QDialog):
    """Makes a source. `made` carries it; the form stays open where something is not right and says what."""

    made = Signal(object)
    camerasWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.setFixedWidth(WIDTH)
        self.kind = "file"
        self._tried = False
        self.lead = QLabel()
        self.lead.setProperty("role", "muted")
        self.lead.setWordWrap(True)
        self.name = TextField("Name", placeholder="Made from the source", tip="What lists call it; may stay empty")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        set_property(self.problem, "level", "bad")
        self.add = PrimaryButton("Add", "", "Open this source and show it (Enter)")
        self.add.clicked.connect(self._make)
        self.add.setDefault(True)
        cancel = PlainButton("Cancel", "", "Close without adding (Escape)")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(12)
        self._column.addWidget(self.lead)
        self.fields = self._make_fields()
        for fields in self.fields.values():
            self._column.addWidget(fields)
            fields.changed.connect(self._check)
        self._column.addWidget(labelled("Name", self.name))
        self._column.addWidget(self.problem)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.add)
        self._column.addLayout(row)

    def open_for(self, kind: str) -> None:
        """Show the form of this kind, beside the window that it belongs to."""
        self.kind = kind
        self._tried = False
        self.setWindowTitle(f"Add {KINDS[kind][0].lower()}{KINDS[kind][1:]}")
        self.lead.setText(LEADS[kind])
        for id, fields in self.fields.items():
            fields.setVisible(id == kind)
        self._check()
        if kind in ("usb", "tiled"):
            self.camerasWanted.emit()
        self.show()
        self._settle()
        self.raise_()
        self.activateWindow()
        self.fields[kind].first.setFocus(Qt.FocusReason.TabFocusReason)

    def set_cameras(self, cameras: Sequence[UsbCamera]) -> None:
        """The answer to `camerasWanted`."""
        for fields in self.findChildren(UsbFields):
            fields.set_cameras(cameras)

    def _make_fields(self) -> dict[str, SourceFields]:
        simple = _simple()
        inner = _simple()
        for fields in (simple["usb"], inner["usb"]):
            assert isinstance(fields, UsbFields)
            fields.rescanWanted.connect(self.camerasWanted)
        return {**simple, "tiled": TiledFields(inner, KINDS)}

    def _make(self) -> None:
        self._tried = True
        try:
            source = self.fields[self.kind].source(self.name.text().strip())
        except KinoscopeError:
            self._check()
            return
        self.made.emit(source)
        self.name.clear()
        self.accept()

    def _check(self) -> None:
        """Say what is missing, but not before the user has tried once."""
        words = ""
        try:
            self.fields[self.kind].source(self.name.text().strip())
        except KinoscopeError as error:
            words = f"{error.message}. {error.hint}".rstrip(". ") + "."
        self.problem.setText(words if self._tried else "")
        self.problem.setVisible(bool(words) and self._tried)
        self._settle()

    def _settle(self) -> None:
        """As high as what it holds."""
        self._column.activate()
        self.setFixedHeight(max(self._column.totalHeightForWidth(WIDTH), self._column.totalMinimumSize().height()))

    def keyPressEvent(self, event) -> None:  # noqa: ANN001  (Qt's own type)
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
        else:
            super().keyPressEvent(event)


def _simple() -> dict[str, SourceFields]:
    return {
        "usb": UsbFields(),
        "file": FileFields(),
        "folder": FolderFields(),
        "stream": StreamFields(),
        "scene": SceneFields(),
    }
