"""Files of rigs that other programs wrote: OpenCV, Kalibr, ROS, aniposelib, caliscope, and files of one camera."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.formats import files
from engines.calibration.formats.opencv import UnitMissing
from engines.calibration.formats.rig_exporting import exported
from engines.calibration.formats.rig_files import cameras_of, load
from engines.calibration.types import MonoResult
from engines.core.errors import BadInput
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from tests.engines.calibration.formats.some_rigs import BROWN4, PAIR, RIGS, SIZE

STEREO = {
    "M1": np.array([[534.8, 0, 335.7], [0, 534.8, 240.7], [0, 0, 1]]), "D1": np.array([[-0.29, 0.1, 0, 0, 0.01]]),
    "M2": np.array([[535.8, 0, 334.6], [0, 535.8, 242.1], [0, 0, 1]]), "D2": np.array([[-0.17, 0.1, 0, 0, 0]]),
}  # fmt: skip
TURN, SHIFT = cv2.Rodrigues(np.array([0.01, -0.02, 0.005]))[0], np.array([[-0.0832], [0.001], [0.0002]])


def storage(path: Path, **values: object) -> Path:
    file = cv2.FileStorage(str(path), cv2.FILE_STORAGE_WRITE)
    for name, value in values.items():
        file.write(name, value)
    file.release()
    return path


@pytest.mark.parametrize("suffix", [".yml", ".xml"])
def test_what_opencvs_stereo_sample_writes_is_read(suffix: str, tmp_path: Path):
    inner = storage(tmp_path / f"intrinsics{suffix}", **STEREO)
    outer = storage(tmp_path / f"extrinsics{suffix}", R=TURN, T=SHIFT, R1=np.eye(3), Q=np.eye(4))
    with pytest.raises(BadInput, match="size of the pictures of camera 'left'") as caught:
        load(inner)
    assert "image_width" in caught.value.hint
    for path in (inner, outer, tmp_path):
        result = load(path, size=Size(640, 480))
        left, right = result.cameras
        assert (left.name, left.intrinsics, left.rvec) == ("left", Intrinsics(534.8, 534.8, 335.7, 240.7), (0, 0, 0))
        assert right.distortion == (-0.17, 0.1, 0, 0, 0)
        assert cv2.Rodrigues(np.array(right.rvec))[0] == pytest.approx(TURN)
        assert result.pairs[0].distance == pytest.approx(np.linalg.norm(SHIFT))
        assert [reason.kind for reason in result.reasons] == ["unit"]
    inner.unlink()
    with pytest.raises(BadInput):
        load(outer, size=Size(640, 480))


def test_millimetres_of_opencv_are_asked_for(tmp_path: Path):
    path = storage(tmp_path / "stereo.yml", **STEREO, R=TURN, T=1000 * SHIFT, image_width=640, image_height=480)
    with pytest.raises(UnitMissing, match="83.2.* apart") as caught:
        load(path)
    assert caught.value.path == str(path)
    assert load(path, "mm").pairs[0].distance == pytest.approx(np.linalg.norm(SHIFT))
    assert len(cameras_of(path)) == 2


@pytest.mark.parametrize("turns", ["vectors", "matrices"])
def test_what_opencvs_multi_view_program_writes_is_read(turns: str, tmp_path: Path):
    cameras = RIGS["mixed"].cameras[:2]
    rvecs = [np.array(one.rvec).reshape(3, 1) for one in cameras]
    path = storage(
        tmp_path / "multi.yaml",
        Rs=np.array(rvecs if turns == "vectors" else [cv2.Rodrigues(one)[0] for one in rvecs]),
        Ts=np.array([np.array(one.tvec).reshape(3, 1) for one in cameras]),
        Ks=np.array([[[i.fx, 0, i.cx], [0, i.fy, i.cy], [0, 0, 1]] for i in (one.intrinsics for one in cameras)]),
        distortions=np.concatenate([one.distortion for one in cameras]),
        models=np.array([1, 0]),
        image_sizes=np.array([(1280, 720)] * 2),
        cam_ids="left,right",
    )
    result = load(path)
    assert [one.name for one in result.cameras] == ["left", "right"]
    assert [one.lens for one in result.cameras] == [one.lens for one in cameras]
    assert result.cameras[1].rvec == pytest.approx(cameras[1].rvec)


def test_opencv_reads_what_was_written(tmp_path: Path):
    folder = exported(PAIR, "opencv-stereo", tmp_path / "pair")
    read = {}
    for name in ("intrinsics.yml", "extrinsics.yml"):
        file = cv2.FileStorage(str(folder / name), cv2.FILE_STORAGE_READ)
        read |= {key: file.getNode(key).mat() for key in file.root().keys() if file.getNode(key).isMap()}  # noqa: SIM118
    r1, r2, _, p2, *_ = cv2.stereoRectify(
        read["M1"], read["D1"], read["M2"], read["D2"], (1280, 720), read["R"], read["T"], flags=0, alpha=-1
    )
    assert read["M2"][0, 0] == PAIR.cameras[1].intrinsics.fx
    assert read["R1"] == pytest.approx(r1, abs=1e-6)
    assert read["R2"] == pytest.approx(r2, abs=1e-6)
    assert read["P2"][0, 3] / read["P2"][0, 0] == pytest.approx(p2[0, 3] / p2[0, 0])
    point = np.array([0.1, -0.05, 2.0])
    (x1, y1), (x2, y2) = (
        place[:2] / place[2] for place in (read[p] @ [*(read["R1"] @ point), 1] for p in ("P1", "P2"))
    )
    turned = read["R2"] @ (read["R"] @ point + read["T"].ravel())
    assert (x2, y2) == pytest.approx((read["P2"][:, :3] @ turned)[:2] / turned[2])
    assert y1 == pytest.approx(y2)
    back = read["Q"] @ [x1, y1, x1 - x2, 1]
    assert back[:3] / back[3] == pytest.approx(read["R1"] @ point)
    first, second = (read[m] @ place / place[2] for m, place in (("M1", point), ("M2", read["R2"].T @ turned)))
    assert second @ read["F"] @ first == pytest.approx(0, abs=1e-9)


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
  - [0.99999725, 0.00231713, 0.00034299, -0.11007384]
  - [-0.00231214, 0.99989766, -0.01412136, 0.00039912]
  - [-0.00037568, 0.01412054, 0.99990023, -0.00085371]
  - [0.0, 0.0, 0.0, 1.0]
  cam_overlaps: [0]
  camera_model: pinhole
  distortion_coeffs: [-0.28368365, 0.07451284, -0.00010473, -3.55590700e-05]
  distortion_model: radtan
  intrinsics: [457.587, 456.134, 379.999, 255.238]
  resolution: [752, 480]
  rostopic: /cam1/image_raw
cam2:
  T_cn_cnm1:
  - - 1.0
    - 0.0
    - 0.0
    - -0.2
  - - 0.0
    - 1.0
    - 0.0
    - 0.0
  - - 0.0
    - 0.0
    - 1.0
    - 0.0
  - - 0.0
    - 0.0
    - 0.0
    - 1.0
  camera_model: pinhole
  distortion_coeffs: [0.0034823, 0.00071503, -0.0020534, 0.00020294]
  distortion_model: equidistant
  intrinsics: [190.978, 190.973, 254.931, 256.897]
  resolution: [512, 512]
  rostopic: /cam2/image_raw
"""
"""In the form of Kalibr's own files; numbers as in the EuRoC data set's."""


