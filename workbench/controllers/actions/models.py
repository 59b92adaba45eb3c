"""The models that were used lately, and what each says of itself: read beside the window, once a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engines.actions.types import ModelCard
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure


class Models(QObject):
    """`changed` when a card has arrived; `failed(Trouble)` for a file that is no model."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self._errands = errands
        self._cards: dict[str, ModelCard | None] = {}

    def card(self, path: str) -> ModelCard | None:
        """None for no file, and while it is being read."""
        if path and path not in self._cards:
            self._cards[path] = None
            self._errands.ask(lambda: _card(path), lambda card: self._have(path, card), self._fail)
        return self._cards.get(path)

    def forget(self, path: str) -> None:
        """The file is another one now."""
        self._cards.pop(path, None)

    def _have(self, path: str, card: ModelCard) -> None:
        self._cards[path] = card
        self.changed.emit()

    def _fail(self, failure: Failure) -> None:
        self.failed.emit(trouble_of(failure.as_json(), "The model cannot be used"))


def titles(paths: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """(path, what it is called) for a list of choices."""
    return tuple((path, Path(path).stem) for path in paths)


def _card(path: str) -> ModelCard:
    from engines.actions.models.files import open_model

    return open_model(Path(path)).card
