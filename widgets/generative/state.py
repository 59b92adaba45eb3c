"""Everything that the diffusion panel and the studio show, as frozen values.

The controller hands over a `DiffusionView`; panel and studio update themselves from it and store nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from engines.generative.diffusion.study_types import (
    CompareResult,
    CompareSpec,
    CurveResult,
    FlowResult,
    FlowSpec,
    PrecisionResult,
    SpectrumResult,
)
from engines.generative.diffusion.types import ModelInfo, SampleResult, SampleSpec
from engines.generative.training.types import TrainProgress, TrainSpec
from widgets.kit.work_state import NOTHING_MISSING, Busy, CutOff, Trouble


class Mode(StrEnum):
    """The subject of the panel's form and of its first button."""

    SAMPLE = "sample"
    COMPARE = "compare"
    TRAIN = "train"


class Page(StrEnum):
    """The pages of the studio in the centre."""

    SAMPLES = "samples"
    FLOW = "flow"
    COMPARE = "compare"
    TRAINING = "training"


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Run:
    """One sampling run of the history or queue. id: the folder's name, or "job-N" until it has one.

    title: of the model. thumbnail: a small picture file, "" while there is none.
    """

    id: str
    title: str
    spec: SampleSpec
    state: RunState = RunState.DONE
    result: SampleResult | None = None
    thumbnail: str = ""
    note: str = ""
    when: float = 0.0
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class Pictures:
    """The samples of the shown run: (n, H, W) or (n, H, W, 3) uint8 RGB, or points (n, 2); from files or a preview.

    selected: index of the sample that is marked, -1 none.
    """

    run: str = ""
    images: NDArray[np.uint8] | None = None
    points: NDArray[np.float32] | None = None
    first: int = 0
    final: bool = False


@dataclass(frozen=True, slots=True)
class StepPictures:
    """One step of the shown run for scrubbing, each (n, H, W[, 3]) uint8 RGB: the state y, the estimate D, the noise
    eps and the change of D since the step before (difference: gray 128 is none). points: the same for 2-D models.
    """

    run: str
    step: int
    steps: int
    sigma: float
    y: NDArray[np.uint8] | None = None
    denoised: NDArray[np.uint8] | None = None
    eps: NDArray[np.uint8] | None = None
    difference: NDArray[np.uint8] | None = None
    y_points: NDArray[np.float32] | None = None
    denoised_points: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class FlowView:
    """The flow page. file: what `FlowResult` names; the page reads its arrays itself."""

    spec: FlowSpec = FlowSpec()
    result: FlowResult | None = None
    busy: Busy | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class CompareView:
    """The comparison page. cells: picture files that are done, by (row, column), while the grid is being filled."""

    spec: CompareSpec | None = None
    result: CompareResult | None = None
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], float] = field(default_factory=dict)
    busy: Busy | None = None
    trouble: Trouble | None = None
    curves: CurveResult | None = None
    curves_busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class TrainView:
    """The training page. title: what is trained. file: the weights, once there are any. cut_off: what can go on."""

    title: str = ""
    spec: TrainSpec | None = None
    progress: TrainProgress | None = None
    busy: Busy | None = None
    file: str = ""
    stopped: str = ""
    trouble: Trouble | None = None
    cut_off: CutOff | None = None


@dataclass(frozen=True, slots=True)
class PrecisionView:
    """What bfloat16 would gain and cost with the chosen model, once it was measured."""

    result: PrecisionResult | None = None
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class DiffusionView:
    """The whole state of panel and studio.

    models: all that can be chosen, best first; model: the chosen one, None while it is looked at. spec: what the form
    shows and the button would run. compare, train: the same for the other modes. estimate_bytes, estimate_seconds: of
    the run beforehand, None while unknown. devices: what torch may use here ("cpu", "cuda"). runs: queue and history,
    newest first; shown: id of the run in the studio.
    """

    mode: Mode = Mode.SAMPLE
    page: Page = Page.SAMPLES
    models: tuple[ModelInfo, ...] = ()
    model: ModelInfo | None = None
    looking: bool = False
    spec: SampleSpec = SampleSpec("")
    compare: CompareSpec = CompareSpec(SampleSpec(""), "sampler", ())
    train: TrainSpec = TrainSpec("mnist", "")
    estimate_bytes: int | None = None
    estimate_seconds: float | None = None
    devices: tuple[str, ...] = ("cpu",)
    runs: tuple[Run, ...] = ()
    shown: str = ""
    selected: int = -1
    pictures: Pictures = Pictures()
    step: StepPictures | None = None
    flow: FlowView = FlowView()
    compared: CompareView = CompareView()
    training: TrainView = TrainView()
    spectrum: SpectrumResult | None = None
    precision: PrecisionView = PrecisionView()
    trouble: Trouble | None = None
    missing: ClassVar[Mapping[str, int]] = NOTHING_MISSING

    @property
    def run(self) -> Run | None:
        """The run that the studio shows."""
        return next((run for run in self.runs if run.id == self.shown), None)

    @property
    def running(self) -> Run | None:
        return next((run for run in self.runs if run.state is RunState.RUNNING), None)

    @property
    def queued(self) -> int:
        return sum(run.state is RunState.QUEUED for run in self.runs)

    @property
    def is_busy(self) -> bool:
        """Whether something is under way whose time left changes."""
        compared, others = self.compared, (self.flow, self.training, self.precision)
        works = (compared.busy, compared.curves_busy, *(part.busy for part in others))
        return self.looking or self.running is not None or self.queued > 0 or any(work is not None for work in works)
