"""Receptive fields in the real window: the table by itself, a unit on a picture that plays, the check by a button."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.inspection.looks import FieldLook
from tests.engines.inspection.activations.chains import weights_of, write_chain
from tests.workbench.opened import Opened, until
from widgets.inspection.state import Page


@pytest.mark.slow
def test_a_unit_is_chosen_looked_at_and_checked(open_window: Callable[..., Opened], qtbot, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.random.default_rng(0).integers(0, 255, (24, 24, 3), np.uint8))
    path = write_chain(tmp_path / "chain.onnx", weights_of())
    opened = open_window(str(tmp_path / "a.png"))
    lab = opened.window.features["inspection"]
    lab.open_model(str(path))
    lab.go_to(Page.FIELD)
    until(qtbot, lambda: lab.view.field.table is not None, 60)
    assert [row.size for row in lab.view.field.table.rows] == [(3, 3), (3, 3), (5, 5), (5, 5), (7, 7), (7, 7)]
    page = lab.board.page(Page.FIELD)
    page.layerChosen.emit("conv1")
    page.unitChosen.emit(0, 4)
    until(qtbot, lambda: isinstance(seen(lab), FieldLook) and seen(lab).unit == (0, 4), 60)
    assert (seen(lab).seen.layer, seen(lab).exact, seen(lab).channels) == ("conv1", (0, 2, 3, 7), 4)
    assert lab.command.endswith("--receptive-field conv1")
    page.check.click()
    until(qtbot, lambda: lab.view.field.check is not None, 60)
    assert (lab.view.field.check.agrees, lab.view.field.check.ours) == (True, 15)
    page.write(str(tmp_path / "fields.csv"))
    assert len(list(csv.reader((tmp_path / "fields.csv").open()))) == 7
    lab.close_model()
    assert (lab.view.field.table, lab.view.field.check) == (None, None)
    assert opened.end() == []


def seen(lab) -> object:
    return lab.view.look.look
