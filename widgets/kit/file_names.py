"""Names of files as the screen shows them, whatever system their path is from."""

from __future__ import annotations

from pathlib import PurePath

from engines.core.names import shown


def file_name(path: str) -> str:
    """The last part of a path, or the whole of what is no path."""
    return shown(PurePath(path.replace("\\", "/")).name or path)


def file_title(path: str) -> str:
    """A file's name without its ending, a folder's name."""
    return shown(PurePath(path.replace("\\", "/")).stem or path)
