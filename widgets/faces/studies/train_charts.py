"""The charts of a head in training: embeddings by person, the angles that decide, accuracy and loss."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSplitter

from engines.core.words import tr
from engines.faces.study_types import HeadProgress
from widgets.charts.axes import Axis
from widgets.charts.band import Band, BandPlot, Mark, stairs
from widgets.charts.marks import mark
from widgets.charts.plot import LINE_HEIGHT, MIDDLE, Plot, Series
from widgets.faces.studies.train_words import coloured, histogram, mean
from widgets.kit.access.elided import elided
from widgets.kit.ink import ink
from widgets.kit.layouts import column_of, held
from widgets.kit.panel import scrolled
from widgets.kit.theme import LOOK, number_font
from widgets.kit.when_new import when_new

OWN, OTHER = 2, 1
STEP = 0.25
"""Ends of the plane's axes are multiples of this, so that they seldom move."""
REST = 8
"""Place of the people who have no colour."""
NAME_ROOM = 130.0


class Scatter(Plot):
    """Points of the plane by person; both axes to one scale. The readout is the person's name."""

    given = True

    def __init__(self) -> None:
        super().__init__(tr("Held-out embeddings"), tr("First principal component"), tr("Second principal component"))
        self._extent, self._step = STEP, 0

    def show_points(self, progress: HeadProgress | None) -> None:
        """A person's colour and mark are those of their place among the shown, and stay for a training."""
        if progress is None or not progress.points:
            self._extent = STEP
            self.set_series(())
            return
        reach = max(abs(value) for point in progress.points for value in point)
        if progress.step < self._step:
            self._extent = STEP
        self._step = progress.step
        while self._extent < reach:
            self._extent += STEP
        self.set_series(series_of(progress))

    def readout(self, place: QPointF) -> str:
        found = self._nearest(place)
        return found[0].name if found else ""

    def _fit(self) -> None:
        super()._fit()
        self._x = self._y = Axis(-self._extent, self._extent)
        many = sum(len(one.x) for one in self.series)
        names = ", ".join(one.name for one in self.series)
        self.setAccessibleDescription(
            tr("{many} held-out faces: {names}", many=many, names=names) if many else self._nothing
        )

    def _box(self) -> QRectF:
        box = super()._box()
        side = min(box.width(), box.height())
        left = box.left() + (box.width() - side) / 2
        return QRectF(left, box.top() + (box.height() - side) / 2, side, side)

    def _draw_line(self, painter: QPainter, box: QRectF, one: Series) -> None:
        rest = one.place == REST
        shape = mark(0 if rest else one.place, 2.4 if rest else 3.6)
        color = LOOK.now.color("muted", 0.4) if rest else LOOK.now.nth(one.place)
        ink(painter, None if rest else QPen(LOOK.now.color("surface"), 0.8), color)
        for x, y in zip(one.x, one.y, strict=True):
            painter.drawPath(shape.translated(self._at(box, x, y)))

    def _legend_places(self, wide: float) -> list[tuple[float, int]]:
        metrics, places, x, row = QFontMetricsF(number_font(11)), [], 0.0, 0
        for one in self._legend():
            width = min(metrics.horizontalAdvance(one.name), NAME_ROOM) + 28
            if x and x + width > wide + 12:
                x, row = 0.0, row + 1
            places.append((x, row))
            x += width
        return places

    def _draw_legend(self, painter: QPainter) -> None:
        metrics = QFontMetricsF(number_font(11))
        for one, (left, row) in zip(self._legend(), self._legend_places(self.width() - 24), strict=True):
            x, y = 14 + left, 2 + LINE_HEIGHT * (row + 1) + LINE_HEIGHT / 2
            rest = one.place == REST
            ink(painter, None, LOOK.now.color("muted", 0.6) if rest else LOOK.now.nth(one.place))
            painter.drawPath(mark(0 if rest else one.place, 3.6).translated(x, y))
            painter.setPen(LOOK.now.color("muted"))
            words = elided(metrics, one.name, NAME_ROOM, given=True)
            painter.drawText(QRectF(x + 9, y - 8, NAME_ROOM + 4, LINE_HEIGHT), MIDDLE, words)


