"""Files of other programs: exact both ways where they can hold the lens, refused with what can where they cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engines.calibration.formats.exporting import FORMATS, export, misfit
from engines.calibration.formats.files import load
from engines.calibration.types import MonoResult
from engines.core.errors import BadInput, UsageError, WorkFailed
from engines.core.frames import Size
from engines.core.lenses import DISTORTION_NAMES, Intrinsics, ModelName

INNER = Intrinsics(534 + 1 / 3, 536.1, 326.7, 244.9)


def camera(model: ModelName = "brown5", lens: tuple[float, ...] | None = None) -> MonoResult:
    terms = lens if lens is not None else tuple(0.1 / (3 + n) for n in range(len(DISTORTION_NAMES[model])))
    return MonoResult(model, Size(640, 480), INNER, {}, terms, (), 0.0, None, (), "", (), 0.0, None)


BROWN4 = camera("brown5", (-0.28, 1 / 13, 0.001, -0.0005, 0.0))
ALL = [BROWN4, *(camera(model) for model in DISTORTION_NAMES)]


@pytest.mark.parametrize("result", ALL, ids=lambda result: f"{result.model}{len(set(result.distortion))}")
@pytest.mark.parametrize("format", ["opencv", "json", "kalibr", "ros"])
def test_a_round_trip_is_exact_or_refused(result: MonoResult, format: str, tmp_path: Path):
    path = tmp_path / f"out{FORMATS[format].suffixes[0]}"
    if misfit(result, format):
        with pytest.raises(WorkFailed, match="cannot hold this camera") as caught:
            export(result, path, format)
        assert {"opencv", "json"} <= set(caught.value.hint.removeprefix("Use ").split(", "))
        assert not path.exists()
    else:
        export(result, path, format)
        assert load(path).lens == result.lens
        assert load(path).image_size == result.image_size
        export(result, path, format)


def test_what_each_format_cannot_hold():
    refused = {format: [result.model for result in ALL if misfit(result, format)] for format in FORMATS}
    rich = ["thinprism12", "tilted14"]
    assert refused == {"opencv": [], "json": [], "kalibr": ["brown5", "rational8", *rich], "ros": rich, "colmap": rich}


def test_a_camera_of_flipped_pictures_goes_only_where_that_can_be_said(tmp_path: Path):
    flipped = replace(BROWN4, mirrored=True)
    assert [format for format in FORMATS if not misfit(flipped, format)] == ["opencv", "json"]
    assert load(export(flipped, tmp_path / "out.yaml", "opencv")).mirrored


PINHOLE = f"640 480 {INNER.fx!r} 536.1 327.2 245.4"
FIVE, FOUR = (0.1, 0.2, 0.3, 0.4, 0.5), (0.1, 0.2, 0.3, 0.4)


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (BROWN4, f"1 OPENCV {PINHOLE} -0.28 {1 / 13!r} 0.001 -0.0005"),
        (camera("brown5", FIVE), f"1 FULL_OPENCV {PINHOLE} 0.1 0.2 0.3 0.4 0.5 0.0 0.0 0.0"),
        (camera("fisheye4", FOUR), f"1 OPENCV_FISHEYE {PINHOLE} 0.1 0.2 0.3 0.4"),
        (camera("brown5", (0.0,) * 5), f"1 PINHOLE {PINHOLE}"),
    ],
)
def test_colmap_counts_from_the_corner_of_the_first_pixel(result: MonoResult, line: str, tmp_path: Path):
    path = export(result, tmp_path / "cameras.txt", "colmap")
    assert path.read_text().splitlines()[-1] == line


CHAIN = """cam0:
  cam_overlaps: [1]
  camera_model: pinhole
  distortion_coeffs: [-0.28340811, 0.07395907, 0.00019359, 1.76187114e-05]
  distortion_model: radtan
  intrinsics: [458.654, 457.296, 367.215, 248.375]
  resolution: [752, 480]
  rostopic: /cam0/image_raw
cam1:
  T_cn_cnm1:
  - [0.99999, 0.0023, 0.0003, -0.11]
  - [-0.0023, 0.9999, 0.0141, 0.0004]
  - [-0.0003, -0.0141, 0.9999, -0.0008]
  - [0.0, 0.0, 0.0, 1.0]
  cam_overlaps: [0]
  camera_model: pinhole
  distortion_coeffs: [0.0034823, 0.00071503, -0.0020534, 0.00020294]
  distortion_model: equidistant
  intrinsics: [190.978, 190.973, 254.931, 256.897]
  resolution: [512, 512]
  rostopic: /cam1/image_raw
"""
"""In the form of Kalibr's own `camchain.yaml`."""


def test_one_camera_of_a_chain_is_chosen_by_its_name(tmp_path: Path):
    path = tmp_path / "camchain.yaml"
    path.write_text(CHAIN)
    first, second = load(f"{path}#cam0"), load(f"{path}#cam1")
    assert (first.model, first.distortion) == ("brown5", (-0.28340811, 0.07395907, 0.00019359, 1.76187114e-05, 0.0))
    assert (second.model, second.image_size) == ("fisheye4", Size(512, 512))
    assert second.intrinsics == Intrinsics(190.978, 190.973, 254.931, 256.897)
    for name, words in ((str(path), "holds 2 cameras"), (f"{path}#cam7", "no camera 'cam7'")):
        with pytest.raises(BadInput, match=words) as caught:
            load(name)
        assert "cam0, cam1" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("camera_model: pinhole", "camera_model: omni"), "another kind of lens"),
        (("radtan", "fancy"), "'fancy' cannot be read"),
        (("resolution: [752, 480]", "resolution: [752]"), "no 'resolution'"),
        (("458.654", ".nan"), "not usable"),
        (("[458.654, ", "["), "four numbers"),
    ],
)
def test_a_chain_that_is_no_pinhole_camera_is_refused(change: tuple[str, str], words: str, tmp_path: Path):
    path = tmp_path / "camchain.yaml"
    path.write_text(CHAIN.replace(*change, 1))
    with pytest.raises(BadInput, match=words):
        load(f"{path}#cam0")


def test_nothing_of_others_is_written_over(tmp_path: Path):
    for format, suffix in (("ros", ".yaml"), ("opencv", ".yaml"), ("colmap", ".txt")):
        path = tmp_path / f"theirs{suffix}"
        path.write_text("image_width: 640\ncamera_matrix: of theirs\n")
        with pytest.raises(BadInput):
            export(BROWN4, path, format)
        assert path.read_text() == "image_width: 640\ncamera_matrix: of theirs\n"
    with pytest.raises(UsageError, match="not the name of COLMAP"):
        export(BROWN4, tmp_path / "a.yaml", "colmap")
    with pytest.raises(UsageError, match="is not a format"):
        export(BROWN4, tmp_path / "a.yaml", "xyz")
