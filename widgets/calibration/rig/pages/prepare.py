"""The page that prepares recordings: tiles cut, named, put in order and written as films or pictures of each camera."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QLayout

from engines.core.words import tr, tr_count
from widgets.calibration.rig.pages.prepare_tiles import TilesPicture
from widgets.calibration.rig.pages.prepare_view import PrepareView
from widgets.calibration.rig.pages.state import PagesView
from widgets.kit.card_columns import Beside
from widgets.kit.fields import wrapped
from widgets.kit.form import say, show
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, held
from widgets.kit.panel import (
    EmptyState,
    NumberField,
    PlainButton,
    PrimaryButton,
    Toggle,
    columns,
    labelled,
    rule,
)
from widgets.kit.path_row import PathRow
from widgets.kit.work_page import WorkPage

NOTHING = (
    tr("Drop a film or pictures that hold all cameras as tiles, to cut them into one of each camera"),
    tr("Open sample"),
)
WIDTHS = (270, 270, 0.0)
MOST = 8


class PreparePage(WorkPage):
    """`wanted(dict)` of fields of a `PrepareForm`; `gridWanted(rows, columns)`; `picture` tells about tiles."""

    wanted = Signal(object)
    gridWanted = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.shown = PagesView()
        self.picture = TilesPicture()
        self._make_controls()
        both = Beside(self.picture, held(self._side()), WIDTHS, margins=(4, 0, 12, 12))
        empty = EmptyState(*NOTHING, "tiled", tr("A rendered recording of four cameras, to try it on"))
        self.lay_out(self.head_of(tr("Prepare"), self.choose, self.start), self.body_of(empty, both))
        self._connect()

    def show_state(self, view: PagesView) -> None:
        self.shown = view
        prepare, focused = view.prepare, self.start.hasFocus() or self.progress.cancel.hasFocus()
        self.show_there(prepare.picture is not None)
        self.state.setText(prepare.headline)
        self.progress.show_busy(prepare.busy)
        self._show_form(prepare)
        self.picture.show_tiles(prepare.picture, prepare.form)
        self._show_plan(prepare)
        self._show_result(prepare)
        if focused:
            self._next(prepare).setFocus()

    def _next(self, view: PrepareView) -> QAbstractButton:
        """What the keyboard goes on with."""
        if view.busy is not None:
            return self.progress.cancel
        return self.start if view.result is None else self.use

    def _make_controls(self) -> None:
        self.choose = PlainButton(
            tr("Choose recordings\u2026"), "open", tr("Films or pictures that hold all cameras as tiles")
        )
        self.start = PrimaryButton(tr("Cut"), "", tr("Write a film or folder of each camera, and the list of them"))
        self.rows = NumberField(tr("Rows"), 2, 1, MOST, tip=tr("Tiles above one another"))
        self.columns = NumberField(tr("Columns"), 2, 1, MOST, tip=tr("Tiles side by side"))
        self.guess = PlainButton("", "", tr("Take the grid whose seams show in the recording"))
        self.margin = NumberField(tr("Margin"), 0, 0, 200, unit="px", tip=tr("Pixels to cut off around each tile"))
        self.every = NumberField(tr("Every"), 1, 1, 1000, tip=tr("Take each N-th frame; 1 takes all"))
        self.as_pictures = Toggle(tr("Pictures instead of films"), tip=tr("PNG: the very pixels, and larger files"))
        self.out = PathRow(tr("Folder"), tr("none chosen"), tr("Where the result is written; nothing else is touched"))
        self.plan, self.problem, self.done = wrapped("hint"), wrapped("warn"), wrapped()
        self.use = PrimaryButton(
            tr("Use for the rig"), "", tr("Calibrate from these films or pictures, one of each camera")
        )
        self.reveal = PlainButton(tr("Reveal"), "folder", tr("Open the folder that was written"))

    def _side(self) -> QLayout:
        self._result = held(column_of(rule(), self.done, columns(self.use, self.reveal), spacing=8))
        return column_of(
            columns(labelled(tr("Rows"), self.rows), labelled(tr("Columns"), self.columns)),
            self.guess,
            columns(labelled(tr("Margin"), self.margin), labelled(tr("Every N-th frame"), self.every)),
            self.as_pictures,
            rule(),
            self.out,
            self.plan,
            self.problem,
            self._result,
            None,
            spacing=10,
            margins=(0, 8, 0, 0),
        )

    def _connect(self) -> None:
        for field in (self.rows, self.columns):
            field.valueChanged.connect(lambda _: self.gridWanted.emit(self.rows.whole(), self.columns.whole()))
        self.guess.clicked.connect(lambda: self.gridWanted.emit(*self.shown.prepare.guess))
        self.margin.valueChanged.connect(lambda _: self.wanted.emit({"margin": self.margin.whole()}))
        self.every.valueChanged.connect(lambda _: self.wanted.emit({"every": self.every.whole()}))
        self.as_pictures.toggled.connect(lambda on: self.wanted.emit({"as_pictures": on}))
        keep(
            "prepare",
            rows=self.rows,
            columns=self.columns,
            margin=self.margin,
            every=self.every,
            as_pictures=self.as_pictures,
        )

    def _show_form(self, view: PrepareView) -> None:
        form, busy = view.form, view.busy is not None
        show(self.rows, form.rows)
        show(self.columns, form.columns)
        show(self.margin, form.margin)
        show(self.every, form.every)
        show(self.as_pictures, form.as_pictures)
        self.as_pictures.setVisible(view.films > 0)
        self.out.show_path(form.out)
        guess = view.guess if view.guess not in ((1, 1), (form.rows, form.columns)) else None
        self.guess.setVisible(guess is not None)
        if guess is not None:
            self.guess.setText(tr("Seams show {rows} \u00d7 {columns}: take it", rows=guess[0], columns=guess[1]))
        for control in (self.rows, self.columns, self.margin, self.every, self.as_pictures, self.out, self.choose):
            control.setEnabled(not busy)
        self.picture.setEnabled(not busy)

    def _show_plan(self, view: PrepareView) -> None:
        problem, hint = view.problem
        self.start.setVisible(view.picture is not None)
        self.start.setEnabled(not problem and view.busy is None)
        say(self.plan, "" if problem else view.plan)
        say(self.problem, f"{problem}. {hint}" if hint else problem)

    def _show_result(self, view: PrepareView) -> None:
        result = view.result
        self._result.setVisible(result is not None)
        if result is not None:
            lost = (
                tr_count(len(result.left_out), "; {n} file left out", "; {n:,} files left out")
                if result.left_out
                else ""
            )
            frames = tr(
                "{frames} of {cameras}",
                frames=tr_count(result.frames, "{n} frame", "{n:,} frames"),
                cameras=tr_count(len(result.cameras), "{n} camera", "{n:,} cameras"),
            )
            self.done.setText(tr("Written: {frames}{lost}", frames=frames, lost=lost))