def test_kalibrs_chain_is_followed(tmp_path: Path):
    path = tmp_path / "camchain.yaml"
    path.write_text(CHAIN)
    result = load(path)
    assert [(one.name, one.model) for one in result.cameras] == [
        ("cam0", "brown5"), ("cam1", "brown5"), ("cam2", "fisheye4")
    ]  # fmt: skip
    assert result.pair(0, 1).distance == pytest.approx(0.11007784, abs=1e-6)
    assert result.pair(1, 2).distance == pytest.approx(0.2)
    assert result.cameras[2].tvec == pytest.approx((-0.31007384, 0.00039912, -0.00085371))
    assert not result.reasons


def test_cameras_at_one_place_are_said(tmp_path: Path):
    path = tmp_path / "camchain.yaml"
    path.write_text(CHAIN.replace("- -0.2", "- 0.0"))
    reasons = load(path).reasons
    assert [reason.words for reason in reasons] == ["cam1 and cam2 stand at one place by this file"]


def test_a_motion_that_is_none_is_said_and_the_intrinsics_kept(tmp_path: Path):
    path = tmp_path / "camchain.yaml"
    for was, now, words in (
        ("0.99999725", "0.7", "'T_cn_cnm1' of cam1 is no rotation"),
        ("-0.11007384", "1e300", "'T_cn_cnm1' of cam1 is no 4 x 4 motion"),
        ("T_cn_cnm1", "T_cam_imu", "cam1 does not say where it is"),
    ):
        path.write_text(CHAIN.replace(was, now))
        with pytest.raises(BadInput, match=words):
            load(path)
        assert [one.intrinsics.fx for one in cameras_of(path)] == [458.654, 457.587, 190.978]


