"""The keyboard on the timeline: everything that the mouse does, and editing at the now-line while a video plays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from engines.core.words import tr
from widgets.timeline.hits import with_end, with_start
from widgets.timeline.surface import Surface

STEP, LEAP, PAN = 1, 10, 90.0
KEYS_IN_WORDS = tr(
    "Wheel zooms, Shift and wheel or a drag pans, a double click shows all. "
    "Arrow keys step a frame (with Shift ten), Home and End go to the ends, + and - zoom, F shows all, N follows, "
    "H turns curves into heat, Alt with up and down moves the threshold, with left and right the view; "
    "Page Up and Page Down go through the lanes. "
    "Tab goes to the next segment: Delete removes it, S splits it at the now-line, [ and ] set its start and end there."
)


def press(surface: Surface, key: int, shift: bool, alt: bool) -> bool:
    """Do what a key means; False where it means nothing here."""
    keys, view, steps = Qt.Key, surface.view, LEAP if shift else STEP
    acts: dict[int, Callable[[], object]] = {
        keys.Key_Left: lambda: _step(surface, -steps),
        keys.Key_Right: lambda: _step(surface, steps),
        keys.Key_Home: lambda: _to_end(surface, False),
        keys.Key_End: lambda: _to_end(surface, True),
        keys.Key_Plus: lambda: surface.look(surface.scope.zoomed(0.8, view.position)),
        keys.Key_Equal: lambda: surface.look(surface.scope.zoomed(0.8, view.position)),
        keys.Key_Minus: lambda: surface.look(surface.scope.zoomed(1.25, view.position)),
        keys.Key_PageUp: lambda: _scroll(surface, -1),
        keys.Key_PageDown: lambda: _scroll(surface, 1),
        keys.Key_F: surface.fit,
        keys.Key_N: lambda: surface.follow(not surface.scope.following),
        keys.Key_H: surface.toggle_heat,
    }
    if alt:
        acts[keys.Key_Up] = lambda: surface.want_threshold(view.threshold + 0.01)
        acts[keys.Key_Down] = lambda: surface.want_threshold(view.threshold - 0.01)
        acts[keys.Key_Left] = lambda: surface.look(surface.scope.panned(-PAN))
        acts[keys.Key_Right] = lambda: surface.look(surface.scope.panned(PAN))
    if key not in acts:
        return _edit(surface, key)
    acts[key]()
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


def _step(surface: Surface, frames: int) -> None:
    clock = surface.frames
    fresh = clock.at(surface.view.position) + frames
    last = clock.count - 1 if clock.count else fresh
    surface.positionWanted.emit(clock.edge(max(min(fresh, last), 0)))


def _to_end(surface: Surface, end: bool) -> None:
    if surface.scope.live:
        surface.follow() if end else surface.fit()
    else:
        surface.positionWanted.emit(surface.snapped(surface.scope.high if end else surface.scope.low))


def _scroll(surface: Surface, pages: int) -> None:
    """Through the lanes, where they have more height than there is."""
    bar = surface.verticalScrollBar()
    bar.setValue(bar.value() + pages * bar.pageStep())


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
