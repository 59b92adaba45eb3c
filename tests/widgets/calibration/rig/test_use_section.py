"""The section about a rig in use says what can be done with it, and what came of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication

from engines.calibration.rig.types import SpacePoint
from widgets.calibration.rig.points import HINTS, UseSection
from widgets.calibration.rig.points_state import Measured, RigUse
from widgets.sources.choice import SourceChoice

SOURCES = (SourceChoice("a/left", "Head · left"), SourceChoice("a/right", "Head · right"))
FRESH = RigUse(("left", "right"), SOURCES, ("a/left", "a/right"), engines=(("bodies", "Bodies"),))
USED = replace(FRESH, kept=True, used="left, right, kept just now")
POINT = SpacePoint("point", (0.0123, -1.5, 0.25), (1e-8, 0, 0, 0, 4e-6, 0, 0, 0, 4e-4), (0, 1), 0.4)


@pytest.fixture
def section(qtbot) -> UseSection:
    made = UseSection()
    qtbot.addWidget(made)
    made.show_state(FRESH)
    return made


def test_nothing_is_shown_where_nothing_can_be_used(section: UseSection) -> None:
    section.show_state(RigUse())
    assert section.isHidden()
    section.show_state(replace(FRESH, sources=()))
    assert section.isHidden()


def test_each_camera_has_its_source_until_the_rig_is_kept(section: UseSection, qtbot) -> None:
    assert [(field.accessibleName(), field.value()) for field in section.fields] == [
        ("Source of left", "a/left"),
        ("Source of right", "a/right"),
    ]
    assert [field.currentText() for field in section.fields] == ["left", "right"], "what is shared tells nothing"
    section.show_state(replace(FRESH, sources=(*SOURCES, SourceChoice("b", "Camera"))))
    assert section.fields[0].currentText() == "Head \u00b7 left"
    heard: list[tuple[int, str]] = []
    section.sourceChosen.connect(lambda *told: heard.append(told))
    section.fields[1].chosen.emit("a/left")
    assert heard == [(1, "a/left")]
    section.show_state(replace(FRESH, problem="Two cameras have the same source"))
    assert (section.keep.isEnabled(), section.keep.toolTip()) == (False, "Two cameras have the same source")
    section.show_state(USED)
    assert not section.keep.isVisibleTo(section)
    assert not section.fields[0].isVisibleTo(section)
    assert section.measure.isVisibleTo(section)
    section.show_state(replace(FRESH, cameras=("left", "right", "top"), chosen=("a/left", "a/right", "")))
    assert [field.value() for field in section.fields] == ["a/left", "a/right", ""]


def test_recording_is_offered_while_points_come(section: UseSection) -> None:
    section.show_state(USED)
    assert [section.engine.itemText(row) for row in range(section.engine.count())] == ["None", "Bodies"]
    assert not section.record.isVisibleTo(section)
    section.show_state(replace(USED, engine="bodies", joined="1 in 2 cameras", recording="points.csv"))
    assert (section.engine.value(), section.record.isChecked()) == ("bodies", True)


def test_a_measured_place_is_told_and_copied_in_millimetres(section: UseSection) -> None:
    section.show_state(replace(USED, measuring=True))
    assert section.place.text() == HINTS[0]
    section.show_state(replace(USED, measuring=True, measured=Measured(1)))
    assert section.place.text() == HINTS[1]
    section.show_state(replace(USED, measuring=True, measured=Measured(2, POINT, "its cameras disagree")))
    place = "x  12.30 ± 0.10 mm\ny  -1500.0 ± 2.0 mm\nz  250 ± 20 mm"
    assert section.place.text() == f"{place}\nSeen in 2 pictures\nIts cameras disagree"
    section.copy.click()
    assert QGuiApplication.clipboard().text() == place
    section.show_state(replace(USED, measuring=True, measured=Measured(2, None, "its rays do not meet")))
    assert section.place.text() == "Its rays do not meet"
    assert not section.copy.isVisibleTo(section)
