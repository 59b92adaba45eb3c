"""Specifications and results of rigs. Plain values that go to and from JSON; nothing heavy is imported.

Coordinates: `rvec`, `tvec` of a camera take a point of the rig to the camera's own coordinates (x right, y down,
z forward; metres), those of a board take its points to the rig's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engines.calibration.types import Point, Reason, Verdict
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens, ModelName
from engines.core.pictures.files import LeftOut

Vector: TypeAlias = tuple[float, float, float]
Loss: TypeAlias = Literal["linear", "huber", "cauchy", "geman"]
Hold: TypeAlias = Literal["free", "prior", "fixed"]
Matching: TypeAlias = Literal["name", "time", "order", "motion"]


@dataclass(frozen=True, slots=True)
class RigSpec:
    """Calibrate the cameras of a rig together.

    paths: with tiles, pictures and films that hold all cameras; else one folder, film or pattern a camera, in their
    order. tiles: "" or rows x columns, `2x2`. names: of the cameras, row by row; "-" leaves a tile out. margin: pixels
    cut off around each tile. match: how pictures of separate cameras are told to be of one moment: by what their file
    names share, by time stamps, by their order, or (films) by an offset that the board's motion tells; offsets: frames
    by which each camera is late, with "order".
    intrinsics: a file with cameras that are known, "" for none; hold: whether those are kept ("fixed"), drawn to
    ("prior") or only begun with ("free"). fix: as `MonoSpec.fix`, of every camera that is solved. shared_lens: one lens
    for all. loss: how wrong corners are borne. reference: the camera, or the frame whose board lies on the floor
    (`frame:NAME`), that the rig's coordinates are those of; "" for the first camera. held_out: also leave frames out.
    lists: in place of paths, several of them a camera. every, window, exclude (names of frames, or `frame/camera`),
    mirror, more_boards, free_board, out: as in `MonoSpec`.
    """

    paths: tuple[str, ...]
    board: Board
    tiles: str = ""
    names: tuple[str, ...] = ()
    margin: int = 0
    match: Matching = "name"
    offsets: tuple[int, ...] = ()
    model: ModelName = "brown5"
    intrinsics: str = ""
    hold: Hold = "fixed"
    fix: tuple[str, ...] = ()
    shared_lens: bool = False
    free_board: bool = False
    loss: Loss = "geman"
    reference: str = ""
    window: str = "auto"
    every: int = 0
    exclude: tuple[str, ...] = ()
    mirror: Literal["auto", "yes", "no"] = "auto"
    more_boards: tuple[Board, ...] = ()
    held_out: bool = True
    out: str = ""
    lists: tuple[tuple[str, ...], ...] = ()

    @property
    def boards(self) -> tuple[Board, ...]:
        return (self.board, *self.more_boards)

    @property
    def apart(self) -> tuple[tuple[str, ...], ...]:
        """What names the pictures of each camera, without tiles."""
        return self.lists or tuple((path,) for path in self.paths)


@dataclass(frozen=True, slots=True)
class RigCamera:
    """One camera of a rig. std: of fx, fy, cx, cy in pixels, zeros where held, {} where not known.

    rms_px: 2-D, over the corners that are believed; median_px: of all distances; held_out_rms_px: on frames left out
    of the fit. frames: in which it sees a board; corners, outliers: counts. centre_std: of its place in the rig's
    coordinates, metres. focal_spread: of fx or fy, whichever is more, when frames are left out (jackknife), pixels.
    """

    name: str
    size: Size
    model: ModelName
    intrinsics: Intrinsics
    distortion: tuple[float, ...]
    rvec: Vector
    tvec: Vector
    std: dict[str, float]
    distortion_std: tuple[float, ...] = ()
    rms_px: float = 0.0
    median_px: float = 0.0
    held_out_rms_px: float | None = None
    frames: int = 0
    corners: int = 0
    outliers: int = 0
    hold: Hold = "free"
    centre_std: Vector | None = None
    focal_spread: float | None = None

    @property
    def focal_uncertainty(self) -> float:
        """Of fx in pixels: by the corners' noise, or by left-out frames if that is more; 0 where held or not known."""
        return max(self.std.get("fx", 0.0), self.focal_spread or 0.0)

    @property
    def lens(self) -> Lens:
        return Lens(self.model, self.intrinsics, self.distortion)


