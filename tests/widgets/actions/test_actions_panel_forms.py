"""The forms of the actions panel: what is trained and evaluated goes out whole, shown as it will be used."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from engines.actions.models.settings import DEFAULT, LIMITS, PUBLISHED, filled
from engines.actions.study_types import WHOLE, EvaluateSpec, TrainSpec
from engines.core.frame_ranges import parsed
from tests.widgets.actions import panel_views as views
from widgets.actions.panel.dock import ActionsPanel
from widgets.actions.panel.evaluate import EvaluatePage, contenders
from widgets.actions.panel.form import HEADS, TIMELESS
from widgets.actions.panel.train import TrainPage, edited
from widgets.actions.panel.words import frames_words
from widgets.actions.state import ActionsView, Busy, TrainView
from widgets.kit.panel import FOLDS


def made(qtbot, kind):
    FOLDS.state.clear()
    page = kind()
    qtbot.addWidget(page)
    page.resize(380, 1600)
    page.show()
    return page


@pytest.fixture
def train(qtbot) -> TrainPage:
    page = made(qtbot, TrainPage)
    page.more.set_folded(False)
    return page


@pytest.fixture
def evaluate(qtbot) -> EvaluatePage:
    return made(qtbot, EvaluatePage)


def heard(signal) -> list:
    said: list = []
    signal.connect(lambda *values: said.append(values))
    return said


def spec_of(said: list) -> TrainSpec | EvaluateSpec:
    return said[-1][0]


def write(qtbot, field: QLineEdit, text: str) -> None:
    field.clear()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_frames_are_typed_as_a_range(train, qtbot):
    train.show_state(views.train())
    said = heard(train.trainChanged)
    for typed in ("85:191", "85:", ":191", " 0 : 5 ", ""):
        write(qtbot, train.data.frames.text, typed)
        assert train.frames.problem == ""
    assert [told.frames for (told,) in said] == [(85, 191), (85, None), (0, 191), (0, 5), WHOLE]


def test_what_is_no_range_is_said_in_words_and_kept_from_being_used(qtbot):
    panel = made(qtbot, ActionsPanel)
    panel.show_state(views.train())
    page = panel.page(views.Page.TRAIN)
    said, field = heard(page.trainChanged), page.frames
    for typed in ("85", "9:5", "5:5", "a:b", "1:2:3", "-4:9", "1.5:3"):
        write(qtbot, field.text, typed)
        assert said == []
        assert field.complaint.isVisible()
        assert typed in field.complaint.text()
        assert (panel.start.isEnabled(), panel.start.toolTip()) == (False, field.problem)
    write(qtbot, field.text, "0:191")
    assert spec_of(said).frames == (0, 191)
    assert (panel.start.isEnabled(), field.complaint.isVisible()) == (True, False)


def test_frames_as_words_come_back_as_they_were():
    for frames in (WHOLE, (0, 191), (85, None), (85, 191)):
        assert parsed(frames_words(frames)) == frames


def test_a_range_that_is_being_typed_survives_news(train, qtbot):
    train.show_state(views.train())
    qtbot.keyClicks(train.data.frames.text, "85:1")
    train.show_state(replace(views.train(), train=replace(views.train(seed=3).train)))
    assert train.data.frames.text.text() == "85:1"


def test_every_control_changes_its_own_field_alone(train):
    """The whole specification goes out, with one field another one."""
    view = views.train(held_out=0.2)
    view = replace(view, train=replace(view.train, devices=("cpu", "cuda")))
    before, others = view.train.spec, {"features": "both", "loss": "focal", "model": "gru", "device": "cuda"}
    for section in (train.features, train.network, train.more):
        for field, control in section.controls.items():
            train.show_state(view)
            said = heard(train.trainChanged)
            if hasattr(control, "setValue"):
                control.setValue(control.value() + control.singleStep())
            else:
                control.set_value(others[field])
                control.chosen.emit(control.value())
            (told,) = said[-1]
            changed = {name for name in TrainSpec.__slots__ if getattr(told, name) != getattr(before, name)}
            assert changed == {field}
            assert type(getattr(told, field)) is type(getattr(before, field))


def test_every_field_of_the_specification_can_be_reached(train):
    bound = {field for section in (train.features, train.network, train.more) for field in section.controls}
    apart = {"out", "clips", "frames", "folder", "settings", "held_out", "offset", "anew", "keep"}
    assert bound | apart == set(TrainSpec.__slots__)


def test_shares_and_the_first_step_are_shown_in_units_of_people(train):
    train.show_state(views.train(held_out=0.25, offset=3))
    assert (train.more.held.text(), train.more.offset.text()) == ("25 %", "3 chunks")
    said = heard(train.trainChanged)
    train.more.held.setValue(30)
    assert spec_of(said).held_out == 0.3
    train.more.offset.setValue(-1)
    assert spec_of(said).offset is None
    assert train.more.offset.text() == "Evenly spread"


def test_numbers_keep_within_what_the_engine_takes(train):
    train.show_state(views.train())
    for section in (train.features, train.network, train.more):
        for field, control in section.controls.items():
            if field in LIMITS and hasattr(control, "maximum"):
                low, high = LIMITS[field]
                assert (control.minimum(), control.maximum()) == (pytest.approx(low, abs=1e-5), high)


def test_fields_that_a_network_has_not_are_not_shown(train):
    for model in HEADS:
        train.show_state(views.train(model=model, held_out=0.2))
        for field in TIMELESS:
            assert train.more.controls[field].isVisible() == (model != "frame")
    train.show_state(views.train(future_steps=0, held_out=0.0))
    assert not train.network.horizon.isVisible()
    assert not train.more.offset.isVisible()
    assert not train.more.controls["patience"].isVisible()


def test_fields_that_went_leave_no_gap(train):
    """Two columns of one width, in rows without a gap."""
    train.show_state(views.train(model="frame"))
    seen = [part for part in train.more.pairs._parts.values() if part.isVisible()]
    grid = train.more.pairs._grid
    cells = sorted(grid.getItemPosition(grid.indexOf(part))[:2] for part in seen)
    assert cells == [divmod(place, 2) for place in range(len(seen))]


def test_published_settings_are_shown_as_they_will_be_used(train):
    said = heard(train.trainChanged)
    for name, (values, way) in PUBLISHED.items():
        train.show_state(views.train(folder="/data/thumos14", hidden=512, model="gru"))
        train.data.settings.set_value(name)
        train.data.settings.chosen.emit(name)
        used, _way = filled(spec_of(said))
        assert {field: getattr(used, field) for field in values} == values
        train.show_state(ActionsView(train=TrainView(spec_of(said))))
        assert train.more.controls["hidden"].whole() == values["hidden"]
        assert train.network.model.value() == values["model"]
        assert f"{way.rounds} rounds" in train.data.published.text()


def test_a_device_is_chosen_where_there_are_two(train):
    view = views.train()
    train.show_state(view)
    assert not train.more.device.isVisible()
    train.show_state(replace(view, train=replace(view.train, devices=("cpu", "cuda"))))
    assert train.more.device.isVisible()
    train.show_state(views.train(device="cuda"))
    assert train.more.device.value() == "cuda", "a choice that was made elsewhere is shown, and can be undone"
    assert train.more.device.isVisible()


def test_a_published_setting_can_be_made_another_one(train):
    spec = TrainSpec("", folder="/data/thumos14", settings="trn")
    smaller = edited(spec, {"hidden": 512})
    assert (smaller.settings, filled(smaller)[0].hidden, filled(smaller)[0].width) == ("trn", 512, 3072)
    plain = edited(spec, {"hidden": DEFAULT.hidden})
    assert (plain.settings, plain.hidden, plain.width) == ("", DEFAULT.hidden, 3072)


def test_a_folder_takes_the_place_of_own_clips_and_back(train, qtbot):
    train.show_state(views.train())
    asked, said = heard(train.data.folderWanted), heard(train.trainChanged)
    qtbot.mouseClick(train.data.kind._buttons["folder"], Qt.MouseButton.LeftButton)
    assert (len(asked), said, train.data.kind.value()) == (1, [], "clips")
    train.show_state(views.train(folder="/data/thumos14", settings="idn"))
    assert train.data.kind.value() == "folder"
    for part, there in ((train.data.list, False), (train.data.frames, False), (train.data.folder, True)):
        assert part.isVisible() == there
    assert not train.features.kind.isVisible()
    qtbot.mouseClick(train.data.kind._buttons["clips"], Qt.MouseButton.LeftButton)
    assert (spec_of(said).folder, spec_of(said).settings) == ("", "")


def test_clips_are_ticked_and_without_any_one_is_sent_to_mark(train, qtbot):
    train.show_state(views.train())
    said, sent = heard(train.data.list.clipTaken), heard(train.data.teach.clicked)
    train.data.list.select(1)
    qtbot.keyClick(train.data.list, Qt.Key.Key_Space)
    assert said == [("/data/kitchen.mp4", True)]
    assert not train.data.teach.isVisible()
    train.show_state(replace(views.train(), train=replace(views.train().train, clips=())))
    qtbot.mouseClick(train.data.teach, Qt.MouseButton.LeftButton)
    assert len(sent) == 1


def test_where_the_model_goes(train, qtbot):
    train.show_state(views.train())
    asked, said = heard(train.out.choose.clicked), heard(train.trainChanged)
    assert train.out.name.text() == "exercise.safetensors"
    qtbot.mouseClick(train.out.choose, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(train.out.clear, Qt.MouseButton.LeftButton)
    assert (len(asked), spec_of(said).out) == (1, "")


def test_while_it_trains_the_form_rests_and_can_be_cancelled(qtbot):
    panel = made(qtbot, ActionsPanel)
    panel.show_state(views.training())
    train, said = panel.page(views.Page.TRAIN), heard(panel.progress.cancelled)
    assert not train.network.model.isEnabled()
    assert panel.progress.isVisible()
    qtbot.mouseClick(panel.progress.cancel, Qt.MouseButton.LeftButton)
    assert len(said) == 1
    done = views.trained()
    result = replace(done.train.result, advice=("wave has one segment",))
    panel.show_state(replace(done, train=replace(done.train, result=result)))
    assert train.network.model.isEnabled()
    assert train.advice.isVisible()
    assert not panel.progress.isVisible()


def test_a_training_s_news_leave_the_form_alone(train):
    train.show_state(views.training())
    seed = train.more.controls["seed"]
    seed.lineEdit().setText("12345")
    news = views.training()
    train.show_state(replace(news, train=replace(news.train, busy=Busy("Training", 121, 300))))
    assert seed.lineEdit().text() == "12345"


def test_what_is_compared_is_listed_with_its_kind(evaluate):
    evaluate.show_state(views.evaluate())
    rows = evaluate.list.rows
    assert [(row.name, row.is_model) for row in rows] == [
        ("TRN, appearance", True), (views.LONG, True), ("scores", False),
    ]  # fmt: skip
    ran = EvaluateSpec(("/tmp/a.csv",), "", models=("/models/a.safetensors",))
    assert [row.is_model for row in contenders(ran)] == [False]


def test_a_contender_is_taken_out_by_key_cross_and_menu(evaluate, qtbot):
    evaluate.show_state(views.evaluate())
    said, view = heard(evaluate.list.removed), evaluate.list
    view.select(1)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.cross(2).center().toPoint())
    view.menu(0).actions()[-1].trigger()
    assert said == [(1,), (2,), (0,)]


def test_a_contender_is_renamed_in_place(evaluate, qtbot):
    evaluate.show_state(views.evaluate())
    said, view = heard(evaluate.evaluateChanged), evaluate.list
    view.select(2)
    qtbot.keyClick(view, Qt.Key.Key_F2)
    field = view.findChild(QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, "GRU, pose")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(said))
    assert spec_of(said).names == ("TRN, appearance", views.LONG, "GRU, pose")
    assert view.name(2) == "GRU, pose"


def test_the_files_of_an_evaluation_are_put_away(evaluate, qtbot):
    evaluate.show_state(views.evaluate())
    said = heard(evaluate.evaluateChanged)
    qtbot.mouseClick(evaluate.labels.clear, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(evaluate.video.clear, Qt.MouseButton.LeftButton)
    write(qtbot, evaluate.frames.text, "0:100")
    before = views.evaluate().evaluate.spec
    assert spec_of(said) == replace(before, labels="", video="", frames=(0, 100))


def test_without_labels_of_its_own_an_evaluation_takes_those_of_the_project(evaluate):
    evaluate.show_state(views.evaluate(labels="", video=""))
    assert (evaluate.labels.name.text(), evaluate.video.name.text()) == ("none", "none")
    evaluate.show_state(replace(views.evaluate(labels="", video=""), teach=views.teach().teach))
    assert evaluate.labels.name.text() == "as marked in this project"
    evaluate.show_state(replace(views.evaluate(video=""), teach=views.teach().teach))
    assert (evaluate.labels.name.text(), evaluate.video.name.text()) == ("labels.csv", "none")


def test_an_evaluation_under_way_can_be_cancelled(qtbot):
    panel, view = made(qtbot, ActionsPanel), views.evaluate()
    panel.show_state(replace(view, evaluate=replace(view.evaluate, busy=Busy("Detecting", 1, 3))))
    said = heard(panel.progress.cancelled)
    assert not panel.page(views.Page.EVALUATE).add_model.isEnabled()
    qtbot.mouseClick(panel.progress.cancel, Qt.MouseButton.LeftButton)
    assert len(said) == 1


def test_nothing_to_compare_says_how_to_begin(evaluate):
    evaluate.show_state(views.evaluate(scores=(), models=(), names=()))
    assert evaluate.told.isVisible()
    assert not evaluate.list.isVisible()
