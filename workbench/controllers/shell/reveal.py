"""Shows where a file lies, in the system's file manager."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_from_bytes

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from engines.core.names import shown
from engines.core.words import tr


def reveal(path: str | Path, notify: Callable[[str, str], object]) -> None:
    """Open the folder that holds a file, or a folder itself; where the system cannot, say where it is."""
    place = Path(path).absolute()
    if not QDesktopServices.openUrl(url_of(place if place.is_dir() else place.parent)):
        notify(tr("No file manager was found to show {folder}", folder=shown(str(place))), "warn")


def url_of(path: Path) -> QUrl:
    """Also of a path that is not UTF-8."""
    if os.name == "nt":
        return QUrl.fromLocalFile(str(path))
    return QUrl.fromEncoded(b"file://" + quote_from_bytes(os.fsencode(path)).encode())
