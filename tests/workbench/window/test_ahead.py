"""What features are made of is imported while the window is idle; nothing is made."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QTimer

from tests.workbench.opened import Opened, until
from tests.workbench.toy import FEATURE
from workbench.plugged import FEATURES
from workbench.window.ahead import InTurns, modules


def test_an_idle_window_imports_what_features_are_made_of(open_window, qtbot) -> None:
    opened: Opened = open_window()
    names = list(modules(FEATURES))
    assert {feature.make.partition(":")[0] for feature in FEATURES} <= set(names)
    until(qtbot, lambda: set(names) <= set(sys.modules), 60)
    assert not any(feature.id in opened.window.features for feature in FEATURES)


def test_a_feature_is_had_in_turns_between_which_the_window_goes_on(qtbot) -> None:
    owner, heard = QObject(), list[str]()
    turns = InTurns((FEATURE,), owner)

    def step(name: str) -> None:
        heard.append(name)
        QTimer.singleShot(0, lambda: heard.append(f"after {name}"))

    turns.have(FEATURE, lambda: step("asked for before"))
    turns.have(FEATURE, lambda: step("made"), lambda: step("begun"))
    assert heard == []
    until(qtbot, lambda: "after begun" in heard)
    assert heard == ["made", "after made", "begun", "after begun"]
