"""Jobs of the actions engine and what they give: features, training, detection, evaluation. Plain values.

Frames A:B are half open and count from 0. Shares and precisions are 0 to 1. Curves are tuples of equal length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from engines.actions.types import Event, FeatureKind, HeadKind, LossName, ModelCard, Weights

Frames = tuple[int, int | None]
Device: TypeAlias = Literal["cpu", "cuda"]
WHOLE: Frames = (0, None)


@dataclass(frozen=True, slots=True)
class FeaturesSpec:
    """Describe one video. out: an .npy file (chunks x length), with its recipe beside it as .json; "" for the cache
    alone. rate: chunks per second, 0 for the video's own up to 10. threads: of the networks.
    """

    video: str
    out: str = ""
    kind: FeatureKind = "appearance"
    frames: Frames = WHOLE
    rate: float = 0.0
    threads: int = 1


@dataclass(frozen=True, slots=True)
class FeaturesResult:
    """reused: they were in the cache. without_body: share of the chunks in which no body was found (pose)."""

    file: str
    chunks: int
    length: int
    rate: float
    digest: str
    reused: bool
    seconds: float
    without_body: float = 0.0


@dataclass(frozen=True, slots=True)
class Clip:
    """A video and the file with its labels."""

    video: str
    labels: str


@dataclass(frozen=True, slots=True)
class TrainSpec:
    """Train a head on labelled clips, or on a benchmark folder.

    clips: a class that only some of them mark is background in the others. frames: the part of each clip that is
    learned from. held_out: share of that part, at its end and in whole segments, kept for early stopping (0: none).
    folder: a THUMOS14 or TVSeries style folder instead of clips; settings: published settings by name ("trn", "idn",
    "miniroad"), which replace whatever is at its default here. rate: chunks per second, 0 for the video's own up to 10.
    horizon: seconds ahead of the decoder's last of `future_steps`, evenly spread; offset: chunks ahead of its first one
    (0: the current chunk, as TRN was released), which then leaves the last one short of `horizon`.
    window: chunks of a training window, and what IDN looks back on. iterations: at most.
    anew: from the first step, whatever checkpoint is there; keep: write the model of the checkpoint as it is.
    """

    out: str
    clips: tuple[Clip, ...] = ()
    frames: Frames = WHOLE
    folder: str = ""
    settings: str = ""
    features: FeatureKind = "appearance"
    model: HeadKind = "trn"
    loss: LossName = "ce"
    rate: float = 0.0
    hidden: int = 128
    width: int = 128
    future_steps: int = 4
    horizon: float = 2.0
    offset: int | None = None
    window: int = 32
    iterations: int = 300
    batch: int = 16
    learning_rate: float = 1e-3
    decay: float = 0.05
    dropout: float = 0.3
    noise: float = 0.3
    held_out: float = 0.0
    patience: int = 5
    seed: int = 0
    threads: int = 1
    device: Device = "cpu"
    anew: bool = False
    keep: bool = False


FREE = ("out", "threads", "anew", "keep")
"""Settings that may differ between a training and its continuation."""


@dataclass(frozen=True, slots=True)
class TrainProgress:
    """Emitted while training under "progress". loss, held_loss, map: (iteration, value) so far; map of what is
    held out. ap: of each class, newest. best: iteration of the best mAP. phase: "features", "training" or "saving".
    resumed: iteration at which it went on, 0 for a new one.
    """

    phase: str
    iteration: int
    iterations: int
    loss: tuple[tuple[int, float], ...] = ()
    held_loss: tuple[tuple[int, float], ...] = ()
    map: tuple[tuple[int, float], ...] = ()
    ap: dict[str, float | None] = field(default_factory=dict)
    best: int = -1
    classes: tuple[str, ...] = ()
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class TrainResult:
    """file: the model. stopped_early: before all iterations. advice: what is weak, in words (a class with few
    examples).

    feature_seconds: for features that were not in the cache. tested: on the test videos of a benchmark folder.
    """

    file: str
    card: ModelCard
    iterations: int
    seconds: float
    feature_seconds: float
    map: float | None
    stopped_early: bool = False
    advice: tuple[str, ...] = ()
    last: TrainProgress | None = None
    tested: Evaluation | None = None


@dataclass(frozen=True, slots=True)
class DetectSpec:
    """Run a model over a film as if it came live. out: SCORES.csv (`frame,time_s,` then a column a class).

    ahead: also write SCORES.ahead.npy (frames x steps x classes). events: also write events, as .csv, .json or .eaf.
    release: probability below which an event ends, 0 for three fifths of the threshold. least: seconds it lasts.
    """

    model: str
    video: str
    out: str
    frames: Frames = WHOLE
    ahead: bool = False
    events: str = ""
    threshold: float = 0.5
    release: float = 0.0
    least: float = 0.2
    weights: Weights = "float32"
    threads: int = 1


@dataclass(frozen=True, slots=True)
class DetectResult:
    """fps: frames per second of the whole chain. events: every one, in time. ahead: file of what was anticipated."""

    file: str
    classes: tuple[str, ...]
    frames: int
    seconds: float
    fps: float
    events: tuple[Event, ...] = ()
    ahead: str = ""


@dataclass(frozen=True, slots=True)
class EvaluateSpec:
    """Compare score files with labels. scores: one a model. names: how each is called, () for the file names.

    frames: the part of the video that counts. models: model files, detected with first when scores are "" at that
    place. video: what they are run on then. threshold: where the trade-off is marked. one_frame: also learn a logistic
    regression on single chunks from what comes before `frames`, with each model's features (needs models and video).
    """

    scores: tuple[str, ...]
    labels: str
    names: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    video: str = ""
    frames: Frames = WHOLE
    threshold: float = 0.5
    one_frame: bool = False


@dataclass(frozen=True, slots=True)
class TradeOff:
    """Effects of thresholds on events. precision, recall: of events at temporal IoU .5; false_alarms: per minute;
    delay: mean seconds from the start of an action to the start of its event, None where none is found.
    """

    thresholds: tuple[float, ...]
    precision: tuple[float, ...]
    recall: tuple[float, ...]
    false_alarms: tuple[float, ...]
    delay: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One model's figures over `frames` labelled frames.

    map, mcap: mean (calibrated) average precision over the actions that were learned and occur (`averaged`); ap, cap:
    by class, None where it does not occur, without those that the model never learned. deciles: mean over classes of
    the AP of frames within [0-10 %), [10-20 %) ... of their instance. ahead: (seconds, mAP) by horizon, with
    `ahead_still`: the mAP of "what shows now goes on", the model's own probabilities of now held against the labels of
    then. confusion: rows truth, columns decision, in seconds, with `classes` (background first). starts: (tolerance in
    s, mean point-level AP). segments: (temporal IoU, mAP) of events grouped out of the scores, with their mean
    `segment_map`. trade_off: by threshold. chance: mAP of random scores (share of positives, mean over classes).
    one_frame: mAP of a logistic regression on single chunks, where it was run. trained_share: share of the frames that
    the model was trained on, None where that is not known. notes: what was left out and what the figures are not to be
    trusted for, in words.
    """

    name: str
    classes: tuple[str, ...]
    frames: int
    map: float
    mcap: float
    ap: dict[str, float | None]
    cap: dict[str, float | None]
    deciles: tuple[float | None, ...] = ()
    ahead: tuple[tuple[float, float], ...] = ()
    ahead_still: tuple[tuple[float, float], ...] = ()
    confusion: tuple[tuple[float, ...], ...] = ()
    starts: tuple[tuple[float, float], ...] = ()
    segments: tuple[tuple[float, float], ...] = ()
    segment_map: float | None = None
    trade_off: TradeOff | None = None
    chance: float | None = None
    one_frame: float | None = None
    notes: tuple[str, ...] = ()
    file: str = ""
    trained_share: float | None = None

    @property
    def averaged(self) -> tuple[str, ...]:
        """Classes that `map` is the mean of."""
        return tuple(name for name, value in self.ap.items() if value is not None)
