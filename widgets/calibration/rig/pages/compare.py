"""The page that sets two calibrations of one rig side by side: in space, in millimetres and degrees, lens by lens."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget

from engines.calibration.rig.differences import CameraDifference, PairDifference, RigComparison
from engines.core.words import tr, tr_count
from widgets.calibration.pages.chart_page import ChartPage, side_of
from widgets.calibration.pages.compare import heat_of
from widgets.calibration.pages.heat_plane import HeatPlane
from widgets.calibration.pages.two_files import TwoFiles
from widgets.calibration.reasons import ReasonList
from widgets.calibration.rig.pages.state import PagesView
from widgets.calibration.rig.space.view import RigSpace
from widgets.calibration.rig.space.view import Shown as SpaceShown
from widgets.kit.card_columns import Beside
from widgets.kit.fields import ChoiceField, Segmented, wrapped
from widgets.kit.figures_table import DASH, FiguresTable, Shown
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import NONE, column_of, held
from widgets.kit.lengths.units import MM, UNITS, figure, length
from widgets.kit.panel import EmptyState, scrolled

OFFER = (
    tr("Choose a second calibration of this rig: what stands elsewhere, and is it more than chance?"),
    tr("Choose a file"),
    "open",
    tr("A rig of ours, or of OpenCV, Kalibr, ROS, aniposelib or caliscope"),
)
ALL = ("", tr("All cameras"))
CAMERAS = (tr("Camera"), tr("Shift"), tr("Turn, \u00b0"), tr("Lens, px"), tr("Apart, \u03c3"))
CAMERA_TIPS = (
    tr("Of the rig; one that has moved is set in bold, a double click shows its lens"),
    tr("Between its centres, once the rigs lie on each other"),
    tr("Between its orientations"),
    tr("In most places of the picture, after the turn that fits best"),
    tr("The lens's parameter that is the furthest, in joint standard deviations"),
)
PAIRS = (tr("Distance of"), tr("Differs"), tr("Apart, \u03c3"))
PAIR_TIPS = (
    tr("Two cameras"),
    tr("Distance in the second less that in the first"),
    tr("In joint standard deviations"),
)
LAY_TIP = tr("The second rig is moved, as a whole, until all cameras lie as near as they can, or this one on itself")
SAME, SAME_LENS = 1e-3, tr("The lens of {} is the same in both")
"""Pixels below which two lenses are."""
OTHER_SHAPE = tr("Its pictures have another shape in the second: the lenses are not compared")
MOST_REASONS = 4


class RigComparePage(ChartPage):
    """`files` are the two that are compared; `laid` by which camera the second one is laid onto the first."""

    blank = PagesView
    widths = (368, 440, 0.5)

    def __init__(self) -> None:
        super().__init__()
        self._camera = 0
        self.space, self.map = (
            RigSpace(tr("Both rigs in space")),
            HeatPlane(tr("Difference of a lens over the picture"), "px"),
        )
        self.space.setMinimumWidth(self.map.minimumWidth())
        self.chart = self.space
        self.files = TwoFiles(tr("This rig"), across=True)
        self.laid = ChoiceField(tr("Laid onto each other by"), (ALL,), tip=LAY_TIP)
        self.laid.setMinimumContentsLength(11)
        self.words, self.reasons = wrapped("hint"), ReasonList()
        self.cameras = FiguresTable(tr("Cameras of both"), CAMERAS, CAMERA_TIPS)
        self.pairs = FiguresTable(tr("Distances of both"), PAIRS, PAIR_TIPS, most=28, firm=3)
        self.form = Segmented(
            tr("Shown"), (("space", tr("In space")), ("lens", tr("Lens"))), tip=tr("Both rigs, or one camera's lens")
        )
        self.lens = ChoiceField(tr("Camera"), (), tip=tr("Whose lens is compared over the picture"))
        self.lens.given = True
        self._lay_out()
        self._wire()

    def show_state(self, view: PagesView) -> None:
        before, self.shown = self.shown.compare, view
        compare = view.compare
        self.show_results(bool(compare.second))
        self.files.show_files(compare.first, compare.second)
        told = compare.comparison
        self.export.setEnabled(told is not None)
        self._choose(self.form.value())
        if told is None:
            self._show_nothing(compare.problem or tr("Reading both"))
        elif told is not before.comparison:
            self._show(told)

    def _lay_out(self) -> None:
        self.charts = QStackedWidget()
        for chart in (self.space, self.map):
            self.charts.addWidget(chart)
        self._told = (self.reasons, self.cameras, self.pairs, self.words)
        side = scrolled(held(side_of(*self._told, margins=(0, 0, 8, 0)), "panel"))
        below = Beside(self.charts, side, self.widths, margins=NONE)
        whole = held(column_of(self.files, (below, 1), spacing=8, margins=(12, 4, 12, 12)))
        self.controls = (self.laid, self.lens, self.form, self.export)
        self.lay_out(self.head_of(tr("Compare"), *self.controls), self.body_of(EmptyState(*OFFER), whole))

    def _wire(self) -> None:
        self.form.chosen.connect(self._choose)
        self.lens.chosen.connect(lambda number: self._look_at(int(number)))
        keep("rig.compare", form=self.form, lens=self.lens)
        self.cameras.rowUsed.connect(self.open_lens)
        self.space.cameraChosen.connect(self._look_at)
        UNITS.changed.connect(self._tell_anew)

    def _show_nothing(self, why: str) -> None:
        for part in self._told:
            part.hide()
        self.state.setText("")
        self.space.nothing = self.map.nothing = why
        self.space.show_rig(None)
        self.map.show_heat(None)
        self.map.update()

    def _show(self, told: RigComparison) -> None:
        for part in self._told:
            part.show()
        self.state.setText(state_words(told))
        self.laid.set_choices((ALL, *((one.name, one.name) for one in told.cameras)), told.about)
        self.laid.set_value(told.about)
        self.lens.set_choices([(str(n), one.name) for n, one in enumerate(told.cameras)])
        self.reasons.show_reasons(told.findings, MOST_REASONS)
        self.words.setText(about_words(told))
        self.space.show_rig(told.base, SpaceShown(boards=False, ellipsoids=False), told.laid)
        self._show_figures(told)
        self._look_at(min(self._camera, len(told.cameras) - 1))

    def _show_figures(self, told: RigComparison) -> None:
        moved = frozenset((n, 1) for n, one in enumerate(told.cameras) if one.moved)
        far = frozenset((n, 4) for n, one in enumerate(told.cameras) if (one.deviations or 0.0) >= told.limit)
        self.cameras.show_cells(Shown(camera_heads(), tuple(map(camera_cells, told.cameras)), strong=moved | far))
        names = {one.first: one.name for one in told.cameras}
        far = frozenset((n, 2) for n, one in enumerate(told.pairs) if (one.deviations or 0.0) >= told.limit)
        rows = tuple(pair_cells(one, names) for one in told.pairs)
        tips = {(n, 1): pair_tip(one) for n, one in enumerate(told.pairs)}
        self.pairs.show_cells(Shown(pair_heads(), rows, strong=far, told=tips))

    def _tell_anew(self) -> None:
        if (told := self.shown.compare.comparison) is not None:
            self._show_figures(told)

    def _choose(self, form: str) -> None:
        self.chart = self.map if form == "lens" else self.space
        self.charts.setCurrentWidget(self.chart)
        there = self.shown.compare.comparison is not None
        self.lens.setVisible(there and form == "lens")
        self.laid.setVisible(there and form == "space")

    def open_lens(self, row: int) -> None:
        """Show the lens of a camera by its row."""
        self.form.set_value("lens")
        self._choose("lens")
        self._look_at(row)

    def _look_at(self, row: int) -> None:
        """The lens of a camera by its row."""
        told = self.shown.compare.comparison
        if told is None or not 0 <= row < len(told.cameras):
            return
        self._camera, one = row, told.cameras[row]
        self.lens.set_value(str(row))
        self.space.choose_camera(one.first)
        self.map.nothing = OTHER_SHAPE if one.lens is None else SAME_LENS.format(one.name)
        differs = one.lens is not None and not one.lens.largest_px < SAME
        self.map.show_heat(heat_of(one.lens) if differs and one.lens is not None else None)
        self.map.update()


def state_words(told: RigComparison) -> str:
    """'4 cameras, 2 differences'."""
    many = sum(finding.level > 0 for finding in told.findings)
    word = (
        tr("not judged")
        if told.agree is None
        else tr_count(many, "{n} difference", "{n:,} differences")
        if many
        else tr("no difference")
    )
    return tr("{cameras}, {word}", cameras=tr_count(len(told.cameras), "{n} camera", "{n:,} cameras"), word=word)


def about_words(told: RigComparison) -> str:
    """What the two lie on each other by, and the scale."""
    by = tr("by {about} alone", about=told.about) if told.about else tr("so that the cameras lie as near as they can")
    if not told.about and any(one.moved for one in told.cameras):
        by = tr("by the cameras that stand as before")
    scale = (
        ""
        if abs(told.scale_percent) < 5e-4
        else tr(" Distances are {scale_percent:+.3f} % in the second.", scale_percent=told.scale_percent)
    )
    return tr("The second rig, dashed, is laid onto the first {by}.{scale}", by=by, scale=scale)


def camera_heads() -> tuple[str, ...]:
    shift = tr("Shift, {unit}", unit=UNITS.of(MM).symbol)
    return CAMERAS[0], shift, *CAMERAS[2:]


def pair_heads() -> tuple[str, ...]:
    differs = tr("Differs, {unit}", unit=UNITS.of(MM).symbol)
    return PAIRS[0], differs, *PAIRS[2:]


def camera_cells(one: CameraDifference) -> tuple[str, ...]:
    lens = DASH if one.usual_px is None else f"{one.usual_px:.2f}"
    return one.name, figure(one.place_mm * MM.metres, MM, 2), f"{one.turn_deg:.3f}", lens, _share(one.deviations)


def pair_cells(one: PairDifference, names: dict[int, str]) -> tuple[str, ...]:
    which = f"{names[one.first]} \u2013 {names[one.second]}"
    return which, signed(one.apart_mm), _share(one.deviations)


def pair_tip(one: PairDifference) -> str:
    """The distances themselves, and what became of the angle."""
    first, second = (length(each, MM, 2) for each in one.distances)
    sure = (
        ""
        if one.angle_deviations is None
        else tr(", {angle_deviations:.1f} joint deviations", angle_deviations=one.angle_deviations)
    )
    return tr(
        "{first} in the first, {second} in the second. The angle differs by {apart_deg:+.3f}\u00b0{sure}",
        first=first,
        second=second,
        apart_deg=one.apart_deg,
        sure=sure,
    )


def signed(millimetres: float) -> str:
    """A length with its sign, but where nothing is left of it."""
    told = figure(abs(millimetres) * MM.metres, MM, 2)
    return told if not told.strip("0.") else f"{'-' if millimetres < 0 else '+'}{told}"


def _share(value: float | None) -> str:
    return DASH if value is None else f"{value:.1f}"
