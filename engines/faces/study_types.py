"""Specs and results of the faces engine: thresholds, verification, evaluation, audits, blurred films. Plain values.

Shares are 0 to 1. An interval (low, high) is 95 % unless said otherwise. Curves are tuples of equal length.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engines.core.pictures.files import LeftOut
from engines.faces.types import Accept, Face, FinderSettings

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A threshold and what it does. rate: what was asked; strangers: share of strangers that would be named.

    missed: share of the enrolled that would go unnamed, None when the gallery cannot tell (nobody has two images).
    named_wrong: share of the enrolled that would get another's name.
    """

    rate: float
    threshold: float
    strangers: float
    strangers_interval: Interval
    missed: float | None = None
    missed_interval: Interval | None = None
    named_wrong: float | None = None


@dataclass(frozen=True, slots=True)
class SelfCheckCase:
    """One face of the gallery that its own gallery would not name right, left out of it."""

    face: str
    person: str
    name: str
    nearest: str
    nearest_name: str
    similarity: float
    own_similarity: float


@dataclass(frozen=True, slots=True)
class ThresholdReport:
    """The threshold's whole story for one gallery.

    thresholds with strangers, low, high (share of strangers named, with its interval) and missed (share of the
    enrolled unnamed; empty when unknown). points: the operating points at 1e-1 ... 1e-6; chosen: the user's.
    impostor and genuine: similarities of the self-check as histogram densities over `bins` edges. basis: in words, what
    the estimate rests on ("412 people of this gallery", "reference impostors scaled to 12 people"). weak: why not to
    trust it too far, "" otherwise.
    """

    people: int
    faces: int
    thresholds: tuple[float, ...]
    strangers: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    missed: tuple[float, ...]
    points: tuple[OperatingPoint, ...]
    chosen: OperatingPoint
    bins: tuple[float, ...] = ()
    impostor: tuple[float, ...] = ()
    genuine: tuple[float, ...] = ()
    basis: str = ""
    weak: str = ""
    cases: tuple[SelfCheckCase, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifySpec:
    """Are these two the same person? Pictures with several faces give the best pair of them."""

    a: str
    b: str
    model: str = "sface"
    finder: FinderSettings = FinderSettings(search="pyramid")


@dataclass(frozen=True, slots=True)
class Verified:
    """similarity: cosine. probability: that they are the same person, at even odds, the number of pairs of faces taken
    into account. far: share of pairs of different people that score this high or higher, never below 1e-7 and 1 when
    nothing is known. verdict: "same", "different" or "not sure". others: further faces left aside.
    """

    a: str
    b: str
    face_a: Face
    face_b: Face
    similarity: float
    probability: float
    far: float
    verdict: str
    others: tuple[int, int] = (0, 0)
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluateSpec:
    """Evaluate on a folder of NAME_0001.jpg (or one folder a person) and, if given, a pair list.

    pairs: TSV with the columns fold, same, a, b. flip: average each embedding with its mirror image's.
    """

    images: str
    pairs: str = ""
    model: str = "sface"
    flip: bool = False
    finder: FinderSettings = FinderSettings()


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve of the evaluation: x ascending, y with its interval (low, high; empty when there is none)."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """accuracy: 10-fold balanced, of the pair list (None without one), all folds' pairs pooled, with its interval.
    accuracy_mean, accuracy_std: of the folds' own balanced accuracies, as papers give them.

    tar: true-accept rate by false-accept rate ("1e-2", "1e-3", "1e-4" ...) over all pairs of images; tar_per_person:
    the same with every person weighted equally; intervals by bootstrap over people. roc: TAR against FAR. missed:
    file names without a face. histogram: impostor and genuine densities over `bins` edges. threshold: for the keys of
    `tar`. Rates that would need less than one impostor pair are left out.
    """

    images: int
    people: int
    pairs: int
    missed: tuple[str, ...]
    accuracy: float | None
    accuracy_std: float | None
    accuracy_interval: Interval | None
    tar: dict[str, float]
    tar_interval: dict[str, Interval]
    tar_per_person: dict[str, float]
    roc: Curve
    seconds: float
    bins: tuple[float, ...] = ()
    impostor: tuple[float, ...] = ()
    genuine: tuple[float, ...] = ()
    model: str = ""
    open_set: OpenSet | None = None
    tar_per_person_interval: dict[str, Interval] = field(default_factory=dict)
    threshold: dict[str, float] = field(default_factory=dict)
    accuracy_mean: float | None = None
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenSetSpec:
    """Everybody with more than `enrol` images is enrolled with that many; everybody with one image is a stranger.

    choose: which images are enrolled: "first" in name order, or "best" by quality.
    """

    images: str
    enrol: int = 1
    choose: str = "first"
    model: str = "sface"
    flip: bool = False
    finder: FinderSettings = FinderSettings()


@dataclass(frozen=True, slots=True)
class OpenSet:
    """rank1: share of probes whose nearest person is right. tpir: share named, and named right, by the share of
    strangers named ("0.1", "0.01", "0.001"), with intervals; threshold: for the same keys.

    chosen: rate asked -> (share of strangers really named; low, high: the interval stated before they were seen) with
    thresholds from the gallery alone (`Accept`), chosen_threshold; chosen_measured: the interval of the real share.
    fixed: share of strangers that the customary fixed threshold names.
    """

    people: int
    strangers: int
    probes: int
    rank1: float
    tpir: dict[str, float]
    tpir_interval: dict[str, Interval]
    threshold: dict[str, float]
    chosen: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    fixed: float | None = None
    curve: Curve = Curve((), ())
    seconds: float = 0.0
    chosen_threshold: dict[str, float] = field(default_factory=dict)
    chosen_measured: dict[str, Interval] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditSpec:
    """Look for wrong names in a gallery file or a folder of pictures. limit: how many suspicions to give."""

    target: str
    model: str = "sface"
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One image that may bear a wrong name, and why. image: file or face id; like: what it resembles instead.

    score: the higher the more suspicious; own: similarity to its own person's other images (None: there is no other);
    other: to the nearest of another person. reason: a sentence. kind: "wrong-name", "duplicate", "same-person" (two
    names for one person), "lonely" (unlike its own person, like nobody).
    """

    image: str
    name: str
    kind: str
    score: float
    own: float | None
    other: float
    like: str
    like_name: str
    reason: str
    own_example: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """suspicions: worst first. images, people: looked at. missed: without a face. left_out: files that are no such."""

    suspicions: tuple[Suspicion, ...]
    images: int
    people: int
    missed: tuple[str, ...]
    seconds: float
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class RedactSpec:
    """Write a copy of a picture or film in which faces are covered.

    blur: "everyone" or "unknown" (then `gallery` says who is known). hold: seconds a face stays covered where it was
    lost, so that a missed frame shows nobody. model: recogniser, "" for the gallery's own.
    """

    source: str
    out: str
    blur: str = "everyone"
    gallery: str = ""
    accept: Accept = Accept()
    finder: FinderSettings = FinderSettings()
    hold: float = 0.5
    model: str = ""


@dataclass(frozen=True, slots=True)
class Redacted:
    """out: the file written. covered: faces covered, summed over frames; longest: most in one frame."""

    out: str
    frames: int
    covered: int
    longest: int
    seconds: float


@dataclass(frozen=True, slots=True)
class HeadSpec:
    """Train a margin-softmax head (and, where `trainable`, a small backbone) over a folder, one folder a person.

    margins (m1, m2, m3): logits s (cos(m1 theta + m2) - m3) for the true class. loss: the name of the customary choice
    ("softmax", "sphereface", "cosface", "arcface", "adaface"), which fills margins that are None. sample: share of
    negative class centres used a step (partial FC). backbone: "frozen" (the embeddings of `model`) or "small".
    anew: from the first step, whatever checkpoint is there; keep: write the recogniser of the checkpoint as it is.
    """

    images: str
    out: str
    loss: str = "arcface"
    margins: tuple[float, float, float] | None = None
    scale: float = 32.0
    model: str = "sface"
    backbone: str = "frozen"
    dim: int = 128
    steps: int = 1000
    batch: int = 64
    rate: float = 0.05
    sample: float = 1.0
    held_out: float = 0.2
    seed: int = 0
    anew: bool = False
    keep: bool = False


FREE = ("out", "anew", "keep")
"""Settings that may differ between a training and its continuation."""


@dataclass(frozen=True, slots=True)
class HeadProgress:
    """Emitted while training. points: 2-D view (PCA) of held-out embeddings with their `labels`; own, other: angles in
    degrees to the own and to the nearest other centre. loss: (step, value) so far. resumed: step at which it went on.
    """

    step: int
    steps: int
    loss: tuple[tuple[int, float], ...]
    accuracy: tuple[tuple[int, float], ...]
    points: tuple[tuple[float, float], ...] = ()
    labels: tuple[int, ...] = ()
    own: tuple[float, ...] = ()
    other: tuple[float, ...] = ()
    classes: tuple[str, ...] = ()
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class HeadResult:
    """file: an ONNX recogniser (aligned pictures or embeddings in, unit vectors out) with a card beside it.

    accuracy: of held-out images by nearest centre; separation: mean own and nearest other angle in degrees. cut_off:
    step at which a cancelled training was kept, 0 for a whole one.
    """

    file: str
    accuracy: float
    separation: tuple[float, float]
    classes: int
    images: int
    seconds: float
    last: HeadProgress | None = None
    cut_off: int = 0


@dataclass(frozen=True, slots=True)
class GazeSample:
    """One look at a known point. features: of the face and eyes; target: on the screen, in pixels."""

    features: tuple[float, ...]
    target: tuple[float, float]


@dataclass(frozen=True, slots=True)
class GazeFitSpec:
    """Fit the personal regressor. screen: width and height in pixels and in millimetres; distance in millimetres."""

    samples: tuple[GazeSample, ...]
    screen: tuple[float, float]
    screen_mm: tuple[float, float]
    distance_mm: float = 600.0
    out: str = ""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class GazeFit:
    """error: mean angle in degrees on points left out one at a time; by_point: the same for each of the nine.

    std: what the regressor itself says; points: the targets in pixels, predicted: where each was seen.
    method: "network" or "ridge", whichever errs less; ridge: the error of ridge regression alone. note: why not to
    trust it too far, "" otherwise.
    """

    file: str
    error: float
    by_point: tuple[float, ...]
    std: float
    points: tuple[tuple[float, float], ...]
    predicted: tuple[tuple[float, float], ...]
    seconds: float
    method: str = "ridge"
    ridge: float | None = None
    note: str = ""
