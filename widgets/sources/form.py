"""The form that adds a source: one window for all kinds, beside the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engines.cameras.sources.parsing import title
from engines.cameras.types import Source, TiledSource, UsbCamera
from engines.core.errors import KinoscopeError
from engines.core.words import as_part, tr
from widgets.kit.access.tabs import order_tabs
from widgets.kit.fields import PlainButton, PrimaryButton, TextField, describe, set_property
from widgets.kit.labels import Dialog, Label
from widgets.kit.layouts import column_of, row_of
from widgets.kit.panel import labelled
from widgets.sources.fields import (
    FileFields,
    FolderFields,
    SceneFields,
    SourceFields,
    StreamFields,
    UsbFields,
)
from widgets.sources.tiled_fields import TiledFields

KINDS: dict[str, str] = {
    "usb": tr("Camera"),
    "file": tr("Video file"),
    "folder": tr("Folder of pictures"),
    "stream": tr("Network stream"),
    "tiled": tr("Tiled source"),
    "scene": tr("Rendered scene"),
}
LEADS: dict[str, str] = {
    "usb": tr("A USB or built-in camera of this machine."),
    "file": tr("Plays with pause, step, seek, loop and speed."),
    "folder": tr("Pictures of one size, played in natural order."),
    "stream": tr("Reconnects by itself when it breaks."),
    "tiled": tr("One picture that holds several: each tile can be watched and used by itself."),
    "scene": tr("Cameras with exactly known parameters that look at a moving board."),
}
SIMPLE: dict[str, Callable[[], SourceFields]] = {
    "usb": UsbFields,
    "file": FileFields,
    "folder": FolderFields,
    "stream": StreamFields,
    "scene": SceneFields,
}
WIDTH = 440


class SourceForm(Dialog):
    """Makes a source. `made` carries it; the form stays open where something is not right and says what."""

    made = Signal(object)
    camerasWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.setFixedWidth(WIDTH)
        self.kind = "file"
        self._tried = False
        self.lead = Label("", "muted", wraps=True)
        self.name = TextField(
            tr("Name"), placeholder=tr("Made from the source"), tip=tr("What lists call it; may stay empty")
        )
        self.problem = Label(wraps=True)
        set_property(self.problem, "level", "bad")
        self.add = PrimaryButton(tr("Add"), "", tr("Open this source and show it (Enter)"))
        self.add.clicked.connect(self._make)
        self.add.setDefault(True)
        cancel = PlainButton(tr("Cancel"), "", tr("Close without adding (Esc)"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.fields: dict[str, SourceFields] = {}
        self._cameras: Sequence[UsbCamera] | None = None
        self._forms = QVBoxLayout()
        parts = self.lead, self._forms, labelled(tr("Name"), self.name), self.problem
        self._column = column_of(
            *parts, row_of(None, cancel, self.add, spacing=8), spacing=12, margins=(16, 16, 16, 16)
        )
        self.setLayout(self._column)

    def open_for(self, kind: str) -> None:
        """Show the form of this kind, beside the window that it belongs to."""
        self.kind = kind
        self._tried = False
        self.setWindowTitle(tr("Add {kinds}", kinds=as_part(KINDS[kind])))
        self.lead.setText(LEADS[kind])
        if kind not in self.fields:
            self._add_fields(kind)
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

    def open_with(self, source: Source) -> None:
        """Show a source that is open, for it to be changed."""
        self.kind = source.kind
        if self.kind not in self.fields:
            self._add_fields(self.kind)
        self.fields[self.kind].show_source(source)
        self.name.setText(source.name)
        self.open_for(self.kind)
        self.setWindowTitle(_task(source))
        self.add.setText(tr("Save"))
        describe(self.add, tr("Save"), tr("Use the source as it is here (Enter); Undo takes it back"))

    def set_cameras(self, cameras: Sequence[UsbCamera]) -> None:
        """The answer to `camerasWanted`."""
        self._cameras = cameras
        for fields in self.findChildren(UsbFields):
            fields.set_cameras(cameras)

    def _add_fields(self, kind: str) -> None:
        """Each kind's part is made when it is first wanted, so that the form opens at once."""
        simple = {**SIMPLE, "usb": self._usb_fields}
        fields = TiledFields(simple, KINDS) if kind == "tiled" else simple[kind]()
        self.fields[kind] = fields
        self._forms.addWidget(fields)
        fields.changed.connect(self._check)

    def _usb_fields(self) -> UsbFields:
        fields = UsbFields()
        fields.rescan.clicked.connect(self.camerasWanted)
        if self._cameras is not None:
            fields.set_cameras(self._cameras)
        return fields

    def _make(self) -> None:
        self._tried = True
        if (source := self._check()) is not None:
            self.made.emit(source)
            self.fields[self.kind].forget()
            self.name.clear()
            self.accept()

    def _check(self) -> Source | None:
        """The source; None where something is missing, which is said, but not before the user has tried once."""
        source, words = None, ""
        try:
            source = self.fields[self.kind].source(self.name.text().strip())
        except KinoscopeError as error:
            words = f"{error.message}. {error.hint}".rstrip(". ") + "."
        self.problem.setText(words if self._tried else "")
        self.problem.setVisible(bool(words) and self._tried)
        self._settle()
        return source

    def _settle(self) -> None:
        """As high as what it holds."""
        self._column.activate()
        self.setFixedHeight(max(self._column.totalHeightForWidth(WIDTH), self._column.totalMinimumSize().height()))
        order_tabs(self)

    def keyPressEvent(self, event) -> None:  # noqa: ANN001  (Qt's own type)
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
        else:
            super().keyPressEvent(event)


def _task(source: Source) -> str:
    """What is done to a source here: one that is a single tile as yet is being split."""
    if isinstance(source, TiledSource) and source.rows == source.columns == 1:
        return tr("Split {source}", source=title(source.of))
    return tr("Edit {source}", source=title(source))
