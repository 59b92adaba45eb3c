"""`calibrate export` and `compare`: files for other programs, two cameras beside each other, exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import main
from engines.calibration.formats import rig_files
from engines.calibration.formats.files import load, save
from engines.calibration.types import MonoResult
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from tests.engines.calibration.formats.some_rigs import FOURS, RIGS

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


@pytest.fixture
def rig(tmp_path: Path) -> str:
    rig_files.save(FOURS, tmp_path / "rig.json")
    return str(tmp_path / "rig.json")


@pytest.mark.parametrize(
    ("format", "name", "coordinates"),
    [
        ("kalibr", "a.yaml", "the first camera's"),
        ("ros", "pair", "the left camera's"),
        ("caliscope", "a.toml", "the rig's"),
    ],
)
def test_an_exported_rig_comes_back(rig: str, format: str, name: str, coordinates: str, tmp_path: Path, capsys) -> None:
    out = tmp_path / name
    code, told = said(capsys, "export", rig, "--format", format, "--out", str(out))
    assert (code, told["out"], told["cameras"]) == (0, str(out), ["cam 0", "cam 1"])
    assert told["coordinates"] == coordinates
    assert [one.lens for one in rig_files.load(out).cameras] == [one.lens for one in FOURS.cameras]


def test_what_is_taken_for_granted_of_a_file_is_told(rig: str, tmp_path: Path, capsys) -> None:
    said(capsys, "export", rig, "--format", "aniposelib", "--out", str(tmp_path / "a.toml"))
    bare = tmp_path / "bare.toml"
    bare.write_text((tmp_path / "a.toml").read_text().replace('unit = "m"', ""))
    for unit, notes in (((), 1), (("--unit", "cm"), 0)):
        out = tmp_path / f"{len(unit)}.yaml"
        code, told = said(capsys, "export", str(bare), "--format", "kalibr", "--out", str(out), *unit)
        assert (code, len(told["notes"])) == (0, notes)
    distances = [rig_files.load(tmp_path / name).pairs[0].distance for name in ("0.yaml", "2.yaml")]
    assert distances[0] == pytest.approx(100 * distances[1])


def test_a_rig_that_a_format_cannot_hold_is_refused_with_those_that_can(tmp_path: Path, capsys) -> None:
    rig_files.save(RIGS["prism"], tmp_path / "prism.json")
    out = tmp_path / "a.toml"
    code, told = said(capsys, "export", str(tmp_path / "prism.json"), "--format", "aniposelib", "--out", str(out))
    assert (code, told["error"]["hint"]) == (1, "Use json, opencv, opencv-stereo")
    assert "thinprism12" in told["error"]["message"]
    assert not out.exists()


def test_two_rigs_are_compared(rig: str, tmp_path: Path, capsys) -> None:
    one, other = FOURS.cameras
    further = replace(other, tvec=(other.tvec[0] - 0.002, *other.tvec[1:]))
    moved = replace(FOURS, cameras=(one, further), pairs=())
    rig_files.save(moved, tmp_path / "moved.json")
    code, told = said(capsys, "compare", rig, str(tmp_path / "moved.json"), "--about", "cam 0")
    assert (code, told["about"], told["agree"], told["matched"]) == (0, "cam 0", None, "name")
    assert [camera["place_mm"] for camera in told["cameras"]] == pytest.approx([0.0, 2.0], abs=1e-6)
    assert told["pairs"][0]["apart_mm"] == pytest.approx(2 * 0.4 / 0.4124, rel=0.01)
    assert main.main(["calibrate", "compare", rig, str(tmp_path / "moved.json")]) == 0
    assert "cam 0 - cam 1" in capsys.readouterr().out


def test_a_rig_is_not_compared_with_a_camera(rig: str, camera: str, capsys) -> None:
    code, told = said(capsys, "compare", rig, camera)
    assert (code, told["error"]["kind"], told["error"]["path"]) == (1, "bad-input", camera)
