"""Whatever tells a length of a calibration tells it in another unit at once, and as before when that is taken back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLabel, QWidget

from engines.calibration.rig.comparison import compare
from engines.calibration.rig.pairs.depth import DepthFinder, DepthWish
from engines.calibration.rig.pairs.rectification import rectify
from engines.calibration.rig.pairs.stereo import paired
from engines.calibration.rig.types import SpacePoint
from engines.calibration.types import Reason
from engines.core.boards import Board
from tests.engines.calibration.rig.pairs.known_depth import photograph
from tests.engines.calibration.rig.pairs.known_pair import points_before, side_by_side, small, with_views
from tests.widgets.calibration.pages.told_result import shown, told
from tests.widgets.calibration.rig import rig_states
from tests.widgets.calibration.rig.space.spaced_rig import spaced_rig
from widgets.calibration.pages.lens import LensPage
from widgets.calibration.pages.shape import ShapePage
from widgets.calibration.pages.state import Page
from widgets.calibration.pages.uncertainty import UncertaintyPage
from widgets.calibration.panel import CalibrationPanel
from widgets.calibration.rig.pages.cells import CellsPage
from widgets.calibration.rig.pages.compare import RigComparePage
from widgets.calibration.rig.pages.compare_view import RigCompareView
from widgets.calibration.rig.pages.pair import PairPage
from widgets.calibration.rig.pages.pair_view import PairView
from widgets.calibration.rig.pages.state import Page as RigPage
from widgets.calibration.rig.pages.state import PagesView
from widgets.calibration.rig.panel import RigPanel
from widgets.calibration.rig.points_state import Measured, RigUse
from widgets.calibration.rig.space.view import RigSpace, Shown
from widgets.calibration.rig.state import RigState
from widgets.calibration.state import CalibrationView
from widgets.charts.space.things import Word
from widgets.charts.space.view import told as told_of
from widgets.kit.figures_table import FiguresTable
from widgets.kit.lengths.units import UNITS

METRIC = re.compile(r"\d[\u00a0 ](mm|cm|m)\b|^\w+, (mm|cm|m)$")
"""A metric length, or the head of a column of them."""
INCH = re.compile(r"(\d[\u00a0 ]|, )in\b")


@pytest.fixture(autouse=True)
def _automatic() -> Iterator[None]:
    yield
    UNITS.choose("auto")


def _panel() -> QWidget:
    panel = CalibrationPanel()
    result = replace(told(), reasons=(Reason("bent-board", 1, "The board is bent by 0.4\u00a0mm"),))
    boards = Board.parse("acircles:4x11:20mm"), Board.parse("charuco:5x4:54mm:40.5mm:DICT_4X4_50")
    panel.show_state(CalibrationView(board=boards[0], more_boards=boards[1:], result=result))
    return panel


def _rig_panel() -> QWidget:
    panel = RigPanel()
    point = SpacePoint("a", (0.0123, -1.5, 0.25), tuple(np.diag([1e-8, 4e-6, 4e-4]).ravel().tolist()), (0, 1), 0.2)
    use = RigUse(used="rig", measuring=True, measured=Measured(2, point))
    panel.show_state(replace(rig_states.states()[rig_states.Phase.RESULT], use=use))
    return panel


def _compared() -> QWidget:
    page = RigComparePage()
    one = rig_states.told()
    moved = replace(one, cameras=(*one.cameras[:2], replace(one.cameras[2], tvec=(-0.43, 0.0, 0.01))))
    page.show_state(PagesView(RigPage.COMPARE, compare=RigCompareView("", "/x/june.json", compare(one, moved))))
    return page


def _pair() -> QWidget:
    pair, page = small(side_by_side()), PairPage()
    finder = DepthFinder(pair, rectify(pair, 0, 1, 0.0), DepthWish(0.5, 3.0))
    seen = finder.find(*(photograph(one, seed=number) for number, one in enumerate(pair.cameras)))
    figures = paired(with_views(pair, points_before(9), 0.1), 0, 1)
    view = PairView((("0-1", "a"),), "0-1", (("3", "b"),), "3", 0.0, 0.5, 3.0, seen=seen, rig=pair, figures=figures)
    page.show_state(PagesView(RigPage.PAIR, RigState(), pair=view))
    return page


def _space() -> QWidget:
    space = RigSpace()
    space.resize(900, 600)
    space.show_rig(spaced_rig(), Shown(distances=True))
    return space


def _cells() -> QWidget:
    page = CellsPage()
    page.show_state(PagesView(RigPage.RIG, RigState(rig_states.SETUP, result=rig_states.told())))
    return page


def _page(kind: Callable[[], QWidget], page: Page) -> Callable[[], QWidget]:
    def make() -> QWidget:
        made = kind()
        made.show_state(shown(page, replace(told(), free_board=True)))
        if isinstance(made, LensPage):
            made.sensor.setValue(6.4)
        return made

    return make


def texts(widget: QWidget) -> list[str]:
    """All that it says, drawn lengths and notes under the pointer too."""
    said = [part.text() for part in widget.findChildren(QLabel)]
    said += [part.text() for part in widget.findChildren(QAbstractSpinBox)]
    said += [box.itemText(n) for box in widget.findChildren(QComboBox) for n in range(box.count())]
    for table in widget.findChildren(FiguresTable):
        said += [*table.shown.headers, *(cell for row in table.rows for cell in row), *table.shown.told.values()]
    for space in [widget, *widget.findChildren(RigSpace)]:
        if isinstance(space, RigSpace):
            said += [piece.text for piece in space.shot().stage.pieces if isinstance(piece, Word)]
            said += [line for thing in space.things.values() for line in told_of(thing)]
            said += space.accessibleDescription().split(". ")
    for page in [widget] if isinstance(widget, ShapePage) else []:
        middle = page.map.extent.center()
        said += page.map.readout(middle.x(), middle.y())
    return said


@pytest.mark.parametrize(
    "make",
    [
        _panel, _rig_panel, _compared, _pair, _space, _cells, _page(LensPage, Page.LENS),
        _page(ShapePage, Page.SHAPE), _page(UncertaintyPage, Page.UNCERTAINTY),
    ],
)  # fmt: skip
def test_a_change_of_the_unit_is_seen_at_once_and_leaves_nothing_behind(qtbot, make: Callable[[], QWidget]) -> None:
    widget = make()
    qtbot.addWidget(widget)
    before = texts(widget)
    metric = [n for n, text in enumerate(before) if METRIC.search(text)]
    assert metric
    UNITS.choose("in")
    now = texts(widget)
    assert [text for text in now if METRIC.search(text)] == []
    assert [before[n] for n in metric if not INCH.search(now[n])] == []
    UNITS.choose("auto")
    assert texts(widget) == before
