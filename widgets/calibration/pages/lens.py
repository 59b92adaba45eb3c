"""The page of the lens: straight lines as it bends them, how far it moves points, and how much it sees."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStackedWidget

from engines.calibration.types import MonoResult
from engines.core.frames import Size
from engines.core.lenses import Lens
from engines.core.optics import field_of_view, focal_mm
from engines.core.words import tr
from widgets.calibration.pages.bending import Bent, Displacement, displacement, grid_lines
from widgets.calibration.pages.chart_page import ChartPage, side_of
from widgets.calibration.pages.heat_plane import rough
from widgets.calibration.pages.plane import Plane
from widgets.calibration.pages.residual_planes import Entry, legend
from widgets.calibration.pages.state import PagesView
from widgets.calibration.state import MODEL_NAMES
from widgets.charts.plot import Plot, Series
from widgets.kit.fields import wrapped
from widgets.kit.keeping.fields import keep
from widgets.kit.labels import Label
from widgets.kit.layouts import held, row_of
from widgets.kit.lengths.field import LengthField
from widgets.kit.lengths.units import MM, UNITS, figure
from widgets.kit.panel import Segmented, StatGrid
from widgets.kit.results import Stat
from widgets.kit.theme import LOOK

EMPTY = (
    tr("Calibrate or open a calibration to see what the lens does"),
    tr("Add pictures"),
    "views",
    tr("Pictures of the board"),
)
SENSOR_TIP = tr("Width of the sensor's picture area, from the data sheet; 0 where it is not known")
SEEN = 0.005
"""Pixels below which a displacement is none."""
DEGREES = "\u00b0"


class LensGrid(Plane):
    """A square grid before the camera: through the lens, and as it would be without distortion."""

    def __init__(self) -> None:
        super().__init__(tr("Straight lines through the lens"), "px")
        self.lines: list[Bent] = []

    def show_lens(self, lens: Lens, size: Size) -> None:
        self.lines, self.is_empty = grid_lines(lens, size), False
        self.extent = QRectF(0, 0, size.width - 1, size.height - 1)
        self.update()

    def table(self) -> list[list[str]]:
        """Points of the lines, a heading first."""
        rows = [
            [str(number), *(f"{value:.3f}" for value in (*seen, *straight))]
            for number, line in enumerate(self.lines)
            for seen, straight in zip(line.seen, line.straight, strict=True)
        ]
        return [["line", "x", "y", "x straight", "y straight"], *rows]

    def paint_plane(self, painter: QPainter) -> None:
        look = LOOK.now
        painter.fillRect(self.box, look.color("base"))
        for line in self.lines:
            self._stroke(painter, line.straight, QPen(look.color("muted", 0.6), 1, Qt.PenStyle.DashLine))
        for line in self.lines:
            self._stroke(painter, line.seen, QPen(look.color("accent"), 1.6))

    def paint_foot(self, painter: QPainter, room: QRectF) -> None:
        look = LOOK.now
        seen: Entry = tr("through the lens"), look.color("accent"), "line"
        legend(painter, room, [seen, (tr("without distortion"), look.color("muted"), "dashes")])

    def _stroke(self, painter: QPainter, points: np.ndarray, pen: QPen) -> None:
        """In pieces where the lens has no ray, and no farther beyond the picture than it is wide."""
        reach = self.extent.width()
        near = np.all(np.abs(points - reach / 2) < 1.5 * reach, axis=1)
        painter.setPen(pen)
        for piece in np.split(np.arange(len(points)), np.flatnonzero(np.diff(near)) + 1):
            if len(piece) > 1 and near[piece[0]]:
                painter.drawPolyline(QPolygonF([self.at(x, y) for x, y in points[piece]]))


class LensPage(ChartPage):
    def __init__(self) -> None:
        super().__init__()
        self.grid = LensGrid()
        self.curve = Plot(tr("Displacement by the lens"), tr("distance from the axis, px"), tr("displacement, px"))
        self.chart = self.grid
        self.form = Segmented(
            tr("Shown"),
            (("grid", tr("Grid")), ("curve", tr("Curve"))),
            tip=tr("Straight lines through the lens, or how far it moves points"),
        )
        self.words = wrapped()
        self.stats = StatGrid()
        self.sensor = LengthField(tr("Sensor width"), 0, 0, 1000, MM, decimals=3, step=0.1, tip=SENSOR_TIP)
        self.sensor.setSpecialValueText(tr("not known"))
        self.charts = QStackedWidget()
        for chart in (self.grid, self.curve):
            self.charts.addWidget(chart)
        sensor = held(row_of(Label(tr("Sensor width"), "muted"), None, self.sensor, spacing=8))
        self.lay_chart(tr("Lens"), self.charts, side_of(self.words, self.stats, sensor), self.form, empty=EMPTY)
        self.form.chosen.connect(self._choose)
        self.sensor.valueChanged.connect(lambda _value: self._show_stats())
        UNITS.changed.connect(self._show_stats)
        keep("lens", form=self.form, sensor=self.sensor)

    def show_state(self, view: PagesView) -> None:
        before, self.shown = self.shown, view
        result = view.result
        self.show_results(result is not None)
        if result is not None and result is not before.result:
            moved = displacement(result.lens, result.image_size)
            self.grid.show_lens(result.lens, result.image_size)
            self.curve.set_series(curves(moved))
            self.state.setText(MODEL_NAMES[result.model])
            self.words.setText(bend_words(moved, result.lens.is_fisheye))
            self._show_stats()

    def _choose(self, form: str) -> None:
        self.chart = self.curve if form == "curve" else self.grid
        self.charts.setCurrentWidget(self.chart)

    def _show_stats(self) -> None:
        if self.shown.result is not None:
            self.stats.set_stats(lens_stats(self.shown.result, self.sensor.value()))


def curves(moved: Displacement) -> list[Series]:
    """Outwards and sideways over the distance from the axis, as far as it is known."""
    known = np.isfinite(moved.radial)
    x = moved.radius[known].tolist()
    return [
        Series(tr("outwards, mean"), x, moved.radial[known].tolist(), strong=True),
        Series(tr("sideways, largest"), x, moved.tangential[known].tolist(), place=1),
    ]


def bend_words(moved: Displacement, fisheye: bool) -> str:
    """'Barrel: 71 px inwards in the farthest corner, at most 1.2 px sideways.'"""
    known = np.isfinite(moved.radial)
    outward, sideways = float(moved.radial[known][-1]), float(moved.tangential[known].max())
    reach, whole = float(moved.radius[known][-1]), bool(known.all())
    told = {
        "px": rough(abs(outward)),
        "place": tr("in the farthest corner") if whole else tr("at {reach:.0f} px from the axis", reach=reach),
    }
    if fisheye:
        bend = (
            tr("{px} px inwards beside an equidistant fisheye {place}", **told)
            if outward < 0
            else tr("{px} px outwards beside an equidistant fisheye {place}", **told)
        )
    elif outward < 0:
        bend = tr("Barrel: {px} px inwards beside a pinhole {place}", **told)
    else:
        bend = tr("Pincushion: {px} px outwards beside a pinhole {place}", **told)
    said = (
        tr("{bend}, {sideways} px sideways at most.", bend=bend, sideways=rough(sideways))
        if sideways >= SEEN
        else tr("{bend}, nothing sideways.", bend=bend)
    )
    if whole:
        return said
    return said + " " + tr("Beyond that the model folds back and says nothing of the picture's corners.")


def lens_stats(result: MonoResult, sensor_mm: float) -> list[Stat]:
    """How much the lens sees; its focal length in millimetres where the sensor's width is known."""
    lens, size = result.lens, result.image_size
    seen = field_of_view(lens, size)
    angles = (
        (tr("Sees across"), seen.horizontal),
        (tr("Sees down"), seen.vertical),
        (tr("Corner to corner"), seen.diagonal),
    )
    made = [Stat(name, f"{angle:.1f}" if math.isfinite(angle) else "\u2013", DEGREES) for name, angle in angles]
    made.append(Stat(tr("Focal length"), f"{lens.intrinsics.fx:.1f}", "px"))
    if sensor_mm > 0:
        focal = focal_mm(lens, size, sensor_mm) * MM.metres
        made.append(Stat(tr("Focal length"), figure(focal, MM, 2), UNITS.of(MM).symbol))
    return made
