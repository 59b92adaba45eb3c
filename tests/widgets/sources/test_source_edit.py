"""The form with a source that is open: it gives the same source back, or that with what was changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engines.cameras.types import (
    FileSource,
    FolderSource,
    SceneSource,
    Source,
    StreamSource,
    TiledSource,
    UsbCamera,
    UsbSource,
)
from widgets.sources.form import SourceForm

SECRET = "rtsp://ann:s3cret@gate.example.org/live"
SPLIT = TiledSource(SceneSource(seed=7), 2, 2, ("a", "b"), "Rig", ("north, far",))


@pytest.fixture
def form(qtbot):
    form = SourceForm()
    qtbot.addWidget(form)
    return form


def edited(form: SourceForm, source: Source) -> Source:
    made: list[Source] = []
    form.open_with(source)
    form.made.connect(made.append)
    form.add.click()
    form.made.disconnect(made.append)
    assert made, form.problem.text()
    return made[0]


def test_what_is_not_changed_comes_back_as_it_was(form, tmp_path) -> None:
    film = tmp_path / "a [1]: b.mp4"
    film.touch()
    for source in (
        FileSource(str(film), "Film", loop=True, speed=2.0),
        FolderSource(str(tmp_path), "", "left*.png", 12.0, loop=False),
        StreamSource(SECRET, "Gate", 4.0),
        SceneSource("Scene", cameras=2, seed=9),
        UsbSource("3", "Door", 200, 800, 600, 15.0, "Webcam"),
        SPLIT,
        TiledSource(StreamSource(SECRET), 1, 3),
    ):
        assert edited(form, source) == source


def test_a_password_is_kept_and_not_shown(form) -> None:
    form.open_with(StreamSource(SECRET))
    fields = form.fields["stream"]
    assert "s3cret" not in fields.url.text() + fields.url.toolTip() + form.windowTitle()
    fields.timeout.setValue(3)
    assert fields.source("") == StreamSource(SECRET, "", 3.0)
    fields.url.setText("rtsp://gate.example.org/other")
    assert fields.source("").url == "rtsp://gate.example.org/other"


def test_new_names_of_tiles_are_titles_and_another_split_begins_anew(form) -> None:
    form.open_with(SPLIT)
    fields = form.fields["tiled"]
    fields.names.setText("west, b, , east")
    assert fields.source("Rig") == replace(SPLIT, titles=("west", "", "", "east"))
    fields.rows.setValue(1)
    fields.names.setText("left, right")
    assert fields.source("Rig") == TiledSource(SceneSource(seed=7), 1, 2, ("left", "right"), "Rig")


def test_a_camera_that_is_unplugged_can_be_edited(form) -> None:
    form.set_cameras([UsbCamera("Other", "0")])
    assert edited(form, UsbSource("3", "Door", 200, camera="Webcam")) == UsbSource("3", "Door", 200, camera="Webcam")


def test_a_source_that_is_not_split_yet_is_not_called_one_tile(form, tmp_path) -> None:
    film = FileSource(str(tmp_path / "film.mp4"))
    form.open_with(TiledSource(film, 1, 1))
    assert form.windowTitle() == "Split film.mp4"
    form.open_with(TiledSource(film, 1, 2))
    assert form.windowTitle().startswith("Edit film.mp4")
