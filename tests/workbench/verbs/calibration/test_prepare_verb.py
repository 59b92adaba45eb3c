"""`calibrate prepare` and `calibrate rig` after it: what they print, and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import main
from tests.engines.calibration.rig.pictures import recordings as made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made.tiled_folder(tmp_path_factory.mktemp("verb"), made.moments(4))


def test_a_tiled_folder_is_cut_and_its_grid_seen(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = str(tmp_path / "out")
    line = ["calibrate", "prepare", folder, "--out", out]
    assert main.main([*line, "--tiles", "1x2", "--names", "left,right", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["cameras"], told["files"], told["frames"]) == (["left", "right"], ["left", "right"], 4)
    assert told["listing"] == f"{out}/cameras.yaml"
    assert main.main([*line, "--tiles", "auto"]) == 0
    assert "2 cameras, 480x270, 4 frames" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("--tiles", "2"), 2, "no grid of tiles"),
        (("--tiles", "1x7"), 1, "cannot be cut"),
        (("--tiles", "1x2", "--order", "a"), 2, "no list of tiles"),
        (("--tiles", "1x2", "--frames", "4:2"), 2, "no frames in"),
        (("--match", "luck"), 2, "no way to match"),
    ],
)
def test_refusals_have_their_exit_codes(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], code: int, words: str
):
    paths = [folder] if "--tiles" in args else [folder, str(tmp_path)]
    (tmp_path / "a.png").write_bytes(b"")
    assert main.main(["calibrate", "prepare", *paths, *args, "--out", str(tmp_path / "out"), "--json"]) == code
    assert words in json.loads(capsys.readouterr().out)["error"]["message"]
