"""The page of uncertainty: how well the place of a point in the picture is known, over the whole picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from engines.calibration.types import MonoResult, Point, UncertaintyMap
from engines.core.words import tr
from widgets.calibration.pages.chart_page import ChartPage, side_of
from widgets.calibration.pages.heat_plane import Heat, HeatPlane, rough, round_levels
from widgets.calibration.pages.state import PagesView
from widgets.charts.contours import refined
from widgets.kit.fields import wrapped
from widgets.kit.keeping.fields import keep
from widgets.kit.lengths.units import UNITS, M
from widgets.kit.panel import ChoiceField, StatGrid, Toggle
from widgets.kit.results import Stat

UNKNOWN = tr("This result does not say how certain it is"), tr("Calibrate again")
LOADED = tr("A calibration from a file does not say how certain it is over the picture"), ""
ABOUT = tr(
    "One standard deviation of where a point is seen, in the direction that is known worst. That the camera itself may "
    "have turned and moved a little is allowed for."
)


class UncertaintyPage(ChartPage):
    """`empty.clicked` asks for the fit once more, where the result holds no map."""

    def __init__(self) -> None:
        super().__init__()
        self.chart = self.map = HeatPlane(tr("Uncertainty over the picture"), "px")
        self.distance = ChoiceField(tr("Distance"), tip=tr("How far the point is from the camera"))
        self.distance.setMinimumContentsLength(10)
        self.corners = Toggle(tr("Corners"), True, tip=tr("Where the corners were that the result rests on"))
        self.words, self.about = wrapped(), wrapped("hint", ABOUT)
        self.stats = StatGrid()
        self.lay_chart(
            tr("Uncertainty"), self.map, side_of(self.words, self.stats, self.about), self.corners, self.distance
        )
        self.distance.chosen.connect(lambda _id: self._draw())
        self.corners.toggled.connect(lambda _on: self._draw())
        UNITS.changed.connect(self._tell_anew)
        keep("uncertainty", distance=self.distance, corners=self.corners)

    def show_state(self, view: PagesView) -> None:
        before, self.shown = self.shown, view
        result = view.result
        self.show_results(result is not None and bool(result.uncertainty))
        if result is None or not result.uncertainty:
            self.empty.set_text(*_nothing(view))
        elif result is not before.result:
            self._offer(result.uncertainty)
            self._draw()

    def _tell_anew(self) -> None:
        if self.shown.result is not None and self.shown.result.uncertainty:
            self._offer(self.shown.result.uncertainty)
            self._draw()

    def _offer(self, maps: tuple[UncertaintyMap, ...]) -> None:
        kept = self.distance.value()
        self.distance.set_choices([(str(n), distance_words(one.distance)) for n, one in enumerate(maps)], kept or "0")

    def _draw(self) -> None:
        result = self.shown.result
        if result is None or not result.uncertainty:
            return
        number = int(self.distance.value() or 0)
        shown = result.uncertainty[min(number, len(result.uncertainty) - 1)]
        heat = heat_of(shown, result, corners_of(result) if self.corners.isChecked() else ())
        self.map.show_heat(heat)
        self.state.setText(state_words(result))
        self.words.setText(known_words(heat, shown.distance))
        self.stats.set_stats(known_stats(heat))


def heat_of(shown: UncertaintyMap, result: MonoResult, dots: tuple[Point, ...] = ()) -> Heat:
    """The map, told at the middles of its cells, from edge to edge, with lines at round values."""
    middles = np.array(shown.sigma, np.float64).reshape(shown.rows, shown.columns)
    values = np.pad(refined(np.where(middles < 0, np.nan, middles), 2), 1, mode="edge")
    size = result.image_size
    extent = QRectF(-0.5, -0.5, size.width, size.height)
    return Heat(values, extent, "px", tr("standard deviation"), levels=round_levels(values), dots=dots)


def corners_of(result: MonoResult) -> tuple[Point, ...]:
    """All corners that the result rests on."""
    return tuple(corner for view in result.views if view.used for corner in view.corners)


def distance_words(distance: float) -> str:
    return tr("At {distance}", distance=_told(distance)) if distance > 0 else tr("Far away")


def _told(distance: float) -> str:
    unit = UNITS.of(M)
    return f"{rough(unit.of(distance))} {unit.symbol}"


def middle_and_edge(heat: Heat) -> tuple[float, float, float]:
    """In the middle, the usual value along the picture's edge, and the worst of all."""
    values = heat.values
    edge = np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])
    centre = heat.extent.center()
    return heat.value(centre.x(), centre.y()), float(np.nanmedian(edge)), float(np.nanmax(values))


def known_words(heat: Heat, distance: float) -> str:
    middle, edge, _worst = middle_and_edge(heat)
    told = {"middle": rough(middle), "edge": rough(edge), "distance": _told(distance)}
    known = (
        tr(
            "A point {distance} away is known to {middle} px in the middle of the picture, to {edge} px at its edge.",
            **told,
        )
        if distance > 0
        else tr(
            "A point far away is known to {middle} px in the middle of the picture, to {edge} px at its edge.", **told
        )
    )
    if np.isnan(heat.values).any():
        return known + " " + tr("What is left empty lies beyond the lens model.")
    return known


def known_stats(heat: Heat) -> list[Stat]:
    names = (tr("Middle"), tr("Edge, usually"), tr("Worst"))
    return [Stat(name, rough(value), "px") for name, value in zip(names, middle_and_edge(heat), strict=True)]


def state_words(result: MonoResult) -> str:
    views = sum(view.used for view in result.views)
    return tr("From {count:,} corners in {views} views", count=len(corners_of(result)), views=views)


def _nothing(view: PagesView) -> tuple[str, str]:
    if view.result is None:
        return tr("Calibrate to see how well points in the picture are known"), tr("Add pictures")
    return UNKNOWN if view.panel.views else LOADED
