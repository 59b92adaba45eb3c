"""The page of the rig: frames by cameras, what each of them says, and its residuals down to single corners."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from engines.calibration.rig.types import RigResult
from engines.calibration.types import MonoResult, ViewResult
from engines.core.files import write_text
from engines.core.frames import Image
from engines.core.outputs import TABLE, check_file
from engines.core.words import as_sentence, tr, tr_count
from widgets.calibration.pages.corner_picture import CornerPicture
from widgets.calibration.pages.corners import CornerRow, board_of, corner_rows, mark_words, residual_words, worst_first
from widgets.calibration.pages.residual_planes import Mark, ResidualCloud, ResidualField, marks_of
from widgets.calibration.rig.alone import alone
from widgets.calibration.rig.pages.cell_map import CellMap
from widgets.calibration.rig.pages.frame_pictures import FramePictures
from widgets.calibration.rig.pages.links import LinkGraph
from widgets.calibration.rig.pages.matrix import Figures, Kind, Matrix, cell_name, matrix_of, table
from widgets.calibration.rig.pages.state import Cell, PagesView
from widgets.calibration.rig.report import CAMERA_HEADS, CAMERA_TIPS, PAIR_HEADS, PAIR_TIPS
from widgets.calibration.rig.words import camera_row, pair_table
from widgets.calibration.state import pixels
from widgets.kit.card_columns import Beside, Flow
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import ROW_HEIGHT, FiguresTable, csv_text
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.lengths.units import UNITS
from widgets.kit.panel import EmptyState, PlainButton, QuietButton, Segmented, StatGrid, describe, scrolled
from widgets.kit.results import Stat
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.theme import high
from widgets.kit.words import DASH, DOT
from widgets.kit.work_page import WorkPage

NOTHING = (tr("Calibrate the rig to see how well each camera agrees in each frame"), tr("Calibrate"))
WIDTHS = (324, 430, 0.32)
LEAST_ROWS, ABOVE_CORNERS = 8, 560
"""Rows of the table of corners at the least, and the height of the page that all else takes."""
FORMS = ("picture", "frame", "field", "cloud")
SIDES = ("pairs", "cameras", "corners")


class CellsPage(WorkPage):
    """`cellChosen(Cell)`; `switchWanted(names, on)` of frames and `frame/camera`; `cameraWanted(camera)` to leave a
    camera out; `originWanted(frame)`; `framePicturesWanted(frame)`."""

    cellChosen = Signal(object)
    switchWanted = Signal(object, bool)
    cameraWanted = Signal(int)
    originWanted = Signal(str)
    framePicturesWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.shown = PagesView()
        self.matrix = Matrix()
        self._alone: dict[int, MonoResult] = {}
        self._of: tuple[RigResult | None, tuple[str, ...]] = (None, ())
        self._told: tuple[object, Cell] = (None, Cell())
        self._frame, self._corner, self._pictured = "", -1, Cell()
        self._rows: tuple[CornerRow, ...] = ()
        self._images: Mapping[int, Image] = {}
        self._make()
        head = self.head_of(tr("Rig"), self.form, self.export)
        empty = EmptyState(*NOTHING, "views", tr("Solve for all cameras together"))
        self.lay_out(head, self.body_of(empty, self._results()))
        self._wire()

    def show_state(self, view: PagesView) -> None:
        self.shown = view
        result = view.result
        there = result is not None and bool(result.views)
        self.show_there(there)
        for part in (self.form, self.export):
            part.setVisible(there)
        if result is None or not there:
            self.title.setText(tr("Rig"))
            self.state.setText("" if result is None else tr("This file holds cameras alone, no frames"))
            return
        off = view.panel.setup.exclude
        if self._of[0] is not result or self._of[1] != off:
            if self._of[0] is not result:
                self._alone, self._frame, self._told = {}, "", (None, Cell())
            self._of, self.matrix = (result, off), matrix_of(result, off)
        self._show(result)

    @property
    def cell(self) -> Cell:
        """The one that is looked at: the chosen one, else the worst."""
        chosen = self.shown.cell
        if self.matrix.cell(chosen.frame, chosen.camera) is not None:
            return chosen
        worst = self.matrix.worst()
        return Cell(worst.frame, worst.camera) if worst is not None else Cell()

    @property
    def figures(self) -> Figures | None:
        """What the cell that is looked at says."""
        return self.matrix.cell(self.cell.frame, self.cell.camera)

    def show_pictures(self, frame: str, images: Mapping[int, Image]) -> None:
        """The pictures that were asked for, by camera."""
        if frame == self._frame:
            self._images = images
            self.frame.show_images(images, self._views(frame))
            self._show_picture()

    def show_problem(self, frame: str, why: str) -> None:
        if frame == self._frame:
            self.picture.clear(why)
            for picture in self.frame.pictures:
                picture.clear(why)

    def save(self) -> None:
        """Ask for a file and write every cell."""
        if path := ask_file(self, tr("Export cells"), "export", "CSV (*.csv)", "rig cells.csv"):
            save_or_say(self, path, lambda to: write_text(check_file(to, TABLE), csv_text(table(self.matrix))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.corners.set_most(max(LEAST_ROWS, (self.height() - ABOVE_CORNERS) // high(ROW_HEIGHT)))
        super().resizeEvent(event)

    # Showing

    def _show(self, result: RigResult) -> None:
        """All of it; nothing where it is as it was, for the panel is shown anew many times a second."""
        cell, figures = self.cell, self.figures
        if (self._of, cell) == self._told:
            return
        self._told = self._of, cell
        self.title.setText(tr("Rig"))
        self.state.setText(state_words(self.matrix))
        self.map.show_matrix(self.matrix, cell)
        self._scroll.setFixedHeight(self.map.sizeHint().height() + 10)
        if cell.frame in self.map.matrix.frames:
            self._scroll.ensureVisible(*self.map.box(cell).center().toPoint().toTuple())
        self.graph.show_result(result, cell.camera)
        self.pairs.show_cells(pair_table(result))
        self.cameras.show_rows([camera_row(camera) for camera in result.cameras], cell.camera)
        if figures is None:
            return
        if cell.frame != self._frame:
            self._ask(result, cell.frame)
        self._show_cell(result, cell, figures)
        self._show_planes(cell)

    def _ask(self, result: RigResult, frame: str) -> None:
        self._frame, self._corner, self._images, self._pictured = frame, -1, {}, Cell()
        self.picture.clear(tr("Reading the pictures"))
        self.frame.show_frame(result, self._views(frame), "reading")
        self.framePicturesWanted.emit(frame)

    def _show_cell(self, result: RigResult, cell: Cell, figures: Figures) -> None:
        camera = result.cameras[cell.camera].name
        self.name.setText(f"{cell.frame}{DOT}{camera}")
        self.stats.set_stats(cell_stats(figures))
        self.why.setText(figures.note or ("" if figures.kind is Kind.USED else as_sentence(figures.kind.value)))
        self.why.setVisible(bool(self.why.text()))
        off = self.shown.panel.setup.exclude
        _switch(
            self.cell_switch,
            cell_name(cell.frame, camera) not in off,
            tr("Cell"),
            tr("{camera} in {frame}", camera=camera, frame=cell.frame),
        )
        _switch(self.frame_switch, cell.frame not in off, tr("Frame"), tr("{frame} of all cameras", frame=cell.frame))
        describe(
            self.camera_switch,
            self.camera_switch.text(),
            tr("Leave {camera} out of the rig; Undo brings it back", camera=camera),
        )
        self.cell_switch.setEnabled(cell.frame not in off)
        self._show_picture()

    def _show_picture(self) -> None:
        cell = self.cell
        view = self._view(cell)
        if view is None:
            self._rows = ()
            if cell.camera in self._images:
                self.picture.show_unmarked(self._images[cell.camera])
                self._pictured = cell
        else:
            self._rows = worst_first(corner_rows(view))
            self.picture.show_view(view, self._mono(cell.camera), (), self._corner)
            if cell.camera in self._images and cell != self._pictured:
                self.picture.show_photograph(self._images[cell.camera])
                self._pictured = cell
        marked = next((n for n, row in enumerate(self._rows) if row.number == self._corner), -1)
        self.corners.show_rows([(str(r.number), residual_words(r), f"{r.weight:.2f}") for r in self._rows], marked)
        row = self._rows[marked] if marked >= 0 else None
        told = mark_words(row, board_of(view, self._mono(cell.camera))) if row is not None and view is not None else ""
        self.hint.setText(told or tr("Click a corner in the picture or the table"))

    def _show_planes(self, cell: Cell) -> None:
        """Over all frames of the camera; made when they are looked at."""
        plane = self.pictures.currentWidget()
        if plane in (self.field, self.cloud):
            mono = self._mono(cell.camera)
            if self._marked[0] is not mono:
                self._marked = mono, marks_of(mono)
            plane.show_marks(self._marked[1], mono, cell.frame, self._corner)  # type: ignore[union-attr]

    def _mono(self, camera: int) -> MonoResult:
        """One camera as a calibration of its own."""
        result = self.shown.result
        assert result is not None
        if camera not in self._alone:
            self._alone[camera] = alone(result, camera)
        return self._alone[camera]

    def _view(self, cell: Cell) -> ViewResult | None:
        """The first board of a cell."""
        if cell.camera < 0:
            return None
        return next((v for v in self._mono(cell.camera).views if v.name == cell.frame and v.found), None)

    def _views(self, frame: str) -> dict[int, tuple[ViewResult, MonoResult]]:
        """Of each camera that found a board in a frame."""
        cells = (Cell(frame, camera) for camera in range(len(self.matrix.cameras)))
        found = ((cell.camera, self._view(cell)) for cell in cells)
        return {camera: (view, self._mono(camera)) for camera, view in found if view is not None}

    # Made

    def _make(self) -> None:
        self._marked: tuple[MonoResult | None, tuple[Mark, ...]] = (None, ())
        self.before = QuietButton("", "step-back", tr("The frame before this one"), name=tr("Previous frame"))
        self.after = QuietButton("", "step-forward", tr("The frame after this one"), name=tr("Next frame"))
        self.export = QuietButton(tr("Export"), "export", tr("Save every frame and camera as CSV"))
        choices = (
            ("picture", tr("Picture")),
            ("frame", tr("All cameras")),
            ("field", tr("All frames")),
            ("cloud", tr("Scatter")),
        )
        self.form = Segmented(
            tr("Shown"), choices, tip=tr("One picture, all cameras of a frame, or all frames of a camera")
        )
        self.map, self.graph = CellMap(), LinkGraph()
        self.picture, self.frame = CornerPicture(labels=0), FramePictures()
        self.field, self.cloud = ResidualField(), ResidualCloud()
        self.name, self.why, self.hint = wrapped("heading"), wrapped("muted"), wrapped("muted")
        self.stats = StatGrid()
        self.cell_switch, self.frame_switch = PlainButton(tr("Cell off")), PlainButton(tr("Frame off"))
        self.camera_switch = PlainButton(tr("Camera out"))
        on_floor = tr("Origin here: the board in this frame lies on the floor")
        self.origin = QuietButton("", "target", on_floor, name=tr("Origin here"))
        tips = (tr("By its number"), tr("In pixels"), tr("In the robust fit"))
        self.corners = FiguresTable(tr("Corners"), (tr("Corner"), tr("Residual"), tr("Weight")), tips, most=10)
        self.pairs = FiguresTable(tr("Pairs of cameras"), PAIR_HEADS, PAIR_TIPS, most=12, firm=3)
        self.cameras = FiguresTable(tr("Cameras of the rig"), CAMERA_HEADS, CAMERA_TIPS, most=8)
        about = ("pairs", tr("Pairs")), ("cameras", tr("Cameras")), ("corners", tr("Corners"))
        self.which = Segmented(tr("Figures of"), about, tip=tr("Pairs and how they hang together, cameras, or corners"))

    def _results(self) -> QWidget:
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(held(row_of(self.map), "panel"))
        self.pictures, self.sides = QStackedWidget(), QStackedWidget()
        for picture in (self.picture, self.frame, self.field, self.cloud):
            self.pictures.addWidget(picture)
        pairs = held(column_of(self.graph, self.pairs, None, spacing=8))
        corners = held(column_of(self.hint, self.corners, None, spacing=8))
        for side in (pairs, held(column_of(self.cameras, None)), corners):
            self.sides.addWidget(side)
        named = held(row_of((self.name, 1), self.before, self.after, spacing=4))
        switches = Flow(self.cell_switch, self.frame_switch, self.camera_switch, self.origin, spacing=4)
        parts = named, self.stats, self.why, switches, self.which, self.sides, None
        side = scrolled(held(column_of(*parts, spacing=8, margins=(0, 0, 8, 0)), "panel"))
        below = Beside(self.pictures, side, WIDTHS, margins=(12, 0, 12, 12))
        return held(column_of(held(row_of(self._scroll, margins=(12, 4, 12, 0))), (below, 1), spacing=4))

    def _wire(self) -> None:
        self.map.cellChosen.connect(self.cellChosen)
        self.map.cellSwitched.connect(lambda _cell: self._switch_cell())
        self.graph.cameraChosen.connect(self._choose_camera)
        self.frame.cameraChosen.connect(self._choose_camera)
        self.cameras.clicked.connect(lambda index: self._choose_camera(index.row()))
        self.picture.cornerChosen.connect(self._choose_corner)
        self.corners.clicked.connect(lambda index: self._choose_corner(self._rows[index.row()].number))
        for plane in (self.field, self.cloud):
            plane.markChosen.connect(self._choose_mark)
        self.form.chosen.connect(self.show_form)
        self.which.chosen.connect(lambda which: self.sides.setCurrentIndex(SIDES.index(which)))
        self.before.clicked.connect(lambda: self._step(-1))
        self.after.clicked.connect(lambda: self._step(1))
        self.cell_switch.clicked.connect(self._switch_cell)
        self.frame_switch.clicked.connect(lambda: self._switch(self.cell.frame))
        self.camera_switch.clicked.connect(lambda: self.cameraWanted.emit(self.cell.camera))
        self.origin.clicked.connect(lambda: self.originWanted.emit(self.cell.frame))
        self.export.clicked.connect(self.save)
        UNITS.changed.connect(self._tell_anew)

    def _tell_anew(self) -> None:
        if self.there and self.shown.result is not None:
            self.pairs.show_cells(pair_table(self.shown.result))

    # Wanted

    def show_form(self, form: str) -> None:
        """One of `FORMS`."""
        self.form.set_value(form)
        self.pictures.setCurrentIndex(FORMS.index(form))
        if self.there:
            self._show_planes(self.cell)

    def _switch_cell(self) -> None:
        cell = self.cell
        self._switch(cell_name(cell.frame, self.matrix.cameras[cell.camera]))

    def _switch(self, name: str) -> None:
        self.switchWanted.emit((name,), name in self.shown.panel.setup.exclude)

    def _choose_camera(self, camera: int) -> None:
        if camera != self.cell.camera:
            self.cellChosen.emit(Cell(self.cell.frame, camera))

    def _choose_corner(self, number: int) -> None:
        self._corner = number
        self._show_picture()

    def _choose_mark(self, frame: str, corner: int) -> None:
        """A corner among those of all frames."""
        self.cellChosen.emit(Cell(frame, self.cell.camera))
        self._corner = corner
        self._show_picture()
        self._show_planes(self.cell)

    def _step(self, by: int) -> None:
        frames = self.matrix.frames
        if frames:
            at = frames.index(self.cell.frame) if self.cell.frame in frames else 0
            self.cellChosen.emit(Cell(frames[(at + by) % len(frames)], max(self.cell.camera, 0)))


def _switch(button: PlainButton, on: bool, what: str, of: str) -> None:
    """A button that leaves something out, or puts it back."""
    button.setText(tr("{what} off", what=what) if on else tr("{what} on", what=what))
    describe(
        button,
        button.text(),
        tr("Leave out {of}, then calibrate again", of=of) if on else tr("Put back {of}, then calibrate again", of=of),
    )


def state_words(matrix: Matrix) -> str:
    """'30 frames, 12 outliers, 118 of 120 cells': what is elided where there is little room comes last."""
    cells = [cell for row in matrix.cells for cell in row]
    used = sum(cell.kind is Kind.USED for cell in cells)
    wrong = sum(cell.wrong for cell in cells)
    return tr(
        "{frames}, {outliers}, {used} of {count} cells",
        frames=tr_count(len(matrix.frames), "{n} frame", "{n:,} frames"),
        outliers=tr_count(wrong, "{n} outlier", "{n:,} outliers"),
        used=used,
        count=len(cells),
    )


def cell_stats(figures: Figures) -> list[Stat]:
    """What is told of one cell."""
    tip = tr("How far the rig puts the corners from where they were found")
    corners = tr("{wrong} of {corners}", wrong=figures.wrong, corners=figures.corners) if figures.corners else DASH
    return [
        Stat("RMS", pixels(figures.rms), "px" if figures.rms else "", tip=tip),
        Stat(
            tr("Left out"),
            pixels(figures.left),
            "px" if figures.left else "",
            tip=tr("With this frame left out of the fit"),
        ),
        Stat(
            tr("Outliers"),
            corners,
            level="bad" if figures.wrong else "",
            tip=tr("Corners that do not fit, of those found"),
        ),
    ]
