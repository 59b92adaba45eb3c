"""The actions panel: it shows exactly its state, says what the user wants, and touches nothing that did not change."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QAbstractSpinBox, QApplication, QComboBox, QLineEdit

from engines.actions.types import Watched, WatchSettings
from engines.core.frames import Size, Stamp
from tests.widgets.actions import panel_views as views
from widgets.actions.panel.dock import PAGES, ActionsPanel
from widgets.actions.state import ActionsView, Page, Trouble, WatchView
from widgets.kit.panel import FOLDS

CAM = WatchView(views.SOURCES, "cam")
MODEL = WatchSettings("/models/lunges.safetensors")
SIZES = {"efficientnet-lite0": 18_800_000, "pose-detection": 2_960_000, "pose-landmarks": 6_440_000}


@pytest.fixture
def panel(qtbot):
    FOLDS.state.clear()
    made = ActionsPanel()
    qtbot.addWidget(made)
    made.resize(400, 1400)
    made.show()
    return made


def heard(signal) -> list:
    said: list = []
    signal.connect(lambda *values: said.append(values))
    return said


def watching(**changed: object) -> WatchView:
    told = Watched(Stamp("a", 0, 0, 0), Size(640, 480), head_rate=9.83)
    return replace(replace(CAM, running=True, card=views.card(), watched=told, rate=29.6), **changed)


def test_the_head_says_how_things_stand_and_what_can_be_done(panel):
    for view, state, verb, can in (
        (ActionsView(), "No source", "Start", False),
        (ActionsView(watch=CAM), "Not watching", "Start", True),
        (ActionsView(watch=CAM, settings=MODEL), "Not watching", "Start", True),
        (ActionsView(watch=CAM, settings=WatchSettings(pose=True)), "Not watching", "Start", True),
        (ActionsView(watch=replace(CAM, running=True)), "Opening", "Stop", True),
        (ActionsView(watch=watching()), "Watching Cam 1 with lunges, 9.8 decisions/s", "Stop", True),
        (ActionsView(watch=watching(card=views.card(views.LONG))), "Watching Cam 1, 9.8 decisions/s", "Stop", True),
        (ActionsView(watch=watching(card=None)), "Watching Cam 1, 30 frames/s", "Stop", True),
        (views.teach(), "12 segments of 4 classes", "Train\u2026", True),
        (views.teach(marking="squat", marking_from=190), "Marking squat", "Train\u2026", True),
        (views.train(), "1 clip, 12 segments", "Train", True),
        (views.training(), "Training, 120 of 300", "Train", False),
        (views.trained(), "mAP 98.2 % in 34 s", "Train", True),
        (views.train(folder="/data/thumos14"), "Benchmark thumos14", "Train", True),
        (views.evaluate(), "3 models to evaluate", "Evaluate", True),
        (views.evaluate(labels=""), "3 models to evaluate", "Evaluate", False),
        (replace(views.evaluate(labels=""), teach=views.teach().teach), "3 models to evaluate", "Evaluate", True),
        (views.evaluate(video=""), "3 models to evaluate", "Evaluate", False),
        (views.evaluate(scores=("a.csv", "b.csv", "c.csv"), video=""), "3 models to evaluate", "Evaluate", True),
        (views.evaluate(models=(), scores=()), "No model to evaluate yet", "Evaluate", False),
    ):
        panel.show_state(view)
        assert (panel.state, panel.start.text(), panel.start.isEnabled()) == (state, verb, can)
        assert panel.start.toolTip()


def test_results_are_counted_in_the_head(panel):
    one, two = views.evaluation("TRN", 0.988), views.evaluation("GRU", 0.971)
    view = views.evaluate()
    panel.show_state(replace(view, evaluate=replace(view.evaluate, results=(one,))))
    assert panel.state == "mAP 98.8 % over 180 frames"
    panel.show_state(replace(view, evaluate=replace(view.evaluate, results=(one, two))))
    assert panel.state == "2 models compared"


def test_the_one_action_of_each_page_by_mouse_and_by_key(panel, qtbot):
    told = heard(panel.start.clicked)
    for view in (
        ActionsView(watch=CAM, settings=MODEL),
        ActionsView(watch=watching()),
        views.teach(),
        views.train(),
        views.evaluate(),
    ):
        panel.show_state(view)
        before = len(told)
        qtbot.mouseClick(panel.start, Qt.MouseButton.LeftButton)
        qtbot.keyClick(panel.start, Qt.Key.Key_Space)
        assert len(told) == before + 2


def test_only_one_page_is_there_and_only_it_is_kept_up_to_date(panel):
    panel.show_state(views.teach())
    assert list(panel.made) == [Page.TEACH]
    panel.show_state(views.train())
    shown = [name for name, page in panel.made.items() if page.isVisible()]
    assert shown == [Page.TRAIN]
    before = panel.page(Page.TEACH).classes.list.rows
    panel.show_state(replace(views.train(), teach=replace(views.teach().teach, counts=())))
    assert panel.page(Page.TEACH).classes.list.rows == before


def test_pages_made_ahead_stay_out_of_sight(panel):
    panel.show_state(ActionsView(watch=CAM))
    made = 1
    while panel.prepare():
        made += 1
    QApplication.processEvents()
    assert [name for name, page in panel.made.items() if page.isVisible()] == [Page.WATCH]
    assert made == len(PAGES) == len(panel.made)
    panel.show_state(views.teach())
    assert [name for name, page in panel.made.items() if page.isVisible()] == [Page.TEACH]


def test_without_a_source_there_is_a_way_to_begin_where_one_is_needed(panel, qtbot):
    added, sampled = heard(panel.nothing.clicked), heard(panel.sample.clicked)
    for page, needed in ((Page.WATCH, True), (Page.TEACH, True), (Page.TRAIN, False), (Page.EVALUATE, False)):
        panel.show_state(ActionsView(page=page))
        assert (panel.nothing.isVisible(), panel.page(page).isVisible()) == (needed, not needed)
    panel.show_state(ActionsView())
    qtbot.mouseClick(panel.nothing.button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.sample, Qt.MouseButton.LeftButton)
    assert (len(added), len(sampled)) == (1, 1)


def test_the_source_is_chosen(panel):
    said = heard(panel.source.sourceChosen)
    panel.show_state(views.teach())
    assert panel.source.source.currentText() == "exercise.avi"
    panel.source.source.setCurrentIndex(0)
    panel.source.source.activated.emit(0)
    assert said == [("cam",)]


def test_networks_that_are_needed_and_not_here_are_offered_with_name_and_size(panel, qtbot):
    fetched = heard(panel.trouble.fetchWanted)
    for view, lacking in (
        (views.train(features="appearance"), ("efficientnet-lite0",)),
        (views.train(features="pose"), ("pose-detection", "pose-landmarks")),
        (views.train(features="both"), tuple(SIZES)),
        (views.train(folder="/data/thumos14"), ()),
        (ActionsView(watch=CAM, settings=WatchSettings(pose=True)), ("pose-detection", "pose-landmarks")),
        (ActionsView(watch=CAM), ("pose-detection", "pose-landmarks")),
        (ActionsView(watch=replace(CAM, card=views.card()), settings=MODEL), ("efficientnet-lite0",)),
    ):
        panel.show_state(replace(view, missing=MappingProxyType(SIZES)))
        assert panel.trouble.isVisible() == bool(lacking)
        assert panel.start.isEnabled() == (not lacking)
        for name in lacking:
            assert f"{name} {SIZES[name] / 1e6:.1f} MB" in panel.trouble.what.text()
        if lacking:
            assert panel.trouble.fetch.text() == f"Fetch {sum(SIZES[name] for name in lacking) / 1e6:.1f} MB"
            qtbot.mouseClick(panel.trouble.fetch, Qt.MouseButton.LeftButton)
    assert len(fetched) == 6


def test_what_went_wrong_is_said_once(panel, qtbot):
    wrong = Trouble("The labels overlap", path="/data/labels.csv")
    panel.show_state(replace(views.teach(), trouble=wrong))
    assert panel.trouble.isVisible()
    gone, logged = heard(panel.trouble.dismissed), heard(panel.trouble.logWanted)
    qtbot.mouseClick(panel.trouble.close_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.trouble.log, Qt.MouseButton.LeftButton)
    assert (len(gone), len(logged)) == (1, 1)
    panel.show_state(replace(views.train(), trouble=wrong))
    assert not panel.trouble.isVisible()


def test_the_foot_helps_and_copies_where_there_is_a_command(panel, qtbot):
    helped, copied = heard(panel.help.clicked), heard(panel.copy.clicked)
    panel.show_state(views.teach())
    assert not panel.copy.isVisible()
    panel.show_state(views.train())
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.help, Qt.MouseButton.LeftButton)
    assert (len(helped), len(copied)) == (1, 1)


def test_files_can_be_dropped(panel):
    said, data = heard(panel.dropped), QMimeData()
    data.setUrls([QUrl.fromLocalFile("/data/labels.csv")])
    none, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    panel.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, none))
    assert said == [(["/data/labels.csv"],)]


def test_everything_has_a_name_and_a_tip(panel):
    for view in (views.teach(), views.train(), views.training(), views.evaluate()):
        panel.show_state(view)
        for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit):
            for control in panel.page(view.page).findChildren(kind):
                if not control.objectName().startswith("qt_") and not isinstance(control.parent(), QAbstractSpinBox):
                    assert control.accessibleName(), control
                    assert control.toolTip(), control
        for table in panel.page(view.page).findChildren(QAbstractItemView):
            assert table.accessibleName() or not table.isVisible()
