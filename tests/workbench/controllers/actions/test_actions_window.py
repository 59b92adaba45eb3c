"""The actions preset in the real window: labels with keys and undo, a training as a job, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from engines.actions.evaluation.reports import write_report
from engines.actions.labels.files import read_labels
from engines.actions.types import Segment
from engines.core.places import data_dir
from tests.workbench.opened import Opened, until
from widgets.actions.state import ActionsView, Page

Open = Callable[..., Opened]
APPEARANCE = ("efficientnet-lite0",)
LEARNED = (0, 100)


def view(opened: Opened) -> ActionsView:
    return opened.window.features["actions"].view


@pytest.fixture
def described(weights) -> None:
    """What describes frames is there, also for the workers that the window starts."""
    weights(*APPEARANCE)


@pytest.fixture
def teaching(open_window: Open, qtbot, film: Path) -> Opened:
    """The film stands still on its first frames, and is being labelled."""
    opened = open_window(str(film))
    opened.window.commands.run("window.actions")
    opened.window.commands.run("actions.teach")
    until(qtbot, lambda: view(opened).teach.video and opened.window.features["actions"].films.facts.frames, 20)
    opened.window.services.feeds.feed("file1").pause()
    return opened


def shown(opened: Opened, qtbot, frame: int) -> None:
    """Show this frame in the viewer."""
    desk = opened.window.features["actions"]
    desk.playhead.seek(float(desk.films.facts.times[frame]))
    until(qtbot, lambda: desk.playhead.frame == frame, 20)


def add_class(opened: Opened, *names: str) -> None:
    for name in names:
        opened.window.features["actions"].panel.page(Page.TEACH).classes.classAdded.emit(name)


def segments(opened: Opened) -> tuple[Segment, ...]:
    desk = opened.window.features["actions"]
    return desk.labels.labels(desk.films.video).segments


def test_the_preset_shows_viewer_and_timeline_and_gives_their_room_to_figures(open_window: Open) -> None:
    window = open_window().window
    window.commands.run("window.actions")
    assert (window.centre.front, window.centre.strip) == ("viewer", "actions")
    assert not window.docks.docks["timeline"].isHidden()
    window.commands.run("actions.evaluate")
    assert window.centre.front == "actions"
    assert window.docks.docks["timeline"].isHidden()
    assert window.features["actions"].board.tabs.currentIndex() == 3
    window.commands.run("view.one")
    assert window.features["actions"].view.page is Page.WATCH
    assert window.features["actions"].board.tabs.currentIndex() == 0
    assert not window.docks.docks["timeline"].isHidden()
    window.commands.run("window.monitor")
    assert window.centre.strip == ""
    assert window.docks.docks["timeline"].isHidden()


def test_keys_mark_segments_at_the_frames_that_are_shown(teaching: Opened, qtbot) -> None:
    add_class(teaching, "lunge", "stand")
    until(qtbot, lambda: len(view(teaching).teach.counts) == 2)
    window = teaching.window
    window.activateWindow()
    window.setFocus()
    until(qtbot, window.isActiveWindow)
    shown(teaching, qtbot, 10)
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert window.features["actions"].labels.open is not None
    shown(teaching, qtbot, 20)
    qtbot.keyClick(window, Qt.Key.Key_2)
    assert segments(teaching) == (Segment(10, 19, "lunge"),), "another key ends the one before it"
    shown(teaching, qtbot, 25)
    qtbot.keyClick(window, Qt.Key.Key_2)
    assert segments(teaching) == (Segment(10, 19, "lunge"), Segment(20, 25, "stand"))
    qtbot.keyClick(window, Qt.Key.Key_1)
    until(qtbot, lambda: view(teaching).timeline.marking == "lunge")  # Esc is on from here
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.features["actions"].labels.open is None
    assert len(segments(teaching)) == 2


def test_a_digit_after_a_class_was_added_marks_and_is_not_typed(teaching: Opened, qtbot) -> None:
    window, desk = teaching.window, teaching.window.features["actions"]
    classes = desk.panel.page(Page.TEACH).classes
    window.activateWindow()
    until(qtbot, window.isActiveWindow)
    classes.name.setFocus()
    qtbot.keyClicks(classes.name, "lunge")
    qtbot.keyClick(classes.name, Qt.Key.Key_Return)
    until(qtbot, lambda: len(view(teaching).teach.counts) == 1)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_1)
    assert classes.name.text() == ""
    assert desk.labels.open is not None


def test_every_edit_can_be_taken_back_and_made_again(teaching: Opened) -> None:
    add_class(teaching, "lunge")
    line, run = teaching.window.features["actions"].timeline.canvas, teaching.window.commands.run
    line.segmentAdded.emit(Segment(10, 20, "lunge"))
    line.segmentMoved.emit(0, 12, 30)
    line.splitWanted.emit(0, 20)
    line.relabelled.emit(1, "jump")
    line.segmentRemoved.emit(0)
    assert segments(teaching) == (Segment(20, 30, "jump"),)
    states = []
    for _ in range(5):
        run("edit.undo")
        states.append(segments(teaching))
    assert states[-1] == ()
    assert states[-2] == (Segment(10, 20, "lunge"),)
    assert states[1] == (Segment(12, 19, "lunge"), Segment(20, 30, "lunge"))
    for _ in range(5):
        run("edit.redo")
    assert segments(teaching) == (Segment(20, 30, "jump"),)


def test_labels_are_there_again_at_the_next_start(teaching: Opened, open_window: Open, qtbot) -> None:
    add_class(teaching, "lunge")
    teaching.window.features["actions"].timeline.canvas.segmentAdded.emit(Segment(4, 9, "lunge"))
    assert teaching.end() == []
    second = open_window()
    until(qtbot, lambda: [clip.segments for clip in view(second).teach.clips] == [1], 20)
    until(qtbot, lambda: segments(second) == (Segment(4, 9, "lunge"),), 20)


def test_labels_go_to_a_file_and_come_back(teaching: Opened, qtbot, film: Path, tmp_path: Path, monkeypatch) -> None:
    desk = teaching.window.features["actions"]
    desk.teaching.import_labels(str(film.with_name("labels.csv")))
    until(qtbot, lambda: len(view(teaching).teach.labels.segments) == 23, 20)
    target = tmp_path / "labels.eaf"
    monkeypatch.setattr(desk.dialogs, "new_labels", lambda _video: str(target))
    teaching.window.commands.run("actions.export-labels")
    until(qtbot, lambda: teaching.says("Saved", "labels.eaf"), 20)
    assert read_labels(target, desk.films.facts.times).segments == segments(teaching)


def test_broken_labels_are_said_and_change_nothing(teaching: Opened, qtbot, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("start_frame,end_frame,action\n4,nine,lunge\n")
    teaching.drop(str(broken))
    until(qtbot, lambda: view(teaching).trouble is not None, 20)
    trouble = view(teaching).trouble
    assert trouble is not None
    assert trouble.path == str(broken)
    assert segments(teaching) == ()


def test_a_file_that_is_no_model_is_said(open_window: Open, qtbot, tmp_path: Path) -> None:
    opened = open_window()
    opened.window.preset("actions")
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00notjson!")
    opened.drop(str(broken))
    until(qtbot, lambda: view(opened).trouble is not None, 20)
    assert view(opened).trouble.path == str(broken)


def test_without_labels_there_is_nothing_to_train_on(teaching: Opened, qtbot) -> None:
    teaching.window.features["actions"].training.start()
    until(qtbot, lambda: teaching.says("Mark segments"), 10)
    assert teaching.jobs == []


def test_a_model_is_listed_to_be_evaluated_once_it_is_trained(teaching: Opened) -> None:
    it = teaching.window.features["actions"]
    it.evaluating.add("other.safetensors")
    it.choose_page(Page.TRAIN)
    for _time in range(2):
        it.studies.trained.emit("new.safetensors")
    assert (it.form.evaluate.models, it.form.page) == (("other.safetensors", "new.safetensors"), Page.TRAIN)


@pytest.mark.slow
def test_from_labels_to_events(described: None, teaching: Opened, qtbot, film: Path) -> None:
    """The whole chain: labels, a job that trains, the model on the film, decisions on the timeline, figures."""
    window, desk = teaching.window, teaching.window.features["actions"]
    desk.teaching.import_labels(str(film.with_name("labels.csv")))
    until(qtbot, lambda: len(segments(teaching)) == 23, 20)
    out = data_dir() / "actions" / "quick.safetensors"
    spec = replace(desk.form.train, model="gru", frames=LEARNED, iterations=30, held_out=0.0, out=str(out))
    window.features["actions"].panel.page(Page.TRAIN).trainChanged.emit(spec)
    desk.choose_page(Page.TRAIN)
    window.features["actions"].panel.start.clicked.emit()
    until(qtbot, lambda: view(teaching).train.result is not None, 100)
    assert out.is_file()
    window.features["actions"].board.page(Page.TRAIN).watchWanted.emit(str(out))
    window.services.feeds.feed("file1").play()
    until(
        qtbot, lambda: len(view(teaching).timeline.tracks) == 1 and len(view(teaching).timeline.tracks[0].times) > 5, 60
    )
    track = view(teaching).timeline.tracks[0]
    assert track.classes == ("background", *desk.labels.labels(desk.films.video).classes)
    desk.watch.look("file1", False)
    desk.evaluating.add(str(out))
    desk.set_form(evaluate=replace(desk.form.evaluate, frames=LEARNED))
    window.features["actions"].panel.start.clicked.emit()
    until(qtbot, lambda: view(teaching).evaluate.results, 60)
    (result,) = view(teaching).evaluate.results
    assert result.frames == LEARNED[1]
    assert result.map > 0.5, "on what it has learned"
    report = write_report(str(data_dir() / "report.json"), (result,))
    assert json.loads(report.read_text())["models"][0]["map"] == pytest.approx(result.map)
