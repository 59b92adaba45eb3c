"""What the actions preset makes of sources that come and go, of edits made early, and of files that vanish."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from engines.actions.labels import editing
from engines.actions.labels.files import read_labels
from engines.actions.study_types import DetectSpec
from engines.actions.types import Decision, HeadShape, Labels, ModelCard, Recipe, Segment, Watched
from engines.cameras.types import FeedState
from engines.core.frames import Size, Stamp
from tests.engines.actions.watching import make_film, make_model
from tests.workbench.opened import Opened, until
from widgets.actions.overlays import ActionPill
from widgets.actions.panel.now import stats_of
from widgets.actions.panel.words import watch_line
from widgets.actions.state import Page
from workbench.controllers.actions.command import detect_line
from workbench.controllers.actions.controller import ActionsController
from workbench.controllers.actions.form import new_model
from workbench.controllers.actions.playhead import begins_again
from workbench.controllers.actions.score_history import ScoreHistory

Open = Callable[..., Opened]


@pytest.fixture
def opened(open_window: Open, qtbot, film: Path) -> Opened:
    opened = open_window(str(film))
    opened.window.commands.run("actions.teach")
    until(qtbot, lambda: desk(opened).films.facts.frames and labels(opened).frames, 20)
    return opened


def desk(opened: Opened) -> ActionsController:
    return opened.window.features["actions"]


def labels(opened: Opened) -> Labels:
    return desk(opened).labels.labels(desk(opened).films.video)


def test_labels_that_were_imported_at_once_know_the_film(open_window: Open, qtbot, film: Path) -> None:
    opened = open_window(str(film))
    opened.window.commands.run("actions.teach")
    until(qtbot, lambda: desk(opened).films.video, 20)
    desk(opened).films.known.clear()
    desk(opened).teaching.import_labels(str(film.with_name("labels.csv")))
    until(qtbot, lambda: labels(opened).segments, 20)
    until(qtbot, lambda: desk(opened).films.facts.frames, 20)
    assert labels(opened).frames == desk(opened).films.facts.frames
    assert labels(opened).rate == pytest.approx(10)


def test_undo_does_not_forget_how_long_the_film_is(opened: Opened) -> None:
    part = desk(opened).labels
    known = labels(opened)
    video = desk(opened).films.video
    part._kept[video] = replace(part._kept[video], labels=replace(known, frames=0, rate=0.0))
    part.edit(video, "Add", lambda it: editing.add_class(it, "lunge"))
    part.know(video, known.frames, known.rate)
    opened.window.commands.run("edit.undo")
    assert (labels(opened).frames, labels(opened).rate) == (known.frames, known.rate)


def test_what_is_said_of_labels_is_worked_out_when_they_change(opened: Opened) -> None:
    part, video = desk(opened).labels, desk(opened).films.video
    part.add(video, Segment(0, 9, "lunge"))
    clips, counts, advice = part.clips(), part.of(video).counts, part.of(video).advice
    assert (clips[0].segments, counts[0].segments) == (1, 1)
    assert part.clips() is clips
    assert part.of(video).counts is counts
    assert part.of(video).advice is advice
    part.add(video, Segment(20, 29, "lunge"))
    assert (part.clips()[0].segments, part.of(video).counts[0].segments) == (2, 2)
    assert part.of(video).counts[0].seconds == pytest.approx(2)


def test_a_clip_whose_film_is_gone_says_so(opened: Opened, qtbot, tmp_path: Path) -> None:
    part, other = desk(opened).labels, tmp_path / "gone.avi"
    other.write_bytes(b"")
    part.add(str(other), Segment(0, 9, "lunge"))
    assert [clip.note for clip in part.clips()] == [""]
    other.unlink()
    desk(opened).choose_page("train")
    until(qtbot, lambda: [bool(clip.note) for clip in desk(opened).view.train.clips] == [True], 10)
    other.write_bytes(b"")
    desk(opened).choose_page("teach")
    until(qtbot, lambda: [clip.note for clip in desk(opened).view.train.clips] == [""], 10)


def test_another_film_by_the_same_name_has_no_decisions_yet(opened: Opened, film: Path) -> None:
    window, watch = opened.window, desk(opened).watch
    history = watch._histories.setdefault(("file1", "", "float32"), ScoreHistory())
    history.add(watched_at("file1"))
    track = watch.track()
    assert track is not None
    assert len(track.times) == 1
    window.sources.remove("file1")
    window.sources.add_dropped([str(film)])
    assert window.services.feeds.ids() == ["file1"]
    assert watch.track() is None


def test_a_model_never_takes_the_place_of_another_unasked(opened: Opened) -> None:
    spec = desk(opened).form.train
    first = new_model(spec)
    first.parent.mkdir(parents=True, exist_ok=True)
    first.write_bytes(b"a model")
    second = new_model(spec)
    second.write_bytes(b"another")
    assert len({first, second, new_model(spec)}) == 3


def test_an_evaluation_takes_the_labels_as_they_are_now(opened: Opened) -> None:
    part, video = desk(opened).labels, desk(opened).films.video
    part.add(video, Segment(0, 9, "lunge"))
    desk(opened).evaluating.add("model.safetensors")
    assert desk(opened).form.evaluate.labels == ""
    assert len(read_labels(desk(opened).evaluating.spec().labels).segments) == 1
    part.add(video, Segment(20, 29, "lunge"))
    spec = desk(opened).evaluating.spec()
    assert (spec.video, len(read_labels(spec.labels).segments)) == (video, 2)


def test_there_is_one_threshold(opened: Opened) -> None:
    form = desk(opened).form
    opened.window.features["actions"].panel.page(Page.WATCH).settingsChanged.emit(replace(form.settings, threshold=0.7))
    assert desk(opened).form.evaluate.threshold == 0.7
    opened.window.features["actions"].board.page(Page.EVALUATE).results.trade.thresholdChanged.emit(0.2)
    form = desk(opened).form
    assert (form.evaluate.threshold, form.settings.threshold, form.settings.release) == (0.2, 0.2, 0.2)


def test_the_button_of_the_panel_does_what_its_page_is_for(opened: Opened, monkeypatch) -> None:
    part, done = desk(opened), list[str]()
    for who, what in ((part.watching, "toggle"), (part.training, "start"), (part.evaluating, "start")):
        monkeypatch.setattr(who, what, lambda name=type(who).__name__: done.append(name))
    for name in (Page.WATCH, Page.TEACH, Page.TRAIN, Page.EVALUATE):
        part.choose_page(name)
        opened.window.features["actions"].panel.start.clicked.emit()
        done.append(part.form.page)
    assert done == ["Watching", Page.WATCH, Page.TRAIN, "Training", Page.TRAIN, "Evaluating", Page.EVALUATE]


def test_a_recording_that_the_toolbar_ends_is_the_film_to_mark(open_window: Open, qtbot) -> None:
    opened = open_window("scene:1")
    opened.window.commands.run("actions.teach")
    until(qtbot, lambda: opened.picture(0) is not None and desk(opened).watch.source, 20)
    camera, recorder = desk(opened).watch.source, desk(opened).recorder
    opened.window.features["actions"].panel.page(Page.TEACH).record.button.click()
    assert recorder.on
    shown = opened.window.viewer._seats[0].shown
    until(qtbot, lambda: opened.window.viewer._seats[0].shown > shown + 5, 30)
    opened.window.commands.run("view.record")
    until(qtbot, lambda: opened.says("Recorded"), 20)
    assert not recorder.on
    assert desk(opened).watch.source != camera
    assert desk(opened).films.video.endswith(".mp4")


def watched_at(source: str) -> Watched:
    decision = Decision(0, 1.0, (0.1, 0.9))
    return Watched(Stamp(source, 0, 0.0, 1.0), Size(4, 4), ("background", "lunge"), decisions=(decision,))


@pytest.fixture
def watching(open_window: Open, qtbot, tmp_path: Path) -> Opened:
    """A short film was watched to its end with a model that needs no network."""
    film = make_film(tmp_path / "film.mkv", 40, fps=20)
    model = make_model(tmp_path / "m.safetensors", kind="gru")
    opened = open_window(str(film))
    opened.window.commands.run("window.actions")
    part = desk(opened)
    part.watching.set_settings(replace(part.form.settings, threshold=0.3, release=0.27, least=0.1))
    part.watching.use_model(model.path)
    until(qtbot, lambda: part.films.video and part.films.facts.frames, 20)
    part.watch.look(part.watch.source, True)
    to_the_end(opened, qtbot)
    return opened


def to_the_end(opened: Opened, qtbot) -> None:
    """Play the film, or play it again, until its last picture was looked at."""
    watch, feed = desk(opened).watch, opened.window.services.feeds.feed("file1")
    until(qtbot, lambda: watch.watched() is not None, 30)
    feed.seek(0.0)
    feed.play()
    until(qtbot, lambda: feed.status().state is FeedState.ENDED, 30)
    until(qtbot, lambda: watch.watched().stamp.index == 39, 20)
    until(qtbot, lambda: not watch.moving and desk(opened).view.timeline.own is not None, 20)
    desk(opened).show_now()


def events(opened: Opened, tmp_path: Path, qtbot, monkeypatch) -> list[tuple[str, float, float | None]]:
    """Of the list; the lane and the file are told to have the same."""
    part, panel = desk(opened), opened.window.features["actions"].panel
    part.show_now()
    listed = [(each.action, each.start, each.end) for each in reversed(panel.page(Page.WATCH).events.list.rows)]
    assert [(each.action, each.start, each.end) for each in part.view.timeline.tracks[0].events] == listed
    target = tmp_path / f"events{len(list(tmp_path.iterdir()))}.csv"
    monkeypatch.setattr(part.dialogs, "events", lambda _stem: str(target))
    part.watching.export_events()
    until(qtbot, target.exists, 20)
    rows = list(csv.DictReader(target.read_text().splitlines()))
    assert [(row["action"], float(row["start_s"])) for row in rows] == [
        (action, pytest.approx(start, abs=1e-6)) for action, start, _ in listed
    ]
    return listed


def test_list_lane_and_file_have_the_same_events_however_often_it_is_watched(
    watching: Opened, qtbot, tmp_path: Path, monkeypatch
) -> None:
    once = events(watching, tmp_path, qtbot, monkeypatch)
    assert once
    assert all(end is not None for _, _, end in once), "the film is over"
    to_the_end(watching, qtbot)
    again = events(watching, tmp_path, qtbot, monkeypatch)
    for action in {action for action, _, _ in again}:
        spans = [(start, end) for each, start, end in again if each == action]
        assert all(before[1] <= after[0] for before, after in pairwise(spans)), "nothing is there twice"
    desk(watching).watching.toggle()
    assert not desk(watching).watch.running
    assert events(watching, tmp_path, qtbot, monkeypatch) == again, "stopping takes nothing away"
    desk(watching).watching.detect()
    until(qtbot, lambda: desk(watching).studies.whole(desk(watching).films.video), 60)
    whole = events(watching, tmp_path, qtbot, monkeypatch)
    assert len(desk(watching).view.timeline.tracks) == 1
    scores = desk(watching).view.timeline.own
    assert len(scores.times) == 40
    assert whole == [(each.action, each.start, each.end) for each in scores.events]


def test_a_picture_that_stands_still_follows_threshold_and_model(watching: Opened, qtbot, tmp_path: Path) -> None:
    part, panel = desk(watching), watching.window.features["actions"].panel

    def pill() -> ActionPill | None:
        found = watching.window.viewer._overlays["actions", "file1"][1]
        return next((each for each in found if isinstance(each, ActionPill)), None)

    before = part.view.timeline.own.events
    highest = max(part.watch.watched().now.probabilities)
    part.watching.set_threshold(highest - 0.01)
    assert pill().seen.sure
    part.watching.set_threshold(min(highest + 0.01, 1.0))
    assert not pill().seen.sure
    part.show_now()
    shown = {part.view.timeline.threshold, part.form.evaluate.threshold, panel.page(Page.WATCH).now.face.now.threshold}
    assert shown == {part.form.settings.threshold}
    assert part.view.timeline.own.events != before
    other = make_model(tmp_path / "other.safetensors", kind="frame")
    part.watching.use_model(other.path)
    part.show_now()
    assert part.view.timeline.own is None, "what another model saw is not shown as this one's"
    assert part.view.watch.watched is None
    until(qtbot, lambda: part.watch.watched() is not None, 20)
    assert (part.watch.watched().model, part.watch.watched().stamp.index) == (other.path, 39)
    until(qtbot, pill, 20)


def test_a_film_that_stands_still_has_no_latency_and_no_rates(watching: Opened, qtbot) -> None:
    part = desk(watching)
    for _ in range(3):
        part.watch.configure()
        part.show_now()
    assert [stat.label for stat in stats_of(part.view.watch, 30.0)] == ["Frames left out"]
    assert "decisions/s" not in watch_line(part.view)
    assert watching.window.viewer.latency_ms("file1") is None
    assert watching.window.sources._row("file1").latency_ms is None
    watching.window.viewer.show("file1", 1)
    until(qtbot, lambda: watching.window.viewer.grid.tile(1).view.has_picture, 10)
    watching.window.viewer.grid.tile(1).view.grab()
    assert watching.window.viewer.grid.tile(1).latency_ms() is None


def test_a_segment_stays_chosen_while_it_is_changed(opened: Opened, qtbot) -> None:
    part, line, run = desk(opened).labels, opened.window.features["actions"].timeline.canvas, opened.window.commands.run
    for first in (0, 20, 60):
        line.segmentAdded.emit(Segment(first, first + 9, "lunge"))
    line.segmentChosen.emit(1)
    line.segmentMoved.emit(1, 24, 29)
    line.segmentMoved.emit(part.selected, 24, 35)
    assert labels(opened).segments[part.selected] == Segment(24, 35, "lunge")
    line.relabelled.emit(part.selected, "jump")
    line.segmentMoved.emit(part.selected, 80, 90)
    assert labels(opened).segments[part.selected] == Segment(80, 90, "jump")
    run("edit.undo")
    assert labels(opened).segments[part.selected] == Segment(24, 35, "jump")
    line.segmentRemoved.emit(part.selected)
    assert part.selected == -1
    line.segmentChosen.emit(0)
    opened.window.sources.add_dropped(["scene:1"])
    desk(opened).watch.choose("scene1")
    until(qtbot, lambda: desk(opened).view.watch.source == "scene1", 10)
    assert part.selected == -1, "another source has other segments"


@pytest.mark.parametrize("steps", [0, 4])
def test_a_model_that_anticipates_nothing_runs_over_a_film_too(opened: Opened, monkeypatch, steps: int) -> None:
    shape = HeadShape("gru", (3,), future_steps=steps)
    card = ModelCard("m", ("background", "lunge"), shape, Recipe(("appearance",), (3,)))
    started: list[DetectSpec] = []
    monkeypatch.setattr(desk(opened).studies, "detect", started.append)
    desk(opened).form = desk(opened).form.with_model("m.safetensors")
    desk(opened).watching.cards.known["m.safetensors"] = card
    desk(opened).watching.set_settings(replace(desk(opened).form.settings, threshold=0.7, weights="int8"))
    desk(opened).show_now()
    desk(opened).watching.detect()
    assert (started[0].ahead, started[0].threshold, started[0].weights) == (steps > 0, 0.7, "int8")
    said = detect_line(started[0]).split()
    assert ("--ahead" in said) == (steps > 0)
    assert said[said.index("--threshold") + 1] == "0.7"


def test_fetch_fetches_what_the_card_names(opened: Opened, qtbot, monkeypatch) -> None:
    panel, asked = opened.window.features["actions"].panel, list[tuple[str, ...]]()
    monkeypatch.setattr(desk(opened).store, "fetch", asked.append)
    panel.sample.click()
    until(qtbot, lambda: desk(opened).view.trouble is not None, 10)
    panel.trouble.fetchWanted.emit()
    desk(opened).dismiss()
    until(qtbot, lambda: desk(opened).view.trouble is None, 10)
    panel.trouble.fetchWanted.emit()
    assert asked == [("walking",), ("pose-detection", "pose-landmarks")]


def test_the_open_segment_goes_with_its_class(opened: Opened) -> None:
    part, video = desk(opened).labels, desk(opened).films.video
    classes = opened.window.features["actions"].panel.page(Page.TEACH).classes
    for name in ("lunge", "stand"):
        classes.classAdded.emit(name)
    part.mark(video, "lunge", 5, "actions")
    classes.classRenamed.emit("lunge", "step")
    classes.classRemoved.emit("stand")
    part.mark(video, "step", 9, "actions")
    assert labels(opened) == replace(labels(opened), segments=(Segment(5, 9, "step"),), classes=("step",))
    part.mark(video, "step", 20, "actions")
    classes.classRemoved.emit("step")
    assert part.open is None


def test_an_open_segment_ends_with_a_film_that_begins_again(opened: Opened) -> None:
    part, video, frames = desk(opened).labels, desk(opened).films.video, labels(opened).frames
    part.mark(video, "lunge", 9, "actions")
    part.mark(video, "lunge", 2, "actions")
    assert part.open is not None, "a frame before it neither ends nor drops it"
    assert opened.says("begins after this picture")
    desk(opened).playhead.looped.emit()
    assert labels(opened).segments == (Segment(9, frames - 1, "lunge"),)
    assert part.open is None


def test_a_film_that_plays_over_and_over_ends_what_is_open(opened: Opened, qtbot) -> None:
    part, video, last = desk(opened).labels, desk(opened).films.video, labels(opened).frames - 1
    head, feed = desk(opened).playhead, opened.window.services.feeds.feed("file1")
    feed.pause()
    feed.set_loop(True)
    head.seek(float(desk(opened).films.facts.times[last - 5]))
    until(qtbot, lambda: head.frame == last - 5, 20)
    part.mark(video, "lunge", last - 5, "actions")
    feed.play()
    until(qtbot, lambda: labels(opened).segments == (Segment(last - 5, last, "lunge"),), 8)


def test_a_film_begins_again_only_from_its_end_to_its_beginning() -> None:
    first, late, last = (Stamp("film", index, 0.0, index / 10) for index in (1, 50, 98))
    assert begins_again(last, first, 10.0)
    assert not any((begins_again(late, first, 10.0), begins_again(first, last, 10.0), begins_again(last, first, None)))


def test_a_film_that_no_tile_shows_is_not_marked_in_silence(opened: Opened) -> None:
    classes = opened.window.features["actions"].panel.page(Page.TEACH).classes
    classes.classAdded.emit("lunge")
    opened.window.viewer.empty(0)
    desk(opened).watch.choose("file1")
    classes.list.markWanted.emit("lunge")
    assert opened.says("Show the film in a tile")
    assert desk(opened).labels.open is None


def test_a_film_that_is_opened_again_is_looked_at_again(opened: Opened, qtbot) -> None:
    video = desk(opened).films.video
    opened.window.sources.remove("file1")
    assert video not in desk(opened).films.known
    opened.window.commands.run("edit.undo")
    until(qtbot, lambda: desk(opened).films.facts.frames, 10)
