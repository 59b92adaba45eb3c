"""The Inspector in the real window: opened, looked at live, compared, remembered; what falls on it; what others run."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QSlider

from engines.core.networks.in_use import ModelInUse
from engines.core.networks.preprocessing import Preprocessing
from engines.core.store.fetching import SHIPPED
from engines.inspection.looks import ActivationLook
from engines.inspection.types import OpenSpec
from tests.engines.inspection.activations.chains import weights_of, write_chain
from tests.workbench.opened import Opened, until
from widgets.inspection.state import Page
from workbench.controllers.inspection.form import Form, Known

Open = Callable[..., Opened]
HOW = Preprocessing((16, 16), "BGR", (1.0,), (2.0,))


@pytest.fixture
def chain(tmp_path: Path) -> str:
    return str(write_chain(tmp_path / "chain.onnx", weights_of()))


@pytest.fixture
def picture(tmp_path: Path) -> str:
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(tmp_path / name), np.random.default_rng(0).integers(0, 255, (24, 24, 3), np.uint8))
    return str(tmp_path / "a.png")


def lab_of(opened: Opened):
    opened.window.commands.run("window.inspection")
    return opened.window.features["inspection"]


def seen(lab) -> ActivationLook:
    return lab.view.look.look


@pytest.mark.slow
def test_a_model_looks_at_a_picture_as_long_as_a_page_wants_it(
    open_window: Open, qtbot, chain: str, picture: str
) -> None:
    opened = open_window()
    lab = lab_of(opened)
    lab.choose_page(Page.ACTIVATIONS)
    lab.take([chain, picture])
    until(qtbot, lambda: isinstance(seen(lab), ActivationLook), 60)
    assert opened.window.services.feeds.feed(lab.view.look.source).source.pattern == "a.png"
    assert (seen(lab).seen.layer, seen(lab).maps.shape) == ("conv2", (4, 16, 16))
    assert lab.panel.start.text() == "Stop"
    lab.edit(Page.ACTIVATIONS, {"layer": "relu0", "channel": 2})
    until(qtbot, lambda: seen(lab).seen.layer == "relu0", 30)
    assert seen(lab).low.min() >= 0
    lab.choose_page(Page.MODEL)
    assert not lab.looking.on
    lab.choose_page(Page.ACTIVATIONS)
    assert lab.looking.on
    opened.window.preset("monitor")
    assert not lab.looking.on
    lab.set_preprocessing(HOW)
    assert opened.end() == []
    again = open_window(begin=False).window.features["inspection"]
    assert (again.form.page, again.form.activations.channel) == (Page.ACTIVATIONS, 2)
    assert again.form.known(chain).preprocessing == HOW


def test_two_models_are_compared_and_the_command_asks_for_the_same(
    open_window: Open, qtbot, chain: str, tmp_path: Path
) -> None:
    changed = weights_of()
    changed[1] = changed[1] + 0.01
    other = str(write_chain(tmp_path / "other.onnx", changed))
    opened = open_window()
    lab = lab_of(opened)
    lab.open_model(chain)
    until(qtbot, lambda: lab.is_open, 60)
    lab.go_to(Page.COMPARE)
    assert not opened.window.commands.action("inspection.compare").isEnabled()
    lab.set_form(compared_on="noise", compare=replace(lab.form.compare, second=OpenSpec(other)))
    opened.window.commands.run("inspection.compare")
    until(qtbot, lambda: lab.view.compare.result is not None, 60)
    assert lab.view.compare.result.first_differing == "conv1"
    opened.window.commands.run("inspection.copy-command")
    said = shlex.split(QGuiApplication.clipboard().text())
    assert said[2:] == ["inspect", "compare", chain, other]
    lab.close_model()
    assert (lab.view.compare.result, lab.form.model) == (None, Known())


def test_what_a_file_lacks_is_asked_once_and_its_program_never_runs_unasked() -> None:
    told = Known(OpenSpec("a.pt", ((1, 3, 8, 8),)), HOW)
    form = Form().with_model(told).with_model(Known(OpenSpec("b.onnx")))
    assert form.known("a.pt") == told
    assert [one.spec.path for one in form.recent] == ["b.onnx", "a.pt"]
    placed = replace(form, activations=replace(form.activations, layer="x", channel=3))
    assert placed.with_model(replace(placed.model, preprocessing=HOW)).activations.layer == "x"
    assert placed.with_model(told).activations == Form().activations


def test_a_project_of_somebody_else_runs_no_program(open_window: Open, qtbot, tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(b"program")
    opened = open_window()
    lab = lab_of(opened)
    lab.form = lab.form.with_model(Known(OpenSpec(str(tmp_path / "a.pt"), code=True)))
    lab.keep()
    assert opened.end() == []
    again = open_window(begin=False).window.features["inspection"]
    assert again.form.model.spec == OpenSpec(str(tmp_path / "a.pt"))


def test_what_another_panel_runs_opens_here_on_the_same_picture(open_window: Open, qtbot, chain: str) -> None:
    opened = open_window()
    window, lab = opened.window, lab_of(opened)
    assert lab.panel.in_use.isHidden()
    diffusion = window.features["diffusion"]
    until(qtbot, lambda: diffusion.models.ready, 30)
    diffusion.set_form(spec=replace(diffusion.form.spec, model="mnist-unet"))
    lab.show_now()
    (used,) = lab.view.model.in_use
    assert used.path == str(SHIPPED / "mnist-unet.safetensors")
    with qtbot.waitSignal(lab.panel.in_use.inspectWanted) as told:
        lab.panel.in_use.buttons[used.title].click()
    assert told.args == [used]
    assert lab.opening.spec.path == used.path
    lab.inspect(ModelInUse("Chain", chain, preprocessing=HOW, feed="usb1"))
    assert (lab.form.source, lab.form.model) == ("usb1", Known(OpenSpec(chain), HOW))


def test_files_reach_the_feature_that_they_are_of(open_window: Open, qtbot, tmp_path: Path, chain: str) -> None:
    opened = open_window()
    owner = opened.window.features.owner
    assert owner(str(SHIPPED / "mnist-unet.safetensors")) == "inspection"
    assert owner(chain) == "inspection"
    assert owner(chain.upper()) == "inspection"
    assert owner(str(tmp_path / "people.faces")) == "faces"
    assert owner(str(tmp_path / "a.mp4")) == ""
    opened.window.features["inspection"]
    opened.drop(chain)
    assert opened.window.centre.front == "inspection"
    assert opened.window.features["inspection"].opening.spec.path == chain


def test_a_model_that_the_command_line_names_is_opened(open_window: Open, qtbot, chain: str) -> None:
    opened = open_window(chain)
    until(qtbot, lambda: opened.window.centre.front == "inspection")
    assert opened.window.features["inspection"].opening.spec.path == chain
    assert opened.sources == []


def test_every_control_of_every_page_has_a_name_and_a_tip(open_window: Open) -> None:
    lab = lab_of(open_window(begin=False))
    while lab.board.prepare():
        pass
    controls = [
        control
        for part in (lab.panel, lab.board)
        for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QSlider)
        for control in part.findChildren(kind)
        if not control.objectName().startswith("qt_")
    ]
    assert len(controls) > 40
    assert [control for control in controls if not (control.accessibleName() and control.toolTip())] == []
