"""Values of the actions engine, asked and answered: they go to and from JSON and are light to import.

Class 0 is always the background ("nothing of interest"). Times are seconds within the recording. A chunk is one step of
a head: all frames since the step before, pooled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from engines.core.frames import Size, Stamp

Stream: TypeAlias = Literal["appearance", "motion", "pose", "arrays"]
FeatureKind: TypeAlias = Literal["appearance", "pose", "both"]
HeadKind: TypeAlias = Literal["trn", "idn", "miniroad", "gru", "lstm", "frame"]
LossName: TypeAlias = Literal["ce", "last", "focal", "soft-f1"]
Weights: TypeAlias = Literal["float32", "bfloat16", "int8"]
Point: TypeAlias = tuple[float, float]

BACKGROUND = "background"
STREAMS: dict[str, tuple[Stream, ...]] = {
    "appearance": ("appearance", "motion"),
    "pose": ("pose",),
    "both": ("appearance", "motion", "pose"),
}
"""The streams of each kind of features, in the order in which they are joined."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How features are made, so completely that the same recipe gives the same numbers anywhere (`recipes.digest`).

    streams: joined in this order. dims: length of each. rate: chunks per second. crop: "squash" (the whole picture,
    resized) or "centre" (the largest central square); side: of the appearance network's input in pixels. flow: size of
    the pictures between which the motion is taken. networks: SHA-256 of each network used, by name. of: where features
    of other makers come from ("kinetics-resnet50"), "" for ours. version: raised when the code gives other numbers.
    """

    streams: tuple[Stream, ...] = ("appearance", "motion")
    dims: tuple[int, ...] = ()
    rate: float = 10.0
    crop: str = "squash"
    side: int = 224
    flow: Size = Size(320, 240)
    networks: tuple[tuple[str, str], ...] = ()
    of: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class HeadShape:
    """All that a head is built from. inputs: length of a chunk's features, for each stream.

    features: length F of the projected features u; hidden: H of the recurrent state. classes: C, background included.
    future_steps: l_d decoder steps of TRN (others: outputs ahead), 0 for none. window: chunks IDN looks back on
    (current one included), training chunks of the others. norm: LayerNorm after the projection. hard_sigmoid: IDN's
    original gates. Every kind ignores what it does not use.
    """

    kind: HeadKind = "trn"
    inputs: tuple[int, ...] = ()
    classes: int = 2
    features: int = 128
    hidden: int = 128
    future_steps: int = 4
    window: int = 32
    dropout: float = 0.3
    norm: bool = True
    hard_sigmoid: bool = True


@dataclass(frozen=True, slots=True)
class TrainedFilm:
    """A film that a model was trained on. identity: of its content (`features.cache.identity`), whatever it is called.

    learned: frames A:B that it learned from; held: those that decided when to stop, (0, 0) none.
    """

    name: str
    identity: str
    learned: tuple[int, int]
    held: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model file's account of itself. horizons: seconds ahead of each decoder step. map: mean average precision on
    what was held out, None when nothing was; averaged: classes that it is the mean of, 0 not known. scale: where
    features are standardised, the file holds mean and deviation. trained_on: names of clips, in words. films: those
    clips, and learned: the classes that had an example in them; () where that is not known. sha256: of the file, filled
    in when it is opened. cut_off: step at which a cancelled training was kept, 0 for a whole one.
    """

    name: str
    classes: tuple[str, ...]
    shape: HeadShape
    recipe: Recipe
    horizons: tuple[float, ...] = ()
    map: float | None = None
    trained_on: str = ""
    seconds: float = 0.0
    parameters: int = 0
    sha256: str = ""
    averaged: int = 0
    films: tuple[TrainedFilm, ...] = ()
    learned: tuple[str, ...] = ()
    cut_off: int = 0


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """The live engine. model: path of a model file, "" for none (only the pose is shown).

    feature_rate: frames described per second at most; what comes faster is left out. threshold: probability at which an
    event starts; release: below which it ends; least: seconds an event lasts at least. weights: how the head keeps its
    numbers. threads: of each feature network. pose: find the body also where the model does not need it.
    """

    model: str = ""
    feature_rate: float = 30.0
    threshold: float = 0.5
    release: float = 0.3
    least: float = 0.2
    weights: Weights = "float32"
    threads: int = 1
    pose: bool = False


