"""One rule for all that is written: what somebody else put in a folder or at a name keeps every byte.

Every command with a folder or file to write is listed here, and what the window's dialogs call.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

import main
from engines.actions.evaluation.reports import write_report
from engines.actions.labels.event_files import write_events
from engines.actions.labels.files import write_labels
from engines.actions.types import Event, Labels, Segment
from engines.core.context import PlainContext
from engines.core.errors import KinoscopeError
from engines.core.places import data_dir
from engines.faces.gaze import fit as gaze_fit
from engines.faces.gaze.screen_model import ScreenModel
from engines.faces.study_types import GazeFitSpec
from engines.generative.diffusion.sampling import job as sampling
from engines.generative.diffusion.types import SampleSpec
from tests.engines.faces.gallery.galleries import cheap_scrypt as cheap_scrypt
from tests.engines.faces.gallery.galleries import filled
from workbench.controllers.faces import dialogs
from workbench.project.bundle import export
from workbench.project.file import Project

pytestmark = pytest.mark.usefixtures("cheap_scrypt")


def _npy() -> bytes:
    content = io.BytesIO()
    np.save(content, np.arange(4))
    return content.getvalue()


PNG = cv2.imencode(".png", np.zeros((4, 4), np.uint8))[1].tobytes()
FOREIGN = {
    "text": b"frames of mine\n",
    "table": b"a,b\n1,2\n",
    "json": b'{"files": {}, "mine": 1}',
    "png": PNG,
    "npy": _npy(),
    "film": b"\0\0\0\x18ftypisom mine",
    "pdf": b"%PDF-1.7 mine",
    "network": b"\x08\x08mine",
    "weights": (2).to_bytes(8, "little") + b"{}",
}


ONE = ("weights",)
"""Where the data are read before the place is looked at."""


@dataclass(frozen=True)
class Writes:
    """act(here, out): writes `out`. target: its name; names: what else it writes. own: contents that it may replace."""

    act: Callable[[Path, Path], object]
    target: str
    names: tuple[str, ...] = ("",)
    own: tuple[str, ...] = ()
    foreign: tuple[str, ...] = tuple(FOREIGN)


def _run(*arguments: str) -> None:
    """The command; raises what it refuses with, so that commands and dialogs are asked alike."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = main.main([*arguments, "--json"])
    if code:
        raise KinoscopeError(json.loads(out.getvalue())["error"]["message"])


def _verb(*words: str) -> Callable[[Path, Path], None]:
    """A command whose words may name `here/`; OUT is where to."""
    return lambda here, out: _run(*[str(out) if w == "OUT" else w.replace("HERE", str(here)) for w in words])


