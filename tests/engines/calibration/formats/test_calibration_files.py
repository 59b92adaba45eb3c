"""Calibrations on disk: exact round trips, OpenCV's own reader and files, and files that are broken."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.calibration.formats.files import check_suffix, from_json, load, save, to_json
from engines.calibration.formats.opencv import UNKNOWN, UnitMissing, from_yaml, to_yaml
from engines.calibration.types import MonoResult, ViewResult
from engines.core.boards import Board
from engines.core.errors import BadInput, KinoscopeError, UsageError
from engines.core.frames import Size
from engines.core.lenses import Intrinsics

VIEW = ViewResult(
    name="väw 1.png",
    path="/a b/väw 1.png",
    found=True,
    used=True,
    rms_px=0.1 / 3,
    loo_rms_px=0.2 / 3,
    ids=(0, 1, 5),
    corners=((1 / 3, 2.0), (3.5, 4.25), (5.0, 6.0)),
    projected=((1.0, 2.0), (3.0, 4.0), (5.0, 6.0)),
    rvec=(0.1, -0.2, 1 / 7),
    tvec=(0.0, 0.5, 1.0),
)
RESULT = MonoResult(
    model="brown5",
    image_size=Size(640, 480),
    intrinsics=Intrinsics(534.0 + 1 / 3, 536.1, 326.7, 244.9),
    std={"fx": 0.31, "fy": 0.32, "cx": 1 / 3, "cy": 0.4},
    distortion=(-0.28, 1 / 13, 0.001, -0.0005, -0.01),
    distortion_std=(0.001, 0.002, 0.0003, 0.0004, 0.005),
    rms_px=0.104,
    loo_rms_px=0.122,
    views=(VIEW, ViewResult("b.png", "b.png", found=False, used=False, note="the board was not found")),
    verdict="good",
    advice=('All is: well, 100 % "so"', "second"),
    seconds=1.25,
    board=Board.parse("charuco:5x4:54mm:40.5mm:DICT_4X4_1000:inverted"),
    free_board=True,
    board_points=((0.0, 0.0, 1e-4), (0.025, 1 / 3, 0.0)),
)

numbers = st.floats(allow_nan=False, allow_infinity=False, width=64).filter(
    lambda value: value == 0 or abs(value) > 1e-290
)


coefficients = st.floats(-1e11, 1e11).filter(lambda value: value == 0 or abs(value) > 1e-290)


def test_json_gives_back_the_very_result(tmp_path: Path):
    save(RESULT, tmp_path / "ä b.json")
    assert load(tmp_path / "ä b.json") == RESULT


def test_yaml_gives_back_all_but_the_corners(tmp_path: Path):
    save(RESULT, tmp_path / "ä b.yaml")
    views = (replace(VIEW, ids=(), corners=(), projected=()), replace(RESULT.views[1], note=""))
    assert load(tmp_path / "ä b.yaml") == replace(RESULT, views=views)


def test_opencv_reads_what_was_saved(tmp_path: Path):
    path = tmp_path / "camera.yml"
    save(RESULT, path)
    storage = cv2.FileStorage(str(path), cv2.FILE_STORAGE_READ)
    matrix, lens = storage.getNode("camera_matrix").mat(), storage.getNode("distortion_coefficients").mat()
    assert (storage.getNode("image_width").real(), storage.getNode("image_height").real()) == (640, 480)
    storage.release()
    assert matrix.tolist() == [[534.0 + 1 / 3, 0, 326.7], [0, 536.1, 244.9], [0, 0, 1]]
    assert lens.ravel().tolist() == list(RESULT.distortion)
    assert path.read_text(encoding="utf-8").startswith("%YAML:1.0\n---\n")


def test_opencvs_own_file_is_read(data: Path):
    result = load(data / "calibration" / "opencv_stereo_chessboard" / "left_intrinsics.yml")
    assert result.intrinsics == Intrinsics(
        5.3591573396163199e02, 5.3591573396163199e02, 342.28315473308373, 235.57082909788173
    )
    assert result.rms_px == 0.39259098975581364
    assert result.image_size == Size(640, 480)
    assert (result.std, result.views, result.verdict) == ({}, (), "")
    assert result.board is not None
    assert (result.board.columns, result.board.rows) == (9, 6)


def test_a_file_without_a_board_or_a_lens_is_read():
    text = """%YAML:1.0