@dataclass(frozen=True, slots=True)
class RigView:
    """One board as one camera saw it in one frame; `ViewResult` says what the fields mean. offered: not used on demand.

    camera: its number. path: the picture or `film.mp4#frame=N`, which holds all tiles where there are any.
    """

    frame: str
    camera: int
    path: str
    found: bool
    used: bool
    board: int = 0
    ids: tuple[int, ...] = ()
    corners: tuple[Point, ...] = ()
    projected: tuple[Point, ...] = ()
    weights: tuple[float, ...] = ()
    rms_px: float | None = None
    held_out_rms_px: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BoardPose:
    """Where a board was in a frame, in the rig's coordinates."""

    frame: str
    board: int
    rvec: Vector
    tvec: Vector


@dataclass(frozen=True, slots=True)
class RigPair:
    """Two cameras. distance in metres between their centres, angle in degrees between their viewing directions.

    std: one standard deviation, None where not known. spread: of the distance when frames are left out (jackknife), as
    a standard deviation in metres. frames, corners: shared ones.
    """

    first: int
    second: int
    distance: float
    angle: float
    distance_std: float | None = None
    angle_std: float | None = None
    spread: float | None = None
    frames: int = 0
    corners: int = 0

    @property
    def uncertainty(self) -> float | None:
        """Of the distance in metres: by the corners' noise, or by left-out frames if that is more."""
        told = [value for value in (self.distance_std, self.spread) if value is not None]
        return max(told) if told else None


@dataclass(frozen=True, slots=True)
class SolveStep:
    """Where the solver stands: told while it works, and kept. cost: robust, in squared deviations."""

    step: int
    cost: float
    rms_px: float
    outliers: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RigResult:
    """A calibrated rig.

    covariance: of all cameras' parameters, one camera after the other: fx, fy, cx, cy, distortion, then the pose's
    small turn (left of its rotation, radians, in the camera's coordinates) and shift (metres); zeros where held; ()
    where not known. noise_px: standard deviation of one coordinate of a corner, a camera. steps: how the solver went;
    converged: it stands in an optimum, which it was seen to reach from elsewhere. reasons: worst first, none where
    nothing is wrong; verdict: one word, "" where nothing was judged (read from another program's file).
    """

    cameras: tuple[RigCamera, ...]
    pairs: tuple[RigPair, ...]
    rms_px: float
    verdict: Verdict
    reasons: tuple[Reason, ...]
    seconds: float
    views: tuple[RigView, ...] = ()
    board_poses: tuple[BoardPose, ...] = ()
    frames_used: int = 0
    held_out_rms_px: float | None = None
    board: Board | None = None
    more_boards: tuple[Board, ...] = ()
    free_board: bool = False
    board_points: tuple[Vector, ...] = ()
    covariance: tuple[tuple[float, ...], ...] = ()
    noise_px: tuple[float, ...] = ()
    steps: tuple[SolveStep, ...] = ()
    converged: bool = False
    reference: str = ""
    mirrored: bool = False
    left_out: tuple[LeftOut, ...] = ()

    @property
    def boards(self) -> tuple[Board, ...]:
        return () if self.board is None else (self.board, *self.more_boards)

    def pair(self, first: int, second: int) -> RigPair:
        """Of two cameras by number, whichever comes first. Raises `KeyError`."""
        wanted = {first, second}
        for one in self.pairs:
            if {one.first, one.second} == wanted:
                return one
        raise KeyError((first, second))


@dataclass(frozen=True, slots=True)
class StereoSpec:
    """Calibrate two cameras and rectify them. left, right: photographs, folders, films, as `MonoSpec.images`.

    rig: everything else; its paths and names are not looked at. alpha: of the rectified pictures, 0 shows only what
    exists in both, 1 keeps all with black around it, -1 keeps the cameras' own focal length.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    rig: RigSpec
    alpha: float = -1.0


@dataclass(frozen=True, slots=True)
class Rectification:
    """Two cameras turned so that rows match. rotations: 3 x 3 row by row, from each camera to the rectified one.

    straight: the pinhole that both become (they may differ in cx); size: of the rectified pictures; vertical: columns
    match instead of rows, for cameras above one another (they may differ in cy then). baseline in metres; focal in
    pixels. swapped: the second camera stands left of the first, or above it. alpha: as `StereoSpec.alpha`.
    """

    first: int
    second: int
    rotations: tuple[tuple[float, ...], tuple[float, ...]]
    straight: tuple[Intrinsics, Intrinsics]
    size: Size
    vertical: bool
    baseline: float
    focal: float
    swapped: bool = False
    alpha: float = -1.0


@dataclass(frozen=True, slots=True)
class StereoResult:
    """A calibrated pair. rectified_dy_*: across the rows of rectified corners; epipolar_px: rms distance of corners
    from their epipolar lines, both ways; both in pixels of the cameras' own focal length. corners: that they are of."""

    rig: RigResult
    rectification: Rectification
    baseline_m: float
    rotation_deg: float
    rectified_dy_rms_px: float
    rectified_dy_max_px: float
    epipolar_px: float
    seconds: float
    corners: int = 0


