"""The page of residuals: one photograph large with its corners, the wrong ones marked, each to be left out alone."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from engines.calibration.types import MonoResult, ViewResult
from engines.core.files import write_text
from engines.core.outputs import TABLE, check_file, media, new_file
from engines.core.words import as_sentence, tr, tr_count
from widgets.calibration.pages.corner_picture import CornerPicture
from widgets.calibration.pages.corners import (
    CornerRow,
    board_of,
    corner_rows,
    place_words,
    residual_figure,
    residual_words,
    weight_words,
    worst_first,
)
from widgets.calibration.pages.residual_planes import Mark, ResidualCloud, ResidualField, marks_of
from widgets.calibration.pages.state import PagesView, corner_name
from widgets.calibration.state import Picture, pixels
from widgets.kit.card_columns import Beside
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import ROW_HEIGHT, FiguresTable, csv_text
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, held
from widgets.kit.panel import EmptyState, PlainButton, QuietButton, Segmented, StatGrid
from widgets.kit.results import Stat
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.theme import high
from widgets.kit.work_page import WorkPage

WIDTHS = (276, 380, 0.28)
LEAST_ROWS, ROOM_ABOVE = 5, 360
"""Rows of the table at the least, and the height that all else takes."""
NOTHING = (tr("Calibrate to see how far the model puts each corner from where it was found"), tr("Add pictures"))


class ResidualsPage(WorkPage):
    """`cornerChosen(view, id)`, -1 for none; `dropWanted(corner, on)` and `pictureWanted(path)`."""

    cornerChosen = Signal(str, int)
    dropWanted = Signal(str, bool)
    pictureWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.shown = PagesView()
        self._rows: tuple[CornerRow, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        self._path = ""
        self._make()
        head = self.head_of(tr("Residuals"), self.before, self.after, self.form, self.export)
        self.lay_out(
            head, self.body_of(EmptyState(*NOTHING, "views", tr("Picture files that show the board")), self._results())
        )
        self._wire()

    def show_state(self, view: PagesView) -> None:
        before, self.shown = self.shown, view
        shown, result = view.shown, view.result
        if result is not None and (result is not before.result or view.dropped != before.dropped):
            self._marks = marks_of(result, view.dropped)
        there = shown is not None and result is not None
        self.show_there(there)
        for part in (self.before, self.after, self.form, self.export):
            part.setVisible(there)
        if shown is not None and result is not None:
            self._show_view(shown, result)
        else:
            self.title.setText(tr("Residuals"))
            self.state.setText("")

    def show_picture(self, picture: Picture) -> None:
        """The photograph that was asked for."""
        if picture.path == self._path:
            self.picture.show_photograph(picture.image)

    def show_problem(self, path: str, why: str) -> None:
        if path == self._path:
            self.picture.clear(why)

    def save(self) -> None:
        """Ask for a file and write what is shown."""
        if path := ask_file(self, tr("Export residuals"), "export", "CSV (*.csv);;PNG (*.png)", "residuals.csv"):
            save_or_say(self, path, self.write)

    def write(self, path: str) -> None:
        """Every corner of every view (.csv), or the picture as it is shown (.png)."""
        if path.lower().endswith(".csv"):
            write_text(check_file(path, TABLE), csv_text(table(self.shown)))
            return
        with new_file(path, media(path)) as part:
            shown = self.pictures.currentWidget() or self.pictures
            shown.grab().save(str(part), "PNG")

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.table.set_most(max(LEAST_ROWS, (self.height() - ROOM_ABOVE) // high(ROW_HEIGHT)))
        super().resizeEvent(event)

    def _show_view(self, view: ViewResult, result: MonoResult) -> None:
        chosen = self.shown.corner
        rows = corner_rows(view, self.shown.dropped)
        self.title.setText(view.name)
        for plane in (self.field, self.cloud):
            plane.show_marks(self._marks, result, view.name, chosen)
        self.state.setText(state_words(view))
        self.picture.show_view(view, result, self.shown.dropped, chosen)
        if view.path != self._path:
            self._path = view.path
            self.picture.clear(tr("Reading the picture"))
            self.pictureWanted.emit(view.path)
        self._rows = worst_first(rows)
        marked = next((n for n, row in enumerate(self._rows) if row.number == chosen), -1)
        self.table.show_rows([_cells(row) for row in self._rows], marked)
        self._show_corner(next((row for row in rows if row.number == chosen), None), view, result)

    def _show_corner(self, row: CornerRow | None, view: ViewResult, result: MonoResult) -> None:
        self.corner.setVisible(row is not None)
        self.hint.setVisible(row is None)
        self.hint.setText(hint_words(view))
        if row is None:
            return
        self.name.setText(as_sentence(place_words(row.number, board_of(view, result))))
        self.stats.set_stats(corner_stats(row))
        self.why.setText(f"{as_sentence(weight_words(row))}.")
        self.drop.setVisible(not row.dropped)
        self.take_back.setVisible(row.dropped)

    def _make(self) -> None:
        self.before = QuietButton("", "step-back", tr("The view before this one"), name=tr("Previous view"))
        self.after = QuietButton("", "step-forward", tr("The view after this one"), name=tr("Next view"))
        self.export = QuietButton(tr("Export"), "export", tr("Save the residual of every corner as CSV"))
        self.form = Segmented(
            tr("Shown"),
            (("picture", tr("Picture")), ("field", tr("All views")), ("cloud", tr("Scatter"))),
            tip=tr("One picture, or the residuals of all views over the picture or about zero"),
        )
        self.picture, self.field, self.cloud = CornerPicture(), ResidualField(), ResidualCloud()
        self.name, self.why, self.hint = wrapped("heading"), wrapped("muted"), wrapped("muted")
        self.stats = StatGrid()
        self.drop = PlainButton(
            tr("Leave this corner out"), "hide", tr("Leave this one corner out and fit again; Undo brings it back")
        )
        self.take_back = PlainButton(tr("Put it back"), "undo", tr("Have this corner in the fit again"))
        self.table = FiguresTable(
            tr("Corners"),
            (tr("Corner"), tr("Residual"), tr("Weight")),
            (tr("By its number"), tr("In pixels"), tr("In the robust fit")),
            most=LEAST_ROWS,
        )

    def _results(self) -> QWidget:
        self.corner = held(column_of(self.name, self.stats, self.why, self.drop, self.take_back, spacing=8))
        side = held(column_of(self.corner, self.hint, self.table, None, spacing=12))
        self.pictures = QStackedWidget()
        for picture in (self.picture, self.field, self.cloud):
            self.pictures.addWidget(picture)
        return Beside(self.pictures, side, WIDTHS)

    def _wire(self) -> None:
        self.picture.cornerChosen.connect(self._choose_corner)
        for plane in (self.field, self.cloud):
            plane.markChosen.connect(self.cornerChosen)
        forms = "picture", "field", "cloud"
        self.form.chosen.connect(lambda form: self.pictures.setCurrentIndex(forms.index(form)))
        keep("residuals", form=self.form)
        self.table.clicked.connect(lambda index: self._choose(index.row()))
        self.table.rowUsed.connect(self._choose)
        self.before.clicked.connect(lambda: self._step(-1))
        self.after.clicked.connect(lambda: self._step(1))
        self.drop.clicked.connect(lambda: self._drop(True))
        self.take_back.clicked.connect(lambda: self._drop(False))
        self.export.clicked.connect(self.save)

    def _choose(self, row: int) -> None:
        self._choose_corner(self._rows[row].number)

    def _choose_corner(self, number: int) -> None:
        shown = self.shown.shown
        if shown is not None:
            self.cornerChosen.emit(shown.name, number)

    def _step(self, by: int) -> None:
        views, shown = self.shown.seen, self.shown.shown
        if views and shown is not None:
            at = next((n for n, view in enumerate(views) if view.name == shown.name), 0)
            self.cornerChosen.emit(views[(at + by) % len(views)].name, -1)

    def _drop(self, on: bool) -> None:
        shown = self.shown.shown
        if shown is not None and self.shown.corner >= 0:
            self.dropWanted.emit(corner_name(shown.name, self.shown.corner), on)


def state_words(view: ViewResult) -> str:
    """'54 corners, RMS 0.104 px, left out 0.121 px'."""
    if not view.found:
        return view.note or tr("No board found")
    parts = [
        tr_count(len(view.corners), "{n} corner", "{n:,} corners"),
        tr("RMS {rms_px} px", rms_px=pixels(view.rms_px)),
    ]
    if view.loo_rms_px is not None:
        parts.append(tr("left out {loo_rms_px} px", loo_rms_px=pixels(view.loo_rms_px)))
    if view.twin_of:
        parts.append(tr("repeats {twin_of}", twin_of=view.twin_of))
    return ", ".join(parts) + ("" if view.used else tr(" \u00b7 {note}", note=view.note or tr("off")))


def hint_words(view: ViewResult) -> str:
    """What to do on the page, or what is to be seen on it."""
    if view.suspects:
        return tr_count(
            len(view.suspects),
            "{n} corner probably wrong, ringed red. Click one to leave it out.",
            "{n:,} corners probably wrong, ringed red. Click one to leave it out.",
        )
    return tr("Click a corner in the picture or the table.")


def corner_stats(row: CornerRow) -> list[Stat]:
    dx, dy = row.error
    return [
        Stat(
            tr("Residual"),
            residual_figure(row),
            "px",
            tip=tr("From the found place to the model's"),
        ),
        Stat(tr("To the right"), f"{dx:+.3f}", "px"),
        Stat(tr("Down"), f"{dy:+.3f}", "px"),
        Stat(tr("Found at"), f"{row.found[0]:.1f}, {row.found[1]:.1f}", "px"),
    ]


def table(view: PagesView) -> list[list[str]]:
    """Every corner of every view, a heading first."""
    rows = [["view", "corner", "x", "y", "dx", "dy", "weight", "suspect", "dropped"]]
    for seen in view.seen:
        for row in corner_rows(seen, view.dropped):
            figures = (*row.found, *row.error, row.weight)
            rows.append([seen.name, str(row.number), *(f"{value:.4f}" for value in figures), *_flags(row)])
    return rows


def _flags(row: CornerRow) -> tuple[str, str]:
    return str(int(row.suspect)), str(int(row.dropped))


def _cells(row: CornerRow) -> tuple[str, str, str]:
    weight = tr("dropped") if row.dropped else f"{row.weight:.2f}"
    return str(row.number), residual_words(row), weight
