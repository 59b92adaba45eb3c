"""Dialogs that ask where to save a file: they add the ending and ask before a file is replaced."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engines.core.errors import KinoscopeError
from engines.core.names import shown
from widgets.kit.labels import message_box


def ask_file(parent: QWidget, title: str, offered: str, kinds: str) -> str:
    """The file to write, "" for none. kinds: as Qt has them, like "JSON (*.json);;CSV (*.csv)"."""
    while True:
        path, chosen = QFileDialog.getSaveFileName(
            parent, title, offered, kinds, options=QFileDialog.Option.DontConfirmOverwrite
        )
        if not path:
            return ""
        path = named(path, kinds, chosen)
        if not os.path.lexists(path) or may_replace(parent, title, path):
            return path
        offered = path


def named(path: str, kinds: str, chosen: str = "") -> str:
    """The file that a typed name stands for: with an ending of one of the kinds, else with the first of the chosen."""
    endings = re.findall(r"\*(\.[\w.]+)", kinds)
    if not endings or path.lower().endswith(tuple(endings)):
        return path
    return path + (re.findall(r"\*(\.[\w.]+)", chosen) or endings)[0]


def may_replace(parent: QWidget, title: str, path: str) -> bool:
    """Ask whether a file may be replaced: Return and Escape leave it as it is."""
    box = message_box(parent, QMessageBox.Icon.Question, title, f"{shown(Path(path).name)} is there already.")
    box.setInformativeText("Replace it? What is in it now will be lost.")
    yes = box.addButton("Replace", QMessageBox.ButtonRole.DestructiveRole)
    no = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.exec()
    return box.clickedButton() is yes


def save_or_say(parent: QWidget, path: str, write: Callable[[str], object]) -> None:
    """Write, and say why it could not be done."""
    try:
        write(path)
    except (KinoscopeError, OSError) as error:
        words = f"{shown(Path(path).name)} could not be saved: {error}"
        box = message_box(parent, QMessageBox.Icon.Warning, "Not saved", words)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
