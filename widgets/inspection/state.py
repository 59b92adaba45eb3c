"""Everything that the Inspector shows, as frozen values.

The controller hands over an `InspectionView`; panel and board update themselves from it and store nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal

from engines.core.networks.in_use import ModelInUse
from engines.core.networks.preprocessing import Preprocessing
from engines.inspection.attribution.asked import AttributeResult, AttributeSpec
from engines.inspection.field.results import CheckResult, FieldTable
from engines.inspection.layout.folding import Folded
from engines.inspection.layout.following import Links
from engines.inspection.layout.layers import Placed
from engines.inspection.layout.modules import ModuleTree
from engines.inspection.layout.table import NodeRow
from engines.inspection.looks import LookResult, LookSpec
from engines.inspection.studies import CompareResult, CompareSpec, ExciteResult, WeightsResult
from engines.inspection.types import ModelSheet, OpenSpec
from widgets.kit.work_state import NOTHING_MISSING, Busy, Trouble
from widgets.sources.choice import SourceChoice


class Page(StrEnum):
    """The pages of the board in the centre; the panel shows the settings of the one in front."""

    MODEL = "model"
    GRAPH = "graph"
    FIELD = "field"
    ACTIVATIONS = "activations"
    ATTENTION = "attention"
    ATTRIBUTION = "attribution"
    COMPARE = "compare"


LIVE = (Page.FIELD, Page.ACTIVATIONS, Page.ATTENTION)
"""Pages that look at a feed; their names are the views of a `LookSpec`."""
ComparedOn = Literal["looked", "file", "noise"]
"""What two models are compared on: the picture that is looked at now, a file, or seeded noise."""


@dataclass(frozen=True, slots=True)
class ModelView:
    """spec: what was asked for; sheet: what is open, None while nothing is. recent: files opened before, newest first.
    in_use: what other panels run now."""

    spec: OpenSpec = OpenSpec()
    sheet: ModelSheet | None = None
    busy: Busy | None = None
    recent: tuple[str, ...] = ()
    in_use: tuple[ModelInUse, ...] = ()


@dataclass(frozen=True, slots=True)
class LookView:
    """spec: of the page in front; look: newest of this page, None before. source: path of the feed, "" for none chosen;
    on: it is being looked at; note: what keeps it, "" while it works.

    preprocessing: how pictures go in as the user set it, None for as the model says. over: the recording has ended.
    """

    spec: LookSpec = LookSpec()
    source: str = ""
    sources: tuple[SourceChoice, ...] = ()
    on: bool = False
    look: LookResult | None = None
    note: str = ""
    rate: float = 0.0
    dropped: int = 0
    preprocessing: Preprocessing | None = None
    over: bool = False

    @property
    def layer(self) -> str:
        """The chosen layer, else the one that was chosen for the user; "" before."""
        return self.spec.layer or (self.look.seen.layer if self.look is not None else "")

    @property
    def title(self) -> str:
        """What the source is called."""
        return next((one.title for one in self.sources if one.path == self.source), "")


@dataclass(frozen=True, slots=True, eq=False)
class GraphView:
    """The open model's graph. folded, placed: boxes and where they go, None before they are laid out; rows: of the
    table; tree: what can be folded; links: who reads whom. selected: name of a node, or key of another box, "" for
    none; `shows` counts how often it was asked to be brought into sight."""

    folded: Folded | None = None
    placed: Placed | None = None
    rows: tuple[NodeRow, ...] = ()
    tree: ModuleTree | None = None
    links: Links | None = None
    selected: str = ""
    shows: int = 0


@dataclass(frozen=True, slots=True)
class CompareView:
    """spec: first "" for the model that is open. on: which picture."""

    spec: CompareSpec = CompareSpec()
    on: ComparedOn = "noise"
    result: CompareResult | None = None


@dataclass(frozen=True, slots=True)
class ExciteView:
    """clip: file of the feed, offered first; "" where it is none."""

    clip: str = ""
    result: ExciteResult | None = None


@dataclass(frozen=True, slots=True)
class WeightsView:
    """Distributions of stored tensors. tensor: the one that was asked for last."""

    tensor: str = ""
    result: WeightsResult | None = None


@dataclass(frozen=True, slots=True)
class AttributionView:
    """spec: its picture "" for the one that is looked at. earlier: the form asks for something else by now."""

    spec: AttributeSpec = AttributeSpec()
    result: AttributeResult | None = None
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class FieldView:
    """table: of the model that is open, None before; check: the newest of it."""

    table: FieldTable | None = None
    check: CheckResult | None = None


@dataclass(frozen=True, slots=True)
class InspectionView:
    """trouble: of the page in front; work: what it has under way, the opening of a model apart; problem: why its action
    cannot be done now, "" when it can."""

    page: Page = Page.MODEL
    model: ModelView = ModelView()
    look: LookView = LookView()
    graph: GraphView = GraphView()
    compare: CompareView = CompareView()
    excite: ExciteView = ExciteView()
    attribution: AttributionView = AttributionView()
    weights: WeightsView = WeightsView()
    field: FieldView = FieldView()
    work: Busy | None = None
    problem: str = ""
    trouble: Trouble | None = None
    missing: ClassVar[Mapping[str, int]] = NOTHING_MISSING

    @property
    def busy(self) -> Busy | None:
        """The work of the page in front; opening a model is that of every page."""
        return self.model.busy or self.work