@dataclass(frozen=True, slots=True)
class BodyPose:
    """One body. points: 33 of `POSE_NAMES` in pixels; visible: 0 to 1 each. region: the turned square that was looked
    at (centre x, y, side, degrees), which the next frame's look starts from. score: that a body is there.
    """

    points: tuple[Point, ...]
    visible: tuple[float, ...]
    region: tuple[float, float, float, float]
    score: float


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of the head. number: counts up from 0 since the engine was opened. time: of its newest frame.

    probabilities: of each class now; ahead: (steps x classes) for `ModelCard.horizons`, () without a decoder.
    since: time of the first frame that it remembers: from there to `time` the frames came without a jump.
    """

    number: int
    time: float
    probabilities: tuple[float, ...]
    ahead: tuple[tuple[float, ...], ...] = ()
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class Event:
    """An action as it was seen. end: None while it lasts. probability: mean over its time; peak: the highest."""

    action: str
    start: float
    end: float | None
    probability: float
    peak: float = 0.0


@dataclass(frozen=True, slots=True)
class Watched:
    """The live engine's answer to one frame.

    decisions: the newest ones, oldest first, at most 64: a reader that comes late still misses none. events: the newest
    ones, at most 64. stages: milliseconds of "appearance", "motion", "pose", "head". feature_rate, head_rate: per
    second, as reached. latency: seconds from capture to decision. left_out: frames that were not described because of
    the cap. note: what holds it back, in words ("Nobody in view"), "" nothing. model, weights: the file that
    decided, "" none, and how its weights are kept; digest: SHA-256 of the file.
    """

    stamp: Stamp
    size: Size
    classes: tuple[str, ...] = ()
    horizons: tuple[float, ...] = ()
    decisions: tuple[Decision, ...] = ()
    events: tuple[Event, ...] = ()
    poses: tuple[BodyPose, ...] = ()
    stages: dict[str, float] = field(default_factory=dict)
    feature_rate: float = 0.0
    head_rate: float = 0.0
    latency: float = 0.0
    left_out: int = 0
    note: str = ""
    model: str = ""
    weights: Weights = "float32"
    digest: str = ""

    @property
    def now(self) -> Decision | None:
        """The newest decision."""
        return self.decisions[-1] if self.decisions else None


@dataclass(frozen=True, slots=True)
class Segment:
    """One labelled stretch of a video: frames `start` to `end`, both inclusive, counted from 0."""

    start: int
    end: int
    action: str
    track: str = "actions"


@dataclass(frozen=True, slots=True)
class Labels:
    """Segments of one video, by start. classes: without the background, in their order (also those without a segment).

    rate: frames per second, 0 not known. frames: of the video, 0 not known.
    """

    segments: tuple[Segment, ...] = ()
    classes: tuple[str, ...] = ()
    rate: float = 0.0
    frames: int = 0

    @property
    def tracks(self) -> tuple[str, ...]:
        """In the order in which they first occur."""
        return tuple(dict.fromkeys(segment.track for segment in self.segments))


POSE_NAMES = (
    *("nose", "left eye inner", "left eye", "left eye outer", "right eye inner", "right eye", "right eye outer"),
    *("left ear", "right ear", "mouth left", "mouth right", "left shoulder", "right shoulder", "left elbow"),
    *("right elbow", "left wrist", "right wrist", "left pinky", "right pinky", "left index", "right index"),
    *("left thumb", "right thumb", "left hip", "right hip", "left knee", "right knee", "left ankle", "right ankle"),
    *("left heel", "right heel", "left foot index", "right foot index"),
)
POSE_LINES = (
    *((11, 12), (11, 13), (13, 15), (12, 14), (14, 16), (11, 23), (12, 24), (23, 24), (23, 25), (25, 27), (24, 26)),
    *((26, 28), (27, 29), (29, 31), (27, 31), (28, 30), (30, 32), (28, 32), (15, 17), (15, 19), (17, 19), (15, 21)),
    *((16, 18), (16, 20), (18, 20), (16, 22), (9, 10), (0, 1), (1, 2), (2, 3), (3, 7), (0, 4), (4, 5), (5, 6), (6, 8)),
)
"""Pairs of points that are joined when a body is drawn."""
