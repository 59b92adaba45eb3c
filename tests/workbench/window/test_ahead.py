"""What features are made of is imported while the window is idle; nothing is made."""

from __future__ import annotations

import sys

from tests.workbench.opened import Opened, until
from workbench.plugged import FEATURES
from workbench.window.ahead import modules


def test_an_idle_window_imports_what_features_are_made_of(open_window, qtbot) -> None:
    opened: Opened = open_window()
    names = list(modules(FEATURES))
    assert {feature.make.partition(":")[0] for feature in FEATURES} <= set(names)
    until(qtbot, lambda: set(names) <= set(sys.modules), 60)
    assert not any(feature.id in opened.window.features for feature in FEATURES)
