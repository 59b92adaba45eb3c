"""The faces preset in the real window: live recognition of the sample, enrolment, galleries, covering, undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engines.core.places import data_dir, pictures_dir
from engines.faces.detection.yunet import YuNet
from engines.faces.gallery.editing import Gallery
from tests.workbench.opened import Opened, until
from widgets.faces.state import FacesView, Page

Open = Callable[..., Opened]
SITTER = "Eileen Collins"
NEEDED = ("yunet", "sface", "astronaut")


def view(opened: Opened) -> FacesView:
    return opened.window.features["faces"].view


def faces(opened: Opened) -> tuple:
    found = view(opened).live.recognition
    return found.faces if found is not None else ()


@pytest.fixture
def watched(open_window: Open, qtbot, weights) -> Opened:
    """The sample portrait is playing and faces are looked for."""
    weights(*NEEDED)
    opened = open_window()
    opened.window.commands.run("window.faces")
    opened.window.commands.run("faces.sample")
    until(qtbot, lambda: any(face.evidence for face in faces(opened)), 60)
    return opened


def with_gallery(opened: Opened, qtbot, passphrase: str = "") -> Path:
    path = data_dir() / "people.faces"
    opened.window.features["faces"].galleries.create(str(path), passphrase)
    until(qtbot, lambda: view(opened).people.info is not None, 20)
    return path


def enrol(opened: Opened, qtbot) -> None:
    opened.window.features["faces"].panel.tracks.enrolWanted.emit(faces(opened)[0].track, SITTER)
    until(qtbot, lambda: any(face.name == SITTER for face in faces(opened)), 30)


def test_the_preset_shows_the_viewer_under_a_strip_of_pages(open_window: Open) -> None:
    window = open_window().window
    window.commands.run("window.faces")
    assert (window.centre.front, window.centre.strip) == ("viewer", "faces")
    window.features["faces"].board.tabs.setCurrentIndex(1)
    assert window.centre.front == "faces"
    assert window.features["faces"].view.page is Page.PEOPLE
    window.commands.run("view.one")
    assert window.features["faces"].view.page is Page.LIVE, "a layout of tiles is nothing without them"
    window.commands.run("window.monitor")
    assert (window.centre.front, window.centre.strip) == ("viewer", "")
    window.commands.run("faces.threshold")
    assert (window.centre.front, window.centre.strip) == ("faces", "faces")


def test_the_buttons_of_the_panel_do_what_they_say(open_window: Open) -> None:
    window = open_window().window
    window.commands.run("window.faces")
    window.features["faces"].panel.enrol.click()
    assert window.features["faces"].view.page is Page.ENROL
    window.features["faces"].panel.gallery.people.click()
    assert window.features["faces"].view.page is Page.PEOPLE


def test_the_sample_portrait_is_followed_as_one_unknown_person(watched: Opened, qtbot) -> None:
    seen: set[int] = set()
    until(qtbot, lambda: (seen.update(face.track for face in faces(watched)), faces(watched)[0].evidence >= 5)[1], 60)
    assert len(seen) == 1
    assert faces(watched)[0].name == ""
    assert len(watched.window.features["faces"].watch.lookers.paths()) == 1, (
        "one engine looks, however often it is asked"
    )


def test_a_click_enrols_and_undo_takes_it_back(watched: Opened, qtbot) -> None:
    path = with_gallery(watched, qtbot)
    enrol(watched, qtbot)
    with Gallery.open(path, read_only=True) as gallery:
        assert [person.name for person in gallery.people()] == [SITTER]
    watched.window.commands.run("edit.undo")
    until(qtbot, lambda: not view(watched).people.people, 20)
    until(qtbot, lambda: all(face.name == "" for face in faces(watched)), 20)
    watched.window.commands.run("edit.redo")
    until(qtbot, lambda: any(face.name == SITTER for face in faces(watched)), 30)


def test_a_name_typed_before_there_is_a_gallery_is_enrolled_once_one_is_made(watched: Opened, qtbot) -> None:
    watched.window.features["faces"].panel.tracks.enrolWanted.emit(faces(watched)[0].track, SITTER)
    assert watched.says(SITTER)
    path = with_gallery(watched, qtbot)
    until(qtbot, lambda: any(face.name == SITTER for face in faces(watched)), 30)
    with Gallery.open(path, read_only=True) as gallery:
        assert [person.name for person in gallery.people()] == [SITTER]


def test_not_this_person_is_remembered(watched: Opened, qtbot) -> None:
    with_gallery(watched, qtbot)
    enrol(watched, qtbot)
    track = faces(watched)[0].track
    watched.window.features["faces"].panel.tracks.refuseWanted.emit(track)
    until(qtbot, lambda: faces(watched) and all(face.name == "" for face in faces(watched)), 20)


def test_while_faces_are_covered_nothing_bare_is_shown_or_saved(watched: Opened, qtbot) -> None:
    settings = watched.window.features["faces"].form.settings
    watched.window.features["faces"].panel.settingsChanged.emit(replace(settings, blur="everyone"))
    until(qtbot, lambda: faces(watched) and all(face.mosaic for face in faces(watched)), 20)
    watched.window.commands.run("view.snapshot")
    watched.window.commands.run("view.record")
    until(qtbot, lambda: list(pictures_dir().glob("*.png")), 20)
    shown = watched.window.viewer._seats[0].shown
    until(qtbot, lambda: watched.window.viewer._seats[0].shown > shown + 15, 30)
    watched.window.commands.run("view.record")
    until(qtbot, lambda: watched.says("Recorded"), 20)
    saved = cv2.imread(str(next(pictures_dir().glob("*.png"))))
    assert saved is not None
    with av.open(str(next(pictures_dir().glob("*.mp4")))) as film:
        frames = [frame.to_ndarray(format="bgr24") for frame in film.decode(video=0)]
    assert len(frames) >= 10
    detector = YuNet()
    for picture in (saved, *frames[::5]):
        assert len(detector.detect(np.asarray(picture, np.uint8))) == 0


def test_a_recording_has_the_frames_of_the_tile_at_their_times(open_window: Open, qtbot) -> None:
    opened = open_window("scene:1")
    until(qtbot, lambda: opened.picture(0) is not None)
    opened.window.commands.run("view.record")
    assert opened.window.commands.action("view.record").isChecked()
    shown = opened.window.viewer._seats[0].shown
    until(qtbot, lambda: opened.window.viewer._seats[0].shown > shown + 15, 30)
    opened.window.commands.run("view.record")
    assert not opened.window.commands.action("view.record").isChecked()
    until(qtbot, lambda: opened.says("Recorded"), 20)
    with av.open(str(next(pictures_dir().glob("*.mp4")))) as film:
        times = [float(frame.time) for frame in film.decode(video=0)]
    assert len(times) >= 10
    assert times[0] == 0
    assert all(later > earlier for earlier, later in zip(times, times[1:], strict=False))
    assert 0.01 < np.median(np.diff(times)) < 0.5


def test_a_folder_is_reviewed_and_stored(open_window: Open, qtbot, weights, data: Path) -> None:
    weights(*NEEDED)
    opened = open_window()
    with_gallery(opened, qtbot)
    lfw = data / "faces" / "lfw_dev"
    files = [str(file) for name in ("Abdullah_Gul", "Abel_Pacheco") for file in sorted(lfw.glob(f"{name}_*.jpg"))[:4]]
    opened.window.features["faces"].reviews.gather(files)
    until(qtbot, lambda: view(opened).enrol.gathered is not None, 90)
    assert opened.window.centre.front == "faces"
    assert view(opened).page is Page.ENROL
    page = opened.window.features["faces"].board.page(Page.ENROL)
    page.list.taken.emit(0, False)
    page.store.click()
    until(qtbot, lambda: len(view(opened).people.people) == 2, 30)
    assert sum(person.faces for person in view(opened).people.people) == len(files) - 1
    assert view(opened).page is Page.PEOPLE
    until(qtbot, lambda: view(opened).threshold.report is not None, 30)


def test_a_protected_gallery_comes_back_locked_only_in_a_new_program(open_window: Open, qtbot, weights) -> None:
    weights(*NEEDED)
    opened = open_window()
    path = with_gallery(opened, qtbot, "correct horse")
    info = view(opened).people.info
    assert info is not None
    assert info.encrypted
    assert opened.end() == []
    again = open_window()
    until(qtbot, lambda: view(again).people.info is not None, 20)
    assert view(again).settings.gallery == str(path)


def test_what_is_no_gallery_is_refused_in_words(open_window: Open, qtbot, tmp_path: Path) -> None:
    opened = open_window()
    opened.window.commands.run("window.faces")
    broken = tmp_path / "broken.faces"
    broken.write_bytes(b"not a gallery" * 400)
    opened.drop(str(broken))
    until(qtbot, lambda: view(opened).trouble is not None, 20)
    trouble = view(opened).trouble
    assert trouble is not None
    assert trouble.path == str(broken)
    assert opened.sources == []
