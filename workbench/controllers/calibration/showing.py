"""Pictures that the panel asks for, read beside the window's thread and handed to its table and its report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject

from engines.calibration.types import MonoResult
from engines.core.video.stills import named
from widgets.calibration.panel import CalibrationPanel
from widgets.calibration.state import ViewRow
from workbench.controllers.calibration.captures import Captures
from workbench.controllers.calibration.pictures import picture, thumbnail
from workbench.threads.background import Errands


class ShownPictures(QObject):
    """result: what a photograph is straightened with."""

    def __init__(
        self, panel: CalibrationPanel, errands: Errands, captures: Captures, result: Callable[[], MonoResult | None]
    ) -> None:
        super().__init__(panel)
        self._panel, self._errands, self._captures, self._result = panel, errands, captures, result
        self._asked: set[str] = set()

    def ask_thumbnails(self, rows: Iterable[ViewRow]) -> None:
        """Small pictures of the rows that have not been asked for yet; of a film its first frame."""
        for row in rows:
            if row.path in self._asked:
                continue
            self._asked.add(row.path)
            of = named(row.path, 0) if row.is_film else row.path
            self._errands.ask(
                partial(thumbnail, of, self._captures.image(row.path)),
                partial(self._panel.table.show_picture, row.path),
                lambda _failure: None,
                key=f"thumbnail {row.path}",
            )

    def ask_picture(self, path: str, straight: bool, keep: float) -> None:
        """A photograph for the report."""
        shown = self._panel.report.view
        self._errands.ask(
            partial(picture, path, self._captures.image(path), self._result(), straight, keep),
            shown.show_picture,
            lambda failure: shown.show_problem(path, str(failure)),
            key="picture",
            first=True,
        )
