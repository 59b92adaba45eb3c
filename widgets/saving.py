"""Saving to a file that a dialog named: its ending is added, nothing is replaced unasked, and why it failed is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from engines.core.errors import KinoscopeError


def with_suffix(parent: QWidget, path: str, suffix: str) -> str:
    """`path` with `suffix` where it has no ending; "" when the file of that name, which the dialog did not ask about,
    is to be kept."""
    if not path or Path(path).suffix:
        return path
    path += suffix
    return "" if Path(path).exists() and not _replaces(parent, path) else path


def save_or_say(parent: QWidget, path: str, write: Callable[[str], object]) -> None:
    """Write, and say why it could not be done."""
    try:
        write(path)
    except (KinoscopeError, OSError) as error:
        box = _box(parent, "Not saved", f"{Path(path).name} could not be saved: {error}")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()


def _replaces(parent: QWidget, path: str) -> bool:
    box = _box(parent, "Replace the file?", f"There is a file called {Path(path).name} already.")
    replace = box.addButton("Replace", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is replace


def _box(parent: QWidget, title: str, text: str) -> QMessageBox:
    box = QMessageBox(QMessageBox.Icon.Warning, title, text, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    return box
