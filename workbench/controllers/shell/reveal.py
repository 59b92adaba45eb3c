"""Shows where a file lies, in the system's file manager."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote_from_bytes

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def reveal(path: str | Path) -> bool:
    """Open the folder that holds a file, or a folder itself; whether the system could."""
    place = Path(path).absolute()
    return QDesktopServices.openUrl(url_of(place if place.is_dir() else place.parent))


def url_of(path: Path) -> QUrl:
    """Also of a path that is not UTF-8."""
    if os.name == "nt":
        return QUrl.fromLocalFile(str(path))
    return QUrl.fromEncoded(b"file://" + quote_from_bytes(os.fsencode(path)).encode())
