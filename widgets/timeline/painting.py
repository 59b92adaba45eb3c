"""The two layers of the timeline: what stays while nothing changes, and what moves over it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtGui import QPainter, QPixmap

from widgets.kit.theme import LOOK
from widgets.timeline.axis import clock
from widgets.timeline.bars import draw_events, draw_ghost, draw_labels, draw_marking, ghost_words
from widgets.timeline.drawing import (
    Scene,
    draw_ahead_word,
    draw_grid,
    draw_ground,
    draw_names,
    draw_ruler,
    draw_scores,
    draw_threshold,
)
from widgets.timeline.editing import Drag
from widgets.timeline.lanes import RULER
from widgets.timeline.overlay import draw_cursor, draw_now, draw_sentence, draw_tag, readout_at
from widgets.timeline.tiles import Tiles


def paint_still(scene: Scene, tiles: dict[tuple[int, str], Tiles], dragged: int = -1) -> QPixmap:
    """Ruler, lanes and names as a picture. tiles: kept by place and name of the model from one time to the next."""
    layout = scene.layout
    made = QPixmap((QSizeF(layout.width, layout.height) * scene.ratio).toSize())
    made.setDevicePixelRatio(scene.ratio)
    made.fill(LOOK.now.color("surface"))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_ground(painter, scene)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    draw_grid(painter, scene)
    for lane in layout.lanes:
        if lane.kind == "scores":
            draw_scores(painter, scene, lane, tiles.setdefault((lane.index, lane.name), Tiles()))
            draw_threshold(painter, scene, lane)
            draw_ahead_word(painter, scene, lane)
        elif lane.kind == "events":
            draw_events(painter, scene, lane)
        else:
            draw_labels(painter, scene, lane, dragged)
    draw_names(painter, scene)
    draw_ruler(painter, scene)
    painter.end()
    return made


def paint_over(painter: QPainter, scene: Scene, drag: Drag | None, hover: QPointF | None, sentence: str) -> None:
    """The open segment, a drag's ghost, now, and the figures under the cursor."""
    draw_marking(painter, scene)
    ghost = drag.ghost if drag is not None else None
    if ghost is not None:
        draw_ghost(painter, scene, ghost)
    draw_now(painter, scene)
    if sentence:
        draw_sentence(painter, scene, sentence)
    if drag is not None and drag.started:
        words = ghost_words(scene, ghost) if ghost is not None else ""
        if drag.deed == "threshold":
            words = f"Threshold {100 * scene.view.threshold:.0f} %"
        elif drag.deed == "scrub":
            words = clock(scene.view.position, 0.01)
        if words:
            draw_tag(painter, scene, drag.at, words)
    elif hover is not None and hover.x() >= scene.layout.gutter and hover.x() <= scene.layout.body.right():
        _draw_hover(painter, scene, hover)


def _draw_hover(painter: QPainter, scene: Scene, hover: QPointF) -> None:
    seconds = scene.layout.time(scene.axis, hover.x())
    if seconds < 0:
        return
    lane = scene.layout.lane_at(hover.y())
    if hover.y() >= RULER:
        draw_cursor(painter, scene, hover, readout_at(scene, lane, seconds))