INFO = """image_width: 640
image_height: 480
camera_name: {name}
camera_matrix:
  rows: 3
  cols: 3
  data: [{fx}, 0, 320.5, 0, {fx}, 241.5, 0, 0, 1]
distortion_model: plumb_bob
distortion_coefficients:
  rows: 1
  cols: 5
  data: [-0.3, 0.1, 0.001, 0, 0]
rectification_matrix:
  rows: 3
  cols: 3
  data: [{turn}]
projection_matrix:
  rows: 3
  cols: 4
  data: [450, 0, 330, {along}, 0, 450, 240, 0, 0, 0, 1, 0]
"""


def ros_pair(folder: Path, *, along: float = -450 * 0.12, names: tuple[str, str] = ("left", "right")) -> Path:
    angles = ((0.0, 0.01, 0.0), (0.002, -0.03, 0.001))
    for name, angle, shift, fx in zip(names, angles, (0.0, along), (430.0, 431.0), strict=True):
        turn = ", ".join(map(repr, cv2.Rodrigues(np.array(angle))[0].ravel().tolist()))
        (folder / f"{name}.yaml").write_text(INFO.format(name="narrow_stereo", fx=fx, turn=turn, along=shift))
    return folder


def test_a_pair_of_ros_is_put_together_from_how_it_is_rectified(tmp_path: Path):
    result = load(ros_pair(tmp_path))
    left, right = result.cameras
    assert (left.name, right.name, right.intrinsics.fx) == ("left", "right", 431.0)
    assert result.pairs[0].distance == pytest.approx(0.12)
    ours, theirs = (cv2.Rodrigues(np.array(angle))[0] for angle in ((0.0, 0.01, 0.0), (0.002, -0.03, 0.001)))
    point = np.array([0.3, 0.2, 2.0])
    seen = cv2.Rodrigues(np.array(right.rvec))[0] @ point + right.tvec
    assert theirs @ seen - ours @ point == pytest.approx((-0.12, 0, 0), abs=1e-12)
    assert load(tmp_path / "right.yaml") == load(tmp_path / "left.yaml") == result


def test_files_of_one_camera_serve_for_intrinsics(tmp_path: Path):
    for name, fx in (("b", 500.0), ("a", 600.0)):
        alone = MonoResult("brown5", SIZE, Intrinsics(fx, fx, 640, 360), {"fx": 0.3, "fy": 0.3, "cx": 0.4, "cy": 0.4},
                           BROWN4, (0.01,) * 5, 0.2, None, (), "", (), 0.0, None)  # fmt: skip
        files.save(alone, tmp_path / f"{name}.{'json' if fx > 550 else 'yaml'}")
    for place in (tmp_path, tmp_path / "[ab].*"):
        assert [(one.name, one.intrinsics.fx) for one in cameras_of(place)] == [("a", 600.0), ("b", 500.0)]
    assert [one.std["fx"] for one in cameras_of(tmp_path / "a.json")] == [0.3]
    with pytest.raises(BadInput, match="it is a file of one camera"):
        load(tmp_path)
    (tmp_path / "c.json").write_text("{}")
    with pytest.raises(BadInput, match="not a calibration of one camera") as caught:
        cameras_of(tmp_path)
    assert caught.value.path == str(tmp_path / "c.json")


