"""Behind the page Compare of the rig: files are read and compared away from the window, anew where one is another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject

from engines.calibration.formats import rig_toml
from engines.calibration.formats.rig_files import save
from tests.engines.calibration.formats.some_rigs import FOURS, RIGS
from workbench.controllers.calibration.rig.compare import Compare
from workbench.threads.background import Errands


@pytest.fixture
def made(qtbot, tmp_path: Path):
    save(FOURS, tmp_path / "four.json")
    save(RIGS["brown"], tmp_path / "brown.json")
    owner, errands = QObject(), Errands("rig files")
    desk = SimpleNamespace(
        session=SimpleNamespace(result=FOURS), files=SimpleNamespace(ask_rig=lambda: str(tmp_path / "brown.json"))
    )
    part = Compare(desk, errands, owner)
    part.changed.connect(part.follow)
    yield part, tmp_path
    errands.request_stop()
    assert errands.join(5)


def view(part: Compare):
    return part.fields["compare"]


def test_what_is_shown_is_compared_with_a_file(made, qtbot) -> None:
    part, folder = made
    part.begin()
    qtbot.waitUntil(lambda: view(part).comparison is not None)
    assert (view(part).first, view(part).second) == ("", str(folder / "brown.json"))
    assert view(part).comparison.only_second == ("cam 2",)
    first = view(part).comparison
    part.follow()
    assert view(part).comparison is first
    part.lay("cam 1")
    qtbot.waitUntil(lambda: view(part).comparison is not None)
    assert (view(part).about, view(part).comparison.about) == ("cam 1", "cam 1")
    part.choose(str(folder / "four.json"), view(part).second)
    assert view(part).about == ""
    qtbot.waitUntil(lambda: view(part).comparison is not None)
    assert view(part).comparison.base == FOURS


def test_what_cannot_be_read_is_told(made, qtbot) -> None:
    part, folder = made
    (folder / "bad.json").write_text("{}")
    part.choose("", str(folder / "bad.json"))
    qtbot.waitUntil(lambda: part.trouble is not None)
    assert part.trouble.title == "Not compared"
    assert view(part).problem == "These cannot be set side by side"
    part.forget()
    assert view(part).second == ""


def test_a_unit_that_no_file_says_is_asked_for(made, qtbot) -> None:
    part, folder = made
    far = tuple(replace(one, tvec=tuple(1e3 * value for value in one.tvec)) for one in FOURS.cameras)
    text = rig_toml.to_aniposelib(replace(FOURS, cameras=far)).replace('unit = "m"', "")
    (folder / "board-units.toml").write_text(text)
    asked = []
    part.desk.files.ask_unit = lambda words: asked.append(words) or ("mm" if len(asked) > 1 else "")
    part.choose("", str(folder / "board-units.toml"))
    qtbot.waitUntil(lambda: part.trouble is not None)
    part.choose("", "")
    part.choose("", str(folder / "board-units.toml"))
    qtbot.waitUntil(lambda: view(part).comparison is not None)
    assert view(part).comparison.scale_percent == pytest.approx(0, abs=1e-9)
    assert len(asked) == 2


def test_without_a_first_one_it_says_what_to_do(made) -> None:
    part, folder = made
    part.desk.session.result = None
    part.choose("", str(folder / "four.json"))
    assert view(part).problem.startswith("Calibrate first")
