"""Two trainings never write one model: the second is told who does."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import main
from engines.core.locks import only_writer

SMALL = ("--data", "digits", "--name", "a", "--steps", "1", "--out")
TRAININGS = {
    "sample train": (("sample", "train", *SMALL), "", "a.checkpoint"),
    "sample classifier": (("sample", "classifier", *SMALL), "", "a.checkpoint"),
    "actions train": (("actions", "train", "a.mp4", "--labels", "a.csv", "--out"), "a", "a.safetensors"),
    "faces train": (("faces", "train", "photos", "--out"), "", "arcface-frozen.onnx"),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAININGS)
def test_the_second_is_told_of_the_first(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words, out, file = TRAININGS[name]
    with only_writer(tmp_path / file, "model"):
        there = sorted(tmp_path.iterdir())
        capsys.readouterr()
        assert main.main([*words, str(tmp_path / out), "--json"]) == 1
        message = json.loads(capsys.readouterr().out)["error"]["message"]
        assert f"is being written already, by process {os.getpid()} since" in message
        assert sorted(tmp_path.iterdir()) == there
