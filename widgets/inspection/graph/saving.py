"""Saving of a graph: the drawing as PNG or SVG, the table as CSV."""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QImage, QImageWriter, QPainter

from engines.core.errors import WorkFailed
from engines.core.outputs import media, new_file
from engines.core.words import tr
from engines.inspection.layout.files import save_csv, save_svg
from widgets.inspection.graph.colors import box_colors
from widgets.inspection.graph.painting import GraphPainter
from widgets.inspection.graph.scene import Scene
from widgets.inspection.state import GraphView
from widgets.kit.theme import LOOK

KINDS = "PNG (*.png);;SVG (*.svg);;CSV (*.csv)"
KINDS_OF_TABLE = "CSV (*.csv);;PNG (*.png);;SVG (*.svg)"
ROOM = 24.0
SHARP, SIDE, PIXELS = 2.0, 16000.0, 48e6
"""Pixels a unit of the drawing; the most of a picture along a side, and in all."""


def save(path: str, view: GraphView, title: str, figure: str) -> str:
    """Write what the ending names; what there is to say of it, "" for nothing.

    figure: what boxes are coloured by, "" for families. Raises `BadInput` where there is another file.
    """
    if path.lower().endswith(".csv"):
        save_csv(path, view.rows)
        return ""
    if view.folded is None or view.placed is None:
        raise WorkFailed(tr("The graph is not laid out yet"), hint=tr("Wait until it is drawn"))
    if path.lower().endswith(".svg"):
        boxes = view.folded.boxes
        colors = {box.key: color.name() for box, color in zip(boxes, box_colors(boxes, figure), strict=True)}
        save_svg(path, view.folded, view.placed, title, colors if figure else None)
        return ""
    image, scale = picture(Scene(view.folded, view.placed), figure)
    with new_file(path, media(path)) as part:
        if not QImageWriter(str(part), QByteArray(b"png")).write(image):
            raise WorkFailed(
                tr("The picture could not be saved"), path=path, hint=tr("Look whether there is room left")
            )
    if scale >= 1:
        return ""
    return tr(
        "{file} is saved at {percent:.0f} % of the size at which names are read: larger pictures open nowhere. "
        "SVG has no such bound.",
        file=Path(path).name,
        percent=100 * scale,
    )


def picture(scene: Scene, figure: str) -> tuple[QImage, float]:
    """The whole drawing in the colours of the theme, and its scale: 2 where that is no larger than can be opened."""
    area = scene.bounds.adjusted(-ROOM, -ROOM, ROOM, ROOM)
    scale = min(SHARP, SIDE / max(area.width(), area.height()), math.sqrt(PIXELS / (area.width() * area.height())))
    image = QImage(
        max(round(area.width() * scale), 1), max(round(area.height() * scale), 1), QImage.Format.Format_RGB32
    )
    image.fill(LOOK.now.color("surface"))
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.translate(-area.left(), -area.top())
    GraphPainter(scene, box_colors(scene.folded.boxes, figure), bool(figure)).paint(painter, QRectF(area), scale)
    painter.end()
    return image, scale
