"""Settings and results of the faces engine: plain values that go to and from JSON; nothing heavy is imported.

Pixels: (0, 0) is the centre of the first pixel. The five points are always in the order of `POINT_NAMES`, named from
the picture's own side: "left" is where the viewer sees left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from engines.core.frames import Size, Stamp

Point: TypeAlias = tuple[float, float]
FivePoints: TypeAlias = tuple[Point, Point, Point, Point, Point]
DetectorName: TypeAlias = Literal["yunet", "blazeface"]
Search: TypeAlias = Literal["plain", "pyramid", "tiles"]
Blur: TypeAlias = Literal["off", "unknown", "everyone"]

POINT_NAMES = ("left eye", "right eye", "nose", "left mouth corner", "right mouth corner")


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels: its top left corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How fit a face is for recognition, each 0 (useless) to 1 (ideal); `total` is what faces are ranked by.

    sharpness: of the aligned face. size: of the face in the picture. frontal: from the five points. light: exposure
    and contrast. score: the detector's own.
    """

    total: float
    sharpness: float
    size: float
    frontal: float
    light: float
    score: float

    @property
    def weakest(self) -> str:
        """Which of them spoils it most: "sharpness", "size", "frontal", "light" or "score"."""
        names = ("sharpness", "size", "frontal", "light", "score")
        return min(names, key=lambda name: float(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class Face:
    """One found face."""

    box: Box
    points: FivePoints
    score: float
    quality: Quality | None = None


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What an embedding comes from. Embeddings are compared only when `sha256` is the same.

    dim: length of an embedding. size: side of the aligned picture in pixels. licence: of the weights. margin: what the
    picture shows beyond the usual crop on each side, as a part of that crop's side (`align.template`). file: where a
    network of the user's own lies, "" for one of ours.
    """

    name: str
    title: str
    sha256: str
    dim: int
    size: int = 112
    licence: str = ""
    margin: float = 0.0
    file: str = ""


@dataclass(frozen=True, slots=True)
class FinderSettings:
    """How faces are looked for.

    score: least detector score, 0 to 1. search: "plain" looks once; "pyramid" also at enlarged pictures; "tiles" at
    overlapping enlarged parts, for faces down to `smallest` pixels. threads: of the network.
    """

    detector: DetectorName = "yunet"
    search: Search = "plain"
    smallest: float = 10.0
    score: float = 0.6
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Accept:
    """How often a stranger may be named: the share of strangers, searched against the whole gallery, that get a name.

    1e-2 is "at most one stranger in 100". The threshold on the similarity follows from it, the gallery and what is
    known about impostors.
    """

    rate: float = 1e-2


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Degrees. yaw: positive when the face turns to the viewer's right; pitch: positive up; roll: clockwise."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Gaze:
    """Where a face looks, in degrees as for `HeadPose`. origin: between the eyes, in pixels.

    std: one standard deviation in degrees, None when it is not known. screen: the point on the calibrated screen, in
    its pixels; screen_std: its standard deviation in degrees. features: what a personal calibration sees of this look
    (`gaze.FEATURES`).
    """

    yaw: float
    pitch: float
    origin: Point
    std: float | None = None
    screen: Point | None = None
    blink: bool = False
    features: tuple[float, ...] = ()
    screen_std: float | None = None


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """One person in one frame.

    track: number that stays with the person through blur and occlusion. seen: found in this very frame; else predicted.
    person: id in the gallery, "" unknown; name: as shown, "" unknown; similarity: of the evidence gathered over the
    track (cosine) to that person or, for an unknown, the nearest; nearest: that person's name. probability: that the
    name (or, for an unknown, the nearest) is right, with as many strangers as known coming by; strangers: share of
    strangers who look as much like somebody in the gallery. evidence: how many frames it rests on.
    mosaic: what covers the face where it has to be blurred: rows of "#rrggbb", over `box` grown by a quarter.
    """

    track: int
    box: Box
    points: FivePoints
    score: float
    quality: float
    seen: bool = True
    person: str = ""
    name: str = ""
    similarity: float = 0.0
    nearest: str = ""
    probability: float = 0.0
    evidence: int = 0
    mosaic: tuple[tuple[str, ...], ...] = ()
    pose: HeadPose | None = None
    gaze: Gaze | None = None
    strangers: float = 1.0


@dataclass(frozen=True, slots=True)
class RecogniserSettings:
    """The live recogniser. gallery: path of its file, "" for none (faces are found and tracked, nobody is named).

    accept: how often a stranger may be named. threshold: a similarity that overrules it, None to follow `accept`.
    blur: who is covered. gaze: also head pose and gaze. keep: remember the best frames of each track, for enrolment.
    gaze_fit: file of a personal calibration, "" for none. refused: (track, person id) pairs known to be wrong.
    """

    gallery: str = ""
    finder: FinderSettings = FinderSettings()
    model: str = "sface"
    accept: Accept = Accept()
    threshold: float | None = None
    blur: Blur = "off"
    gaze: bool = False
    keep: int = 5
    gaze_fit: str = ""
    refused: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the live recogniser says of one frame.

    threshold: the similarity that was needed. people: in the gallery. stages: milliseconds of "detect", "align",
    "embed", "match", "track" and, where asked, "gaze" and "blur". note: what holds it back, in words, "" nothing.
    """

    stamp: Stamp
    size: Size
    faces: tuple[TrackedFace, ...] = ()
    threshold: float = 0.0
    people: int = 0
    stages: dict[str, float] = field(default_factory=dict)
    milliseconds: float = 0.0
    note: str = ""
