"""The page of the board's shape: how far it is bent and stretched, and what freeing it did to the camera."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QStackedWidget

from engines.calibration.compare import MOVED, deviations_apart
from engines.calibration.shape import BoardShape, shapes
from engines.calibration.types import MonoResult
from engines.core.words import tr
from widgets.calibration.numbers import group
from widgets.calibration.pages.chart_page import ChartPage, side_of
from widgets.calibration.pages.heat_plane import Heat, HeatPlane, rough
from widgets.calibration.pages.state import PagesView
from widgets.calibration.state import pixels
from widgets.charts.axes import Axis
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import DASH, FiguresTable
from widgets.kit.keeping.fields import keep
from widgets.kit.labels import Label
from widgets.kit.lengths.units import MM, UNITS
from widgets.kit.panel import ChoiceField, EmptyState, StatGrid, Toggle
from widgets.kit.results import Stat

Floats = NDArray[np.float64]
COLUMNS = 49
ARROW_SHARE = 0.5
"""How long the longest arrow is drawn, in pitches of the board."""
STRAIGHT, EVEN = 0.1, 0.001
"""Millimetres of bow and share of stretch below which a board is as printed."""
RIGID = tr("The board is taken as it was printed. Free it to see its shape."), tr("Free the board")
ABOUT = tr("Heights are towards the camera. Arrows show how far corners lie from where they were printed, enlarged.")


class ShapePage(ChartPage):
    """`freeWanted` asks for the fit with the board freed."""

    freeWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.chart = self.map = HeatPlane(tr("Shape of the board"), "mm")
        self.rigid = EmptyState(*RIGID, "target", tr("Solve for the board's own shape, too"))
        self.board = ChoiceField(tr("Board"), tip=tr("Which of the boards is shown"))
        self.arrows = Toggle(
            tr("Arrows"), True, tip=tr("How far corners lie from where they were printed, in the board's plane")
        )
        self.words, self.about, self.verdict = wrapped(), wrapped("hint", ABOUT), wrapped("muted")
        self.stats = StatGrid()
        self.heading = Label(tr("Freed beside as printed"), "heading")
        tips = (
            tr("Of the camera"),
            tr("With the board freed"),
            tr("With the board as printed"),
            tr("In joint standard deviations"),
        )
        self.table = FiguresTable(tr("Freed beside as printed"), ("", tr("Freed"), tr("Printed"), tr("Apart")), tips)
        self._shapes: tuple[BoardShape, ...] = ()
        self.pictures = QStackedWidget()
        self.pictures.addWidget(self.map)
        self.pictures.addWidget(self.rigid)
        side = side_of(self.words, self.stats, self.about, self.heading, self.table, self.verdict)
        self.lay_chart(tr("Board's shape"), self.pictures, side, self.arrows, self.board)
        self.rigid.clicked.connect(self.freeWanted)
        self.board.chosen.connect(lambda _id: self._draw())
        self.arrows.toggled.connect(lambda _on: self._draw())
        UNITS.changed.connect(self._draw)
        keep("shape", board=self.board, arrows=self.arrows)

    def show_state(self, view: PagesView) -> None:
        before, self.shown = self.shown, view
        result = view.result
        self.show_results(result is not None)
        if result is None:
            self.empty.set_text(tr("Calibrate to see the shape of the board"), tr("Add pictures"))
        else:
            if result is not before.result:
                self._take(result)
            self._show_freed(bool(self._shapes))
            self.rigid.button.setVisible(bool(view.panel.views))

    def _take(self, result: MonoResult) -> None:
        self._shapes = shapes(result)
        named = [(str(n), tr("Board {number}", number=n + 1)) for n in range(len(self._shapes))]
        self.board.set_choices(named, self.board.value() or "0")
        rows = other_rows(result)
        for part in (self.heading, self.table, self.verdict):
            part.setVisible(bool(rows))
        self.table.show_rows(rows)
        self.verdict.setText(other_words(result))
        self._draw()

    def _show_freed(self, freed: bool) -> None:
        self.pictures.setCurrentIndex(int(not freed))
        for part in (self.words, self.stats, self.about, self.arrows, self.export):
            part.setVisible(freed)
        self.board.setVisible(len(self._shapes) > 1)
        if not freed:
            self.state.setText(tr("Not freed"))

    def _draw(self) -> None:
        if not self._shapes:
            self.map.show_heat(None)
            return
        shape = self._shapes[min(int(self.board.value() or 0), len(self._shapes) - 1)]
        self.map.show_heat(heat_of(shape, arrows=self.arrows.isChecked()))
        self.state.setText(tr("{count} corners solved", count=len(shape.nominal)))
        self.words.setText(shape_words(shape))
        self.stats.set_stats(shape_stats(shape))


def heat_of(shape: BoardShape, *, arrows: bool = True) -> Heat:
    """Heights over the board, linear along its rows and between them."""
    flat = shape.nominal[:, :2]
    low, high = flat.min(axis=0), flat.max(axis=0)
    wide, tall = high - low
    values = _between(shape, np.linspace(low[0], high[0], COLUMNS), low[1], high[1])
    pitch = shape.board.square * 1000
    times = enlargement(shape, ARROW_SHARE * pitch)
    ends = np.hstack([flat, shape.solved[:, :2]]).tolist()
    extent = QRectF(low[0], low[1], wide, tall)
    return Heat(
        values,
        extent,
        "mm",
        tr("height \u00b7 arrows \u00d7 {times:g}", times=times) if arrows else tr("height"),
        signed=True,
        levels=heights(values),
        dots=[(float(x), float(y)) for x, y in flat],
        arrows=[(x, y, u, v) for x, y, u, v in ends] if arrows else (),
        enlarged=times,
        frame=extent.adjusted(-pitch / 2, -pitch / 2, pitch / 2, pitch / 2),
    )


def heights(values: Floats) -> list[float]:
    """A few round heights of both signs that occur."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if not low < high:
        return []
    return [height for height, _words in Axis(low, high).ticks(4) if low < height < high and abs(height) > 1e-9]


