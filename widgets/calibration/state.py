"""Everything the calibration panel shows, as one frozen value, and the words that follow from it.

The controller hands over a `CalibrationView`; the panel updates itself from it and stores nothing. Which phase the
panel is in, what its head says and which buttons work are computed here, so they can be tested without a widget.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

import numpy as np

from engines.calibration.coverage import COLUMNS, ROWS, emptiest_region, touched
from engines.calibration.types import MonoResult, Point, Sighting, ViewResult
from engines.core.boards import Board
from engines.core.frames import Image, Size
from engines.core.lenses import Intrinsics, ModelName
from engines.core.words import as_part, tr, tr_count
from widgets.kit.work_state import Busy as Busy
from widgets.kit.work_state import Trouble as Trouble
from widgets.sources.choice import SourceChoice as SourceChoice

GRID = (COLUMNS, ROWS)
"""Cells of the coverage map, as (columns, rows)."""
LEAST_VIEWS = 3
"""Fewer views than this do not determine a camera."""
DEFAULT_BOARD = Board("chessboard", 9, 6, 0.025)
MODEL_NAMES: dict[ModelName, str] = {
    "brown5": tr("Brown, 5 terms"),
    "rational8": tr("Rational, 8 terms"),
    "thinprism12": tr("Thin prism, 12 terms"),
    "tilted14": tr("Tilted sensor, 14 terms"),
    "fisheye4": tr("Fisheye, 4 terms"),
}

VERDICTS = {"good": tr("Good"), "fair": tr("Fair"), "weak": tr("Weak"), "poor": tr("Poor")}


MODEL_USES: dict[ModelName, str] = {
    "brown5": tr("Brown's radial and tangential terms: most lenses up to about 90 degrees. Take this one first."),
    "rational8": tr(
        "A quotient of polynomials: wide lenses of 90 to 120 degrees. Needs 15 views or more, to the edges."
    ),
    "thinprism12": tr("Rational with terms for lenses that are not centred well. Needs many views and sharp corners."),
    "tilted14": tr("Thin prism with a sensor that is tilted against the lens, as behind a Scheimpflug adapter."),
    "fisheye4": tr("Kannala and Brandt's polynomial of the angle: fisheyes and action cameras of 100 to 180 degrees."),
}
"""When to use which, in a sentence."""


class Phase(Enum):
    """What the panel is about. The value names the state in pictures and tests."""

    EMPTY = "empty"
    """No view, no result, no detection running."""
    LIVE = "live"
    """Detection runs on a source."""
    READY = "captured"
    """There are views to calibrate from."""
    BUSY = "busy"
    FAILED = "failed"
    RESULT = "result"
    LOADED = "loaded"
    """Values read from a file, whatever views there are."""


@dataclass(frozen=True, slots=True)
class LiveState:
    """The finder on the chosen source. problem: why it has no frames, in words."""

    sighting: Sighting | None = None
    rate: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ViewRow:
    """One photograph, film or frame of a film. found: None until it has been looked at.

    corners, outline, size: where the board was; ids: of the corners, on board number `board`, where it was found live.
    boards: how many were found in it. twin_of: name of the view that it repeats. dropped, suspects: corners left out,
    and corners that are probably wrong. is_film: all of a film, of which no frame has been chosen yet.
    """

    path: str
    name: str
    used: bool = True
    found: bool | None = None
    rms_px: float | None = None
    loo_rms_px: float | None = None
    note: str = ""
    corners: tuple[Point, ...] = ()
    outline: tuple[Point, ...] = ()
    size: Size | None = None
    boards: int = 0
    twin_of: str = ""
    dropped: int = 0
    suspects: int = 0
    is_film: bool = False
    ids: tuple[int, ...] = ()
    board: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph ready to show. straight: the intrinsics of its straightened form, None as it was taken."""

    path: str
    image: Image
    straight: Intrinsics | None = None
    keep: float = 0.0


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """The whole state of the panel. `current`: the result belongs to the views and settings shown.

    refit: it is busy fitting again. has_films: `every` means something. loaded_from: the result was read from there.
    """

    sources: tuple[SourceChoice, ...] = ()
    source: str = ""
    live: LiveState | None = None
    auto: bool = False
    board: Board = DEFAULT_BOARD
    model: ModelName = "brown5"
    free_board: bool = False
    window: str = "auto"
    views: tuple[ViewRow, ...] = ()
    selected: str = ""
    busy: Busy | None = None
    refit: bool = False
    trouble: Trouble | None = None
    result: MonoResult | None = None
    current: bool = True
    loaded_from: str = ""
    coverage: tuple[int, ...] = field(default=())
    more_boards: tuple[Board, ...] = ()
    fix: tuple[str, ...] = ()
    every: int = 0
    has_films: bool = False
    mirror: Literal["auto", "yes", "no"] = "auto"
    drop: tuple[str, ...] = ()

    @property
    def boards(self) -> tuple[Board, ...]:
        return (self.board, *self.more_boards)

    @property
    def phase(self) -> Phase:
        if self.busy is not None and not (self.refit and self.result):
            return Phase.BUSY
        if self.trouble is not None:
            return Phase.FAILED
        if self.result is not None:
            return Phase.LOADED if self.loaded_from else Phase.RESULT
        if self.views:
            return Phase.READY
        return Phase.LIVE if self.live is not None else Phase.EMPTY

    @property
    def used(self) -> tuple[ViewRow, ...]:
        """Views that are on and not known to lack the board or to repeat another."""
        return tuple(view for view in self.views if view.used and view.found is not False and not view.twin_of)

    @property
    def missing_views(self) -> int:
        """How many more views the smallest fit needs; a film that has not been searched may hold them all."""
        return 0 if any(view.is_film for view in self.used) else max(0, LEAST_VIEWS - len(self.used))

    @property
    def can_calibrate(self) -> bool:
        return self.busy is None and self.missing_views == 0

    @property
    def worst(self) -> ViewRow | None:
        """The used view with the largest error, when it stands out enough to be worth a button."""
        rated = [view for view in self.used if view.rms_px is not None]
        return max(rated, key=_error) if len(rated) > LEAST_VIEWS else None

    @property
    def shown(self) -> ViewResult | None:
        """The result's view that is selected; the worst one when none is. Views of a loaded file are not shown."""
        if self.result is None or self.loaded_from:
            return None
        found = [view for view in self.result.views if view.found]
        chosen = next((view for view in self.result.views if view.path == self.selected), None)
        return chosen or max(found, key=lambda view: view.rms_px or 0.0, default=None)

    @property
    def headline(self) -> str:
        """The one line under the title."""
        return _HEADLINES[self.phase](self)

    @property
    def guidance(self) -> str:
        """What to do next at the camera, in words."""
        if self.live is None:
            return ""
        if self.live.problem:
            return self.live.problem
        if self.live.sighting is None:
            return tr("Waiting for the first frame")
        return self.live.sighting.guidance or (
            tr("Board found") if self.live.sighting.found else tr("No board in view")
        )


