"""What takes files says so while they are held over it."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from widgets.kit.file_drops import FileDrops

COPY, LEFT, KEYS = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def held(*paths: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths] or [QUrl("https://example.org/a.mp4")])
    return data


def test_a_ring_stands_around_it_while_files_are_held_over_it_and_only_then(qtbot):
    widget, fallen = FileDrops(), list[list[str]]()
    widget.dropped.connect(fallen.append)
    qtbot.addWidget(widget)
    widget.resize(200, 100)
    widget.show()
    bare = widget.grab().toImage()
    other, files = held(), held("/a.png")
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(5, 5), COPY, other, LEFT, KEYS))
    assert widget.grab().toImage() == bare
    for leave in (QDragLeaveEvent(), QDropEvent(QPointF(5, 5), COPY, files, LEFT, KEYS)):
        QApplication.sendEvent(widget, QDragEnterEvent(QPoint(5, 5), COPY, files, LEFT, KEYS))
        assert widget.grab().toImage() != bare
        QApplication.sendEvent(widget, leave)
        assert widget.grab().toImage() == bare
    assert fallen == [["/a.png"]]
