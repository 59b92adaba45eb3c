"""Guidance at the camera: says in words what to do next with the board, and judges what a view would add.

A calibration is carried by views that differ: in place, in tilt and in distance. The guide keeps what the views taken
tell of the camera (`information`), looks over the views that could come next (`candidates`), and asks for the one that
lessens the deviations most, the most uncertain parameter's above all. It stays with what it asked for until that is
taken or clearly beaten. A view counts only when it differs from each one taken, since the same view again repeats its
own errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.calibration import coverage
from engines.calibration.live.candidates import Candidates, Wish, candidates
from engines.calibration.live.information import Estimate, Floats, Gains, gains, quantities
from engines.calibration.targets.looks import length_of, normal_of, outline_of, quarter_of
from engines.calibration.types import Capture
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Lens, ModelName
from engines.core.words import tr

SHARP = 0.25
ADDS = 0.02
"""The least gain that is worth a view."""
LEAST_VIEWS = 10
_NOTHING = 0.06
"""When the best view adds less than this share, there are enough."""
_SHARE_OF_BEST = 0.4
"""With more, who holds a board as it comes waits long for each view, and no fewer are needed."""
_PLENTY = 0.4
"""What brings this much is always worth a view."""
_LOOKED_OVER = 36
_TRIES = 4
_PATIENCE = 0.85
"""Each still view that is declined lowers by this factor what the next one must bring."""
_BEATEN = 0.7
_COVERED = 0.7
_SMALL = 0.06
_ELSEWHERE = 0.06
"""How far the outline's corners lie apart on average, in diagonals of the picture."""
_SAME = 0.004
"""Outlines this near are one view, whatever tilt is read from them: a small board's tilt may be read mirrored."""
_OTHER_TILT = float(np.cos(np.radians(12.0)))
_OTHER_SIZE = 1.2
"""Ratio of lengths."""
_MOVES: dict[coverage.Region, str] = {
    "": "",
    "upper left": tr("Move to the upper left: no view has been there"),
    "upper right": tr("Move to the upper right: no view has been there"),
    "lower left": tr("Move to the lower left: no view has been there"),
    "lower right": tr("Move to the lower right: no view has been there"),
    "centre": tr("Move to the centre: no view has been there"),
    "left edge": tr("Move to the left edge: no view has been there"),
    "right edge": tr("Move to the right edge: no view has been there"),
}


@dataclass(frozen=True, slots=True)
class BoardLook:
    """One found board, judged: sharpness 0 to 1, still, new among those taken, and its share of the picture.

    gain: by what share it would lessen the deviations on the whole, None where that cannot be told. smear: the
    direction in which it is smeared, in words. skew: pixels by which its rows' readout skews it; 0 where that is not
    known.
    """

    sharpness: float
    still: bool
    new: bool
    share: float
    gain: float | None = None
    smear: str = ""
    skew: float = 0.0


@dataclass(frozen=True, slots=True)
class _Goal:
    wish: Wish | None
    words: str
    gain: float