def test_caliscopes_intrinsics_and_rig_are_read(data: Path):
    path = data / "calibration" / "quad_tiled_charuco" / "caliscope_config.toml"
    cameras = cameras_of(path)
    assert [one.name for one in cameras] == ["cam_0", "cam_1", "cam_2", "cam_3"]
    assert cameras[3].intrinsics == Intrinsics(
        639.8834321530571, 639.5401432267563, 657.2701926797533, 336.26480544286756
    )
    assert cameras[0].distortion[0] == -0.3320992998866297
    assert {one.size for one in cameras} == {SIZE}
    assert load(path).pair(0, 1).distance == pytest.approx(1.137, rel=0.01)


NEW = """[cameras.2]
cam_id = 2
size = [1280, 720]
matrix = [[900.0, 0.0, 640.0], [0.0, 900.0, 360.0], [0.0, 0.0, 1.0]]
distortions = [-0.1, 0.0, 0.0, 0.0, 0.0]
rotation = [0.1, 0.2, 0.3]
translation = [0.5, 0.0, 0.0]
error = "null"

[cameras.10]
cam_id = 10
size = [1280, 720]
matrix = "null"

[cameras.1]
cam_id = 1
ignore = true
size = [1280, 720]
matrix = [[900.0, 0.0, 640.0], [0.0, 900.0, 360.0], [0.0, 0.0, 1.0]]
distortions = [-0.1, 0.0, 0.0, 0.0, 0.0]

[cameras.0]
cam_id = 0
size = [1280, 720]
matrix = [[800.0, 0.0, 640.0], [0.0, 800.0, 360.0], [0.0, 0.0, 1.0]]
distortions = [0.1, 0.2, 0.3, 0.4]
fisheye = true
rotation = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
translation = [0.0, 0.0, 0.0]
"""


def test_caliscopes_newer_file_is_read_in_its_order(tmp_path: Path):
    path = tmp_path / "camera_array.toml"
    path.write_text(NEW)
    result = load(path)
    assert [(one.name, one.model, one.intrinsics.fx) for one in result.cameras] == [
        ("cam_0", "fisheye4", 800.0), ("cam_2", "brown5", 900.0)
    ]  # fmt: skip
    assert result.cameras[1].rvec == (0.1, 0.2, 0.3)
    assert [reason.words for reason in result.reasons] == [
        "Camera 'cam_1' is marked 'ignore' and left out", "Camera 'cam_10' has no 'matrix' and is left out"
    ]  # fmt: skip


ANIPOSE = '[cam_0]\nname = "A"\nsize = [ 1280, 720,]\nmatrix = [ [ 900.0, 0.0, 639.5,], [ 0.0, 900.0, 359.5,], [ 0.0, 0.0, 1.0,],]\ndistortions = [ -0.1, 0.0, 0.0, 0.0, 0.0,]\nrotation = [ 0.01, 0.0, 0.0,]\ntranslation = [ 0.0, 0.0, 0.0,]\n\n[metadata]\nadjusted = false\n'  # noqa: E501


def test_lengths_of_aniposelib_are_in_the_unit_of_its_board(tmp_path: Path):
    path = tmp_path / "calibration.toml"
    other = ANIPOSE.partition("[metadata]")[0].replace("cam_0", "cam_1").replace('"A"', '"B"')
    path.write_text(other.replace("[ 0.0, 0.0, 0.0,]\n\n", "[ 530.0, 0.0, 0.0,]\n\n") + ANIPOSE)
    with pytest.raises(UnitMissing, match="530 apart"):
        load(path)
    assert load(path, "mm").pairs[0].distance == pytest.approx(0.53)
    assert [one.name for one in cameras_of(path)] == ["B", "A"]
    path.write_text(path.read_text() + 'unit = "mm"\n')
    assert load(path).pairs[0].distance == pytest.approx(0.53)
