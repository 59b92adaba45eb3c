"""The page Prepare: tiles dragged, named, dropped and flipped, what is planned, and why nothing can be written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QLineEdit

from engines.calibration.rig.types import PrepareResult, PrepareSpec
from engines.core.frames import Size
from widgets.calibration.rig.pages.prepare import PreparePage
from widgets.calibration.rig.pages.prepare_view import PrepareForm, PrepareView
from widgets.calibration.rig.pages.state import Page, PagesView
from widgets.kit.theme import DARK, LOOK
from widgets.kit.work_state import Busy

PICTURE = np.tile(np.arange(640, dtype=np.uint8)[None, :, None], (360, 1, 3))
FORM = PrepareForm(("quad.mp4",), out="/out")
VIEW = PrepareView(FORM, picture=PICTURE, guess=(2, 2), frames=100, films=1)


@pytest.fixture
def page(qtbot, qapp) -> PreparePage:
    LOOK.apply(qapp, DARK)
    made = PreparePage()
    qtbot.addWidget(made)
    made.resize(900, 560)
    made.show()
    show(made, VIEW)
    return made


def show(page: PreparePage, view: PrepareView) -> None:
    page.show_state(PagesView(page=Page.PREPARE, prepare=view))


def middle(page: PreparePage, place: int) -> QPoint:
    return page.picture.box_of(place).center().toPoint()


def test_a_form_makes_the_job_that_does_it():
    form = FORM.renamed(1, " right ").swapped(0, 3).with_tile("dropped", 2).with_tile("flipped", 1)
    assert form.spec == PrepareSpec(
        ("quad.mp4",), "2x2", "/out", ("camera 1", "right", "-", "camera 4"), (3, 1, 2, 0), flip=("right",)
    )
    assert form.with_tile("dropped", 2).dropped == frozenset()
    wider = form.gridded(1, 5)
    assert (wider.order, wider.names[1], wider.names[4], wider.dropped) == (
        (0, 1, 2, 3, 4),
        "right",
        "camera 5",
        frozenset(),
    )
    assert FORM.renamed(0, "  ").names[0] == "camera 1"


def test_a_tile_is_dragged_onto_another(page: PreparePage, qtbot):
    with qtbot.waitSignal(page.picture.swapped) as told:
        qtbot.mousePress(page.picture, Qt.MouseButton.LeftButton, pos=middle(page, 0))
        qtbot.mouseMove(page.picture, middle(page, 1))
        qtbot.mouseMove(page.picture, middle(page, 3))
        page.picture.grab()
        qtbot.mouseRelease(page.picture, Qt.MouseButton.LeftButton, pos=middle(page, 3))
    assert told.args == [0, 3]
    with qtbot.assertNotEmitted(page.picture.swapped):
        qtbot.mouseClick(page.picture, Qt.MouseButton.LeftButton, pos=middle(page, 2))
    assert page.picture.chosen == 2


def test_a_name_is_edited_in_its_place(page: PreparePage, qtbot):
    page.picture.edit(1)
    edit = page.picture.findChild(QLineEdit)
    with qtbot.waitSignal(page.picture.renamed) as told:
        qtbot.keyClicks(edit, "left")
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert told.args == [1, "left"]
    assert not edit.isVisible()
    page.picture.edit(2)
    with qtbot.assertNotEmitted(page.picture.renamed):
        qtbot.keyClicks(edit, "other")
        qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert not edit.isVisible()


def test_keys_choose_swap_drop_and_flip(page: PreparePage, qtbot):
    picture = page.picture
    qtbot.keyClick(picture, Qt.Key.Key_Right)
    assert picture.chosen == 1
    assert "camera 2" in picture.accessibleDescription()
    with qtbot.waitSignal(picture.swapped) as told:
        qtbot.keyClick(picture, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert told.args == [1, 3]
    for key, kind in ((Qt.Key.Key_Delete, "dropped"), (Qt.Key.Key_M, "flipped")):
        with qtbot.waitSignal(picture.toggled) as told:
            qtbot.keyClick(picture, key)
        assert told.args == [kind, 3]
    names = [action.text() for action in picture.menu(3).actions()]
    assert names == ["Rename", "Leave this tile out", "Flip left to right"]
    assert picture.tile_at(QPointF(-5, -5)) == -1


def test_a_tile_that_will_be_flipped_is_shown_so(page: PreparePage):
    def row() -> list[int]:
        box = page.picture.box_of(2).toRect().adjusted(12, 0, -12, 0)
        shown = page.picture.grab().toImage()
        return [shown.pixelColor(x, box.center().y()).red() for x in (box.left(), box.right())]

    left, right = row()
    assert left < right
    show(page, replace(VIEW, form=FORM.with_tile("flipped", 2)))
    left, right = row()
    assert left > right


def test_what_will_be_written_is_said(page: PreparePage):
    assert page.plan.text() == "4 films of 320x180, 100 frames for each camera, and cameras.yaml that lists them"
    show(page, replace(VIEW, form=replace(FORM.with_tile("dropped", 0), margin=10, every=3, as_pictures=True)))
    assert page.plan.text() == "3 folders with 34 pictures of 300x160 each, and cameras.yaml that lists them"
    assert page.start.isEnabled()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (FORM.gridded(7, 1), "cannot be cut"),
        (FORM.renamed(0, "camera 2"), "Two cameras are called"),
        (replace(FORM, dropped=frozenset(range(4))), "All tiles are dropped"),
        (replace(FORM, margin=200), "leaves nothing"),
        (replace(FORM, out=""), "Choose a folder"),
    ],
)
def test_what_cannot_be_written_says_why(page: PreparePage, form: PrepareForm, words: str):
    show(page, replace(VIEW, form=form))
    assert words in page.problem.text()
    assert not page.start.isEnabled()


def test_the_grid_of_the_seams_is_offered_where_it_is_another(page: PreparePage, qtbot):
    assert not page.guess.isVisible()
    show(page, replace(VIEW, form=FORM.gridded(1, 2)))
    with qtbot.waitSignal(page.gridWanted) as told:
        page.guess.click()
    assert told.args == [2, 2]
    with qtbot.waitSignal(page.gridWanted) as told:
        page.columns.setValue(3)
    assert told.args == [1, 3]


def test_the_result_can_be_used_and_the_empty_page_offers_a_sample(page: PreparePage):
    assert not page.use.isVisible()
    done = PrepareResult("/out", "/out/cameras.yaml", ("a", "b"), ("a.mp4", "b.mp4"), Size(320, 180), 100)
    show(page, replace(VIEW, result=done))
    assert page.done.text() == "Written: 100 frames of 2 cameras"
    assert page.use.isVisible()
    show(page, PrepareView())
    assert not page.there
    assert not page.start.isVisible()
    assert page.empty.isVisible()


def test_the_keyboard_goes_from_the_start_to_cancelling_to_what_comes_next(page: PreparePage, qtbot) -> None:
    page.activateWindow()
    page.start.setFocus()
    qtbot.waitUntil(page.start.hasFocus)
    show(page, replace(VIEW, busy=Busy("Cutting", 1.0, 2.0)))
    assert page.progress.cancel.hasFocus()
    done = PrepareResult("/out", "/out/cameras.yaml", ("a", "b"), ("a.mp4", "b.mp4"), Size(320, 180), 100)
    show(page, replace(VIEW, result=done))
    assert page.use.hasFocus()
