"""What the pages of the calibration board show: the panel's state, and what each page has besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engines.calibration.compare import Comparison
from engines.calibration.types import ModelsResult, MonoResult, ViewResult
from widgets.calibration.state import CalibrationView
from widgets.kit.work_state import NOTHING_MISSING, Busy, Trouble


class Page(StrEnum):
    """A tab of the board; the first shows the viewer."""

    VIEWER = "viewer"
    RESIDUALS = "residuals"
    UNCERTAINTY = "uncertainty"
    SHAPE = "shape"
    MODELS = "models"
    COMPARE = "compare"
    LENS = "lens"


IN_VIEWER = (Page.VIEWER,)


@dataclass(frozen=True, slots=True)
class PagesForm:
    """Which page is in front."""

    page: Page = Page.VIEWER


@dataclass(frozen=True, slots=True)
class Chosen:
    """A view by its name, "" for the panel's, and one of its corners by its id, -1 for none."""

    view: str = ""
    corner: int = -1


@dataclass(frozen=True, slots=True)
class ModelsView:
    """Lens models side by side. current: of the views and settings shown."""

    result: ModelsResult | None = None
    current: bool = True
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class CompareView:
    """Two calibrations: paths of files, first "" for the one that is shown, second "" for none yet.

    problem: why there is no comparison, "" while it is under way.
    """

    first: str = ""
    second: str = ""
    comparison: Comparison | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PagesView:
    """The board's whole state. own: what went wrong on the page in front."""

    page: Page = Page.VIEWER
    panel: CalibrationView = CalibrationView()
    own: Trouble | None = None
    chosen: Chosen = Chosen()
    models: ModelsView = ModelsView()
    compare: CompareView = CompareView()

    @property
    def missing(self) -> Mapping[str, int]:
        """Sizes of files of the model store; nothing here needs any."""
        return NOTHING_MISSING

    @property
    def result(self) -> MonoResult | None:
        return self.panel.result

    @property
    def dropped(self) -> tuple[str, ...]:
        """Corners left out on demand, `view#id`, as they will be in the next fit."""
        return self.panel.drop

    @property
    def trouble(self) -> Trouble | None:
        return None if self.page in IN_VIEWER else self.own or self.panel.trouble

    @property
    def can_solve(self) -> bool:
        """There are views enough for a fit."""
        return self.panel.missing_views == 0

    @property
    def shown(self) -> ViewResult | None:
        """The view that is looked at: the one named while it is in the panel's photograph, else the panel's."""
        front = self.panel.shown
        views = self.result.views if self.result is not None else ()
        named = next((view for view in views if view.name == self.chosen.view), None)
        return named if named is not None and front is not None and named.path == front.path else front

    @property
    def corner(self) -> int:
        """Id of the corner that is looked at in the view that is, -1 for none."""
        shown = self.shown
        return self.chosen.corner if shown is not None and shown.name == self.chosen.view else -1

    @property
    def seen(self) -> tuple[ViewResult, ...]:
        """The views in which the board was found, in their order."""
        return tuple(view for view in self.result.views if view.found) if self.result is not None else ()


def corner_name(view: str, number: int) -> str:
    """A single corner as it is dropped."""
    return f"{view}#{number}"
