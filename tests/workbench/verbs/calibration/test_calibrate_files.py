"""`calibrate export` and `compare`: files for other programs, two cameras beside each other, exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import main
from engines.calibration.formats.files import load, save
from engines.calibration.types import MonoResult
from engines.core.frames import Size
from engines.core.lenses import Intrinsics

CAMERA = MonoResult(
    "brown5", Size(640, 480), Intrinsics(500.0, 501.0, 320.0, 240.0), {"fx": 0.3, "fy": 0.3, "cx": 0.4, "cy": 0.4},
    (-0.28, 0.07, 0.001, -0.0005, 0.0), (0.001,) * 5, 0.1, None, (), "", (), 0.0, None,
)  # fmt: skip


@pytest.fixture
def camera(tmp_path: Path) -> str:
    save(CAMERA, tmp_path / "camera.json")
    return str(tmp_path / "camera.json")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    capsys.readouterr()
    code = main.main(["calibrate", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("format", ["opencv", "kalibr", "ros"])
def test_an_exported_camera_comes_back(camera: str, format: str, tmp_path: Path, capsys) -> None:
    out = tmp_path / f"{format}.yaml"
    code, told = said(capsys, "export", camera, "--format", format, "--out", str(out))
    assert (code, told["out"]) == (0, str(out))
    assert load(out).lens == CAMERA.lens


@pytest.mark.parametrize(
    ("format", "out", "code", "words"),
    [
        ("kalibr", "a.yaml", 1, "k3 is not 0"),
        ("colmap", "a.yaml", 2, "not the name of COLMAP"),
        ("matlab", "a.mat", 2, "is not a format"),
    ],
)
def test_what_cannot_be_written_ends_with_its_reason(
    format: str, out: str, code: int, words: str, tmp_path: Path, capsys
) -> None:
    save(replace(CAMERA, distortion=(0.1, 0.2, 0.0, 0.0, 0.3)), tmp_path / "k3.json")
    ended, told = said(capsys, "export", str(tmp_path / "k3.json"), "--format", format, "--out", str(tmp_path / out))
    assert (ended, words in told["error"]["message"]) == (code, True)
    assert not (tmp_path / out).exists()


def test_two_cameras_are_compared(camera: str, tmp_path: Path, capsys) -> None:
    moved = replace(CAMERA, intrinsics=replace(CAMERA.intrinsics, fx=506.0))
    save(moved, tmp_path / "moved.json")
    code, told = said(capsys, "compare", camera, str(tmp_path / "moved.json"))
    fx = told["parameters"][0]
    assert code == 0
    assert (fx["name"], fx["first"], fx["second"]) == ("fx", 500.0, 506.0)
    assert fx["deviations"] == pytest.approx(6 / (0.3 * 2**0.5))
    assert len(told["difference_px"]) * len(told["difference_px"][0]) == 36 * 48
    assert 0.5 < told["rms_px"] < told["largest_px"] < 6