def series_of(progress: HeadProgress) -> list[Series]:
    """The others first, below; then a series for each person with a colour."""
    people = coloured(progress.labels)
    places = {label: place for place, label in enumerate(people)}
    rows: dict[int, list[tuple[float, float]]] = {}
    for point, label in zip(progress.points, progress.labels, strict=True):
        rows.setdefault(places.get(label, REST), []).append(point)
    others = len(set(progress.labels)) - len(people)
    made = [_points(rows[place], progress.classes[label].replace("_", " "), place) for label, place in places.items()]
    return ([_points(rows[REST], tr("{others:,} others", others=others), REST)] if others else []) + made


def _points(points: list[tuple[float, float]], name: str, place: int) -> Series:
    return Series(name, [x for x, _ in points], [y for _, y in points], markers=True, place=place)


EDGE = (4, 4, 4, 4)
LEAST_HEIGHT = 150
"""Pixels below which a chart's words lie over one another."""


class HeadCharts(QSplitter):
    """All four, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.scatter = Scatter()
        self.angles = BandPlot(
            tr("Angles to centres"), tr("Angle to the centre, degrees"), tr("Share of held-out"), shares=True
        )
        self.accuracy = BandPlot(tr("Held-out accuracy"), tr("Step"), tr("Held-out right"), shares=True)
        self.loss = BandPlot(tr("Loss"), tr("Step"), tr("Loss, nats"), log_y=True)
        for plot, words in (
            (self.scatter, tr("Embeddings appear when the faces have been read")),
            (self.angles, tr("Angles to the own and the nearest other person appear with them")),
            (self.accuracy, tr("Accuracy appears with the first steps")),
            (self.loss, tr("The loss appears with the first steps")),
        ):
            plot.set_nothing(words)
        self._lay_out()

    @when_new
    def show_progress(self, progress: HeadProgress | None) -> None:
        self.scatter.show_points(progress)
        self._show_angles(progress)
        accuracy, loss = (progress.accuracy, progress.loss) if progress else ((), ())
        steps = (0, 1.03 * progress.steps) if progress else None
        self.accuracy.show_lines([_line(tr("held-out right"), accuracy, OWN)] if accuracy else ())
        self.accuracy.set_ranges(steps, (0.0, 1.02))
        self.loss.show_lines([_line("loss", loss, 0)] if loss else ())
        self.loss.set_ranges(steps)
        self._line_up()

    def _line_up(self) -> None:
        plots = self.accuracy, self.loss
        room = max(plot.left_room for plot in plots)
        for plot in plots:
            plot.set_left_room(room)

    def _show_angles(self, progress: HeadProgress | None) -> None:
        if progress is None or not progress.own:
            self.angles.show_lines(())
            self.angles.set_uprights(())
            return
        low, high = 0.0, max(100.0, *progress.own, *progress.other)
        lines, bands, marks, top = [], [], [], 0.0
        for name, angles, place in (
            (tr("own person"), progress.own, OWN),
            (tr("nearest other"), progress.other, OTHER),
        ):
            edges, heights = histogram(angles, low, high)
            x, y = stairs(edges, heights)
            lines.append(Series(name, x, y, place=place))
            bands.append(Band(x, [0.0] * len(x), y, place, hatched=True))
            marks.append(Mark(mean(angles), f"{mean(angles):.0f}\u00b0"))
            top = max(top, *y)
        self.angles.show_lines(lines, bands)
        self.angles.set_ranges((low, high), (0.0, top * 1.15))
        self.angles.set_uprights(marks)

    def _lay_out(self) -> None:
        self.setChildrenCollapsible(False)
        charts = ((self.angles, 5), (self.accuracy, 3), (self.loss, 3))
        for chart, _share in charts:
            chart.setMinimumHeight(LEAST_HEIGHT)
        self.addWidget(held(column_of(self.scatter, margins=EDGE), "panel"))
        self.addWidget(scrolled(held(column_of(*charts, spacing=4, margins=EDGE), "panel")))
        self.setStretchFactor(0, 5)
        self.setStretchFactor(1, 4)
        self.setSizes([520, 440])


def _line(name: str, pairs: Sequence[tuple[int, float]], place: int) -> Series:
    return Series(name, [float(step) for step, _ in pairs], [value for _, value in pairs], place=place, style=0)