class Guide:
    """Remembers the views taken of one camera and says what is missing."""

    def __init__(
        self,
        boards: Sequence[Board],
        size: Size,
        captured: Sequence[Capture] = (),
        lens: Lens | None = None,
        model: ModelName = "brown5",
    ) -> None:
        self.boards = tuple(boards)
        self.size = size
        self.cells = np.zeros((coverage.ROWS, coverage.COLUMNS), dtype=np.bool_)
        self.taken: list[Capture] = []
        self.estimate = Estimate(size, model, lens)
        self._lens_is_known = lens is not None
        self._points = [board.corners for board in self.boards]
        self._outlines: list[Floats] = []
        self._normals: list[Floats] = []
        self._lengths: list[float] = []
        self.quarter = self._board = 0
        self._declined = 0
        self._set_aside: set[Wish] = set()
        self._due = True
        self._goal: _Goal | None = None
        for capture in captured:
            self.add(capture)

    @property
    def count(self) -> int:
        return len(self.taken)

    def add(self, capture: Capture) -> None:
        """A view has been taken."""
        self.taken.append(capture)
        self.cells |= coverage.touched(capture.corners, self.size)
        self._due, self._declined = True, 0
        self._board = min(capture.board, len(self.boards) - 1)
        ids = _ids_of(capture, self.boards[self._board])
        if len(ids):
            self.estimate.add(self._points[self._board][ids], np.array(capture.corners))
        four = self._outline(capture, ids)
        if four is not None:
            self.quarter = quarter_of(four)
            self._outlines.append(four)
            self._normals.append(normal_of(four, self.boards[self._board], self.size))
            self._lengths.append(length_of(four))

    def settle(self) -> None:
        """Once a frame: the estimate follows the views taken, and the goal what is known then.

        Before the first view there is no choice, and nothing is weighed: the first sight of a board shall come soon.
        """
        if self.count == 0:
            return
        settled = self.estimate.settle()
        if self._goal is None or (self._due and settled):
            self._goal, self._due = self._choose(), not settled

    def decline(self) -> None:
        """A view could have been taken and was not, for it brought too little. What is not done in a few such views
        is set aside."""
        self._declined += 1
        if self._declined % _TRIES == 0 and self._goal is not None and self._goal.wish is not None:
            self._set_aside.add(self._goal.wish)
            self._due = True

    def is_new(self, outline: Floats, board: int = 0) -> bool:
        """Whether the board lies clearly elsewhere, or tilted or sized clearly otherwise, than in each view taken."""
        if not self._outlines:
            return True
        apart = np.linalg.norm(np.array(self._outlines) - outline, axis=2).mean(axis=1)
        apart = apart / np.hypot(self.size.width, self.size.height)
        alike = np.array(self._normals) @ normal_of(outline, self.boards[board], self.size)
        larger = np.abs(np.log(np.array(self._lengths) / length_of(outline)))
        other = (alike < _OTHER_TILT) | (larger > np.log(_OTHER_SIZE))
        return bool(((apart > _ELSEWHERE) | ((apart > _SAME) & other)).all())

    def gain(self, ids: NDArray[np.int64], corners: Floats, board: int = 0) -> float | None:
        """By what share a view would lessen the deviations on the whole; None where it cannot be told."""
        if self.count == 0 and not self._lens_is_known:
            return None
        added = self.estimate.of_view(self._points[board][ids], corners)
        return None if added is None else float(np.clip(self._gains(added[None]).whole[0], 0.0, 1.0))

    def adds(self, look: BoardLook) -> bool:
        """Whether the view is worth taking: a new one that brings a good part of what could be brought."""
        if not look.new or self.enough:
            return False
        if self.count == 0 or look.gain is None:
            return True
        best = self._goal.gain if self._goal else 0.0
        wanted = _SHARE_OF_BEST * _PATIENCE**self._declined * best
        return look.gain >= max(ADDS, min(wanted, _PLENTY))

    @property
    def enough(self) -> bool:
        return self._goal is not None and self.count > 0 and not self._goal.words

    @property
    def wish(self) -> Wish | None:
        """The view that is asked for."""
        if self._goal is None:
            self._goal = self._choose()
        return self._goal.wish

    def goal(self) -> str:
        """What the next view should bring, as an order; "" when nothing would add anything."""
        self.settle()
        return tr("Capture a first view") if self.count == 0 or self._goal is None else self._goal.words

    def advice(self, look: BoardLook | None, fitting: str = "", mirrored: bool = False) -> str:
        """Words for this moment: what hinders, else the goal. fitting, mirrored: as in `Sighting`."""
        if look is None and fitting:
            return tr("The picture shows another board: {fitting}", fitting=fitting)
        if look is None and mirrored:
            return tr("The board is seen in a mirror: flip the pictures")
        if look is None:
            return tr("Show the whole board to the camera")
        if look.share < _SMALL:
            return tr("Move closer")
        hindrance = _hindrance(look)
        if hindrance and (look.sharpness < SHARP or self.adds(look)):
            return hindrance
        if self.count and self.adds(look):
            return tr("Capture this view")
        return self.goal() or self.farewell()

    def farewell(self) -> str:
        """That there is enough, and what has been reached."""
        spread = np.sqrt(np.diag(np.linalg.inv(self.estimate.information)))
        told = ", ".join(f"{name} \u00b1 {spread[number]:.2g}" for number, name in ((0, "fx"), (2, "cx"), (3, "cy")))
        return tr("Enough views: calibrate ({told} px)", told=told)

    def _outline(self, capture: Capture, ids: NDArray[np.int64]) -> Floats | None:
        if len(capture.outline) == 4:
            return np.asarray(capture.outline, dtype=np.float64)
        return outline_of(self.boards[self._board], ids, np.array(capture.corners)) if len(ids) else None

    def _gains(self, added: Floats) -> Gains:
        return gains(quantities(self.estimate.lens, self.size), self.estimate.information, added)

    def _choose(self) -> _Goal:
        """The best new view; the one asked for before, if it is still nearly as good."""
        known = candidates(self.estimate.lens, self.size, self.boards[self._board], self.quarter)
        if not known.wishes:
            return self._uncovered()
        told = self._gains(known.information / self.estimate.noise**2)
        best = self._best(known, told.whole)
        if best is None or (told.whole[best] < _NOTHING and self.count >= LEAST_VIEWS):
            return self._uncovered()
        kept = self._kept(known, told.whole, float(told.whole[best]))
        chosen = best if kept is None else kept
        wish = known.wishes[chosen]
        return _Goal(wish, f"{wish.words}: {self._effect(told, chosen)}", float(told.whole[chosen]))

    def _effect(self, told: Gains, chosen: int) -> str:
        """In words, on the parameter that gains most; the most uncertain one comes first."""
        shares = told.each[:, chosen].copy()
        shares[told.worst] *= 2
        number = int(np.argmax(shares))
        return _effect(float(told.each[number, chosen]), quantities(self.estimate.lens, self.size)[number].name)

    def _best(self, known: Candidates, whole: Floats) -> int | None:
        """Of the best ones the first that is new. What nobody has looked at yet counts a little more."""
        likely = np.argsort(-whole)[:_LOOKED_OVER]
        empty = [1 - self.cells[coverage.touched(known.outlines[number], self.size)].mean() for number in likely]
        order = likely[np.argsort(-whole[likely] * (1 + 0.3 * np.array(empty)))]
        free = [int(number) for number in order if known.wishes[number] not in self._set_aside]
        return next((number for number in free[:12] if self.is_new(known.outlines[number], self._board)), None)

    def _kept(self, known: Candidates, whole: Floats, best: float) -> int | None:
        if self._goal is None or self._goal.wish not in known.wishes or self._goal.wish in self._set_aside:
            return None
        number = known.wishes.index(self._goal.wish)
        good = whole[number] >= _BEATEN * best and self.is_new(known.outlines[number], self._board)
        return number if good else None

    def _uncovered(self) -> _Goal:
        """Nothing adds by the numbers; they trust the model even where no view has been."""
        region: coverage.Region = coverage.emptiest_region(self.cells) if self.cells.mean() < _COVERED else ""
        return _Goal(None, _MOVES[region], 0.0)


