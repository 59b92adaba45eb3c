"""The place of the window: within the screen it is on, however small that is and whichever screens vanish."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, QSize, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

LEAST = QSize(1024, 640)
ENDLESS = QRect(0, 0, 1 << 15, 1 << 15)
FRAME = QSize(8, 32)
"""Set aside for the frame: the window manager says how large it is long after the window has been placed."""
LOOK_MS = 300
"""So often it is looked whether the frame is there; with it the title bar may stand above the screen."""
LOOKS = 40
"""So many times: a start on a busy machine has the frame after seconds, a system without frames never."""


class Placement(QObject):
    """Keeps one window within its screen: from the start, and whenever screens come, go or change."""

    def __init__(self, window: QWidget, first: QSize) -> None:
        """`first`: the size to open with, where the screen is large enough."""
        super().__init__(window)
        self._window = window
        self._screen: QScreen | None = None
        room = self.room().size() - FRAME
        window.setMinimumSize(LEAST.boundedTo(room))
        window.resize(first.boundedTo(room))
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenAdded.connect(self.fit_soon)
        app.screenRemoved.connect(self.fit_soon)

    def room(self) -> QRect:
        """What the screen leaves free, in logical pixels. Offscreen there is no end to it."""
        if QGuiApplication.platformName() == "offscreen":
            return ENDLESS
        return self._window.screen().availableGeometry()

    def shown(self) -> None:
        """The window is on the screen; its frame comes a moment later, and nothing tells of that."""
        self._window.windowHandle().screenChanged.connect(self.fit_soon)
        self.fit_soon()
        self._await_frame(LOOKS)

    def _await_frame(self, looks: int, framed: int = 4) -> None:
        handle = self._window.windowHandle()
        self.fit()
        framed -= handle is not None and not handle.frameMargins().isNull()
        if looks and framed:
            QTimer.singleShot(LOOK_MS, self, lambda: self._await_frame(looks - 1, framed))

    def fit_soon(self, *_what: object) -> None:
        """Once the system has said all it has to say."""
        QTimer.singleShot(0, self, self.fit)

    def fit(self) -> None:
        """No larger than the screen's free room, frame and all, and inside it."""
        window = self._window
        self._follow(window.screen())
        room = self.room()
        frame = (window.frameGeometry().size() - window.size()).expandedTo(FRAME)
        window.setMinimumSize(LEAST.boundedTo(room.size() - frame))
        if window.isMaximized() or window.isFullScreen() or window.isMinimized():
            return
        size = window.size().boundedTo(room.size() - frame)
        if size != window.size():
            window.resize(size)
        place = inside(QRect(window.pos(), size + frame), room)
        if place != window.pos():
            window.move(place)

    def _follow(self, screen: QScreen) -> None:
        if screen is not self._screen:
            if self._screen is not None and self._screen in QGuiApplication.screens():
                self._screen.availableGeometryChanged.disconnect(self.fit_soon)
            screen.availableGeometryChanged.connect(self.fit_soon)
            self._screen = screen


def inside(frame: QRect, room: QRect) -> QPoint:
    """Where the upper left corner of `frame` goes so that it lies in `room`, or at its corner where it is too large."""
    left = max(room.left(), min(frame.left(), room.right() + 1 - frame.width()))
    top = max(room.top(), min(frame.top(), room.bottom() + 1 - frame.height()))
    return QPoint(left, top)
