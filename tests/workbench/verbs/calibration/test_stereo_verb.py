"""`calibrate stereo` from the outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import main
from workbench.verbs.calibration.stereo import spread

PROMISED = (
    *("rms_px", "baseline_m", "rotation_deg", "rectified_dy_rms_px", "rectified_dy_max_px", "epipolar_px"),
    *("cameras", "verdict", "reasons", "seconds"),
)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("--left a b --right c d --json", "--left a --left b --right c --right d --json"),
        ("--left a --left b --right c", "--left a --left b --right c"),
        ("--board x --left a b --out c d", "--board x --left a --left b --out c d"),
    ],
)
def test_files_that_a_shell_names_all_belong_to_their_side(given: str, told: str) -> None:
    assert spread(given.split()) == told.split()


def test_a_pair_is_told_as_promised(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = data / "calibration" / "opencv_stereo_chessboard"
    sides = [
        word for side in ("left", "right") for word in (f"--{side}", *map(str, sorted(folder.glob(f"{side}0*.jpg"))))
    ]
    code = main.main(["calibrate", "stereo", *sides, "--board", "chessboard:9x6:25mm", "--no-held-out", "--json"])
    said = json.loads(capsys.readouterr().out)
    assert code == 0
    assert set(PROMISED) <= set(said)
    assert said["frames_used"] == 9
    assert 0.082 < said["baseline_m"] < 0.0845
    assert [camera["name"] for camera in said["cameras"]] == ["left", "right"]


@pytest.mark.parametrize(
    ("extra", "code", "words"),
    [
        (("--alpha", "7"), 2, "alpha"),
        (("--board", "nonsense"), 2, "nonsense"),
        ((), 1, "no pictures"),
        (("--offsets", "a,b"), 2, "offsets"),
        (("--fix-intrinsics", "--hold", "prior"), 2, "--hold prior does not"),
    ],
)
def test_bad_input_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], extra: tuple[str, ...], code: int, words: str
) -> None:
    board = () if "--board" in extra else ("--board", "chessboard:9x6:25mm")
    arguments = ("--left", str(tmp_path), "--right", str(tmp_path), *board, *extra)
    assert main.main(["calibrate", "stereo", *arguments, "--json"]) == code
    assert words in json.loads(capsys.readouterr().out)["error"]["message"]
