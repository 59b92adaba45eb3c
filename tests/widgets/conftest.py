"""A theme for every widget test: the whole application looks as it does for the user."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from widgets.kit.keeping.fields import KEPT
from widgets.kit.theme import DARK, LOOK


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> None:
    if LOOK.now is not DARK or not qapp.styleSheet():
        LOOK.apply(qapp, DARK)


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test made of a field is not shown in this one's."""
    monkeypatch.setattr(KEPT, "values", {})
