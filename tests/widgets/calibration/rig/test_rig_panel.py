"""The rig's panel alone: words for every state, what each control says, what fits into a narrow dock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QScrollArea

from engines.calibration.types import Remedy
from tests.widgets.calibration.calibration_states import pick
from tests.widgets.calibration.rig.rig_states import NAMES, SETUP, states, told
from widgets.calibration.rig.panel import RigPanel
from widgets.calibration.rig.setup import RigSetup
from widgets.calibration.rig.state import Phase, RigState
from widgets.calibration.rig.take_state import TakeView
from widgets.calibration.rig.words import decimals_of, focal, length_words, pair_table, with_std
from widgets.kit.feature_panel import LEAST_WIDTH
from widgets.kit.panel import FOLDS
from widgets.kit.theme import DARK, LOOK

HEADLINES = {
    Phase.EMPTY: "No pictures yet",
    Phase.READY: "3 cameras, ready to calibrate",
    Phase.BUSY: "Calibrating 3 cameras",
    Phase.FAILED: "Rig not calibrated",
    Phase.RESULT: "3 cameras, RMS 0.100 px, fair",
    Phase.LOADED: "From a very long name of a rig that was kept.json",
}


@pytest.fixture
def panel(qtbot, qapp) -> Iterator[RigPanel]:
    LOOK.apply(qapp, DARK)
    FOLDS.state.clear()
    made = RigPanel()
    qtbot.addWidget(made)
    made.resize(340, 900)
    made.show()
    yield made
    FOLDS.state.clear()


@pytest.mark.parametrize("phase", list(Phase), ids=lambda phase: phase.value)
def test_every_state_of_a_rig_has_its_words_and_fits(panel: RigPanel, phase: Phase) -> None:
    state = states()[phase]
    assert state.phase is phase
    for section in (panel.known, panel.solver, panel.pictures):
        section.set_folded(False)
    panel.show_state(state)
    assert panel.state == HEADLINES[phase]
    assert panel.start.isEnabled() == (phase not in (Phase.EMPTY, Phase.BUSY))
    assert panel.empty.isVisible() == (phase is Phase.EMPTY)
    assert (panel.progress.isVisible(), panel.steps.isVisible()) == ((phase is Phase.BUSY,) * 2)
    assert panel.report.isVisible() == (phase in (Phase.RESULT, Phase.LOADED))
    assert panel.body.totalMinimumSize().width() <= LEAST_WIDTH - 10


def test_separate_films_a_known_lens_and_the_floor_fit_too(panel: RigPanel) -> None:
    setup = RigSetup(
        ("/films/a very long name of a film of the left camera.mp4", "/films/right.mp4"), False, match="order",
        offsets=(0, 3), intrinsics="/lenses/all the lenses that are known.toml", hold="prior", reference="frame:",
        model="rational8", window="11",
    )  # fmt: skip
    for section in (panel.known, panel.solver, panel.pictures):
        section.set_folded(False)
    panel.show_state(RigState(setup))
    assert panel.state == "Name the frame in which the board lies on the floor"
    assert not panel.start.isEnabled()
    assert panel.start.toolTip() == panel.state
    assert panel.pictures.offsets.text() == "0, 3"
    assert panel.body.totalMinimumSize().width() <= LEAST_WIDTH + 20


def test_every_control_of_the_rig_says_what_it_is(panel: RigPanel) -> None:
    panel.show_state(states()[Phase.RESULT])
    for kind in (QAbstractButton, QComboBox, QAbstractSpinBox):
        for control in panel.findChildren(kind):
            if not control.objectName().startswith("qt_"):
                assert control.accessibleName(), f"{control} has no name"
                assert control.toolTip(), f"{control.accessibleName()} has no tooltip"


def test_work_that_begins_or_ends_is_in_sight(panel: RigPanel, qtbot) -> None:
    panel.show_state(states()[Phase.RESULT])
    panel.resize(LEAST_WIDTH, 300)
    panel.activateWindow()
    panel.start.setFocus()
    qtbot.waitUntil(panel.start.hasFocus)
    next_one = {Phase.BUSY: panel.progress.cancel, Phase.RESULT: panel.start}
    for phase in (Phase.BUSY, Phase.RESULT):
        area = panel.findChild(QScrollArea)
        assert area.verticalScrollBar().maximum() > 0
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        panel.show_state(states()[phase])
        assert area.verticalScrollBar().value() == 0
        assert next_one[phase].hasFocus()


def test_what_came_out_is_told_with_its_deviations(panel: RigPanel) -> None:
    panel.show_state(states()[Phase.RESULT])
    assert panel.report.pairs.rows[0] == (
        "front left \u2013 front right",
        "200.00 \u00b1 0.05",
        "19.500 \u00b1 0.004",
        "6",
        "0.05",
    )
    assert panel.report.cameras.rows[1][:5] == ("front right", "561.00", "0.31", "0.100", "0.120")
    assert "6 frames used" in panel.report.about.text()
    buttons = panel.report.reasons.buttons
    assert [button.text() for button in buttons] == ["Switch off", "Free the board"]


def test_a_remedy_is_one_click(panel: RigPanel, qtbot) -> None:
    panel.show_state(states()[Phase.RESULT])
    with qtbot.waitSignal(panel.report.reasons.remedyWanted) as wanted:
        panel.report.reasons.buttons[0].click()
    assert wanted.args == [Remedy("switch_off", "set 5.png")]


@pytest.mark.parametrize(
    ("value", "std", "words"),
    [
        (0.2, 0.00004, "200.000 \u00b1 0.040 mm"),
        (0.2, None, "200.00 mm"),
        (12.5, 0.013, "12.500 \u00b1 0.013 m"),
        (0.2, 0.3, "200 \u00b1 300 mm"),
    ],
)
def test_lengths_have_the_digits_that_mean_something(value: float, std: float | None, words: str) -> None:
    assert length_words(value, std) == words


def test_a_held_lens_is_said_to_be_held() -> None:
    camera = replace(told().cameras[0], std={"fx": 0.0, "fy": 0.0, "cx": 0.0, "cy": 0.0})
    assert focal(camera) == ("560.00", "held")
    assert focal(replace(camera, std={})) == ("560.00", "\u2013")
    assert with_std(3.0, float("inf")) == "3.00"


def test_the_points_of_a_column_stand_below_each_other() -> None:
    pairs = [replace(told().pairs[n], distance_std=std, spread=None) for n, std in enumerate((9e-5, 1.6e-4, 2.4e-4))]
    lengths = [row[1] for row in pair_table(told(pairs=tuple(pairs))).rows]
    assert lengths == ["200.00 \u00b1 0.09", "400.00 \u00b1 0.16", "210.00 \u00b1 0.24"]
    assert decimals_of([3.0, 2.0, 0.004]) == 3
    assert decimals_of([None]) == 2


def test_tiles_are_named_and_left_out(panel: RigPanel, qtbot) -> None:
    panel.show_state(RigState(SETUP))
    changes: list[tuple[str, object]] = []
    panel.pictures.changed.connect(lambda *change: changes.append(change))
    places = panel.pictures.places.places
    assert [place.name.text() for place in places] == [*NAMES, ""]
    assert not places[3].on.isChecked()
    places[3].on.click()
    places[1].name.setText("middle")
    places[1].name.editingFinished.emit()
    places[0].on.click()
    assert changes == [
        ("names", (*NAMES, "")),
        ("names", ("front left", "middle", "side", "-")),
        ("names", ("-", "front right", "side", "-")),
    ]


def test_what_is_set_is_told_field_by_field(panel: RigPanel, qtbot) -> None:
    changes: list[tuple[str, object]] = []
    for section in (panel.pictures, panel.known, panel.solver):
        section.changed.connect(lambda *change: changes.append(change))
    panel.show_state(RigState(replace(SETUP, intrinsics="/lenses.toml")))
    panel.pictures.rows.setValue(3)
    pick(panel.solver.loss, "huber")
    pick(panel.solver.reference, "side")
    pick(panel.solver.model, "fisheye4")
    panel.solver.shared.click()
    panel.known.hold.set_value("prior")
    panel.known.hold.chosen.emit("prior")
    panel.known.file.clear.click()
    assert changes == [
        ("rows", 3), ("loss", "huber"), ("reference", "side"), ("model", "fisheye4"), ("shared_lens", True),
        ("hold", "prior"), ("intrinsics", ""),
    ]  # fmt: skip


def test_offsets_that_are_no_numbers_are_refused_in_place(panel: RigPanel, qtbot) -> None:
    panel.show_state(RigState(replace(SETUP, tiled=False, match="order")))
    changes: list[object] = []
    panel.pictures.changed.connect(lambda _field, value: changes.append(value))
    panel.pictures.offsets.setText("0, two")
    panel.pictures.offsets.editingFinished.emit()
    assert changes == []
    assert panel.pictures.offsets.property("invalid") == "true"
    panel.pictures.offsets.setText("0, 2")
    panel.pictures.offsets.editingFinished.emit()
    assert changes == [(0, 2)]


def test_the_empty_panel_offers_the_sample_where_no_cameras_are(panel: RigPanel, qtbot) -> None:
    panel.show_state(RigState())
    assert panel.empty.button.text() == "Add pictures"
    assert panel.empty.sample.isVisible()
    panel.show_state(states()[Phase.EMPTY])
    assert panel.empty.button.text() == "Take 24 pictures"
    assert not panel.empty.sample.isVisible()
    panel.show_state(RigState(take=TakeView("Sample rig", done=7)))
    assert panel.state == "Taking pictures: 7 of 24"
    panel.show_state(states()[Phase.EMPTY])
    with qtbot.waitSignal(panel.empty.button.clicked):
        qtbot.mouseClick(panel.empty.button, Qt.MouseButton.LeftButton)
