"""What the pages of the rig's board show: the panel's state, and what each page has besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engines.calibration.rig.types import RigResult
from widgets.calibration.rig.pages.compare_view import RigCompareView
from widgets.calibration.rig.pages.pair_view import PairView
from widgets.calibration.rig.pages.prepare_view import PrepareView
from widgets.calibration.rig.state import RigState
from widgets.kit.work_state import NOTHING_MISSING, Trouble


class Page(StrEnum):
    """A tab of the board; the first shows the viewer."""

    VIEWER = "viewer"
    PREPARE = "prepare"
    PAIR = "pair"
    RIG = "rig"
    SPACE = "space"
    COMPARE = "compare"


IN_VIEWER = (Page.VIEWER,)


@dataclass(frozen=True, slots=True)
class PagesForm:
    """Which page is in front."""

    page: Page = Page.VIEWER


@dataclass(frozen=True, slots=True)
class Cell:
    """A frame by its name and a camera by its number; "" and -1 for none."""

    frame: str = ""
    camera: int = -1


@dataclass(frozen=True, slots=True)
class PagesView:
    """The board's whole state. own: what went wrong on the page in front. cell: the one that is looked at."""

    page: Page = Page.VIEWER
    panel: RigState = RigState()
    own: Trouble | None = None
    cell: Cell = Cell()
    prepare: PrepareView = PrepareView()
    pair: PairView = PairView()
    compare: RigCompareView = RigCompareView()

    @property
    def missing(self) -> Mapping[str, int]:
        """Sizes of files of the model store; nothing here needs any."""
        return NOTHING_MISSING

    @property
    def result(self) -> RigResult | None:
        return self.panel.result

    @property
    def trouble(self) -> Trouble | None:
        return None if self.page in IN_VIEWER else self.own or self.panel.trouble
