"""A gaze calibration is in use once it is made, and replacing and forgetting it can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from engines.core.places import data_dir
from engines.faces.gaze.screen_model import ScreenModel, kept_fit
from engines.faces.study_types import GazeFit, GazeFitSpec
from tests.workbench.opened import Opened

SCREEN, MM = (1920.0, 1080.0), (344.0, 194.0)
SPEC = GazeFitSpec((), SCREEN, MM)
FIT = GazeFit("", 0.0, (1.0,), 1.0, ((1.0, 1.0),), ((1.0, 1.0),), 1.0)


def fitted(error: float) -> GazeFit:
    """As the job writes one beside what is there."""
    path = data_dir() / ("gaze 2.json" if (data_dir() / "gaze.json").exists() else "gaze.json")
    model = ScreenModel(SCREEN, MM, 600.0, np.zeros(10), np.zeros((15, 2)), 1.0, np.zeros((0, 0)), np.zeros((0, 0)))
    model.save(str(path), replace(FIT, error=error, file=str(path)))
    found = kept_fit(path)
    assert found is not None
    return found


def test_a_gaze_calibration_that_was_replaced_or_forgotten_comes_back(open_window: Callable[..., Opened]) -> None:
    mine = data_dir() / "gaze notes.json"
    mine.write_text("{}")
    opened = open_window()
    desk, undo = opened.window.features["faces"], opened.window.services.undo

    def used() -> float | None:
        """The error of the one that the recogniser is told to use, which is the one that the page shows."""
        file, shown = desk.form.settings.gaze_fit, desk.gaze.view.fit
        found = kept_fit(file) if file else None
        assert (found and found.error) == (shown and shown.error)
        there = {path.name for path in data_dir().glob("gaze*.json")}
        assert there == ({Path(file).name, mine.name} if file else {mine.name})
        return found.error if found else None

    files: set[str] = set()
    for error in (2.0, 1.0):
        desk.gaze._done(SPEC, fitted(error))
        assert (undo.undoText(), used()) == ("Calibrate gaze", error)
        files.add(desk.form.settings.gaze_fit)
    assert len(files) == 2
    desk.gaze.clear()
    assert (undo.undoText(), used()) == ("Forget the gaze calibration", None)
    for before in (1.0, 2.0, None):
        undo.undo()
        assert used() == before
    undo.redo()
    assert used() == 2.0
    assert opened.end() == []