def _between(shape: BoardShape, xs: Floats, top: float, bottom: float) -> Floats:
    """Heights on a grid of these columns; rows of the board may be staggered and unevenly apart."""
    columns, rows = shape.board.corner_grid
    x, y = (shape.nominal[:, axis].reshape(rows, columns) for axis in (0, 1))
    heights = shape.heights.reshape(rows, columns)
    along = np.array([np.interp(xs, x[row], heights[row]) for row in range(rows)])
    ys = np.linspace(top, bottom, max(2, round(len(xs) * (bottom - top) / (xs[-1] - xs[0]))))
    return np.column_stack([np.interp(ys, y[:, 0], along[:, n]) for n in range(len(xs))])


def enlargement(shape: BoardShape, wanted: float) -> float:
    """1, 2 or 5 times a power of ten, so that the longest arrow is at most `wanted` mm long."""
    longest = float(np.linalg.norm(shape.solved[:, :2] - shape.nominal[:, :2], axis=1).max())
    times = wanted / max(longest, 1e-6)
    power = 10.0 ** math.floor(math.log10(max(times, 1.0)))
    return float(power * max(step for step in (1, 2, 5) if step <= max(1.0, times / power)))


def shape_words(shape: BoardShape) -> str:
    """'Bowed by 0.38 mm, 0.3 % taller than wide beside the print.'"""
    high = f"{_rough(shape.bow)} {UNITS.of(MM).symbol}"
    bow = tr("Bowed by {bow}", bow=high) if shape.bow >= STRAIGHT else tr("Flat to {bow}", bow=high)
    share = abs(shape.taller)
    if share < EVEN:
        return tr("{bow}, its proportions as printed.", bow=bow)
    told = {"bow": bow, "share": rough(100 * share)}
    if shape.taller > 0:
        return tr("{bow}, {share} % taller than printed.", **told)
    return tr("{bow}, {share} % wider than printed.", **told)


def _rough(millimetres: float) -> str:
    return rough(UNITS.of(MM).of(millimetres * MM.metres))


def shape_stats(shape: BoardShape) -> list[Stat]:
    unit = UNITS.of(MM).symbol
    return [
        Stat(tr("Bow"), _rough(shape.bow), unit, tip=tr("From the lowest corner to the highest")),
        Stat(
            tr("Height to width"), f"{100 * shape.taller:+.2f}", "%", tip=tr("Beside the print: positive is too tall")
        ),
        Stat(tr("Skew"), f"{shape.skew:+.3f}", "\u00b0", tip=tr("Of the angle between rows and columns")),
        Stat(
            tr("Other shifts"),
            _rough(shape.shift),
            unit,
            tip=tr("Root mean square in the plane, stretch and skew taken off"),
        ),
    ]


def other_rows(result: MonoResult) -> tuple[tuple[str, str, str, str], ...]:
    """The camera with the board freed and as printed, and how far apart in joint standard deviations."""
    if result.other is None:
        return ()
    rows = []
    for name, ours, theirs, apart in _pairs(result):
        first = group([name], [ours], [result.std.get(name)], "px")[0].value
        second = group([name], [theirs], [result.other.std.get(name)], "px")[0].value
        freed, printed = (first, second) if result.free_board else (second, first)
        rows.append((name, freed, printed, DASH if math.isnan(apart) else f"{apart:.1f}"))
    ours, theirs = pixels(result.rms_px), pixels(result.other.rms_px)
    return (*rows, ("RMS", ours, theirs, DASH) if result.free_board else ("RMS", theirs, ours, DASH))


def other_words(result: MonoResult) -> str:
    """Whether the two agree, and which to believe."""
    if result.other is None:
        return ""
    name, apart = max(((pair[0], pair[3]) for pair in _pairs(result)), key=lambda one: np.nan_to_num(one[1]))
    if not apart >= MOVED:
        return tr("Both say the same of the camera.")
    told = tr("They disagree: {name} by {apart:.1f} joint deviations.", name=name, apart=apart)
    return tr("{told} The board is not as printed; the freed solution is the one to trust.", told=told)


def _pairs(result: MonoResult) -> list[tuple[str, float, float, float]]:
    other = result.other
    assert other is not None
    made = []
    for name in ("fx", "fy", "cx", "cy"):
        ours, theirs = getattr(result.intrinsics, name), getattr(other.intrinsics, name)
        apart = deviations_apart(ours, theirs, result.std.get(name), other.std.get(name))
        made.append((name, ours, theirs, math.nan if apart is None else apart))
    return made
