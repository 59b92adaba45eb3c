"""Charts in the window's look: bars that can be chosen and switched off, and lines. Made with pyqtgraph.

pyqtgraph takes about .3 s to import, so it is imported where the first chart is made and not with the window.
Double click resets the view; a right click saves the figures (CSV) or the drawing (SVG, PNG).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QContextMenuEvent, QFontMetrics, QImage, QMouseEvent, QPaintDevice, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from engines.core.files import atomic_path, write_text
from widgets.fields import describe
from widgets.icons import icon
from widgets.theme import LOOK, number_font

if TYPE_CHECKING:
    import pyqtgraph

FORMATS = {"csv": "Figures as CSV…", "svg": "Drawing as SVG…", "png": "Drawing as PNG…"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. on: whether it takes part; one that does not is hollow. tip: what the readout says more."""

    name: str
    value: float
    on: bool = True
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a `LineChart`: equally long sequences of x and y."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


class Chart(QWidget):
    """What all charts share: look, readout, reset, saving."""

    saved = Signal(str)

    def __init__(self, name: str, x_title: str, y_title: str, unit: str = "") -> None:
        """`unit` is that of the y axis and is said in its title."""
        super().__init__()
        self.x_title = x_title
        self.y_title = f"{y_title} ({unit})" if unit else y_title
        self.unit = unit
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        describe(self, name, "Double click resets the view, right click saves")
        self._plot = _plot(self)
        self._item: Any = self._plot.getPlotItem()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._plot)
        self._plot.viewport().installEventFilter(self)
        self._plot.viewport().setMouseTracking(True)
        LOOK.changed.connect(self._restyle)
        self._style()

    @property
    def plot(self) -> Any:
        """The pyqtgraph widget, for what a panel adds of its own."""
        return self._plot

    def reset(self) -> None:
        """The whole of it."""
        self._item.getViewBox().autoRange(padding=0.02)

    def table(self) -> list[list[str]]:
        """The figures, a heading first."""
        raise NotImplementedError

    def csv(self) -> str:
        """The figures as comma-separated text."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(self.table())
        return text.getvalue()

    def save(self, path: str) -> None:
        """Write figures (.csv) or drawing (.svg, .png), whole or not at all; `saved` tells the path."""
        kind = Path(path).suffix.lower()
        if kind == ".csv":
            write_text(path, self.csv())
        else:
            with atomic_path(path) as part:
                self._export(kind, str(part))
        self.saved.emit(path)

    def sizeHint(self) -> QSize:
        return QSize(360, 180)

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        if isinstance(event, QContextMenuEvent):
            self._menu(event.globalPos())
            return True
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        if event.type() == QEvent.Type.Leave:
            QToolTip.hideText()
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        kind = QEvent.Type
        if event.button() == Qt.MouseButton.RightButton:
            return True
        if event.type() == kind.MouseButtonDblClick:
            self.reset()
            return True
        if event.type() == kind.MouseMove and not event.buttons():
            self._read(event.globalPosition().toPoint(), self._at(event.position()))
        elif event.type() == kind.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._press(self._at(event.position()))
        return False

    def _at(self, position: QPointF) -> QPointF:
        """A place in the widget in the axes' figures."""
        scene = self._plot.mapToScene(position.toPoint())
        return self._item.getViewBox().mapSceneToView(scene)

    def _read(self, at: QPoint, place: QPointF) -> None:
        words = self.readout(place)
        QToolTip.showText(at, words, self) if words else QToolTip.hideText()

    def readout(self, place: QPointF) -> str:
        """What stands at a place, in words; "" for nothing."""
        raise NotImplementedError

    def _press(self, place: QPointF) -> None:
        pass

    def _draw(self) -> None:
        raise NotImplementedError

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("fit"), "Reset view").triggered.connect(self.reset)
        menu.addSeparator()
        for kind, title in FORMATS.items():
            menu.addAction(icon("save"), title).setData(kind)
        menu.triggered.connect(self._choose_file)
        menu.popup(at)

    def _choose_file(self, action: Any) -> None:
        if action.data() not in FORMATS:
            return
        dialog = QFileDialog(self, "Save chart")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(action.data())
        dialog.setNameFilter(f"*.{action.data()}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def _export(self, kind: str, path: str) -> None:
        if kind == ".svg":
            drawing = QSvgGenerator()
            drawing.setFileName(path)
            drawing.setSize(self._plot.size())
            drawing.setViewBox(self._plot.rect())
            self._paint_on(drawing)
            return
        picture = QImage(self._plot.size() * 2, QImage.Format.Format_ARGB32)
        picture.setDevicePixelRatio(2)
        self._paint_on(picture)
        picture.save(path)

    def _paint_on(self, device: QPaintDevice) -> None:
        painter = QPainter(device)
        self._plot.render(painter, QRectF(self._plot.rect()), self._plot.rect())
        painter.end()

    def _restyle(self) -> None:
        self._style()
        self._draw()

    def _style(self) -> None:
        look, item = LOOK.now, self._item
        self._plot.setBackground(look.color("surface"))
        item.showGrid(x=False, y=True, alpha=0.15)
        for side, title in (("bottom", self.x_title), ("left", self.y_title)):
            axis = item.getAxis(side)
            axis.setPen(look.color("line"))
            axis.setTextPen(look.color("muted"))
            axis.setStyle(tickFont=number_font(11), tickLength=-4, tickTextOffset=6, hideOverlappingLabels=True)
            axis.enableAutoSIPrefix(False)
            axis.setLabel(title, **{"color": look.muted, "font-size": "11px"})


class BarChart(Chart):
    """Bars by index. A click tells the index; a bar can be selected, and switched off (hollow, hatched)."""

    clicked = Signal(int)

    def __init__(self, name: str, x_title: str, y_title: str, unit: str = "") -> None:
        super().__init__(name, x_title, y_title, unit)
        self._bars: tuple[Bar, ...] = ()
        self._selected = -1
        self._threshold: tuple[float, str] | None = None
        box = self._item.getViewBox()
        box.setMouseEnabled(x=True, y=False)

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show these."""
        fresh = len(bars) != len(self._bars)
        self._bars = tuple(bars)
        self._draw()
        if fresh:
            self.reset()

    def set_selected(self, index: int) -> None:
        """Mark a bar (-1: none)."""
        if index != self._selected:
            self._selected = index
            self._draw()

    def set_threshold(self, value: float | None, words: str = "") -> None:
        """A dashed line across, with words beside it."""
        self._threshold = None if value is None else (value, words)
        self._draw()

    @property
    def selected(self) -> int:
        return self._selected

    def bar_at(self, place: QPointF) -> int:
        """Index of the bar whose column holds this place, -1 for none."""
        index = round(place.x())
        return index if 0 <= index < len(self._bars) and abs(place.x() - index) <= 0.5 else -1

    def reset(self) -> None:
        high = max([bar.value for bar in self._bars if np.isfinite(bar.value)] + [self._line_at(), 1e-9])
        box = self._item.getViewBox()
        box.setRange(xRange=(-0.6, max(len(self._bars), 1) - 0.4), yRange=(0, high * 1.12), padding=0)

    def table(self) -> list[list[str]]:
        head = [self.x_title, self.y_title, "used"]
        return [head, *([bar.name, f"{bar.value:.6g}", "yes" if bar.on else "no"] for bar in self._bars)]

    def readout(self, place: QPointF) -> str:
        index = self.bar_at(place)
        if index < 0:
            return ""
        bar = self._bars[index]
        words = [bar.name, f"{bar.value:.3g} {self.unit}".strip(), bar.tip, "" if bar.on else "left out"]
        return "\n".join(word for word in words if word)

    def keyPressEvent(self, event: Any) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(event.key())
        if step is None or not self._bars:
            super().keyPressEvent(event)
            return
        self.clicked.emit(min(max(self._selected + step, 0), len(self._bars) - 1))

    def _press(self, place: QPointF) -> None:
        if (index := self.bar_at(place)) >= 0:
            self.clicked.emit(index)

    def _line_at(self) -> float:
        return self._threshold[0] if self._threshold else 0.0

    def _draw(self) -> None:
        import pyqtgraph as pg

        item, look = self._item, LOOK.now
        item.clear()
        if self._bars:
            brushes, pens = zip(*(self._dress(index) for index in range(len(self._bars))), strict=True)
            heights = [bar.value for bar in self._bars]
            item.addItem(
                pg.BarGraphItem(x=np.arange(len(heights)), height=heights, width=0.7, brushes=brushes, pens=pens)
            )
        item.getAxis("bottom").setTicks([self._ticks()])
        if self._threshold is not None:
            pen = pg.mkPen(look.color("warn"), width=1.5, style=Qt.PenStyle.DashLine)
            options = {"position": 0.98, "color": look.color("warn"), "anchors": [(1, 1), (1, 1)]}
            item.addItem(
                pg.InfiniteLine(self._threshold[0], angle=0, pen=pen, label=self._threshold[1], labelOpts=options)
            )

    def _dress(self, index: int) -> tuple[Any, Any]:
        """Brush and pen of a bar."""
        import pyqtgraph as pg

        look, bar, chosen = LOOK.now, self._bars[index], index == self._selected
        if not bar.on:
            return QBrush(look.color("muted", 0.5), Qt.BrushStyle.BDiagPattern), pg.mkPen(
                look.color("text" if chosen else "muted")
            )
        return look.color("accent", 1.0 if chosen else 0.55), pg.mkPen(look.color("text" if chosen else "accent"))

    def _ticks(self) -> list[tuple[float, str]]:
        """As many names as there is room for; numbers where the names are long."""
        count = max(len(self._bars), 1)
        room = max(self.width() - 70, 60) / count
        metrics = QFontMetrics(number_font(11))
        names = [bar.name for bar in self._bars]
        if any(metrics.horizontalAdvance(name) > room - 6 for name in names):
            names = [str(number + 1) for number in range(len(names))]
        every = max(1, int(np.ceil(24 / room)))
        return [(float(number), name) for number, name in enumerate(names) if number % every == 0]

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._item.getAxis("bottom").setTicks([self._ticks()])


class LineChart(Chart):
    """Lines in the series' colours and line styles, with a legend where there are two or more."""

    STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)

    def __init__(self, name: str, x_title: str, y_title: str, unit: str = "") -> None:
        super().__init__(name, x_title, y_title, unit)
        self._lines: tuple[Line, ...] = ()

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these."""
        self._lines = tuple(lines)
        self._draw()
        self.reset()

    def table(self) -> list[list[str]]:
        rows = [
            [line.name, f"{x:.6g}", f"{y:.6g}"] for line in self._lines for x, y in zip(line.x, line.y, strict=True)
        ]
        return [["line", self.x_title, self.y_title], *rows]

    def readout(self, place: QPointF) -> str:
        words = []
        for line in self._lines:
            if len(line.x):
                nearest = int(np.argmin(np.abs(np.asarray(line.x) - place.x())))
                words.append(f"{line.name} {line.y[nearest]:.4g} {self.unit} at {line.x[nearest]:.4g}")
        return "\n".join(words)

    def _draw(self) -> None:
        import pyqtgraph as pg

        item, look = self._item, LOOK.now
        item.clear()
        if len(self._lines) > 1 and item.legend is None:
            item.addLegend(offset=(-8, 8), labelTextSize="11px")
        if item.legend is not None:
            item.legend.setLabelTextColor(look.color("text"))
        for number, line in enumerate(self._lines):
            pen = pg.mkPen(look.nth(number), width=1.5, style=self.STYLES[number % len(self.STYLES)])
            item.plot(np.asarray(line.x, float), np.asarray(line.y, float), pen=pen, name=line.name, antialias=True)


def _plot(parent: QWidget) -> pyqtgraph.PlotWidget:
    """A bare pyqtgraph plot: no menu, no buttons of its own."""
    import pyqtgraph as pg

    pg.setConfigOptions(antialias=True)
    plot = pg.PlotWidget(parent, enableMenu=False)
    plot.setFrameShape(plot.Shape.NoFrame)
    item: Any = plot.getPlotItem()
    item.hideButtons()
    item.ctrlMenu.setParent(plot, item.ctrlMenu.windowFlags())
    describe(plot, parent.accessibleName(), parent.toolTip())
    return plot
