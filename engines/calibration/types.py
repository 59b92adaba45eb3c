"""Specifications and results of calibration. Plain values that go to and from JSON; nothing heavy is imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engines.core.boards import Board
from engines.core.frames import Size, Stamp
from engines.core.lenses import Intrinsics, Lens, ModelName
from engines.core.pictures.files import LeftOut

Point: TypeAlias = tuple[float, float]
Verdict: TypeAlias = Literal["good", "fair", "weak", "poor", ""]


@dataclass(frozen=True, slots=True)
class MonoSpec:
    """Calibrate one camera from photographs and films of a board.

    images: photographs, films, folders, or single frames of films, `film.mp4#frame=120`. every: of a film look at each
    N-th frame; 0 chooses frames by sharpness and spread. more_boards: further boards that may be in the same pictures.
    fix: parameters that are held: a name of the model's (`k3`, held at 0), `k3=-0.1`, `tangential` (0), `aspect`
    (fx = fy), `principal` (the picture's middle), `fx=800`. window: "auto" or the half-width in pixels of the corner
    refinement. free_board: solve for the board's own shape too. exclude: names of views to leave out of the fit.
    drop: single corners to leave out, `view#id`. mirror: "auto" looks in the flipped picture too where the board is not
    found. out: file to save to (.yaml, .yml: OpenCV; .json), or "". leave_one_out: also the held-out error.
    """

    images: tuple[str, ...]
    board: Board
    model: ModelName = "brown5"
    free_board: bool = False
    window: str = "auto"
    exclude: tuple[str, ...] = ()
    out: str = ""
    leave_one_out: bool = True
    more_boards: tuple[Board, ...] = ()
    fix: tuple[str, ...] = ()
    every: int = 0
    drop: tuple[str, ...] = ()
    mirror: Literal["auto", "yes", "no"] = "auto"

    @property
    def boards(self) -> tuple[Board, ...]:
        return (self.board, *self.more_boards)


@dataclass(frozen=True, slots=True)
class ViewResult:
    """One board in one photograph. rms_px: 2-D reprojection error; loo_rms_px: with this view left out of the fit.

    corners: found corners in pixels; projected: where the model puts them; ids: indices into the corners of the board
    with this number. weights: of the corners in a robust fit, 1 where they agree, 0 where they are wrong.
    suspects: ids of corners that stand out so far that they are probably wrong; dropped: ids left out of the fit on
    demand. twin_of: name of the view that this one repeats, "" when it stands alone; a twin is not used.
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
    board: int = 0
    weights: tuple[float, ...] = ()
    suspects: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    twin_of: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What one click does about a reason. target: a view's name, `view#id`, a model or a board, as `kind` says."""

    kind: Literal["free_board", "drop_corner", "switch_off", "use_model", "use_board", "load_lenses"]
    target: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding of the verdict. kind: a short fixed word such as "bent-board"; level: 0 good to 3 poor."""

    kind: str
    level: int
    words: str
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """The same views solved another way (the board freed or not), to be set beside the result."""

    free_board: bool
    intrinsics: Intrinsics
    std: dict[str, float]
    rms_px: float


@dataclass(frozen=True, slots=True)
class UncertaintyMap:
    """Standard deviation in pixels (worst direction) of where a point is seen, over the picture, rows from the top.

    distance: from the camera, in metres; 0 stands for infinity. The camera's own free motion is allowed for.
    sigma: -1 where the lens model has no ray for the pixel.
    """

    columns: int
    rows: int
    distance: float
    sigma: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MonoResult:
    """A calibrated camera.

    distortion and its std in the order of `DISTORTION_NAMES[model]`. std: standard deviations under the same names
    as the intrinsics, in pixels. rms_px: of the fit, 2-D, pooled over all used corners; loo_rms_px: the same pooled
    over left-out views, None when it was not asked for. board_points: solved corner positions in metres when the
    boards were freed, one board after the other. verdict: one word; advice: sentences that say why and what to do;
    reasons: the same with what they are about, worst first, empty where nothing is wrong.
    left_out: files beside the photographs that were not read. fixed: what was held, as `MonoSpec.fix`. covariance: of
    fx, fy, cx, cy and the distortion, zeros where held; () where it is not known. mirrored: the pictures were flipped
    left to right before the board was looked for, and the camera is that of the flipped pictures.
    uncertainty: for a near and a far distance. other: with the board freed where it is not, and the other way round.
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
    more_boards: tuple[Board, ...] = ()
    reasons: tuple[Reason, ...] = ()
    fixed: tuple[str, ...] = ()
    covariance: tuple[tuple[float, ...], ...] = ()
    mirrored: bool = False
    uncertainty: tuple[UncertaintyMap, ...] = ()
    other: Alternative | None = None

    @property
    def lens(self) -> Lens:
        return Lens(self.model, self.intrinsics, self.distortion)

    @property
    def boards(self) -> tuple[Board, ...]:
        return () if self.board is None else (self.board, *self.more_boards)


@dataclass(frozen=True, slots=True)
class ModelsSpec:
    """Calibrate with several lens models side by side. mono: everything else; its model is not looked at."""

    mono: MonoSpec
    models: tuple[ModelName, ...] = ("brown5", "rational8", "thinprism12", "tilted14", "fisheye4")


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model's result, or in `problem` why it has none."""

    model: ModelName
    result: MonoResult | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ModelsResult:
    """The models in the order asked for; recommended: one of them, "" when none serves; words: why, for people."""

    rows: tuple[ModelRow, ...]
    recommended: ModelName | Literal[""]
    words: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Capture:
    """A view that has been taken: `corners`, `outline`, `ids` and `board` of its `Sighting`.

    Without ids it counts for the coverage, and for guidance where all corners of the board are there. The outline may
    be left out where there are ids.
    """

    corners: tuple[Point, ...]
    outline: tuple[Point, ...] = ()
    ids: tuple[int, ...] = ()
    board: int = 0


@dataclass(frozen=True, slots=True)
class FinderSettings:
    """The live board finder. gate_pixels: longest side of the picture that the gate looks at.

    capture: "off", "auto" (take a view when it is still, sharp and new).
    captured: the views taken so far, for coverage and guidance. Give the whole list anew whenever it changes (a view
    was taken by hand, or deleted); what the automatic capture has asked for since then is remembered by the finder.
    lens: what is known of the camera, for distances and for what the next view should bring; model: to be solved for.
    mirrored: flip the pictures left to right first.
    """

    board: Board
    gate_pixels: int = 480
    capture: Literal["off", "auto"] = "off"
    window: str = "auto"
    captured: tuple[Capture, ...] = ()
    more_boards: tuple[Board, ...] = ()
    lens: Lens | None = None
    model: ModelName = "brown5"
    mirrored: bool = False

    @property
    def boards(self) -> tuple[Board, ...]:
        return (self.board, *self.more_boards)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the live finder says of one frame.

    ids, corners: the corners found, refined, in full-resolution pixels. outline: the printed squares' four corners.
    coverage: the picture's 8 x 6 cells, row by row from the top: 1 where captured views have touched, else 0.
    guidance: what to do next, in words. wants_capture: the automatic capture asks for this frame.
    sharpness: 0 (useless) to 1 (crisp). still: the board moved less than a pixel or so since the last frame.
    gain: by what share the view would lessen the parameters' deviations (geometric mean, the most uncertain one counts
    double), None where that is not known.
    distance: from the lens to the board's middle in metres, where the lens is known. fitting: another board that the
    picture shows instead, in its one-word form. mirrored: the board is there in the picture flipped left to right;
    where it is `found` too, the settings asked for that, and corners and outline are those of the flipped picture.
    board: which of the settings' boards, 0 for the first. new: it differs from each view taken. worth: it could be
    taken at this moment, and would add something.
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
    gain: float | None = None
    distance: float | None = None
    fitting: str = ""
    mirrored: bool = False
    board: int = 0
    new: bool = False
    worth: bool = False
