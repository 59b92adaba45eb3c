"""The page of residuals: corners stand where they were found, the wrong one is marked and can be left out alone."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from tests.widgets.calibration.pages.told_result import AWAY, BOARD, SIZE, WRONG, shown, told
from widgets.calibration.pages.corner_picture import marks
from widgets.calibration.pages.corners import corner_rows, place_words, worst_first
from widgets.calibration.pages.residual_planes import ResidualCloud, ResidualField, marks_of, usual
from widgets.calibration.pages.residuals import ResidualsPage, table
from widgets.calibration.pages.state import Chosen, Page
from widgets.calibration.state import Picture
from widgets.viewer.overlays import Caption, Label, Points, Vectors

PICTURE = np.full((SIZE.height, SIZE.width, 3), 90, np.uint8)


@pytest.fixture
def page(qtbot) -> ResidualsPage:
    made = ResidualsPage()
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def test_the_wrong_corner_is_named_by_row_and_column_and_comes_first() -> None:
    view = told().views[1]
    rows = worst_first(corner_rows(view))
    assert rows[0].number == WRONG
    assert rows[0].residual == pytest.approx(np.hypot(*AWAY))
    assert place_words(WRONG, BOARD) == "corner 23, row 4 column 3"


def test_the_wrong_corner_is_ringed_in_true_size_and_the_others_are_enlarged() -> None:
    result = told()
    view = result.views[1]
    drawn = marks(corner_rows(view), view, result, -1)
    found = view.corners[WRONG]
    ring = next(one for one in drawn if isinstance(one, Points) and one.color == "bad")
    others, wrong = (one for one in drawn if isinstance(one, Vectors))
    assert list(ring.points) == [found]
    assert found not in others.points
    assert others.scale > 10
    assert list(wrong.points) == [found]
    assert wrong.scale == 1.0
    caption = next(one for one in drawn if isinstance(one, Caption))
    assert caption.text == f"view 2.png   {view.rms_px:.3f} px"
    label = next(one for one in drawn if isinstance(one, Label))
    assert (label.text, label.at) == ("corner 23, row 4 column 3: 17.0 px", found)


def test_a_click_chooses_the_corner_below_it_and_drops_it(page: ResidualsPage, qtbot) -> None:
    asked: list[str] = []
    page.pictureWanted.connect(asked.append)
    page.show_state(shown(Page.RESIDUALS, told()))
    page.show_picture(Picture("/photos/view 1.png", PICTURE))
    assert asked == ["/photos/view 2.png"]
    assert not page.picture.has_picture
    page.show_picture(Picture(asked[0], PICTURE))
    assert page.picture.viewport is not None
    at = page.picture.viewport.to_widget(*told().views[1].corners[WRONG]).toPoint()
    with qtbot.waitSignal(page.cornerChosen) as chosen:
        qtbot.mouseClick(page.picture, Qt.MouseButton.LeftButton, pos=at + QPoint(4, 3))
    assert chosen.args == ["view 2.png", WRONG]
    page.show_state(shown(Page.RESIDUALS, told(), chosen=Chosen("view 2.png", WRONG)))
    assert page.why.text() == "Probably wrong \u00b7 it counted 0 %."
    with qtbot.waitSignal(page.dropWanted) as dropped:
        page.drop.click()
    assert dropped.args == ["view 2.png#23", True]
    page.show_state(shown(Page.RESIDUALS, told(), chosen=Chosen("view 2.png", WRONG), drop=("view 2.png#23",)))
    assert page.drop.isHidden()
    assert not page.take_back.isHidden()


def test_views_go_round_and_every_corner_is_exported(page: ResidualsPage, qtbot, tmp_path) -> None:
    page.show_state(shown(Page.RESIDUALS, told(), selected=3))
    with qtbot.waitSignal(page.cornerChosen) as chosen:
        page.after.click()
    assert chosen.args == ["view 1.png", -1]
    page.write(str(tmp_path / "all.csv"))
    lines = (tmp_path / "all.csv").read_text().splitlines()
    assert len(lines) == 1 + 4 * BOARD.corner_count
    assert table(page.shown)[1 + BOARD.corner_count + WRONG][-2:] == ["1", "0"]


@pytest.mark.parametrize("plane", [ResidualField, ResidualCloud])
def test_residuals_of_all_views_are_drawn_where_they_are(plane, qtbot) -> None:
    result = told()
    made = plane()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show_marks(marks_of(result), result, "view 2.png", WRONG)
    assert len(made.marks) == 4 * BOARD.corner_count
    mark = made.marks[5]
    place = made.place(made.spot(mark.row))
    assert place == pytest.approx(mark.row.found if plane is ResidualField else mark.row.error, abs=1e-6)
    with qtbot.waitSignal(made.markChosen) as chosen:
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton, pos=made.spot(mark.row).toPoint())
    assert chosen.args[0] == "view 1.png"
    assert usual(made.marks) < 0.2, "one wrong corner must not decide how large the others are drawn"
