"""Everything that the Inspector shows, as frozen values.

The controller hands over an `InspectionView`; panel and board update themselves from it and store nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from engines.core.networks.preprocessing import Preprocessing
from engines.inspection.layout.folding import Folded
from engines.inspection.layout.following import Links
from engines.inspection.layout.layers import Placed
from engines.inspection.layout.modules import ModuleTree
from engines.inspection.layout.table import NodeRow
from engines.inspection.looks import LookResult, LookSpec
from engines.inspection.studies import CompareResult, CompareSpec, ExciteResult, WeightsRow
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


@dataclass(frozen=True, slots=True)
class InUse:
    """A model that another panel runs now. path: its file; feed: what it looks at, "" for nothing."""

    title: str
    path: str
    preprocessing: Preprocessing | None = None
    feed: str = ""


@dataclass(frozen=True, slots=True)
class ModelView:
    """spec: what was asked for; sheet: what is open. recent: files opened before, newest first."""

    spec: OpenSpec = OpenSpec()
    sheet: ModelSheet | None = None
    busy: Busy | None = None
    recent: tuple[str, ...] = ()
    in_use: tuple[InUse, ...] = ()


@dataclass(frozen=True, slots=True)
class LookView:
    """spec: of the page in front; look: newest of this page, None before. source: path of the feed, "" for none chosen;
    on: it is being looked at; note: what keeps it, "" while it works."""

    spec: LookSpec = LookSpec()
    source: str = ""
    sources: tuple[SourceChoice, ...] = ()
    on: bool = False
    look: LookResult | None = None
    note: str = ""
    rate: float = 0.0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
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
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class WeightsView:
    """rows: distributions of stored tensors that were asked for; tensor: the one that is shown."""

    tensor: str = ""
    rows: tuple[WeightsRow, ...] = ()
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class CompareView:
    spec: CompareSpec = CompareSpec()
    result: CompareResult | None = None
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class ExciteView:
    result: ExciteResult | None = None
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class InspectionView:
    """trouble: of the page in front."""

    page: Page = Page.MODEL
    model: ModelView = ModelView()
    graph: GraphView = GraphView()
    weights: WeightsView = WeightsView()
    look: LookView = LookView()
    compare: CompareView = CompareView()
    excite: ExciteView = ExciteView()
    trouble: Trouble | None = None
    missing: ClassVar[Mapping[str, int]] = NOTHING_MISSING

    @property
    def busy(self) -> Busy | None:
        """The work of the page in front; opening a model is that of every page."""
        own = {Page.COMPARE: self.compare.busy, Page.ACTIVATIONS: self.excite.busy, Page.GRAPH: self.graph.busy}
        return self.model.busy or own.get(self.page)