---
image_width: 10
image_height: 20
camera_matrix: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: [ 5., 0., 1., 0., 6., 2., 0., 0., 1. ]
"""
    result = from_yaml(text)
    assert result.board is None
    assert result.distortion == (0.0,) * 5
    assert from_json(to_json(result)) == result


@settings(max_examples=40)
@given(lens=st.tuples(*[coefficients] * 8), fx=st.floats(1, 6e6))
def test_numbers_survive_both_formats_to_the_last_bit(lens: tuple[float, ...], fx: float):
    result = replace(
        RESULT,
        model="rational8",
        distortion=lens,
        distortion_std=tuple(map(abs, lens)),
        intrinsics=replace(RESULT.intrinsics, fx=fx),
    )
    assert from_json(json.loads(json.dumps(to_json(result)))) == result
    back = from_yaml(to_yaml(result))
    assert (back.intrinsics.fx, back.distortion, back.distortion_std) == (fx, lens, tuple(map(abs, lens)))


@settings(max_examples=60)
@given(cut=st.integers(0, 2500), json_too=st.booleans())
def test_a_cut_off_file_is_bad_input_or_still_the_same_camera(
    cut: int, json_too: bool, tmp_path_factory: pytest.TempPathFactory
):
    path = tmp_path_factory.getbasetemp() / ("cut.json" if json_too else "cut.yaml")
    text = json.dumps(to_json(RESULT)) if json_too else to_yaml(RESULT)
    path.write_text(text[:cut], encoding="utf-8")
    try:
        result = load(path)
    except BadInput as error:
        assert error.path == str(path)
    else:
        assert result.intrinsics == RESULT.intrinsics


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "something"}, "not a calibration"),
        ({"version": 9}, "another version"),
        ({"distortion": [1.0]}, "does not go with 1"),
        ({"distortion": "text"}, "incomplete or damaged: distortion"),
        ({"intrinsics": {"fx": 0.0, "fy": 1.0, "cx": 1.0, "cy": 1.0}}, "not usable"),
        ({"intrinsics": {"fx": 500.0, "fy": 1e9, "cx": 1.0, "cy": 1.0}}, "not usable"),
        ({"intrinsics": {"fx": 500.0, "fy": 500.0, "cx": -1e7, "cy": 1.0}}, "not usable"),
        ({"intrinsics": {"fx": "a"}}, "incomplete or damaged: intrinsics"),
        ({"views": [{"nonsense": 1}]}, "incomplete or damaged: views"),
        ({"board": "chess"}, "is not a board"),
        ({"image_size": None}, "incomplete or damaged: image_size"),
        ({"image_size": {"width": 0, "height": 480}}, "not usable"),
        ({"distortion": [1e300, 0.0, 0.0, 0.0, 0.0]}, "not usable"),
        ({"std": {"fx": float("nan")}}, "'std' holds what is no finite number"),
        ({"std": {"fx": -1.0}}, "negative"),
        ({"std": {"focal": 1.0}}, "deviations do not go with"),
        ({"distortion_std": [0.1]}, "deviations do not go with"),
        ({"rms_px": float("inf")}, "'rms_px' holds"),
        ({"covariance": [[1.0], [1.0, 2.0]]}, "covariance does not go with"),
        ({"views": [{**asdict(VIEW), "corners": [[float("nan"), 1.0]]}]}, "'views' holds"),
    ],
)
def test_damaged_json_says_what_is_wrong(change: dict[str, object], words: str, tmp_path: Path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(to_json(RESULT) | change))
    with pytest.raises(BadInput, match=words) as caught:
        load(path)
    assert caught.value.path == str(path)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("camera_matrix:", "camera:", "no 3 x 3"),
        ("image_width: 640", "image_width: 0", "image_width"),
        ("rows: 5", "rows: 7", "damaged|cannot be read|belong to"),
        ("%YAML:1.0", "%JAML", "begin with"),
    ],
)
def test_damaged_yaml_says_what_is_wrong(before: str, after: str, words: str):
    with pytest.raises(BadInput, match=words):
        from_yaml(to_yaml(RESULT).replace(before, after, 1))


@pytest.mark.parametrize("name", ["camera.json", "camera.yaml"])
def test_a_camera_that_is_asked_for_by_name_is_not_another_one(name: str, tmp_path: Path):
    save(RESULT, tmp_path / name)
    with pytest.raises(BadInput, match="none is called 'cam1'"):
        load(tmp_path / f"{name}#cam1")


def test_names_and_files_that_are_not_calibrations(tmp_path: Path):
    with pytest.raises(UsageError):
        check_suffix("camera.txt")
    with pytest.raises(BadInput, match="no file"):
        load(tmp_path / "none.json")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KinoscopeError, match="UTF-8"):
        load(tmp_path / "bytes.yaml")


def test_a_failed_save_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / "camera.json"
    save(RESULT, path)
    with pytest.raises(TypeError):
        save(replace(RESULT, verdict=np), path)  # type: ignore[arg-type]
    assert load(path) == RESULT
    assert [entry.name for entry in tmp_path.iterdir()] == ["camera.json"]


CAMERA = """image_width: 640
image_height: 480
camera_matrix:
  rows: 3
  cols: 3
  data: [500.5, 0, 320.25, 0, 501, 240, 0, 0, 1]