LABELS = Labels((Segment(0, 3, "walk"),), ("walk",), 25.0)
EVENTS = (Event("walk", 0.0, 1.0, 0.8, 0.9),)
BOARD = "chessboard:9x6:25mm"
BOARDS = ("--board", BOARD)
DIGITS = ("analytic:digits", "--steps", "2")
FILES = {
    "calibrate mono yaml": Writes(_verb("calibrate", "mono", "HERE/photos", *BOARDS, "--out", "OUT"), "a.yaml"),
    "calibrate mono json": Writes(_verb("calibrate", "mono", "HERE/photos", *BOARDS, "--out", "OUT"), "a.json"),
    "calibrate board": Writes(_verb("calibrate", "board", BOARD, "--out", "OUT"), "a.pdf"),
    "sample flow": Writes(_verb("sample", "flow", "--steps", "2", "--out", "OUT"), "a.npz"),
    "sample flow in a folder": Writes(_verb("sample", "flow", "--steps", "2", "--out", "HERE"), "flow.npz"),
    "sample train": Writes(
        _verb("sample", "train", "--data", "digits", "--name", "a", "--steps", "1", "--out", "HERE"),
        "a.safetensors", ("", "a.json"),
    ),
    "sample train onto a checkpoint": Writes(
        _verb("sample", "train", "--data", "digits", "--name", "a", "--steps", "1", "--out", "HERE"),
        "a.checkpoint", foreign=ONE,
    ),
    "sample reflow": Writes(
        _verb("sample", "train", "--data", "mnist", "--reflow-of", "mnist-flow", "--process", "flow", "--prediction",
              "u", "--name", "a", "--batch", "1", "--reflow-pairs", "1", "--out", "HERE"),
        "a.pairs", foreign=ONE,
    ),
    "sample classifier": Writes(
        _verb("sample", "classifier", "--data", "digits", "--name", "a", "--steps", "1", "--out", "HERE"),
        "a.safetensors", ("", "a.json"), foreign=ONE,
    ),
    "sample export grid": Writes(_verb("sample", "export", "HERE/run", "--out", "OUT"), "a.png", own=("png",)),
    "sample export strip": Writes(
        _verb("sample", "export", "HERE/run", "--kind", "strip", "--out", "OUT"), "a.png", own=("png",)
    ),
    "sample export gif": Writes(_verb("sample", "export", "HERE/run", "--kind", "gif", "--out", "OUT"), "a.gif"),
    "sample export mp4": Writes(
        _verb("sample", "export", "HERE/run", "--kind", "mp4", "--out", "OUT"), "a.mp4", own=("film",)
    ),
    "faces redact a picture": Writes(_verb("faces", "redact", "HERE/a picture.png", "OUT"), "b.png", own=("png",)),
    "faces redact a film": Writes(_verb("faces", "redact", "HERE/a film.mp4", "OUT"), "b.mp4", own=("film",)),
    "faces train": Writes(
        _verb("faces", "train", "HERE/photos", "--out", "HERE"),
        "arcface-frozen.onnx", ("", "arcface-frozen.json"),
    ),
    "gaze calibration": Writes(
        lambda here, out: gaze_fit.run(GazeFitSpec((), (9, 9), (9, 9), out=str(out)), PlainContext()), "gaze.json"
    ),
    "kept gaze calibration": Writes(lambda here, out: _screen().save(out), "gaze.json"),
    "actions features": Writes(
        _verb("actions", "features", "HERE/a film.mp4", "--out", "OUT"), "a.npy", ("", "a.json"), own=("npy",)
    ),
    "actions detect": Writes(
        _verb("actions", "detect", "HERE/m.safetensors", "HERE/a film.mp4", "--out", "OUT", "--ahead"),
        "s.csv", ("", "s.ahead.npy"), own=("npy",),
    ),
    "actions detect events": Writes(
        _verb("actions", "detect", "HERE/m.safetensors", "HERE/a film.mp4", "--out", "HERE/s.csv", "--events", "OUT"),
        "e.csv",
    ),
    "actions detect events for ELAN": Writes(
        _verb("actions", "detect", "HERE/m.safetensors", "HERE/a film.mp4", "--out", "HERE/s.csv", "--events", "OUT"),
        "e.eaf",
    ),
    "actions train": Writes(
        _verb("actions", "train", "HERE/a film.mp4", "--labels", "HERE/labels.csv", "--out", "OUT"), "m.safetensors"
    ),
    **{
        f"actions labels {name}": Writes(
            _verb("actions", "labels", "HERE/labels.csv", "--rate", "25", "--out", "OUT"), name
        )
        for name in ("l.csv", "l.json", "l.eaf", "l.via.json", "l.activitynet.json")
    },
    **{
        f"labels of the window {name}": Writes(
            lambda here, out: write_labels(out, LABELS, np.arange(9) / 25), name
        )
        for name in ("l.csv", "l.json", "l.eaf")
    },
    **{
        f"events of the window {name}": Writes(
            lambda here, out: write_events(out, EVENTS, np.arange(9) / 25), name
        )
        for name in ("e.csv", "e.json", "e.eaf", "e.via.json")
    },
    "actions report json": Writes(lambda here, out: write_report(out, ()), "r.json", own=("json",)),
    "actions report csv": Writes(lambda here, out: write_report(out, ()), "r.csv", own=("table",)),
    "faces report json": Writes(lambda here, out: _report(out), "r.json", own=("json",)),
    "faces report csv": Writes(lambda here, out: _report(out), "r.csv", own=("table",)),
}  # fmt: skip
FOLDERS = {
    "sample": Writes(_verb("sample", *DIGITS, "-n", "2", "--out", "OUT"), "out", ("0000.png", "grid.png", "steps.npz")),
    "sample points": Writes(_verb("sample", "analytic:moons", "--steps", "2", "--out", "OUT"), "out", ("points.npy",)),
    "sample compare": Writes(
        _verb("sample", "compare", "analytic:moons", "--steps", "2", "--x", "sampler=euler,heun", "--out", "OUT"),
        "out", ("compare.png", "cells/00-00/grid.png"),
    ),
    "faces export": Writes(
        _verb("faces", "export", "HERE/g.faces", "Person 0", "--out", "OUT"), "out", ("person.json",)
    ),
    "labels of the window for THUMOS": Writes(
        lambda here, out: write_labels(out, LABELS, np.arange(9) / 25, "a.mp4"),
        "out", ("walk_test.txt",),
    ),
    "bundle of a project": Writes(lambda here, out: _bundle(out), "out", ("source/a.json",)),
    "tour": Writes(_verb("tour", "--only", "nothing is called this", "--out", "OUT"), "out", ("01-start.png",)),
}  # fmt: skip


