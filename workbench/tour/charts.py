"""Finds charts that cannot be read: an axis that has fewer than two values, or that does not say what it shows."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from widgets.charts.drawn import DrawnChart
from workbench.tour.ink import painted

VALUES = 2
"""So many values an axis has at least."""


def unread(root: QWidget) -> list[str]:
    """What is wrong with the charts that are seen."""
    charts = [part for part in (root, *root.findChildren(DrawnChart)) if isinstance(part, DrawnChart)]
    seen = [chart for chart in charts if chart.isVisible() and not chart.visibleRegion().isEmpty()]
    return [f"{type(chart).__name__} '{chart.accessibleName()}': {what}" for chart in seen for what in valueless(chart)]


def valueless(chart: DrawnChart) -> Iterator[str]:
    """Axes of a chart without values or title. A title may be drawn in parts, where a font lacks one of its letters."""
    words = painted(chart)
    said = "".join(part for one in words for part in one.words.split())
    for title, room in chart.axes():
        values = {one.words for one in words if room.contains(one.box.center()) and one.words != title}
        if len(values) < VALUES:
            yield f"{len(values)} values on the axis {title!r}"
        if "".join(title.split()) not in said:
            yield f"the axis {title!r} does not say so"
