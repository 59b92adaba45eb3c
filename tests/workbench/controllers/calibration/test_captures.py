"""Captured views are numbered on beside those that are there, also in a new folder."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject

from workbench.controllers.calibration.captures import Captures


def test_a_new_run_goes_on_with_the_numbers_of_the_views_it_stands_beside(tmp_path: Path, qtbot) -> None:
    errands: Any = SimpleNamespace(ask=lambda *_what: None)
    captures, image = Captures(errands, QObject(), lambda: tmp_path), np.zeros((4, 4, 3), np.uint8)
    captures.new_run(["/before/front 02.png", "/before/front 07.png", "/photographs/IMG0042.png"])
    made = [captures.save(image, source) for source in ("rig \u00b7 front", "rig \u00b7 front", "side")]
    assert [path.name for path in made] == ["front 08.png", "front 09.png", "side 01.png"]
    made[0].parent.mkdir(parents=True)
    captures.new_run()
    assert captures.save(image, "rig \u00b7 front").name == "front 01.png"