"""
LENS = "distortion_coefficients:\n  rows: 1\n  cols: {0}\n  data: [{1}]\n"


def lens(*numbers: float, model: str = "") -> str:
    named = f"distortion_model: {model}\n" if model else ""
    return named + LENS.format(len(numbers), ", ".join(map(str, numbers)))


@pytest.mark.parametrize(
    "said", ["distortion_model: equidistant\n", "distortion_model: FISHEYE\n", "fisheye_model: 1\n"]
)
def test_a_fisheye_lens_is_read_as_one(said: str):
    terms = (-0.03, 0.01, -0.01, 0.002)
    result = from_yaml(CAMERA + said + lens(*terms))
    assert (result.model, result.distortion) == ("fisheye4", terms)
    assert from_yaml(to_yaml(result)) == result


@pytest.mark.parametrize("name", ["omni", "ftheta", "DS"])
def test_another_kind_of_lens_is_refused_by_its_name(name: str, tmp_path: Path):
    path = tmp_path / "a.yaml"
    path.write_text(CAMERA + lens(-0.03, 0.01, -0.01, 0.002, model=name))
    with pytest.raises(BadInput, match=rf"another kind of lens \({name}\), which cannot be read here") as caught:
        load(path)
    assert caught.value.path == str(path)


@pytest.mark.parametrize(("said", "words"), [("camera_model: cube\n", "'cube'")])
def test_a_lens_named_otherwise_is_refused_by_its_name(said: str, words: str):
    with pytest.raises(BadInput, match=words):
        from_yaml(CAMERA + said + lens(0.1, 0.2, 0, 0))
    assert from_yaml(CAMERA + "fisheye_model: 0\ncamera_model: pinhole\n" + lens(0.1, 0.2, 0, 0)).model == "brown5"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CAMERA.replace("500.5, 0,", "500.5, 12.5,"), r"skewed \(12.5 pixels\)"),
        (CAMERA.replace("0, 0, 1]", "0, 0, 2]"), "not that of a camera"),
        (CAMERA + lens(*range(1, 9), model="plumb_bob"), "8 .* do not go with its lens model 'plumb_bob'"),
        (CAMERA + lens(*range(1, 17)), "16 .* cannot be read here"),
        (CAMERA + "distortion_model: plumb_bob\n", "no 'distortion_coefficients'"),
        (CAMERA.replace("640", "4e9"), "image_width"),
    ],
)
def test_what_would_be_read_as_another_camera_is_refused(text: str, words: str):
    with pytest.raises(BadInput, match=words):
        from_yaml(text)


@pytest.mark.parametrize(
    ("name", "numbers", "model"),
    [
        ("plumb_bob", (0.1, 0.2, 0.3, 0.4, 0.5), "brown5"),
        ("plumb_bob", (0.1, 0.2, 0.3, 0.4), "brown5"),
        ("plumb_bob", (0.1, 0.2, 0.3, 0.4, 0.5, 0, 0, 0), "brown5"),
        ("rational_polynomial", (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8), "rational8"),
        ("rational_polynomial", (0.1, 0.2, 0.3, 0.4, 0.5), "brown5"),
    ],
)
def test_the_files_of_ros_are_read(name: str, numbers: tuple[float, ...], model: str):
    result = from_yaml("# by ROS\n" + CAMERA + "camera_name: 08144361026320a0\n" + lens(*numbers, model=name))
    assert (result.model, result.intrinsics) == (model, Intrinsics(500.5, 501, 320.25, 240))
    assert result.distortion == (*numbers, *[0.0] * 8)[: len(result.distortion)]
    echoed = f"height: 480\nwidth: 640\ndistortion_model: {name}\nd:\n" + "".join(f"- {one}\n" for one in numbers)
    assert from_yaml(echoed + "k: [500.5, 0, 320.25, 0, 501, 240, 0, 0, 1]\nroi:\n  height: 0\n---\n") == result


OLD = {"Camera_Matrix": np.array([[545.0, 0, 339], [0, 541, 181], [0, 0, 1]]),
       "Distortion_Coefficients": np.array([[-0.5], [0.3], [0.01], [-0.003], [-0.1]])}  # fmt: skip


@pytest.mark.parametrize("suffix", [".yml", ".xml"])
def test_the_old_tutorials_keys_are_read(suffix: str, tmp_path: Path):
    path = tmp_path / f"out_camera_data{suffix}"
    storage = cv2.FileStorage(str(path), cv2.FILE_STORAGE_WRITE)
    for name, value in ({"image_Width": 640, "image_Height": 360} | OLD | {"Avg_Reprojection_Error": 0.44}).items():
        storage.write(name, value)
    storage.release()
    result = load(path)
    assert result.intrinsics == Intrinsics(545, 541, 339, 181)
    assert (result.distortion, result.rms_px) == ((-0.5, 0.3, 0.01, -0.003, -0.1), 0.44)
    assert result.image_size == Size(640, 360)


def test_a_length_without_a_unit_is_asked_for(tmp_path: Path):
    path = tmp_path / "a.yaml"
    board = "board_width: 9\nboard_height: 6\nsquare_size: "
    path.write_text(CAMERA + board + "50.\n")
    with pytest.raises(UnitMissing, match="50 wide.*square_unit: mm") as caught:
        load(path)
    assert caught.value.path == str(path)
    sides = {unit: load(path, unit).board for unit in ("mm", "cm", "in", UNKNOWN)}
    assert [None if board is None else board.square for board in sides.values()] == [0.05, 0.5, 1.27, None]
    path.write_text(CAMERA + board + "50.\nsquare_unit: mm\n")
    assert load(path).board == Board.parse("chessboard:9x6:50mm")
    path.write_text(CAMERA + board + "0.025\n")
    assert load(path).board == Board.parse("chessboard:9x6:25mm")
    path.write_text(CAMERA + board + "1.\n")
    assert load(path).board is None


@pytest.mark.parametrize("name", ["ros.yaml", "comment_first.yml", "opencv24_tutorial.yml"])
def test_files_that_others_have_published_are_read(name: str, data: Path):
    result = load(data / "cases" / "fisheye_yaml" / name)
    assert min(result.intrinsics.fx, result.intrinsics.fy) > 500
    assert len(set(result.distortion)) >= 4


@pytest.mark.parametrize("ending", [".yaml", ".json"])
def test_views_whose_names_are_not_utf_8_are_written(tmp_path: Path, ending: str) -> None:
    name = os.fsdecode(b"Fotos_\xe4")
    result = replace(RESULT, views=(ViewResult(name, f"/{name}.jpg", found=False, used=False),))
    path = tmp_path / f"{name}{ending}"
    save(result, path)
    assert load(path).views[0].name in (name, r"Fotos_\xe4")
