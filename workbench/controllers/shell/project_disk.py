"""What happens to an open project beside the user: its picture for the list of recent ones, its disk, its lock."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QBuffer, QIODevice, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from workbench.project.file import STATE, Project
from workbench.project.holding import lock_of, take
from workbench.project.recent import PICTURE, as_item
from workbench.services import Services
from workbench.threads.background import Errands

LOOK_MS = 5000
PICTURE_MS = 60_000
PICTURE_SIZE = QSize(384, 240)


class ProjectDisk(QObject):
    """Looks after the project that is open. `changed`: it can be saved again, or no more. `wanted`: the user wants to
    write to a project that was another window's.
    """

    changed = Signal()
    wanted = Signal()

    def __init__(self, window: QWidget, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._services = window, services
        self._errands = Errands("project disk")
        services.supervisor.adopt(self._errands)
        self._offered: Project | None = None
        self._clocks = [QTimer(self, interval=LOOK_MS), QTimer(self, interval=PICTURE_MS)]
        for clock, act in zip(self._clocks, (self.look, self.take_picture), strict=True):
            clock.timeout.connect(act)

    def start(self) -> None:
        for clock in self._clocks:
            clock.start()

    def close(self) -> None:
        """Take the last picture and look no more."""
        for clock in self._clocks:
            clock.stop()
        self.take_picture()
        self._errands.request_stop()

    def follow(self) -> None:
        """Another project is open."""
        self._offered = None

    def look(self) -> None:
        """Whether the file is there, or free; beside the window, since a disk that went may take its time."""
        project = self._services.project
        if project.is_held:
            self._errands.ask(partial(_is_free, project), partial(self._free, project), _nothing, key="look")
        elif not project.read_only:
            self._errands.ask(project.is_there, partial(self._looked, project), _nothing, key="look")

    def take_picture(self) -> None:
        """How the window looks, as a small PNG in the project."""
        project = self._services.project
        if not project.read_only and self._window.isVisible():
            project.put(STATE, PICTURE, as_item(_png(self._window.grab())))

    def _looked(self, project: Project, there: bool) -> None:
        if project is not self._services.project:
            return
        if project.unsaved and project.try_again():
            self._services.notify(tr("{title} is saved again", title=project.title), "good")
            self.changed.emit()
        elif not there and not project.unsaved:
            project.leave_disk()
            self.changed.emit()

    def _free(self, project: Project, free: bool) -> None:
        if free and project is self._services.project and self._offered is not project:
            self._offered = project
            text = tr("{title} is closed elsewhere and can be changed here", title=project.title)
            self._services.notify(text, "info", tr("Change it here"), self.wanted.emit)


def _is_free(project: Project) -> bool:
    lock = lock_of(project.path)
    free = take(lock)
    lock.unlock()
    return free


def _nothing(_failure: object) -> None:
    """It will be looked again."""


def _png(picture: QPixmap) -> bytes:
    ratio, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.scaled(PICTURE_SIZE, ratio, smooth).save(buffer, "PNG")
    return bytes(buffer.data().data())