def pixels(value: float | None) -> str:
    """An error in pixels with the digits that mean something, without its unit."""
    if value is None or value <= 0:
        return "\u2013"
    return f"{value:.3f}" if value < 9.9995 else f"{value:.1f}"


def coverage_of(outlines: Iterable[tuple[tuple[Point, ...], Size]]) -> tuple[int, ...]:
    """How many views touch each of the 8 x 6 cells of the picture, row by row."""
    cells = sum((touched(corners, size).astype(int) for corners, size in outlines), np.zeros(GRID[::-1], int))
    return tuple(cells.ravel().tolist())


def _error(view: ViewRow) -> float:
    return view.loo_rms_px if view.loo_rms_px is not None else view.rms_px or 0.0


def _live(state: CalibrationView) -> str:
    sighting = state.live.sighting if state.live else None
    rate = tr(", {rate:.0f} per second", rate=state.live.rate) if state.live and state.live.rate >= 1 else ""
    return (tr("Board in view") if sighting and sighting.found else tr("Looking for the board")) + rate


def views_words(views: Iterable[ViewRow]) -> str:
    """'12 views', '1 film', '3 views and 2 films'."""
    films = [view.is_film for view in views]
    return counted(len(films) - sum(films), sum(films))


def counted(views: int, films: int, *, photographs: bool = False) -> str:
    """So many views (or photographs) and films in words; films alone are not said to be no views."""
    films_words = tr_count(films, "{n} film", "{n:,} films")
    if films and not views:
        return films_words
    pictures = tr_count(views, "{n} picture", "{n:,} pictures")
    said = pictures if photographs else tr_count(views, "{n} view", "{n:,} views")
    return tr("{views} and {films}", views=said, films=films_words) if films else said


def _ready(state: CalibrationView) -> str:
    views = views_words(state.used)
    return (
        tr("{views}, {missing_views} more needed", views=views, missing_views=state.missing_views)
        if state.missing_views
        else tr("{views}, ready to calibrate", views=views)
    )


def _busy(state: CalibrationView) -> str:
    busy = state.busy or Busy()
    return (
        tr("Waiting for its turn")
        if busy.waiting
        else tr("Calibrating from {views_words}", views_words=views_words(state.used))
    )


def _result(state: CalibrationView) -> str:
    result = state.result
    if result is None:
        return ""
    if state.busy is not None:
        return tr("Fitting {views_words} again", views_words=views_words(state.used))
    used = tr_count(len({view.path for view in result.views if view.used and view.found}), "{n} view", "{n:,} views")
    told = tr(
        "{used}, RMS {rms_px} px, {verdict}",
        used=used,
        rms_px=pixels(result.rms_px),
        verdict=verdict_words(result.verdict),
    )
    return told if state.current else tr("{told}; changed since", told=told)


_HEADLINES = {
    Phase.EMPTY: lambda state: tr("No views yet"),
    Phase.LIVE: _live,
    Phase.READY: _ready,
    Phase.BUSY: _busy,
    Phase.FAILED: lambda state: state.trouble.title if state.trouble else "",
    Phase.RESULT: _result,
    Phase.LOADED: lambda state: tr("From {loaded_from}", loaded_from=state.loaded_from),
}


def coverage_words(cells: tuple[int, ...]) -> str:
    """How much of the picture the views touch, and the emptiest part of it, in the words of the verdict."""
    if not cells:
        return ""
    columns, rows = GRID
    touched = sum(value > 0 for value in cells)
    told = tr("Views touch {touched} of {columns} parts of the picture.", touched=touched, columns=columns * rows)
    place = emptiest_region(np.array(cells).reshape(rows, columns) > 0)
    return f"{told} {GAPS[place]}" if place else told


GAPS = {
    "upper left": tr("The upper left has the most gaps."),
    "upper right": tr("The upper right has the most gaps."),
    "lower left": tr("The lower left has the most gaps."),
    "lower right": tr("The lower right has the most gaps."),
    "centre": tr("The centre has the most gaps."),
    "left edge": tr("The left edge has the most gaps."),
    "right edge": tr("The right edge has the most gaps."),
}


def verdict_words(verdict: str) -> str:
    """A verdict within a sentence."""
    return as_part(VERDICTS.get(verdict, verdict))
