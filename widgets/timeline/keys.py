"""The keyboard on the timeline: everything that the mouse does, and what editing by ear needs while a video plays."""

from __future__ import annotations

from PySide6.QtCore import Qt

from widgets.timeline.hits import with_end, with_start
from widgets.timeline.surface import Surface

STEP, LEAP = 1, 10
KEYS_IN_WORDS = (
    "Wheel zooms, Shift and wheel or a drag pans, a double click shows all. "
    "Arrow keys step a frame (with Shift ten), Home and End go to the ends, + and - zoom, F shows all, N follows, "
    "H turns curves into heat, Alt with up and down moves the threshold. "
    "Tab goes to the next segment: Delete removes it, S splits it at the now-line, [ and ] set its start and end there."
)


def press(surface: Surface, key: int, shift: bool, alt: bool) -> bool:
    """Do what a key means; False where it means nothing here."""
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        return _step(surface, (LEAP if shift else STEP) * (1 if key == Qt.Key.Key_Right else -1))
    if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        return _to_end(surface, key == Qt.Key.Key_End)
    if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
        surface.look(surface.scope.zoomed(1.25 if key == Qt.Key.Key_Minus else 0.8, surface.view.position))
    elif key == Qt.Key.Key_F:
        surface.fit()
    elif key == Qt.Key.Key_N:
        surface.follow(not surface.scope.following)
    elif key == Qt.Key.Key_H:
        surface.toggle_heat()
    elif alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        surface.want_threshold(surface.view.threshold + (0.01 if key == Qt.Key.Key_Up else -0.01))
    else:
        return _edit(surface, key)
    return True


def next_segment(surface: Surface, on: bool) -> bool:
    """Choose the segment after (or before) the chosen one; False at the last, where the focus goes on."""
    labels = surface.view.labels
    if labels is None or not labels.segments or not surface.view.editing:
        return False
    chosen = surface.view.selected
    fresh = chosen + (1 if on else -1) if chosen >= 0 else (0 if on else len(labels.segments) - 1)
    if not 0 <= fresh < len(labels.segments):
        return False
    surface.look(surface.scope.seeing(surface.frames.edge(labels.segments[fresh].start)))
    surface.segmentChosen.emit(fresh)
    return True


def _step(surface: Surface, frames: int) -> bool:
    clock = surface.frames
    fresh = clock.at(surface.view.position) + frames
    last = clock.count - 1 if clock.count else fresh
    surface.positionWanted.emit(clock.edge(max(min(fresh, last), 0)))
    return True


def _to_end(surface: Surface, end: bool) -> bool:
    if surface.scope.live:
        surface.follow(True) if end else surface.fit()
    else:
        surface.positionWanted.emit(surface.snapped(surface.scope.high if end else surface.scope.low))
    return True


def _edit(surface: Surface, key: int) -> bool:
    """Of the chosen segment, at the now-line."""
    view, frames, index = surface.view, surface.frames, surface.view.selected
    if not view.editing or view.labels is None or not 0 <= index < len(view.labels.segments):
        return False
    whole, now = view.labels.segments[index], frames.at(view.position)
    if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        surface.segmentRemoved.emit(index)
    elif key == Qt.Key.Key_S:
        if whole.start < now <= whole.end:
            surface.splitWanted.emit(index, now)
    elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
        left = key == Qt.Key.Key_BracketLeft
        fresh = with_start(frames, whole, frames.edge(now)) if left else with_end(frames, whole, frames.edge(now + 1))
        if fresh != whole:
            surface.segmentMoved.emit(index, fresh.start, fresh.end)
    else:
        return False
    return True
