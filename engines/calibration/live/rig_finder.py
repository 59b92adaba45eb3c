"""The live board finder of a rig: looks at all cameras of one moment, and says when a set of them should be taken.

Each camera has a `BoardFinder` of its own, which follows the board from frame to frame. They take turns in one thread:
a picture in which a board is followed is looked at every time, since that costs little; of the others, which must be
searched whole, `TURNS` at a time have their turn. When the board comes to rest, all of that moment are searched.

After each set the rig is estimated anew before the next moment is looked at: a few dozen milliseconds, in which whoever
holds the board moves on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from engines.calibration.live.finder import BoardFinder
from engines.calibration.live.guidance import SHARP
from engines.calibration.live.rig_estimate import Solution, estimate
from engines.calibration.live.rig_guidance import SETTLED, RigGuide
from engines.calibration.live.rig_types import RigCapture, RigFinderSettings, RigSighting
from engines.calibration.types import Capture, FinderSettings, Sighting
from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.frames import FrameSet, size_of
from engines.core.live import Reset
from engines.core.words import tr

TURNS = 2
"""Pictures without a board that are searched at one moment."""


class RigFinder:
    """`Live[RigFinderSettings, RigSighting]` for N views of the same moment, in the order of the settings' cameras."""

    def __init__(self) -> None:
        self._settings: RigFinderSettings | None = None
        self._finders: list[BoardFinder] = []
        self._followed: list[int] = []
        self._turn = 0
        self._rests = False
        self._guide: RigGuide | None = None
        self._solution: Solution | None = None
        self._solved: tuple[RigCapture, ...] = ()

    def open(self, settings: RigFinderSettings, ctx: Context) -> None:
        """Raises `UsageError` for a rig of one camera, and for a window that makes no sense."""
        if len(settings.cameras) < 2:
            raise UsageError(
                tr("A rig has two cameras or more"), hint=tr("Choose the cameras that see the board together")
            )
        self._finders = [BoardFinder() for _ in settings.cameras]
        self._followed = [0] * len(settings.cameras)
        for number, finder in enumerate(self._finders):
            finder.open(_of_camera(settings, number), ctx)
        self._take(settings)

    def configure(self, settings: RigFinderSettings) -> bool:
        if len(settings.cameras) != len(self._finders):
            return False
        for number, finder in enumerate(self._finders):
            finder.configure(_of_camera(settings, number))
        self._take(settings)
        return True

    def process(self, frames: FrameSet) -> RigSighting:
        """Look at one moment. Raises `UsageError` for another number of pictures than of cameras."""
        assert self._settings is not None, "open() comes first"
        if len(frames) != len(self._finders):
            raise UsageError(
                tr(
                    "{pictures} pictures are given for {cameras} cameras",
                    pictures=len(frames),
                    cameras=len(self._finders),
                )
            )
        began = perf_counter()
        sighting = self._looked(frames, self._settings)
        return replace(sighting, milliseconds=1000 * (perf_counter() - began))

    def reset(self, why: Reset) -> None:
        for finder in self._finders:
            finder.reset(why)
        self._followed = [0] * len(self._finders)

    def close(self) -> None:
        for finder in self._finders:
            finder.close()
        self._guide = self._solution = None
        self._solved = ()

    def _looked(self, frames: FrameSet, settings: RigFinderSettings) -> RigSighting:
        guide = self._guide_for(settings)
        self._settle(frames, guide, settings)
        sights = {number: self._finders[number].process([frames[number]]) for number in self._turns()}
        if self._has_come_to_rest(sights):
            rest = [number for number in range(len(frames)) if number not in sights]
            sights |= {number: self._anew(number, frames) for number in rest}
        for number, sighting in sights.items():
            self._followed[number] = self._followed[number] + 1 if sighting.found else 0
        return self._judged(frames, sights, guide, settings)

    def _settle(self, frames: FrameSet, guide: RigGuide, settings: RigFinderSettings) -> None:
        """The estimate follows the sets taken."""
        taken = tuple(guide.taken)
        if taken == self._solved:
            return
        sizes = [size_of(frame.image) for frame in frames]
        self._solution = estimate(replace(settings, captured=taken), sizes, self._solution)
        self._solved = taken
        guide.know(None if self._solution is None else self._solution.told)

    def _turns(self) -> list[int]:
        """The cameras that are looked at now."""
        lost = [number for number, followed in enumerate(self._followed) if not followed]
        ahead = sorted(lost, key=lambda number: (number - self._turn) % len(self._followed))[:TURNS]
        if ahead:
            self._turn = (ahead[-1] + 1) % len(self._followed)
        return sorted(set(range(len(self._followed))) - set(lost) | set(ahead))

    def _anew(self, number: int, frames: FrameSet) -> Sighting:
        """Searched at once, whether or not the last search was in vain."""
        self._finders[number].reset(Reset.GAP)
        return self._finders[number].process([frames[number]])

    def _has_come_to_rest(self, sights: dict[int, Sighting]) -> bool:
        """The board has just come to rest: a set may be taken."""
        before, self._rests = self._rests, any(sighting.still for sighting in sights.values())
        return self._rests and not before

    def _judged(
        self, frames: FrameSet, sights: dict[int, Sighting], guide: RigGuide, settings: RigFinderSettings
    ) -> RigSighting:
        whole = self._all(frames, sights)
        useful, moving = _sharp(whole), self._moving(whole)
        could = not moving and any(whole[number].still for number in useful)
        wants = could and settings.capture == "auto" and guide.adds(whole, useful)
        if wants:
            self._capture(capture_of(whole, useful), guide)
        guides = [finder.guide for finder in self._finders]
        words = guide.goal(guides).words or guide.farewell() if wants else guide.advice(whole, useful, moving, guides)
        goal = guide.goal(guides)
        return RigSighting(
            frames[0].stamp,
            whole,
            tuple(sorted(sights)),
            guide.pairs(),
            words,
            goal.cameras,
            goal.target,
            useful if could else (),
            wants,
            len(guide.taken),
            known=guide.known,
        )

    def _moving(self, sights: Sequence[Sighting]) -> tuple[int, ...]:
        """Cameras that have followed the board for a while, and see it move."""
        return tuple(
            number
            for number, sighting in enumerate(sights)
            if sighting.found and not sighting.still and self._followed[number] > SETTLED
        )

    def _all(self, frames: FrameSet, sights: dict[int, Sighting]) -> tuple[Sighting, ...]:
        """A sighting of each camera; of those that have had no turn, that nothing was found."""
        return tuple(
            sights[number] if number in sights else Sighting(frame.stamp, size_of(frame.image), False)
            for number, frame in enumerate(frames)
        )

    def _capture(self, capture: RigCapture, guide: RigGuide) -> None:
        guide.add(capture)
        for finder, sight in zip(self._finders, capture.sights, strict=True):
            if sight is not None:
                finder.take(sight)

    def _take(self, settings: RigFinderSettings) -> None:
        before, self._settings = self._settings, settings
        if before is None or self._guide is None or _guides(before) != _guides(settings):
            self._guide = self._solution = None
            self._solved = ()
        elif before.captured != settings.captured:
            self._recapture(self._guide, before.captured, settings.captured)

    def _recapture(self, guide: RigGuide, before: tuple[RigCapture, ...], now: tuple[RigCapture, ...]) -> None:
        """More sets: they are added. Fewer or others: the guide begins anew."""
        if set(before) <= set(now):
            known = set(guide.taken)
            for capture in now:
                if capture not in known:
                    guide.add(capture)
        else:
            self._guide = None
            self._solved = ()

    def _guide_for(self, settings: RigFinderSettings) -> RigGuide:
        if self._guide is None:
            known = [settings.lens(number) is not None for number in range(len(settings.cameras))]
            self._guide = RigGuide(settings.cameras, settings.boards, known)
            for capture in settings.captured:
                self._guide.add(capture)
        return self._guide


def capture_of(sights: Sequence[Sighting], useful: Sequence[int]) -> RigCapture:
    """A set of the cameras whose view is good enough."""
    return RigCapture(
        tuple(
            Capture(sighting.corners, sighting.outline, sighting.ids, sighting.board) if number in useful else None
            for number, sighting in enumerate(sights)
        )
    )


def _sharp(sights: Sequence[Sighting]) -> tuple[int, ...]:
    return tuple(number for number, sighting in enumerate(sights) if sighting.found and sighting.sharpness >= SHARP)


def _of_camera(settings: RigFinderSettings, number: int) -> FinderSettings:
    sights = (capture.sights[number] for capture in settings.captured)
    return FinderSettings(
        settings.board,
        gate_pixels=settings.gate_pixels,
        window=settings.window,
        captured=tuple(sight for sight in sights if sight is not None),
        more_boards=settings.more_boards,
        lens=settings.lens(number),
        model=settings.model,
        mirrored=number in settings.mirrored,
    )


def _guides(settings: RigFinderSettings) -> object:
    return settings.cameras, settings.boards, settings.lenses, settings.model, settings.mirrored
