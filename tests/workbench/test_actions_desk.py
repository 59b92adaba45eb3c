"""What the actions preset makes of sources that come and go, of edits before it knows the film, of files that vanish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engines.actions.marking import editing
from engines.actions.types import Labels, Segment
from tests.workbench.opened import Opened, until
from workbench.controllers import actions_reports
from workbench.controllers.actions import ActionsController

Open = Callable[..., Opened]


@pytest.fixture
def film(data: Path) -> Path:
    return data / "actions" / "exercise" / "exercise.avi"


@pytest.fixture
def opened(open_window: Open, qtbot, film: Path) -> Opened:
    opened = open_window(str(film))
    opened.window.commands.run("actions.teach")
    until(qtbot, lambda: desk(opened).facts.frames and labels(opened).frames, 20)
    return opened


def desk(opened: Opened) -> ActionsController:
    return opened.window.detection


def labels(opened: Opened) -> Labels:
    return desk(opened).labels.labels(desk(opened).video)


def test_labels_that_were_imported_at_once_know_the_film(open_window: Open, qtbot, film: Path) -> None:
    opened = open_window(str(film))
    opened.window.commands.run("actions.teach")
    until(qtbot, lambda: desk(opened).video, 20)
    desk(opened).films._known.clear()
    actions_reports.import_labels(desk(opened), str(film.with_name("labels.csv")))
    until(qtbot, lambda: labels(opened).segments, 20)
    until(qtbot, lambda: desk(opened).facts.frames, 20)
    assert labels(opened).frames == desk(opened).facts.frames
    assert labels(opened).rate == pytest.approx(10)


def test_undo_does_not_forget_how_long_the_film_is(opened: Opened) -> None:
    part = desk(opened).labels
    known = labels(opened)
    part._kept[desk(opened).video] = replace(part._kept[desk(opened).video], labels=replace(known, frames=0, rate=0.0))
    part.edit(desk(opened).video, "Add", lambda it: editing.add_class(it, "lunge"))
    part.know(desk(opened).video, known.frames, known.rate)
    opened.window.commands.run("edit.undo")
    assert (labels(opened).frames, labels(opened).rate) == (known.frames, known.rate)


def test_what_is_said_of_labels_is_worked_out_when_they_change(opened: Opened) -> None:
    part, video = desk(opened).labels, desk(opened).video
    part.add(video, Segment(0, 9, "lunge"))
    clips, counts, advice = part.clips(), part.counts(video), part.advice(video)
    assert (clips[0].segments, counts[0].segments) == (1, 1)
    assert part.clips() is clips
    assert part.counts(video) is counts
    assert part.advice(video) is advice
    part.add(video, Segment(20, 29, "lunge"))
    assert (part.clips()[0].segments, part.counts(video)[0].segments) == (2, 2)
    assert part.counts(video)[0].seconds == pytest.approx(2)


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