def _ids_of(capture: Capture, board: Board) -> NDArray[np.int64]:
    """Of a capture's corners; none where they are not told and not all there."""
    if len(capture.ids) == len(capture.corners):
        return np.array(capture.ids, dtype=np.int64)
    whole = not capture.ids and len(capture.corners) == board.corner_count
    return np.arange(board.corner_count if whole else 0)


def _hindrance(look: BoardLook) -> str:
    """Why a view cannot be taken at this moment, and what to do; "" when it can."""
    if not look.still:
        if look.skew:
            return tr(
                "Hold still: moving, the rows were read one after another (skewed by {skew:.1f}\u00a0px)",
                skew=look.skew,
            )
        return (
            tr("Hold still: moving, the picture is smeared {smear}", smear=look.smear)
            if look.smear
            else tr("Hold still")
        )
    if look.sharpness >= SHARP:
        return ""
    if look.smear:
        return tr("The picture is smeared {smear}: hold still, or shorten the exposure", smear=look.smear)
    return tr("The board is blurred: focus or add light")


def _effect(gain: float, name: str) -> str:
    """What a view does to a parameter's uncertainty, in words."""
    parameter = tr("the distortion") if name == "distortion" else name
    if gain >= 0.72:
        return tr("quarters the uncertainty of {parameter}", parameter=parameter)
    if gain >= 0.6:
        return tr("cuts the uncertainty of {parameter} to a third", parameter=parameter)
    if gain >= 0.45:
        return tr("halves the uncertainty of {parameter}", parameter=parameter)
    return tr("lessens the uncertainty of {parameter} by {gain:.0f}\u00a0%", parameter=parameter, gain=100 * gain)
