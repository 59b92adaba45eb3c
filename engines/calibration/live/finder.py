"""The live board finder: where the board is in each frame, what the views so far tell, and what to do next.

It follows the board from frame to frame (`following`), judges each sight of it (`looks`, `motion_faults`), weighs what
it would add (`guidance`), and where there is no board looks now and then for what is there instead (`hints`). A
frame costs the same with many captured views as with few.

With `FinderSettings.mirrored` pictures are flipped before anything else: corners, outline and coverage are those of the
flipped picture, as in the calibration that is solved from them; `unflipped` gives them back for drawing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from engines.calibration import coverage
from engines.calibration.live.following import Search
from engines.calibration.live.guidance import SHARP, BoardLook, Guide
from engines.calibration.live.hints import Hints
from engines.calibration.live.information import pose_of
from engines.calibration.live.motion_faults import MotionWatch, Readout, smear_of
from engines.calibration.targets.corners import parse_window, to_gray
from engines.calibration.targets.detection import Detection, Floats, Gray
from engines.calibration.targets.looks import outline_of, share_of, sharpness_by_direction
from engines.calibration.types import Capture, FinderSettings, Point, Sighting
from engines.core.context import Context
from engines.core.frames import Frame, FrameSet, Size, size_of
from engines.core.lenses import Lens
from engines.core.live import Reset
from engines.core.words import tr

TURNED = tr("This picture was turned upright (EXIF), which moves the lens centre: add its file as a photograph instead")
SEEN, CAPTURE = "seen", "capture"
_KNOWN_LENS = 0.02
"""Deviation of fx as a share, below which the views have told the lens well enough to measure with."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A board in the picture: which of the boards, its corners, and its print's outline."""

    board: int
    detection: Detection
    outline: Floats

    @property
    def capture(self) -> Capture:
        ids = tuple(self.detection.ids.tolist())
        return Capture(_points(self.detection.corners), _points(self.outline), ids, self.board)


