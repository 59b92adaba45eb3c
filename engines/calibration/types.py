"""Specifications and results of calibration. Plain values that go to and from JSON; nothing heavy is imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engines.core.boards import Board
from engines.core.frames import Size, Stamp
from engines.core.pictures.files import LeftOut

ModelName: TypeAlias = Literal["brown5", "rational8"]
Point: TypeAlias = tuple[float, float]

DISTORTION_NAMES: dict[str, tuple[str, ...]] = {
    "brown5": ("k1", "k2", "p1", "p2", "k3"),
    "rational8": ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6"),
}


@dataclass(frozen=True, slots=True)
class MonoSpec:
    """Calibrate one camera from photographs of a board.

    images: files or folders. window: "auto" or the half-width in pixels of the corner refinement.
    free_board: solve for the board's own shape too. exclude: names of views to leave out of the fit.
    out: file to save to (.yaml, .yml: OpenCV; .json), or "". leave_one_out: also the held-out error.
    """

    images: tuple[str, ...]
    board: Board
    model: ModelName = "brown5"
    free_board: bool = False
    window: str = "auto"
    exclude: tuple[str, ...] = ()
    out: str = ""
    leave_one_out: bool = True


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """Pinhole parameters in pixels; (0, 0) is the centre of the first pixel."""

    fx: float
    fy: float
    cx: float
    cy: float


@dataclass(frozen=True, slots=True)
class ViewResult:
    """One photograph. rms_px: 2-D reprojection error; loo_rms_px: the same with this view left out of the fit.

    corners: found corners in pixels; projected: where the model puts them; ids: indices into the board's corners.
    coverage of the picture and why it was not found, in words, in `note`.
    """

    name: str
    path: str
    found: bool
    used: bool
    rms_px: float | None = None
    loo_rms_px: float | None = None
    ids: tuple[int, ...] = ()
    corners: tuple[Point, ...] = ()
    projected: tuple[Point, ...] = ()
    rvec: tuple[float, float, float] | None = None
    tvec: tuple[float, float, float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class MonoResult:
    """A calibrated camera.

    distortion and its std in the order of `DISTORTION_NAMES[model]`. std: standard deviations under the same names
    as the intrinsics, in pixels. rms_px: of the fit, 2-D, pooled over all used corners; loo_rms_px: the same pooled
    over left-out views, None when it was not asked for. board_points: solved corner positions in metres when the
    board was freed. verdict: one word, "good", "fair", "weak" or "poor"; advice: sentences that say why and what to do.
    left_out: files beside the photographs that were not read.
    Loaded from another program's file, it holds what the file says: no board (None), no standard deviations, no views,
    a verdict of "" and an rms_px of 0 where the file has none.
    """

    model: ModelName
    image_size: Size
    intrinsics: Intrinsics
    std: dict[str, float]
    distortion: tuple[float, ...]
    distortion_std: tuple[float, ...]
    rms_px: float
    loo_rms_px: float | None
    views: tuple[ViewResult, ...]
    verdict: str
    advice: tuple[str, ...]
    seconds: float
    board: Board | None
    free_board: bool = False
    board_points: tuple[tuple[float, float, float], ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Capture:
    """A view that has been taken: `corners` and `outline` of its `Sighting`."""

    corners: tuple[Point, ...]
    outline: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class FinderSettings:
    """The live board finder. gate_pixels: longest side of the picture that the gate looks at.

    capture: "off", "auto" (take a view when it is still, sharp and new).
    captured: the views taken so far, for coverage and guidance. Give the whole list anew whenever it changes (a view
    was taken by hand, or deleted); what the automatic capture has asked for since then is remembered by the finder.
    """

    board: Board
    gate_pixels: int = 480
    capture: Literal["off", "auto"] = "off"
    window: str = "auto"
    captured: tuple[Capture, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the live finder says of one frame.

    ids, corners: the corners found, refined, in full-resolution pixels. outline: the printed squares' four corners.
    coverage: the picture's 8 x 6 cells, row by row from the top: 1 where captured views have touched, else 0.
    guidance: what to do next, in words. wants_capture: the automatic capture asks for this frame.
    sharpness: 0 (useless) to 1 (crisp). still: the board moved less than a pixel or so since the last frame.
    """

    stamp: Stamp
    size: Size
    found: bool
    ids: tuple[int, ...] = ()
    corners: tuple[Point, ...] = ()
    outline: tuple[Point, ...] = ()
    coverage: tuple[int, ...] = ()
    captured: int = 0
    guidance: str = ""
    wants_capture: bool = False
    sharpness: float = 0.0
    still: bool = False
    milliseconds: float = 0.0
