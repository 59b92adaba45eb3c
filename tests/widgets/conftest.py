"""A theme for every widget test: the whole application looks as it does for the user."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from widgets.kit.theme import DARK, LOOK


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> None:
    if LOOK.now is not DARK or not qapp.styleSheet():
        LOOK.apply(qapp, DARK)
