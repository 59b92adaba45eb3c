"""A feed or tile that a panel can look at, and how one is dragged."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMimeData

SOURCE_MIME = "application/x-kinoscope-source"
"""What a dragged row of the Sources panel, or a dragged tile, carries: the path of its source."""


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """path: "feed" or "feed/tile"; title: as the Sources panel calls it."""

    path: str
    title: str


def source_data(path: str) -> QMimeData:
    """What is dragged with a source; nothing for ""."""
    data = QMimeData()
    if path:
        data.setData(SOURCE_MIME, path.encode("utf-8", "surrogateescape"))
    return data


def dragged_source(data: QMimeData) -> str:
    """The path of the source that is dragged, "" where something else is."""
    return bytes(data.data(SOURCE_MIME).data()).decode("utf-8", "surrogateescape")
