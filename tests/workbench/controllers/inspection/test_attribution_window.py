"""Attribution in the real window: what is looked at is explained, then a file by all methods."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.engines.inspection.activations.chains import weights_of, write_chain
from tests.workbench.opened import Opened, until
from widgets.inspection.state import Page


@pytest.mark.slow
def test_a_picture_is_explained_and_methods_are_compared(
    open_window: Callable[..., Opened], qtbot, tmp_path: Path
) -> None:
    (tmp_path / "feed").mkdir()
    looked, picture = str(tmp_path / "feed" / "looked.png"), str(tmp_path / "a.png")
    for path, side in ((looked, 40), (picture, 24)):
        cv2.imwrite(path, np.random.default_rng(0).integers(0, 255, (side, side, 3), np.uint8))
    path = write_chain(tmp_path / "chain.onnx", weights_of())
    opened = open_window(looked)
    lab = opened.window.features["inspection"]
    lab.open_model(str(path))
    lab.go_to(Page.ATTRIBUTION)
    until(qtbot, lambda: lab.is_open and lab.can(Page.ATTRIBUTION), 60)
    page = lab.board.page(Page.ATTRIBUTION)
    lab.edit(Page.ATTRIBUTION, {"target": "relu2:1", "methods": ("gradient",)})
    assert (page.empty.button.text(), lab.command) == ("Explain", "")
    page.empty.button.click()
    until(qtbot, lambda: lab.view.attribution.result is not None and not lab.is_busy, 60)
    assert page.state.text().startswith("Channel 1 of 'relu2', value ")
    assert lab.view.attribution.result.picture.shape == (40, 40, 3)
    assert not lab.view.attribution.earlier
    lab.edit(Page.ATTRIBUTION, {"picture": picture})
    assert lab.view.attribution.earlier
    assert lab.command.endswith(f"{picture} --attribute gradient --target relu2:1")
    page.compare.click()
    until(qtbot, lambda: len(lab.view.attribution.result.explained) == 5, 60)
    page.tiles.chosen.emit(4)
    assert lab.form.attribution.methods == ("occlusion",)
    assert not lab.view.attribution.earlier
    lab.edit(Page.ATTRIBUTION, {"target": "mean"})
    assert lab.view.attribution.earlier
    page.write(str(tmp_path / "why.png"))
    assert cv2.imread(str(tmp_path / "why.png")).shape == (24, 24, 3)
    lab.edit(Page.ATTRIBUTION, {"target": "relu2:99"})
    page.compare.click()
    until(qtbot, lambda: lab.view.trouble is not None, 60)
    lab.edit(Page.ATTRIBUTION, {"target": "mean"})
    page.compare.click()
    until(qtbot, lambda: not lab.is_busy and lab.view.attribution.result.spec.target == "mean", 60)
    assert lab.view.trouble is None
    lab.close_model()
    assert lab.view.attribution.result is None
    assert opened.end() == []
