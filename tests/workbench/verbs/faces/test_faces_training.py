"""The verb `faces train`: a folder becomes a recogniser that other verbs open, and what cannot be is said in words."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

import main
from engines.core.errors import UsageError
from engines.faces.recognition.recognisers import open_recogniser
from engines.faces.study_types import HeadResult, HeadSpec
from engines.faces.training import job as heads
from workbench.controllers.faces.command import train_line
from workbench.verbs.faces.training import parsed


def _said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main.main(["faces", "train", *map(str, arguments), "--json"])
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return code, json.loads(out)


def test_a_folder_becomes_a_recogniser(people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("Ada", "Ben"):
        (tmp_path / name).mkdir()
        for index in (1, 2, 3):
            (tmp_path / name / f"{index}.jpg").symlink_to(people / f"{name}_{index:04d}.jpg")
    out = tmp_path / "out"
    code, said = _said(capsys, tmp_path, "--out", out, "--loss", "cosface", "--margins", "1,0,0.4", "--steps", 20)
    assert code == 0
    assert (said["people"], said["images"], said["held_out"]) == (2, 6, 2)
    assert said["loss"][-1][0] == said["held_out_accuracy"][-1][0] == 20
    assert open_recogniser(said["file"]).card.dim == 128
    card = json.loads((out / "cosface-frozen.json").read_text(encoding="utf-8"))
    assert card["loss"] == {"name": "cosface", "margins": [1.0, 0.0, 0.4], "scale": 32.0, "sample": 1.0}


def test_what_cannot_be_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for extra, code, words in (
        (("--margins", "1,2"), 2, "three numbers"),
        (("--loss", "triplet"), 2, "triplet"),
        (("--batch", 0), 2, "faces a step"),
        ((), 1, "no picture"),
    ):
        got, said = _said(capsys, tmp_path, "--out", tmp_path / "out", *extra)
        assert got == code
        assert words in said["error"]["message"]
    assert not (tmp_path / "out").exists()


def test_margins_as_they_are_written() -> None:
    assert parsed("") is None
    assert parsed("1, 0.5,0") == (1.0, 0.5, 0.0)
    for wrong in ("1", "1,2,x", "1;2;3", "1,2,3,4"):
        with pytest.raises(UsageError, match="three numbers"):
            parsed(wrong)


@pytest.mark.parametrize(
    "spec",
    [
        HeadSpec("my people", "out"),
        HeadSpec("p", "o", "cosface", (1.0, -0.1, 0.4), 48.5, "own.onnx", "small", 64, 7, 8, 0.01, 0.25, 0.3, 5),
    ],
)
def test_the_pages_command_asks_for_the_same(spec: HeadSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[HeadSpec] = []

    def run(got: HeadSpec, _ctx: object) -> HeadResult:
        asked.append(got)
        return HeadResult("", 1.0, (1.0, 2.0), 2, 4, 1.0)

    monkeypatch.setattr(heads, "run", run)
    python, file, *words = shlex.split(train_line(spec))
    assert (python, file) == ("python", "main.py")
    assert main.main(words) == 0
    assert asked == [spec]


def test_the_window_knows_the_losses_without_torch() -> None:
    from subprocess import run

    told = "import sys, engines.faces.training.margin_choices, engines.faces.study_types; print('torch' in sys.modules)"
    assert run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.strip() == "False"
