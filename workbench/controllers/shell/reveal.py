"""Shows where a file lies, in the system's file manager."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote_from_bytes

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from engines.core.names import shown
from engines.core.words import tr
from workbench.services import Notify


def reveal(path: str | Path, notify: Notify) -> None:
    """Open the folder that holds a file, or a folder itself; where that cannot be done, say so."""
    place = Path(path).absolute()
    folder = place if place.is_dir() else place.parent
    if not folder.is_dir():
        notify(tr("{folder} is not there any more", folder=shown(str(folder))), "warn")
    elif not QDesktopServices.openUrl(url_of(folder)):
        notify(tr("No file manager was found to show {folder}", folder=shown(str(folder))), "warn")


def url_of(path: Path) -> QUrl:
    """Also of a path that is not UTF-8."""
    if os.name == "nt":
        return QUrl.fromLocalFile(str(path))
    return QUrl.fromEncoded(b"file://" + quote_from_bytes(os.fsencode(path)).encode())