def _report(out: Path) -> None:
    dialogs.write_report(str(out), {"a": 1}, [["a", "b"], [1, 2]])


def _screen() -> ScreenModel:
    return ScreenModel((9, 9), (9, 9), 9, np.zeros(10), np.zeros((15, 2)), 1.0, np.zeros((0, 0)), np.zeros((0, 0)))


def _bundle(out: Path) -> None:
    project = Project(data_dir() / "p.kino")
    try:
        project.put("source", "a", {"kind": "scene"})
        export(project, out)
    finally:
        project.close()


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands are made from."""
    here = tmp_path_factory.mktemp("there")
    sampling.run(SampleSpec("analytic:digits", steps=2, out=str(here / "run")), PlainContext())
    (here / "labels.csv").write_text("start_frame,end_frame,action\n0,3,walk\n")
    (here / "a picture.png").write_bytes(PNG)
    for name in ("a film.mp4", "m.safetensors"):
        (here / name).write_bytes(b"not looked at")
    (here / "photos").mkdir()
    (here / "photos" / "a_1.png").write_bytes(PNG)
    return here


def _all(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def here(there: Path, tmp_path: Path) -> Path:
    for name, content in _all(there).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


IN_THE_WAY = r"file of this name already|The folder holds|The checkpoint cannot be read"


def _refused(case: Writes, here: Path) -> None:
    before = _all(here)
    with pytest.raises(KinoscopeError, match=IN_THE_WAY):
        case.act(here, here / case.target)
    after = _all(here)
    assert {path: after.get(path) for path in before} == before
    assert [path for path in after if path not in before] == []


@pytest.mark.parametrize("name", FILES)
def test_another_file_of_the_name_keeps_every_byte(name: str, here: Path) -> None:
    case = FILES[name]
    for place in (here / (each or case.target) for each in case.names):
        for kind in set(case.foreign) - set(case.own):
            place.write_bytes(FOREIGN[kind])
            _refused(case, here)
            place.unlink()


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_with_anything_else_keeps_every_byte(name: str, here: Path) -> None:
    case = FOLDERS[name]
    if name == "faces export":
        filled(here / "g.faces", people=1).close()
    for each in (*case.names, "0007.png", "notes.txt", "files.json", "run.json"):
        place = here / case.target / each
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(FOREIGN["json"])
        _refused(case, here)
        place.unlink()


@pytest.mark.parametrize("name", [name for name in FOLDERS if name not in ("faces export", "tour")])
def test_a_folder_is_written_again_and_refused_once_something_else_is_in_it(name: str, here: Path) -> None:
    case = FOLDERS[name]
    for _ in range(2):
        case.act(here, here / case.target)
    (here / case.target / "mine.png").write_bytes(PNG)
    _refused(case, here)


@pytest.mark.parametrize(
    ("words", "replaced"),
    [
        (("actions", "labels", "HERE/labels.csv", "--out", "HERE/labels.csv"), "labels.csv"),
        (("actions", "detect", "HERE/m.safetensors", "HERE/a film.mp4", "--out", "HERE/a film.mp4"), "a film.mp4"),
        (("faces", "redact", "HERE/a picture.png", "HERE/a picture.png"), "a picture.png"),
        (("sample", "export", "HERE/run", "--out", "HERE/run/0000.png"), "run/0000.png"),
        (("sample", "HERE/run/0000.png", "--out", "HERE/run"), "run/0000.png"),
        (("sample", *DIGITS, "--image", "HERE/run/0000.png", "--out", "HERE/run"), "run/0000.png"),
        (("sample", "compare", "analytic:digits", "--x", "steps=2,3", "--out", "HERE/run"), "run/0000.png"),
    ],
)  # fmt: skip
def test_nothing_takes_the_place_of_what_it_is_made_from(words: tuple[str, ...], replaced: str, here: Path) -> None:
    before = _all(here)
    with pytest.raises(KinoscopeError, match="replace what it is made from|not of an earlier comparison"):
        _verb(*words)(here, here)
    assert _all(here) == before
    assert replaced in before


def test_json_says_which_file_is_in_the_way(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "photos" / "b.png").write_bytes(PNG)
    capsys.readouterr()
    assert main.main(["sample", *DIGITS, "--out", str(here / "photos"), "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["message"].endswith("not of an earlier run: a_1.png")
    assert error["path"] == str(here / "photos")
    assert "another folder" in error["hint"]