class BoardFinder:
    """`Live[FinderSettings, Sighting]` for one view."""

    def __init__(self) -> None:
        self._settings: FinderSettings | None = None
        self._guide: Guide | None = None
        self._search: Search | None = None
        self._hints: Hints | None = None
        self._motion = MotionWatch()
        self._readout = Readout()
        self._declining = False

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
        sighting = self._looked(frames[0], self._settings)
        return replace(sighting, milliseconds=1000 * (perf_counter() - began))

    @property
    def guide(self) -> Guide | None:
        """What the views taken tell; None before the first frame."""
        return self._guide

    def take(self, capture: Capture) -> None:
        """A view has been taken, for reasons that are not this camera's alone."""
        if self._guide is not None:
            self._guide.add(capture)

    def reset(self, why: Reset) -> None:
        """The next frame has nothing to do with the last one. Views taken stay."""
        self._forget()

    def close(self) -> None:
        self._guide = None
        self._readout = Readout()
        self._forget()

    def _looked(self, frame: Frame, settings: FinderSettings) -> Sighting:
        size, gray = size_of(frame.image), to_gray(frame.image)
        guide = self._guide_for(size, settings)
        guide.settle()
        nothing = Sighting(frame.stamp, size, False, coverage=_cells(guide), captured=guide.count)
        if frame.stamp.turn != 1:
            self._forget()
            return replace(nothing, guidance=TURNED)
        if settings.mirrored:
            gray = np.ascontiguousarray(gray[:, ::-1])
        found = self._find(gray, settings)
        if found is None:
            return self._missed(gray, settings, guide, nothing)
        look = self._judge(gray, found, guide, frame.stamp.index)
        return self._told(found, look, guide, settings, nothing)

    def _told(
        self, found: _Found, look: BoardLook, guide: Guide, settings: FinderSettings, nothing: Sighting
    ) -> Sighting:
        """What there is to say of a board that was found; the automatic capture takes it where it adds."""
        worth = self._is_worth(look, guide)
        wants = worth and settings.capture == "auto"
        words = guide.advice(look)
        if wants:
            guide.add(found.capture)
            words = guide.goal() or guide.farewell()
        capture = found.capture
        return replace(
            nothing,
            found=True,
            ids=capture.ids,
            corners=capture.corners,
            outline=capture.outline,
            board=found.board,
            coverage=_cells(guide),
            captured=guide.count,
            guidance=words,
            wants_capture=wants,
            sharpness=look.sharpness,
            still=look.still,
            gain=look.gain,
            distance=self._distance(found, guide),
            mirrored=settings.mirrored,
            new=look.new,
            worth=worth,
        )

    def _is_worth(self, look: BoardLook, guide: Guide) -> bool:
        """Whether the view should be taken. One that could be and is not is declined when the board moves on."""
        could = look.still and look.new and look.sharpness >= SHARP
        adds = guide.adds(look)
        if self._declining and not look.still:
            guide.decline()
        self._declining = (could or (self._declining and look.still)) and not adds
        return could and adds

    def _missed(self, gray: Gray, settings: FinderSettings, guide: Guide, nothing: Sighting) -> Sighting:
        self._motion.forget()
        if self._hints is None:
            self._hints = Hints(settings.board, settings.window)
        self._hints.look(gray)
        fitting, mirrored = self._hints.fitting, self._hints.mirrored
        return replace(nothing, guidance=guide.advice(None, fitting, mirrored), fitting=fitting, mirrored=mirrored)

    def _find(self, gray: Gray, settings: FinderSettings) -> _Found | None:
        if self._search is None:
            self._search = Search(settings)
        seen = self._search.find(gray)
        if seen is None:
            return None
        number, detection = seen
        outline = outline_of(settings.boards[number], detection.ids, detection.corners)
        if self._hints is not None:
            self._hints.forget()
        return None if outline is None else _Found(number, detection, outline)

    def _judge(self, gray: Gray, found: _Found, guide: Guide, index: int) -> BoardLook:
        ids, corners, board = found.detection.ids, found.detection.corners, guide.boards[found.board]
        motion = self._motion.see(ids, corners, index, found.board)
        lens = self._lens(guide)
        if motion is not None and lens is not None:
            self._readout.see(lens, guide.size, board.corners[ids], corners, motion, guide.estimate.noise)
        sharpness = sharpness_by_direction(gray, board, ids, corners)
        speed = 0.0 if motion is None else motion.speed
        return BoardLook(
            sharpness=min(sharpness),
            still=self._motion.is_still(motion, self._readout.limit(corners, guide.size)),
            new=guide.is_new(found.outline, found.board),
            share=share_of(found.outline, guide.size),
            gain=guide.gain(ids, corners, found.board),
            smear=smear_of(*sharpness),
            skew=self._readout.skew(speed, corners, guide.size) if self._readout.rolls else 0.0,
        )

    def _lens(self, guide: Guide) -> Lens | None:
        """The lens where it is known, or where the views have told it well enough."""
        if self._settings is not None and self._settings.lens is not None:
            return self._settings.lens
        return guide.estimate.lens if guide.estimate.precision < _KNOWN_LENS else None

    def _distance(self, found: _Found, guide: Guide) -> float | None:
        lens, board = self._lens(guide), guide.boards[found.board]
        poses = lens and pose_of(lens, board.corners[found.detection.ids], found.detection.corners)
        if not poses:
            return None
        middle = np.append(np.array(board.print_origin) + np.array(board.print_size) / 2, 0.0)
        return float(np.linalg.norm(poses.apply(middle[None])))

    def _take(self, settings: FinderSettings) -> None:
        parse_window(settings.window)
        before, self._settings = self._settings, settings
        if before is None or _looks_for(before) != _looks_for(settings):
            self._forget()
        if before is None or _solves_for(before) != _solves_for(settings):
            self._guide, self._readout = None, Readout()
        elif self._guide is not None and before.captured != settings.captured:
            self._recapture(before.captured, settings.captured)

    def _recapture(self, before: tuple[Capture, ...], now: tuple[Capture, ...]) -> None:
        """More views: they are added. Fewer or others: the guide begins anew."""
        assert self._guide is not None
        if set(before) <= set(now):
            known = set(self._guide.taken)
            for capture in now:
                if capture not in known:
                    self._guide.add(capture)
        else:
            self._guide = None

    def _guide_for(self, size: Size, settings: FinderSettings) -> Guide:
        if self._guide is None or self._guide.size != size:
            self._guide = Guide(settings.boards, size, settings.captured, settings.lens, settings.model)
        return self._guide

    def _forget(self) -> None:
        self._search = self._hints = None
        self._motion.forget()


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


def unflipped(sighting: Sighting) -> Sighting:
    """A sighting of a flipped picture as it lies in the picture that the camera gave, for drawing on it."""
    last = sighting.size.width - 1
    rows = np.reshape(sighting.coverage, (coverage.ROWS, coverage.COLUMNS))
    return replace(
        sighting,
        corners=tuple((last - x, y) for x, y in sighting.corners),
        outline=tuple((last - x, y) for x, y in sighting.outline),
        coverage=tuple(rows[:, ::-1].ravel().tolist()),
    )


def _looks_for(settings: FinderSettings) -> object:
    return settings.boards, settings.mirrored, settings.window, settings.gate_pixels


def _solves_for(settings: FinderSettings) -> object:
    return settings.boards, settings.mirrored, settings.lens, settings.model


def _cells(guide: Guide) -> tuple[int, ...]:
    return tuple(int(cell) for cell in guide.cells.ravel())


def _points(corners: Floats) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in corners.tolist())
