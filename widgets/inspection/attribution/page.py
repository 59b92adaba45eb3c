"""The page of attribution: the picture under its map, what was checked of it, and methods beside one another."""

from __future__ import annotations

import cv2
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from engines.core.files import write_text
from engines.core.outputs import TABLE, check_file, media, new_file
from engines.core.words import tr
from engines.inspection.attribution.asked import AttributeResult, Explained
from engines.inspection.attribution.drawing import OPACITY, overlaid
from widgets.charts.plot import Plot, Series
from widgets.inspection.attribution import words
from widgets.inspection.attribution.maps import FOOT, HEAD, MethodTiles, PictureMap
from widgets.inspection.state import InspectionView
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import FiguresTable
from widgets.kit.form import say
from widgets.kit.labels import ElidedLabel, Label
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import EmptyState, Pill, PlainButton, QuietButton, scrolled
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.slider import ClickSlider
from widgets.kit.work_page import WorkPage

LEAST, BESIDE = 280, 40
"""Height of the pictures at least; what beside them takes width."""
FILES = tr("Picture under its map (*.png);;Figures of the methods (*.csv)")


class AttributionPage(WorkPage):
    """`empty.clicked` asks for what is missing first; `compare.clicked` for all methods. `used(method)`: one of those
    that are shown was chosen."""

    used = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.result: AttributeResult | None = None
        self.place = 0
        self._make()
        empty = EmptyState(words.NO_MODEL, tr("Open model"), "views")
        self.lay_out(self.head_of(tr("Attribution"), self.compare, self.export), self.body_of(empty, self._results()))
        self.export.clicked.connect(self.save)
        self.tiles.chosen.connect(self.choose)
        self.table.rowUsed.connect(lambda row: self.choose(min(row, len(self.tiles.shown) - 1)))
        self.opacity.valueChanged.connect(lambda value: self.heat.set_opacity(value / 100))

    def show_state(self, view: InspectionView) -> None:
        shown = view.attribution
        self.progress.show_busy(view.busy)
        self.show_there(shown.result is not None)
        for part in (self.compare, self.export):
            part.setVisible(shown.result is not None)
        self.compare.setEnabled(view.busy is None and not view.problem)
        if shown.result is None:
            self.empty.set_text(*words.missing(view))
            self.result = None
            return
        method = words.method_of(shown.spec)
        if shown.result is not self.result:
            self.result = shown.result
            say(self.notes, ". ".join(shown.result.said))
            self.choose(self._place_of(method), told=False)
        elif method != shown.result.explained[self.place].method:
            self.choose(self._place_of(method), told=False)
        told = words.target_words(shown.result)
        self.state.setText(tr("Of earlier settings: {told}", told=told) if shown.earlier else told)

    def choose(self, place: int, told: bool = True) -> None:
        """One of the methods that were taken, large. told: the form is to follow."""
        if self.result is None:
            return
        self.place, one = place, self.result.explained[place]
        self._fit_pictures()
        self.picture.show_map(self.result, None)
        self.heat.show_map(self.result, one)
        self.tiles.show_result(self.result, place)
        self.tiles.setVisible(len(self.result.explained) > 1)
        self._show_checks(one)
        self._show_curves(one, self.result)
        if told:
            self.used.emit(one.method)

    def save(self) -> None:
        """Ask for a file; a PNG is the picture under the map that is shown, a CSV the figures of every method."""
        if self.result is None:
            return
        if path := ask_file(self, tr("Export attribution"), "export", FILES, "attribution.png"):
            save_or_say(self, path, self.write)

    def write(self, path: str) -> None:
        """The same, by the file's ending. Raises what `check_file` does."""
        assert self.result is not None
        if path.lower().endswith(".csv"):
            write_text(check_file(path, TABLE), words.csv(self.result))
            return
        image = overlaid(self.result.picture, self.result.explained[self.place], self.result.placed, self.heat.opacity)
        with new_file(path, media(path), (self.result.spec.picture, self.result.spec.model.path)) as part:
            part.write_bytes(cv2.imencode(".png", image)[1].tobytes())

    def _make(self) -> None:
        self.compare = PlainButton(tr("Compare methods"), tip=tr("Explain by every method, checked and with curves"))
        self.export = QuietButton(tr("Export"), "export", tr("Save the picture under its map, or the figures"))
        self.picture, self.heat = PictureMap(tr("Picture")), PictureMap(tr("Map"))
        self.opacity = ClickSlider(tr("Opacity"), tr("How much of the map lies over the picture"), 100)
        self.opacity.setValue(round(100 * OPACITY))
        self.opacity.setMaximumWidth(180)
        self.verdict, self.whole, self.notes = Pill(), ElidedLabel("", "muted"), wrapped("hint")
        self.tiles = MethodTiles()
        self.chart = Plot(tr("Deletion and insertion"), tr("Share of pixels"), tr("Score"))
        self.table = FiguresTable(tr("Methods"), words.HEADERS, words.TIPS)

    def _results(self) -> QWidget:
        self.pictures = held(row_of((self.picture, 1), (self.heat, 1), spacing=12))
        self.pictures.setMinimumHeight(LEAST)
        opacity = row_of(Label(tr("Opacity"), "muted"), (self.opacity, 1), spacing=8)
        checks = row_of(self.verdict, None, opacity, spacing=12)
        self.figures = held(row_of((self.chart, 3), (column_of(self.table, None), 4), spacing=16))
        self.chart.setMinimumHeight(190)
        parts = (self.pictures, 100), checks, self.whole, self.tiles, self.figures, self.notes, None
        return scrolled(held(column_of(*parts, spacing=10, margins=(12, 4, 12, 12)), "panel"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_pictures()

    def _fit_pictures(self) -> None:
        """No higher than the pictures are at this width, so that what is told of them stands below them."""
        if self.result is not None:
            high, wide = self.result.picture.shape[:2]
            room = (self.width() - BESIDE) / 2 * high / wide
            self.pictures.setMaximumHeight(max(round(room) + HEAD + FOOT, LEAST))

    def _place_of(self, method: str) -> int:
        """Of a method among those that are shown; the one that is in front where it is not among them."""
        assert self.result is not None
        found = [at for at, one in enumerate(self.result.explained) if one.method == method]
        return found[0] if found else min(self.place, len(self.result.explained) - 1)

    def _show_checks(self, one: Explained) -> None:
        self.verdict.setVisible(one.sanity is not None)
        if one.sanity is not None:
            self.verdict.set_state(one.sanity.words, words.LEVELS[one.sanity.verdict])
            self.verdict.setToolTip(words.sanity_words(one.sanity))
        self.whole.setText(words.checked(one))

    def _show_curves(self, one: Explained, result: AttributeResult) -> None:
        self.table.show_rows(words.rows(result), self.place)
        self.table.setVisible(len(result.explained) > 1 or one.curve is not None)
        self.chart.setVisible(one.curve is not None)
        self.figures.setVisible(not self.table.isHidden())
        if one.curve is None:
            return
        self.chart.y_title = tr("Score: {score}", score=result.score)
        lines = [(tr("Deletion"), one.curve.deletion, 0), (tr("Insertion"), one.curve.insertion, 1)]
        shown = [
            Series(name, one.curve.share.tolist(), line.tolist(), place=at, strong=True) for name, line, at in lines
        ]
        if result.random is not None:
            floor = ((tr("Random deletion"), result.random.deletion), (tr("Random insertion"), result.random.insertion))
            shown += [Series(name, result.random.share.tolist(), line.tolist(), style=at, token="muted")
                      for at, (name, line) in enumerate(floor)]  # fmt: skip
        self.chart.set_series(shown)