@dataclass(frozen=True, slots=True)
class PrepareSpec:
    """Write the tiles of films or pictures as clips or pictures of each camera, and a YAML that lists them.

    as_pictures: pictures instead of a film a camera. order: the places (from 0, row by row) of the named cameras, ()
    as they are; names: as `RigSpec.names`. every: each N-th frame. start, stop: frames. flip: names of cameras whose
    pictures are mirrored. Without tiles paths are one folder, film or pattern a camera, which stay where they are and
    are listed; match, offsets: as in `RigSpec`; board: what moves, for "motion".
    """

    paths: tuple[str, ...]
    tiles: str
    out: str
    names: tuple[str, ...] = ()
    order: tuple[int, ...] = ()
    margin: int = 0
    as_pictures: bool = False
    every: int = 1
    start: int = 0
    stop: int | None = None
    flip: tuple[str, ...] = ()
    match: Matching = "name"
    offsets: tuple[int, ...] = ()
    board: Board | None = None


@dataclass(frozen=True, slots=True)
class PrepareResult:
    """What was written. listing: the YAML. files: of each camera, its film or folder, within the listing's folder or
    where they were. frames: of each camera; for separate recordings, moments that at least two cameras show.
    notes: what there is to know, in words. left_out: files that were passed over, and frames that cannot be read.
    """

    out: str
    listing: str
    cameras: tuple[str, ...]
    files: tuple[str, ...]
    size: Size | None
    frames: int
    offsets: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A point seen by one camera of a rig: its name, pixels as the camera gives them, one standard deviation."""

    name: str
    camera: int
    x: float
    y: float
    sigma: float = 0.5


@dataclass(frozen=True, slots=True)
class SpacePoint:
    """A triangulated point in the rig's metres. covariance: 3 x 3 row by row, of its pixels and of the rig.

    cameras: by which it was made; residual_px: rms of the distances in them; wrong: cameras left out because they
    disagree. note: what is to be known of it, in words, "" nothing.
    """

    name: str
    place: Vector
    covariance: tuple[float, ...]
    cameras: tuple[int, ...]
    residual_px: float
    wrong: tuple[int, ...] = ()
    note: str = ""

    @property
    def std(self) -> Vector:
        """Along x, y and z, metres."""
        x, y, z = (max(self.covariance[place], 0.0) ** 0.5 for place in (0, 4, 8))
        return x, y, z


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A point that has no place in space. cameras: which saw it; why: in words."""

    name: str
    cameras: tuple[int, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of the named points of one moment."""

    points: tuple[SpacePoint, ...]
    left_out: tuple[Unplaced, ...] = ()


@dataclass(frozen=True, slots=True)
class TriangulateSpec:
    """Triangulate a table of points. rig: a rig's file; points: CSV; out: the CSV to write."""

    rig: str
    points: str
    out: str


@dataclass(frozen=True, slots=True)
class TriangulateResult:
    """What was written into `out`. frames, points: how many; residual_px: rms over the points.

    rig_counted: the uncertainty of the rig is known, and part of what is stated. sigma_told: that of the pixels was in
    the table, else 0.5 px was taken. unplaced: points without a place, by frame. left_out: lines that were not used,
    each with its number and why.
    """

    out: str
    frames: int
    points: int
    residual_px: float
    rig_counted: bool
    sigma_told: bool
    unplaced: tuple[tuple[str, Unplaced], ...] = ()
    left_out: tuple[str, ...] = ()
    seconds: float = 0.0
