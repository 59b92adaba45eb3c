"""The live board finder: where the board is in each frame, what the views so far have covered, and what to do next.

It looks where the board was last (optical flow on a small picture, then refinement at full resolution), and only when
that fails asks the gate whether there is a board at all. The full search runs on the part of the picture that the gate
points at, at the scale that suits the board. So a frame without a board costs a few milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.guidance import SHARP, BoardLook, Guide, outline_of, share_of, sharpness_of
from engines.calibration.targets import gate
from engines.calibration.targets.corners import (
    chequered,
    detect,
    in_board_order,
    is_even,
    parse_window,
    refine,
    smallest_pitch,
    to_gray,
)
from engines.calibration.targets.detection import Detection, Floats, Gray
from engines.calibration.types import FinderSettings, Point, Sighting
from engines.core.context import Context
from engines.core.frames import Frame, FrameSet, Size, size_of
from engines.core.live import Reset

TURNED = "This picture was turned upright (EXIF), which moves the lens centre: add its file as a photograph instead"
SEEN, CAPTURE = "seen", "capture"
_SEARCH_PITCH = 24.0
_STILL_FRAMES = 2
_STILL_SHARE = 1 / 640


class BoardFinder:
    """`Live[FinderSettings, Sighting]` for one view."""

    def __init__(self) -> None:
        self._settings: FinderSettings | None = None
        self._guide: Guide | None = None
        self._search = _Search()
        self._last: Floats | None = None
        self._still_for = 0

    def open(self, settings: FinderSettings, ctx: Context) -> None:
        """Raises `UsageError` for a window that makes no sense."""
        ctx.check()
        self._take(settings)

    def configure(self, settings: FinderSettings) -> bool:
        self._take(settings)
        return True

    def process(self, frames: FrameSet) -> Sighting:
        """Look at the first frame of the set."""
        assert self._settings is not None, "open() comes first"
        began = perf_counter()
        frame, settings = frames[0], self._settings
        size, gray = size_of(frame.image), to_gray(frame.image)
        guide = self._guide_for(size)
        if frame.stamp.turn != 1:
            self._search.forget()
            self._forget()
            return _sighting(frame, size, guide, TURNED, began)
        found = self._search.find(gray, settings)
        outline = outline_of(settings.board, found.ids, found.corners) if found else None
        if found is None or outline is None:
            self._forget()
            return _sighting(frame, size, guide, guide.advice(None), began)
        look = self._judge(gray, found, outline, guide)
        worth = look.new and look.still and look.sharpness >= SHARP
        wants = settings.capture == "auto" and worth and bool(guide.goal())
        words = guide.advice(look)
        if wants:
            guide.add(found.corners, outline)
            words = guide.goal() or "Enough views: calibrate"
        return _sighting(frame, size, guide, words, began, found, outline, look, wants)

    def reset(self, why: Reset) -> None:
        """The next frame has nothing to do with the last one. Views taken stay."""
        self._search.forget()
        self._forget()

    def close(self) -> None:
        self._search = _Search()
        self._guide = None
        self._forget()

    def _take(self, settings: FinderSettings) -> None:
        parse_window(settings.window)
        before, self._settings = self._settings, settings
        if before is None or before.board != settings.board:
            self._search.forget()
        if before is None or (before.board, before.captured) != (settings.board, settings.captured):
            self._guide = None

    def _guide_for(self, size: Size) -> Guide:
        assert self._settings is not None
        if self._guide is None or self._guide.size != size:
            self._guide = Guide(self._settings.board, size, self._settings.captured)
        return self._guide

    def _forget(self) -> None:
        self._last = None
        self._still_for = 0

    def _judge(self, gray: Gray, found: Detection, outline: Floats, guide: Guide) -> BoardLook:
        moved = np.inf if self._last is None else float(np.abs(outline - self._last).max())
        self._last = outline
        self._still_for = self._still_for + 1 if moved < max(1.0, _STILL_SHARE * max(gray.shape)) else 0
        return BoardLook(
            sharpness=sharpness_of(gray, guide.board, found.ids, found.corners),
            still=self._still_for >= _STILL_FRAMES,
            new=guide.is_new(outline),
            share=share_of(outline, guide.size),
        )


@dataclass(frozen=True, slots=True)
class SeenBoard:
    """A result and the very frame it belongs to."""

    sighting: Sighting
    frame: Frame


class CapturingFinder(BoardFinder):
    """The board finder, which also hands over the frames that views are captured from: `SEEN` the newest one,
    `CAPTURE` the newest that the automatic capture asks for, which later frames do not replace."""

    def open(self, settings: FinderSettings, ctx: Context) -> None:
        super().open(settings, ctx)
        self._ctx = ctx

    def process(self, frames: FrameSet) -> Sighting:
        sighting = super().process(frames)
        seen = SeenBoard(sighting, frames[0])
        if sighting.wants_capture:
            self._ctx.emit(CAPTURE, seen)
        self._ctx.emit(SEEN, seen)
        return sighting


class _Search:
    """Finds the board, first where it was. After a search in vain it rests for a few frames, the longer the dearer."""

    def __init__(self) -> None:
        self._small: Gray | None = None
        self._found: Detection | None = None
        self._rest = 0

    def forget(self) -> None:
        self._small, self._found, self._rest = None, None, 0

    def find(self, gray: Gray, settings: FinderSettings) -> Detection | None:
        board = settings.board
        if board.kind == "charuco":
            self._found = self._charuco(gray, settings)
            return self._found
        small, scale = _reduced(gray, settings.gate_pixels)
        found = self._followed(gray, small, scale, settings)
        if found is None:
            found = self._searched(gray, small, scale, settings)
        self._small, self._found = small, found
        return found

    def _followed(self, gray: Gray, small: Gray, scale: float, settings: FinderSettings) -> Detection | None:
        """The last corners, carried along by optical flow on the small pictures."""
        before, last = self._small, self._found
        if before is None or last is None or before.shape != small.shape:
            return None
        start = (((last.corners + 0.5) * scale) - 0.5).astype(np.float32).reshape(-1, 1, 2)
        moved, status, _ = cv2.calcOpticalFlowPyrLK(before, small, start, start.copy(), winSize=(13, 13), maxLevel=2)
        if not np.asarray(status).all():
            return None
        corners = (np.asarray(moved, dtype=np.float64).reshape(-1, 2) + 0.5) / scale - 0.5
        return _confirmed(gray, settings, corners)

    def _searched(self, gray: Gray, small: Gray, scale: float, settings: FinderSettings) -> Detection | None:
        lattice = gate.find_lattice(small, settings.board.corner_grid)
        if lattice is None:
            return None
        if self._rest > 0:
            self._rest -= 1
            return None
        began = perf_counter()
        found = _search_near(gray, lattice, scale, settings)
        spent = perf_counter() - began
        self._rest = 0 if found is not None else min(8, int(spent / 0.012))
        return found

    def _charuco(self, gray: Gray, settings: FinderSettings) -> Detection | None:
        last = self._found
        if last is not None:
            corner, part = _around(gray, last.corners, 0.35)
            found = detect(part, settings.board, settings.window)
            if found is not None and len(found.ids) >= 0.7 * len(last.ids):
                return Detection(found.ids, found.corners + corner, found.window)
        return detect(gray, settings.board, settings.window)


def _search_near(gray: Gray, lattice: gate.Lattice, scale: float, settings: FinderSettings) -> Detection | None:
    """The classic finder on the part of the picture that holds the lattice, at the scale that suits its pitch."""
    points = (lattice.points.astype(np.float64) + 0.5) / scale - 0.5
    corner, part = _around(gray, points, 0.0, 2.0 * lattice.pitch / scale)
    columns, rows = settings.board.corner_grid
    best = min(1.0, _SEARCH_PITCH * scale / max(lattice.pitch, 1.0))
    for zoom in dict.fromkeys((best, min(1.0, 1.4 * best), 0.8 * best, 1.0)):
        seen = cv2.resize(part, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA) if zoom < 1 else part
        found, raw = cv2.findChessboardCorners(seen, (columns, rows))
        if found:
            corners = (np.asarray(raw, dtype=np.float64).reshape(-1, 2) + 0.5) / zoom - 0.5 + corner
            ordered = in_board_order(gray, corners.reshape(rows, columns, 2), settings.board.inverted)
            confirmed = _confirmed(gray, settings, ordered.reshape(-1, 2))
            if confirmed is not None:
                return confirmed
    return None


def _confirmed(gray: Gray, settings: FinderSettings, corners: Floats) -> Detection | None:
    """The corners refined, if they are still an even, chequered grid inside the picture."""
    board = settings.board
    columns, rows = board.corner_grid
    ids = np.arange(board.corner_count)
    height, width = gray.shape
    if corners.min() < 1 or (corners > (width - 2, height - 2)).any() or smallest_pitch(board, ids, corners) < 4:
        return None
    found = refine(gray, board, ids, corners, parse_window(settings.window))
    grid = found.corners.reshape(rows, columns, 2)
    good = is_even(grid) and chequered(gray, grid) > 0.9
    return found if good else None


def _reduced(gray: Gray, longest: int) -> tuple[Gray, float]:
    scale = min(1.0, longest / max(gray.shape))
    if scale == 1.0:
        return gray, 1.0
    return np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8), scale


def _around(gray: Gray, points: Floats, share: float, pixels: float = 16.0) -> tuple[NDArray[np.float64], Gray]:
    """The part of the picture around points, wider by a share of their extent and by pixels; and its top left."""
    low, high = points.min(axis=0), points.max(axis=0)
    margin = share * (high - low) + pixels
    x0, y0 = np.maximum(np.floor(low - margin), 0).astype(int)
    x1, y1 = np.ceil(high + margin).astype(int) + 1
    return np.array([x0, y0], dtype=np.float64), np.ascontiguousarray(gray[y0:y1, x0:x1])


def _sighting(
    frame: Frame,
    size: Size,
    guide: Guide,
    words: str,
    began: float,
    found: Detection | None = None,
    outline: Floats | None = None,
    look: BoardLook | None = None,
    wants_capture: bool = False,
) -> Sighting:
    return Sighting(
        stamp=frame.stamp,
        size=size,
        found=found is not None and outline is not None,
        ids=() if found is None else tuple(found.ids.tolist()),
        corners=() if found is None else _points(found.corners),
        outline=() if outline is None else _points(outline),
        coverage=tuple(int(cell) for cell in guide.cells.ravel()),
        captured=guide.count,
        guidance=words,
        wants_capture=wants_capture,
        sharpness=0.0 if look is None else look.sharpness,
        still=look is not None and look.still,
        milliseconds=1000 * (perf_counter() - began),
    )


def _points(corners: Floats) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in corners.tolist())
