"""A gallery that another recogniser made brings its own into use; what is missing is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engines.faces.gallery.editing import Gallery
from engines.faces.recognition.recognisers import open_recogniser
from tests.engines.faces.recognition.own_recognisers import own_recogniser
from tests.workbench.opened import Opened, until

Open = Callable[..., Opened]


def opened_on(opened: Opened, qtbot, path: Path) -> None:
    opened.window.features["faces"].galleries.open(str(path))
    until(qtbot, lambda: opened.window.features["faces"].galleries.path == str(path), 20)


def test_the_gallerys_own_recogniser_comes_into_use(open_window: Open, qtbot, weights, tmp_path: Path, group: Path):
    weights("sface", "yunet")
    model = own_recogniser(tmp_path / "good.onnx")
    Gallery.create(tmp_path / "g.faces", open_recogniser(model).card).close()
    opened = open_window()
    desk = opened.window.features["faces"]
    assert desk.form.settings.model == "sface"
    opened_on(opened, qtbot, tmp_path / "g.faces")
    until(qtbot, lambda: desk.form.settings.model == str(model), 20)
    assert opened.says("made with good")
    desk.reviews.gather([str(group)], "Anna")
    until(qtbot, lambda: desk.reviews.view.gathered is not None, 60)
    gathered = desk.reviews.view.gathered
    assert gathered is not None
    assert gathered.model_sha256 == open_recogniser(model).card.sha256
    assert f"--model {model}" in opened.jobs[0].command
    taken: list[object] = []
    desk.galleries.edited.connect(lambda: taken.append(True))
    for row in range(len(gathered.candidates)):
        desk.reviews.take(row, True)
    desk.reviews.store()
    until(qtbot, lambda: taken, 20)
    assert [person.name for person in desk.galleries.view.people] == ["Anna"]


def test_a_recogniser_that_is_missing_is_said(open_window: Open, qtbot, weights, tmp_path: Path):
    weights("sface")
    model = own_recogniser(tmp_path / "good.onnx")
    Gallery.create(tmp_path / "galleries.faces", open_recogniser(model).card).close()
    model.unlink()
    opened = open_window()
    opened_on(opened, qtbot, tmp_path / "galleries.faces")
    until(qtbot, lambda: opened.says("no longer where it was", str(model)), 20)
    assert opened.window.features["faces"].form.settings.model == "sface"
