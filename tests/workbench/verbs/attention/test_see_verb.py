"""`attention see`: a recording and a sheet, and what cannot be said in words with the right exit code."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest

import main
from engines.attention.watching.recording import Recording


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    code = main.main(["attention", "see", *map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_recording_and_its_sheet_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, png = tmp_path / "a.npz", tmp_path / "a.png"
    asked = ["digits-unet", "--class", 3, "--steps", 3, "--seed", 5, "--out", file, "--png", png, "--patch", 2]
    code, told = said(capsys, *asked)
    assert code == 0
    assert (told["file"], told["png"], told["steps"]) == (str(file), str(png), [0, 1, 2])
    assert len(Recording.open(file).sites) == len(told["sites"])
    assert cv2.imread(str(png)) is not None


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (("analytic:digits",), 1, "no attention"),
        (("digits-unet", "--png", "a.jpg"), 2, "PNG"),
        (("digits-unet", "--head", 0), 2, "no head"),
        (("digits-unet", "--class", 33), 2, "33"),
    ],
)
def test_what_cannot_be_is_said(
    asked: tuple[object, ...], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended, told = said(capsys, *asked)
    assert ended == code
    assert says in told["error"]["message"]
