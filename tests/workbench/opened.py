"""The real window, opened on the state folder of a test, and what a test looks at in it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QListWidget, QWidget

from engines.cameras.types import FeedState, FeedStatus
from widgets.kit.page_board import PageBoard
from widgets.shell.jobs import ROW, JobRow
from widgets.shell.log import LogRow
from widgets.sources.form import KINDS, SourceForm
from widgets.sources.list import ROW as SOURCE
from workbench.app import open_state
from workbench.commands import PRESETS
from workbench.features import Feature
from workbench.plugged import FEATURES
from workbench.threads.supervisor import Supervisor
from workbench.window.main import Window

OFFSCREEN = "This plugin does not support", "load glyph failed"
"""What the screenless platform says of windows and of a font's wide glyphs; of no interest."""
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Opened:
    """One life of the window. `end` closes it as a user does and says what went wrong unseen."""

    def __init__(
        self, arguments: Sequence[str] = (), *, begin: bool = True, features: Sequence[Feature] = FEATURES
    ) -> None:
        self.supervisor = Supervisor()
        settings, self.book = open_state()
        try:
            self.window = Window(self.supervisor, settings, self.book, features)
        except BaseException:
            self.supervisor.shutdown(20.0)
            self.book.close()
            raise
        self.window.show()
        self._ended = False
        if begin:
            self.window.start(list(arguments))

    def end(self) -> list[str]:
        """Close and destroy the window; defects that only the log was told of, and what did not end."""
        if self._ended:
            return []
        self._ended = True
        self.window.close()
        stuck = self.supervisor.shutdown(20.0)
        said = self.defects()
        self.window.deleteLater()
        self.book.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return said + [f"did not end: {name}" for name in stuck]

    def defects(self) -> list[str]:
        """Uncaught exceptions of the window's process and complaints of Qt."""
        lines = (line for line in self.book.rows() if line.logger == "uncaught" or line.logger.startswith("qt"))
        serious = (line for line in lines if line.level >= logging.WARNING and not line.text.startswith(OFFSCREEN))
        return [f"{line.text}\n{line.details}" for line in serious]

    # What can be seen

    @property
    def notices(self) -> list[str]:
        """The sentences in the corner, from the top."""
        return [notice.text for notice in self.window.notices.shown]

    def says(self, *words: str) -> bool:
        """One notice has all these words."""
        return any(all(word in text for word in words) for text in self.notices)

    @property
    def jobs(self) -> list[JobRow]:
        """The rows of the Jobs panel, from the top."""
        rows: QListWidget = self.window.panels.jobs.list
        return [rows.item(number).data(ROW) for number in range(rows.count())]

    @property
    def log(self) -> list[LogRow]:
        """The lines that the Log panel shows."""
        return self.window.panels.log.shown

    @property
    def sources(self) -> list[str]:
        """Ids of the rows of the Sources panel."""
        rows = self.window.panels.sources.list
        return [rows.topLevelItem(number).data(0, SOURCE).id for number in range(rows.topLevelItemCount())]

    def status(self, id: str) -> FeedStatus:
        """What a source does; closed while there is none."""
        feeds = self.window.services.feeds
        return feeds.feed(id).status() if id in feeds.ids() else FeedStatus(FeedState.CLOSED)

    def picture(self, tile: int) -> NDArray[np.uint8] | None:
        """The pixels that a tile shows, None without."""
        view = self.window.grid.tile(tile).view
        return view.snapshot() if view.has_picture else None

    def pixels(self, tile: int) -> NDArray[np.uint8]:
        """The same where there is a picture."""
        return self.window.grid.tile(tile).view.snapshot()

    # What a user does

    def drop(self, *things: str) -> None:
        """Drag files, folders or addresses onto the window and let go."""
        data = QMimeData()
        data.setUrls([QUrl(thing) if "://" in thing else QUrl.fromLocalFile(thing) for thing in things])
        self._drop(data)

    def drop_text(self, text: str) -> None:
        data = QMimeData()
        data.setText(text)
        self._drop(data)

    def _drop(self, data: QMimeData) -> None:
        at, copy = QPointF(self.window.rect().center()), Qt.DropAction.CopyAction
        enters = QDragEnterEvent(at.toPoint(), copy, data, LEFT, NO_KEYS)
        QCoreApplication.sendEvent(self.window, enters)
        assert enters.isAccepted(), "the window does not take what is dragged over it"
        falls = QDropEvent(at, copy, data, LEFT, NO_KEYS)
        QCoreApplication.sendEvent(self.window, falls)
        assert falls.isAccepted()


def all_parts(window: Window) -> list[QWidget]:
    """Every widget there is once every preset, page and dialog was seen."""
    window.docks.reset()
    for preset in PRESETS:
        window.preset(preset.id)
    for feature in FEATURES:
        board = getattr(window.features[feature.id], "board", None)
        while isinstance(board, PageBoard) and board.prepare():
            pass
    for id in ("file.settings", "window.palette", "help.about"):
        window.commands.run(id)
    window.dialogs.show_help("calibration")
    forms = [SourceForm(window) for _ in KINDS]
    for form, kind in zip(forms, KINDS, strict=True):
        form.open_for(kind)
    QCoreApplication.processEvents()
    parts = window.findChildren(QWidget)
    for dialog in forms:
        dialog.close()
    window.dialogs.close()
    return parts


def until(qtbot, true: Callable[[], object], seconds: float = 30.0) -> None:
    """Let the window live until `true()` holds."""
    qtbot.waitUntil(lambda: bool(true()), timeout=int(seconds * 1000))


def every_page(window) -> Iterator[tuple[str, str]]:
    """Each preset, and each page of those that have pages, in front one after the other; (preset, page)."""
    for preset in PRESETS:
        window.preset(preset.id)
        desk = window.features[preset.strip] if preset.strip else None
        for page in type(desk.view.page) if desk else ("",):
            if desk:
                desk.choose_page(page)
            yield preset.id, page
