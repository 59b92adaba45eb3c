"""Everything the faces panel and the face board show, as frozen values.

The controller hands over a `FacesView`; panel and board update themselves from it and store nothing. Pictures of faces
come as `thumbs`: small BGR arrays by face id (or crop file), filled in as they are read; one that is missing is drawn
as a quiet placeholder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from engines.core.frames import Image, Size
from engines.faces.gallery.types import (
    Change,
    Cluster,
    Expiring,
    FaceRecord,
    Forgotten,
    Found,
    GalleryInfo,
    Gathered,
    Person,
    Suggestion,
)
from engines.faces.study_types import (
    Audit,
    EvaluateSpec,
    Evaluation,
    GazeFit,
    HeadProgress,
    HeadResult,
    HeadSpec,
    OpenSet,
    OpenSetSpec,
    ThresholdReport,
    Verified,
)
from engines.faces.types import Accept, Gaze, HeadPose, Point, RecogniserSettings, Recognition
from widgets.kit.work_state import Busy as Busy
from widgets.kit.work_state import CutOff as CutOff
from widgets.kit.work_state import Trouble as Trouble
from widgets.sources.choice import SourceChoice as SourceChoice


class Page(StrEnum):
    """What the middle of the window shows in the Faces preset, and what the panel's form is about."""

    LIVE = "live"
    PEOPLE = "people"
    ENROL = "enrol"
    THRESHOLD = "threshold"
    VERIFY = "verify"
    EVALUATE = "evaluate"
    AUDIT = "audit"
    TRAIN = "train"
    GAZE = "gaze"


@dataclass(frozen=True, slots=True)
class LiveFaces:
    """The recogniser on the chosen source. source: its path, "" none; problem: why there are no results, in words.

    thumbs of tracks are in `FacesView.thumbs` under "track:N".
    """

    sources: tuple[SourceChoice, ...] = ()
    source: str = ""
    running: bool = False
    recognition: Recognition | None = None
    rate: float = 0.0
    dropped: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PeopleView:
    """The gallery. selected: person id; faces: theirs, best first. clusters: unknown faces that belong together.

    search: text typed into the filter. found: hits of the last search by a face; asked: what was searched for (a thumb
    key). refused faces are not suggested again. history: newest first.
    """

    info: GalleryInfo | None = None
    recent: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    selected: str = ""
    faces: tuple[FaceRecord, ...] = ()
    search: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    asked: str = ""
    found: tuple[Found, ...] = ()
    history: tuple[Change, ...] = ()
    expiring: Expiring | None = None
    forgotten: Forgotten | None = None


@dataclass(frozen=True, slots=True)
class EnrolView:
    """The review before anything is stored. taken: for each candidate whether it will be; names: as edited."""

    gathered: Gathered | None = None
    taken: tuple[bool, ...] = ()
    names: tuple[str, ...] = ()
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class ThresholdView:
    accept: Accept = Accept()
    report: ThresholdReport | None = None
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class VerifyView:
    """Two pictures side by side. Thumbs under "verify:a" and "verify:b" (whole pictures, reduced), and where they are
    at hand the aligned faces under "verify:a:face" and "verify:b:face".

    size_a, size_b: of the whole pictures in pixels, which boxes and points are in; None while not known.
    """

    a: str = ""
    b: str = ""
    result: Verified | None = None
    busy: Busy | None = None
    size_a: Size | None = None
    size_b: Size | None = None


@dataclass(frozen=True, slots=True)
class EvaluateView:
    spec: EvaluateSpec = EvaluateSpec("")
    open_spec: OpenSetSpec = OpenSetSpec("")
    result: Evaluation | None = None
    open_set: OpenSet | None = None
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class AuditView:
    """target: the gallery or folder. dismissed: rows the user called right. selected: row shown large, -1 none.

    settled: rows that were moved or removed. editable: names can be changed here (a gallery, not a folder).
    """

    target: str = ""
    audit: Audit | None = None
    dismissed: frozenset[int] = frozenset()
    selected: int = -1
    busy: Busy | None = None
    settled: frozenset[int] = frozenset()
    editable: bool = True


@dataclass(frozen=True, slots=True)
class TrainView:
    spec: HeadSpec = HeadSpec("", "")
    progress: HeadProgress | None = None
    result: HeadResult | None = None
    busy: Busy | None = None
    cut_off: CutOff | None = None


@dataclass(frozen=True, slots=True)
class GazeView:
    """Head pose and gaze of the largest face, and the nine-point calibration.

    trail: the last gazes (yaw, pitch in degrees), newest last. target: index of the point being looked at, -1 when no
    calibration runs; collected: samples taken for each of the nine points.
    """

    pose: HeadPose | None = None
    gaze: Gaze | None = None
    trail: tuple[Point, ...] = ()
    fit: GazeFit | None = None
    target: int = -1
    collected: tuple[int, ...] = ()
    problem: str = ""
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class FacesView:
    """The whole state of panel and board. models: recognisers that can be chosen, as (name, title).

    missing: model-store files that are not here yet, with their size in bytes; the panel offers to fetch them.
    """

    page: Page = Page.LIVE
    settings: RecogniserSettings = RecogniserSettings()
    models: tuple[tuple[str, str], ...] = (("sface", "SFace"),)
    missing: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    thumbs: Mapping[str, Image] = field(default_factory=lambda: MappingProxyType({}))
    live: LiveFaces = LiveFaces()
    people: PeopleView = PeopleView()
    enrol: EnrolView = EnrolView()
    threshold: ThresholdView = ThresholdView()
    verify: VerifyView = VerifyView()
    evaluate: EvaluateView = EvaluateView()
    audit: AuditView = AuditView()
    train: TrainView = TrainView()
    gaze: GazeView = GazeView()
    trouble: Trouble | None = None

    @property
    def person(self) -> Person | None:
        """The selected person."""
        return next((person for person in self.people.people if person.id == self.people.selected), None)
