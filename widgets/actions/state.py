"""The state of the actions panel and the action board, as frozen values.

The controller hands over an `ActionsView`; panel and board show exactly that and store nothing. Arrays are read-only
and come with a `version`: equal versions mean equal content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from engines.actions.study_types import EvaluateSpec, Evaluation, TrainProgress, TrainResult, TrainSpec
from engines.actions.types import Labels, ModelCard, Watched, WatchSettings
from widgets.kit.work_state import Busy as Busy
from widgets.kit.work_state import CutOff as CutOff
from widgets.kit.work_state import Trouble as Trouble
from widgets.sources.choice import SourceChoice as SourceChoice
from widgets.timeline.state import TimelineView


class Page(StrEnum):
    """The page that is in front. Watch and Teach show the viewer over the timeline, the others a page of the board."""

    WATCH = "watch"
    TEACH = "teach"
    TRAIN = "train"
    EVALUATE = "evaluate"


@dataclass(frozen=True, slots=True)
class WatchView:
    """The live engine on the chosen source. models: (path, title) of those used before, newest first; card: of the
    chosen one. problem: why there are no results, in words. dropped: frames that came while it was busy. moving: the
    source gives new pictures now; while it stands still nothing has a rate or a latency.
    """

    sources: tuple[SourceChoice, ...] = ()
    source: str = ""
    running: bool = False
    models: tuple[tuple[str, str], ...] = ()
    card: ModelCard | None = None
    watched: Watched | None = None
    rate: float = 0.0
    dropped: int = 0
    problem: str = ""
    moving: bool = True


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class and how much of it is labelled. key: on the keyboard, "" beyond the ninth."""

    name: str
    segments: int
    seconds: float
    key: str = ""


@dataclass(frozen=True, slots=True)
class ClipState:
    """A video with labels, in this project. chosen: it is trained on. note: why it cannot be, in words."""

    video: str
    title: str
    segments: int
    classes: int
    chosen: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class TeachView:
    """Labels of the chosen video. can_label: it is a film (a live feed is recorded first). counts: by class.

    clips: every labelled video of the project. advice: what is weak about the labels. recording: the chosen feed is
    being recorded, for `recorded` seconds. labels_file: where labels were last saved or read, "" nowhere.
    """

    video: str = ""
    can_label: bool = False
    counts: tuple[ClassCount, ...] = ()
    labels: Labels = Labels()
    clips: tuple[ClipState, ...] = ()
    advice: tuple[str, ...] = ()
    recording: bool = False
    recorded: float = 0.0
    labels_file: str = ""


@dataclass(frozen=True, slots=True)
class TrainView:
    """spec: as in the form; its clips are the chosen ones of the project unless `spec.folder` names a benchmark.

    devices: on which a training can run here; a choice is offered where there are two. advice: what is weak about the
    labels of the chosen clips, before they are trained on. cut_off: a training that can go on.
    """

    spec: TrainSpec = TrainSpec("")
    clips: tuple[ClipState, ...] = ()
    progress: TrainProgress | None = None
    result: TrainResult | None = None
    busy: Busy | None = None
    devices: tuple[str, ...] = ("cpu",)
    advice: tuple[str, ...] = ()
    cut_off: CutOff | None = None


@dataclass(frozen=True, slots=True)
class EvaluateView:
    """spec: as in the form: models or score files on one labelled video. selected: row of `results` shown in full."""

    spec: EvaluateSpec = EvaluateSpec((), "")
    results: tuple[Evaluation, ...] = ()
    selected: int = 0
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class ActionsView:
    """The whole state of panel, board and timeline. missing: model-store files not here yet, with their bytes."""

    page: Page = Page.WATCH
    settings: WatchSettings = WatchSettings()
    missing: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    watch: WatchView = WatchView()
    teach: TeachView = TeachView()
    train: TrainView = TrainView()
    evaluate: EvaluateView = EvaluateView()
    timeline: TimelineView = TimelineView()
    trouble: Trouble | None = None
