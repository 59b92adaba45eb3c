"""The calibration board in a window's worth of parts: pages follow the result, and what they ask for can be undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engines.calibration.formats.files import save
from engines.calibration.types import ModelRow, ModelsResult
from tests.widgets.calibration.pages.told_result import BOARD, CAMERA, WRONG, told
from tests.workbench.controllers.calibration.calibration_bench import Bench, until
from tests.workbench.controllers.calibration.calibration_bench import bench as bench
from tests.workbench.controllers.calibration.calibration_bench import make_bench as make_bench
from widgets.calibration.pages.state import Chosen, Page
from widgets.calibration.state import ViewRow
from workbench.controllers.calibration.beside import Beside
from workbench.controllers.calibration.models import Models


@pytest.fixture
def solved(bench: Bench) -> Bench:
    """A result with a wrong corner in its second view, as if a job had given it."""
    it, result = bench.controller, told()
    it.set(board=str(BOARD), free_board=True)
    it.edits.add([ViewRow(view.path, view.name) for view in result.views])
    it.runs.done.emit(it.session.spec(), result)
    return bench


def test_a_corner_is_dropped_and_taken_back_and_undone(solved: Bench) -> None:
    it = solved.controller
    it.go_to(Page.RESIDUALS)
    page = it.board.page(Page.RESIDUALS)
    page.cornerChosen.emit("view 2.png", WRONG)
    assert it.view.chosen == Chosen("view 2.png", WRONG)
    assert solved.state.selected == "/photos/view 2.png"
    page.drop.click()
    it.runs.cancel()
    assert it.session.spec().drop == ("view 2.png#23",)
    assert not page.take_back.isHidden()
    solved.services.undo.undo()
    assert it.session.spec().drop == ()
    solved.services.undo.redo()
    page.take_back.click()
    it.runs.cancel()
    assert it.session.spec().drop == ()


def test_every_page_shows_the_result_and_none_without(solved: Bench) -> None:
    it = solved.controller
    for page in Page:
        it.choose_page(page)
        assert it.view.page is page
    there = {page: it.board.page(page).there for page in it.board.makers}
    assert [page for page, on in there.items() if not on] == [Page.MODELS, Page.COMPARE]
    it.clear()
    for page in it.board.makers:
        it.choose_page(page)
    assert not any(it.board.page(page).there for page in it.board.makers)


def test_models_are_of_the_views_shown_and_the_recommended_one_is_used(solved: Bench) -> None:
    it = solved.controller
    it.go_to(Page.MODELS)
    part = it.pages.parts[Page.MODELS]
    assert isinstance(part, Models)
    assert "calibrate models" in part.command
    assert "--model" not in part.command
    rows = (
        ModelRow("brown5", told()),
        ModelRow("rational8", replace(told(), model="rational8", distortion=(0.0,) * 8)),
    )
    part.jobs.done.emit(part.spec, ModelsResult(rows, "rational8", "Rational explains the corners.", 1.0))
    it.show_now()
    assert it.view.models.current
    it.board.page(Page.MODELS).use.click()
    it.runs.cancel()
    assert it.session.settings.model == "rational8"
    assert it.view.models.current, "which model is in use makes no difference to the comparison"
    it.set(window="5")
    it.runs.cancel()
    assert not it.view.models.current


def test_two_calibrations_are_read_and_a_broken_file_is_told_on_the_page(solved: Bench, qtbot, tmp_path: Path) -> None:
    it, other, broken = solved.controller, tmp_path / "other.json", tmp_path / "broken.json"
    save(replace(told(), intrinsics=replace(CAMERA, fx=CAMERA.fx + 5)), str(other))
    broken.write_text("{}")
    it.go_to(Page.COMPARE)
    part = it.pages.parts[Page.COMPARE]
    assert isinstance(part, Beside)
    part.choose("", str(other))
    until(qtbot, lambda: it.view.compare.comparison is not None)
    fx = it.view.compare.comparison.parameters[0]  # type: ignore[union-attr]
    assert (fx.first, fx.second) == (CAMERA.fx, CAMERA.fx + 5)
    part.choose(str(other), str(broken))
    until(qtbot, lambda: it.view.trouble is not None)
    assert it.view.trouble is not None
    assert "broken.json" in it.view.trouble.path
    assert solved.state.trouble is None, "the panel has nothing to do with it"
    it.board.trouble.dismissed.emit()
    it.show_now()
    assert it.view.trouble is None
