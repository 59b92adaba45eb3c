"""The Inspector: its one action, shapes that are asked for, how pictures go in, layers, what others run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from engines.core.networks.in_use import ModelInUse
from engines.core.networks.preprocessing import Preprocessing
from engines.inspection.looks import LookSpec
from engines.inspection.types import ModelSheet, OpenSpec, Safety
from tests.widgets.inspection.inspection_looks import SHEET, activations, attention, view_of
from widgets.inspection.panel.dock import InspectionPanel
from widgets.inspection.state import InspectionView, ModelView, Page
from widgets.kit.work_state import Busy


@pytest.fixture
def panel(qtbot) -> InspectionPanel:
    made = InspectionPanel()
    qtbot.addWidget(made)
    made.resize(380, 900)
    with qtbot.waitExposed(made):
        made.show()
    return made


def with_sheet(sheet: ModelSheet, page: Page = Page.MODEL) -> InspectionView:
    return replace(view_of(page), model=ModelView(OpenSpec("net.onnx"), sheet))


def test_the_one_action_fits_the_page(panel: InspectionPanel) -> None:
    panel.show_state(InspectionView(Page.COMPARE))
    assert (panel.start.text(), panel.state) == ("Open model", "No model is open")
    panel.show_state(view_of(Page.ACTIVATIONS, activations()))
    assert panel.start.text() == "Stop"
    panel.show_state(replace(panel.shown, look=replace(panel.shown.look, over=True)))
    assert panel.start.text() == "Play again"
    assert panel.state == "looking at Camera 1, 12 frames a second \u00b7 net"
    resting = view_of(Page.ACTIVATIONS)
    panel.show_state(replace(resting, look=replace(resting.look, on=False), problem="Choose a source"))
    assert (panel.start.text(), panel.start.isEnabled(), panel.start.toolTip()) == ("Look", False, "Choose a source")
    panel.show_state(view_of(Page.COMPARE, work=Busy("Running")))
    assert (panel.start.text(), panel.start.isEnabled()) == ("Compare", False)


def test_unknown_shapes_are_asked_for_and_must_be_shapes(panel: InspectionPanel, qtbot) -> None:
    panel.show_state(with_sheet(replace(SHEET, needs_shape=("x", "mask"))))
    first, second = panel.model.shapes.fields
    first.setText("1x3x224x224")
    second.setText("1xmany")
    panel.model.shapes.use.click()
    assert (first.property("invalid"), second.property("invalid")) == ("", "true")
    second.setText("1, 77")
    with qtbot.waitSignal(panel.model.shapesTold) as told:
        panel.model.shapes.use.click()
    assert told.args == [((1, 3, 224, 224), (1, 77))]
    panel.show_state(with_sheet(SHEET))
    assert panel.model.shapes.isHidden()


def test_a_program_is_run_only_when_that_is_asked_for(panel: InspectionPanel) -> None:
    panel.show_state(with_sheet(replace(SHEET, safety=Safety("code", (), "It is a program"))))
    assert panel.model.program.isVisible()
    assert panel.model.why.text() == "It is a program"
    panel.show_state(with_sheet(replace(SHEET, runs="Weights alone")))
    assert not panel.model.program.isVisible()
    assert panel.model.why.text() == "Weights alone"


def test_how_a_picture_goes_in_is_said_and_set(panel: InspectionPanel, qtbot) -> None:
    section = panel.picture
    panel.show_state(view_of(Page.ACTIVATIONS))
    assert section.how.text().endswith("32 \u00d7 48 RGB, stretched, x / 255.")
    with qtbot.waitSignal(section.preprocessingChanged) as told:
        section.own.click()
    own = Preprocessing((32, 48))
    assert told.args == [own]
    view = view_of(Page.ACTIVATIONS)
    panel.show_state(replace(view, look=replace(view.look, preprocessing=own)))
    section.fields_box.mean.setText("127, 127")
    qtbot.keyClick(section.fields_box.mean, Qt.Key.Key_Return)
    assert section.fields_box.mean.property("invalid") == "true"
    section.fields_box.mean.setText("123.7, 116.3, 103.5")
    with qtbot.waitSignal(section.preprocessingChanged) as told:
        qtbot.keyClick(section.fields_box.mean, Qt.Key.Key_Return)
    assert told.args == [replace(own, mean=(123.7, 116.3, 103.5))]
    with qtbot.waitSignal(section.sourceChosen) as told:
        section.source.sourceChosen.emit("file1")
    assert told.args == ["file1"]


def test_a_layer_is_found_by_a_part_of_its_name(panel: InspectionPanel, qtbot) -> None:
    panel.show_state(view_of(Page.ACTIVATIONS, activations()))
    field = panel.forms[Page.ACTIVATIONS][0].layer
    assert field.field.value() == "stem.relu"
    assert field.what.text() == "Relu, 1\u00d76\u00d74\u00d76"
    assert [field.field.itemText(row) for row in range(field.field.count())] == ["stem.conv", "stem.relu"]
    with qtbot.waitSignal(panel.edited) as told:
        field.field.line.setText("CONV")
        qtbot.keyClick(field.field.line, Qt.Key.Key_Return)
    assert told.args == [Page.ACTIVATIONS, {"layer": "stem.conv", "channel": 0}]
    field.field.line.setText("no such layer")
    qtbot.keyClick(field.field.line, Qt.Key.Key_Return)
    assert field.field.currentText() == "stem.conv"


def test_heads_and_layers_of_attention_are_those_that_were_seen(panel: InspectionPanel) -> None:
    panel.show_state(view_of(Page.ATTENTION, attention(), LookSpec(view="attention", map="row", head=1)))
    section = panel.forms[Page.ATTENTION][0]
    assert [section.head.itemText(row) for row in range(section.head.count())] == ["Mean of all", "Head 1", "Head 2"]
    assert (section.head.value(), section.map.value(), section.layer.field.value()) == ("1", "row", "b.0")
    assert section.layer.field.count() == 2


def test_what_others_run_has_a_row_and_a_button_each(panel: InspectionPanel, qtbot) -> None:
    used = ModelInUse("YuNet", "/s/yunet.onnx", feed="usb1"), ModelInUse("SFace", "/s/sface.onnx")
    view = view_of(Page.MODEL)
    panel.show_state(replace(view, model=replace(view.model, in_use=used)))
    assert list(panel.in_use.buttons) == ["YuNet", "SFace"]
    with qtbot.waitSignal(panel.in_use.inspectWanted) as told:
        panel.in_use.buttons["SFace"].click()
    assert told.args == [used[1]]
    panel.show_state(view)
    assert panel.in_use.isHidden()


def test_files_that_were_open_before_are_offered(panel: InspectionPanel, qtbot) -> None:
    view = view_of(Page.MODEL)
    panel.show_state(replace(view, model=replace(view.model, recent=("net.onnx", "/m/other.pt2"))))
    (action,) = panel.model.menu().actions()
    assert action.text() == "other.pt2"
    with qtbot.waitSignal(panel.model.recentWanted) as told:
        action.trigger()
    assert told.args == ["/m/other.pt2"]
