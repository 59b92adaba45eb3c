"""What this program is, where everything of it lies and what it stands on, to be read and copied."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from widgets.kit.labels import Dialog, Label
from widgets.kit.layouts import column_of, row_of
from widgets.kit.panel import PlainButton
from widgets.shell.trace import trace_view

PICTURE = 64
ROOM = 0.92


class AboutDialog(Dialog):
    """The icon and the version above, all else as one text below."""

    def __init__(self, parent: QWidget | None, version: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Kinoscope"))
        self.setModal(False)
        self.resize(QSize(640, 520).boundedTo(self.screen().availableSize() * ROOM))
        picture = Label()
        picture.setPixmap(QGuiApplication.windowIcon().pixmap(PICTURE, PICTURE))
        what = tr("A desktop workbench for cameras and for the models that look through them")
        said = column_of(Label(tr("Kinoscope {version}", version=version), "title"), Label(what, "muted"), spacing=2)
        self.text = trace_view(tr("About Kinoscope"), tr("Versions, folders and licences"))
        copy = PlainButton(tr("Copy"), "copy", tr("Copy all of this"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        close = PlainButton(tr("Close"), "", tr("Close this page (Esc)"))
        close.clicked.connect(self.close)
        middle = Qt.AlignmentFlag.AlignVCenter
        head = row_of((picture, 0, middle), (said, 1), spacing=12)
        foot = row_of(None, copy, close, spacing=8)
        self.setLayout(column_of(head, (self.text, 1), foot, spacing=12, margins=(12, 12, 12, 12)))

    def open_with(self, text: str) -> None:
        self.text.setPlainText(text)
        self.show()
        self.raise_()
        self.activateWindow()
