"""Maps of a recording: the row of the patch that was clicked, by mouse and keys; layers, heads and steps; files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from engines.attention.types import SeeResult, SeeSpec
from engines.attention.watching.recording import Recording
from tests.engines.attention.watching.recorded import SIGMAS, SITES, write
from widgets.attention.see.page import SeePage
from widgets.attention.state import AttentionView, Page, SeeView


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return write(tmp_path / "seen.npz")


@pytest.fixture
def page(qtbot) -> SeePage:
    made = SeePage()
    qtbot.addWidget(made)
    made.resize(900, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


def view_of(recording: Recording) -> AttentionView:
    result = SeeResult(SeeSpec(), str(recording.path), SITES, SIGMAS, (0, 1, 2), 0.1, ("sdpa 2.13",))
    return AttentionView(Page.SEE, see=SeeView(result=result, recording=recording))


def shown_is(page: SeePage, recording: Recording, step: int, site: int, head: int, patch: int) -> None:
    row = recording.row(step, site, head, patch).reshape(3, 4)
    assert np.array_equal(page.map.values, row)
    assert np.array_equal(page.received.values, recording.mass(step, site)[head].reshape(3, 4))
    assert np.array_equal(page.spread.values, recording.entropy(step, site)[head].reshape(3, 4))
    assert [share for _where, share in page.strongest.keys] == sorted(row.ravel(), reverse=True)[:5]


def test_nothing_yet_is_one_sentence_and_one_button(page: SeePage, qtbot) -> None:
    page.show_state(AttentionView(Page.SEE))
    assert not page.there
    assert not page.export.isVisible()
    with qtbot.waitSignal(page.empty.clicked):
        page.empty.button.click()


def test_a_click_and_the_arrow_keys_choose_the_patch(page: SeePage, recording: Recording, qtbot) -> None:
    page.show_state(view_of(recording))
    shown_is(page, recording, 1, 0, 0, 6)
    assert page.state.text().endswith("by SDPA")
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=page.map.box_of(9).center().toPoint())
    shown_is(page, recording, 1, 0, 0, 9)
    qtbot.keyClick(page.map, Qt.Key.Key_Up)
    qtbot.keyClick(page.map, Qt.Key.Key_Left)
    qtbot.keyClick(page.map, Qt.Key.Key_Left)
    shown_is(page, recording, 1, 0, 0, 4)
    qtbot.mouseClick(page.spread, Qt.MouseButton.LeftButton, pos=page.spread.box_of(11).center().toPoint())
    shown_is(page, recording, 1, 0, 0, 11)
    assert "row 3, column 4" in page.map.accessibleDescription()


def test_layers_heads_and_steps(page: SeePage, recording: Recording, qtbot) -> None:
    page.show_state(view_of(recording))
    qtbot.mouseClick(page.heads, Qt.MouseButton.LeftButton, pos=page.heads.box_of(2).center().toPoint())
    shown_is(page, recording, 1, 0, 2, 6)
    qtbot.keyClick(page.heads, Qt.Key.Key_Left)
    shown_is(page, recording, 1, 0, 1, 6)
    page.bar.forward.click()
    shown_is(page, recording, 2, 0, 1, 6)
    page.layer.chosen.emit("1")
    shown_is(page, recording, 2, 1, 0, 6)
    assert page.bar.words.text() == "Step 3 of 3, noise level 0.1"


def test_the_same_recording_stays_where_the_user_is(page: SeePage, recording: Recording) -> None:
    view = view_of(recording)
    page.show_state(view)
    page.bar.go(0)
    page.map.chosen.emit(2)
    page.show_state(view)
    shown_is(page, recording, 0, 0, 0, 2)


def test_a_head_is_handed_on_to_be_watched(page: SeePage, recording: Recording, qtbot) -> None:
    page.show_state(view_of(recording))
    with qtbot.waitSignal(page.watchWanted) as told:
        page.watch.click()
    title, q, k, v = told.args
    assert title == "Layer 1, head 1, step 2"
    scores = q @ k.T / np.sqrt(5)
    weights = np.exp(scores - scores.max(1, keepdims=True))
    assert np.allclose((weights / weights.sum(1, keepdims=True))[6], page.map.values.ravel())


def test_the_map_is_saved_as_a_picture_with_its_heat_or_without(
    page: SeePage, recording: Recording, tmp_path: Path
) -> None:
    page.show_state(view_of(recording))
    strongest = int(page.map.values.argmax())
    place = page.map.box_of(strongest).center() * 2
    page.map.save(str(tmp_path / "map.png"))
    page.heat.setChecked(False)
    page.map.save(str(tmp_path / "plain.png"))
    with_heat, plain = (QImage(str(tmp_path / name)).pixelColor(place.toPoint()) for name in ("map.png", "plain.png"))
    assert with_heat.red() > with_heat.blue() + 40
    assert (plain.red(), plain.green(), plain.blue()) == (40, 40, 40)


def test_a_recording_that_goes_away_is_said_and_nothing_breaks(page: SeePage, recording: Recording) -> None:
    page.show_state(view_of(recording))
    recording.path.unlink()
    page.layer.chosen.emit("1")
    assert page.trouble.isVisible()
    assert "no such recording" in page.trouble.what.text()
