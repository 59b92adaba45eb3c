"""Files of rigs: exact both ways, refused where a format cannot hold the rig, and files that are broken."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.calibration.formats import files, rig_toml
from engines.calibration.formats.rig_exporting import FORMATS, exported, misfit
from engines.calibration.formats.rig_files import cameras_of, holds_rig, load, save
from engines.calibration.rig.types import BoardPose, RigPair, RigResult, RigView, SolveStep
from engines.calibration.types import Reason, Remedy
from engines.core.boards import Board
from engines.core.errors import BadInput, KinoscopeError, UsageError, WorkFailed
from tests.engines.calibration.formats.some_rigs import FOURS, RIGS, SIZE, camera, rig

VIEW = RigView(
    "frame 1", 1, "väw.mp4#frame=1", True, True, 0, (3, 4), ((1 / 3, 2.0), (3.0, 4.0)), ((1.0, 2.0), (3.0, 4.1)),
    (1.0, 0.2), 0.3, 0.4, "far out",
)  # fmt: skip
SOLVED = rig(
    replace(camera(0), std={"fx": 0.3, "fy": 0.3, "cx": 0.4, "cy": 0.4}, distortion_std=(0.1,) * 5, hold="prior"),
    replace(camera(1), centre_std=(1e-4, 2e-4, 1 / 3e3), held_out_rms_px=0.3, frames=7, corners=12, outliers=1),
    pairs=(RigPair(0, 1, 0.4, 20.0, 1e-4, 0.01, 2e-4, 7, 80),),
    reasons=(Reason("few", 2, "Few", Remedy("switch_off", "frame 1")),),
    verdict="weak",
    views=(VIEW, RigView("frame 2", 0, "b", False, False)),
    board_poses=(BoardPose("frame 1", 0, (0.1, 0.2, 0.3), (0.0, 0.0, 1.0)),),
    board=Board.parse("charuco:5x4:54mm:40.5mm:DICT_4X4_1000:inverted"),
    more_boards=(Board.parse("chessboard:9x6:25mm"),),
    board_points=((0.0, 1 / 3, 0.0),),
    covariance=tuple((1e-3 * n,) * 30 for n in range(30)),
    noise_px=(0.1, 0.2),
    steps=(SolveStep(1, 2.0, 0.3, 4, 0.1),),
    converged=True,
)


def out(tmp_path: Path, format: str) -> Path:
    return tmp_path / ("folder" if not FORMATS[format].suffixes else f"rig{FORMATS[format].suffixes[0]}")


def in_the_first_camera(result: RigResult) -> list[np.ndarray]:
    """Motions from the first camera to each, 3 x 4."""
    motions = [np.column_stack([cv2.Rodrigues(np.array(one.rvec))[0], one.tvec]) for one in result.cameras]
    first = np.vstack([motions[0], [0, 0, 0, 1]])
    return [np.vstack([one, [0, 0, 0, 1]]) @ np.linalg.inv(first) for one in motions]


def test_json_gives_back_the_very_rig(tmp_path: Path):
    save(SOLVED, tmp_path / "ä b.json")
    assert load(tmp_path / "ä b.json") == SOLVED
    save(SOLVED, tmp_path / "ä b.json")


def test_the_name_says_how_a_rig_is_saved(tmp_path: Path):
    save(FOURS, tmp_path / "a.yml")
    assert [one.lens for one in load(tmp_path / "a.yml").cameras] == [one.lens for one in FOURS.cameras]
    with pytest.raises(UsageError, match="not the name of a rig"):
        save(FOURS, tmp_path / "a.toml")
    assert [holds_rig(tmp_path / "a.yml"), holds_rig("a.yml#cam 1")] == [True, False]


@pytest.mark.parametrize("name", RIGS)
@pytest.mark.parametrize("format", FORMATS)
def test_a_round_trip_is_exact_or_refused(name: str, format: str, tmp_path: Path):
    result, path = RIGS[name], out(tmp_path, format)
    if misfit(result, format):
        with pytest.raises(WorkFailed, match="cannot hold this rig") as caught:
            exported(result, format, path)
        assert {"opencv", "json"} <= set(caught.value.hint.removeprefix("Use ").split(", "))
        assert not path.exists()
        return
    exported(result, format, path)
    back = load(path)
    assert [one.lens for one in back.cameras] == [one.lens for one in result.cameras]
    assert [(one.name, one.size) for one in back.cameras] == [(one.name, SIZE) for one in result.cameras]
    for one, other in zip(in_the_first_camera(back), in_the_first_camera(result), strict=True):
        assert one == pytest.approx(other, abs=1e-12)
    if format in ("json", "opencv", "aniposelib", "caliscope"):
        assert [(one.rvec, one.tvec) for one in back.cameras] == [(one.rvec, one.tvec) for one in result.cameras]
    exported(result, format, path)
    assert [one.intrinsics for one in cameras_of(path)] == [one.intrinsics for one in result.cameras]


ODD = ("a: b", "#x", "- x", "true", "1.5", "a,b", "[x]", "é 'x' \"y\"", "a\\b", "x #y", "yes")


@pytest.mark.parametrize("format", FORMATS)
def test_names_of_cameras_come_back_whatever_they_are(format: str, tmp_path: Path):
    for number, name in enumerate(ODD):
        folder = tmp_path / str(number)
        folder.mkdir()
        named = replace(FOURS, cameras=(replace(FOURS.cameras[0], name=name), FOURS.cameras[1]))
        back = load(exported(named, format, out(folder, format)))
        assert [one.name for one in back.cameras] == [name, "cam 1"]


def test_what_each_format_cannot_hold(tmp_path: Path):
    refused = {format: [name for name, one in RIGS.items() if misfit(one, format)] for format in FORMATS}
    many, rich = ["brown", "mixed"], ["mixed", "rational", "prism"]
    assert refused == {
        "json": [], "opencv": [], "opencv-stereo": many, "kalibr": ["brown", *rich],
        "ros": ["brown", "mixed", "prism"], "aniposelib": rich, "caliscope": rich,
    }  # fmt: skip
    flipped = replace(FOURS, mirrored=True)
    assert [format for format in FORMATS if not misfit(flipped, format)] == ["json", "opencv"]
    assert load(exported(flipped, "opencv", tmp_path / "flipped.yaml")).mirrored


def test_nothing_of_others_is_written_over(tmp_path: Path):
    for format in FORMATS:
        path = out(tmp_path, format)
        if path.suffix:
            path.write_text("theirs: 1\n")
        else:
            path.mkdir(exist_ok=True)
            (path / "left.yaml").write_text("theirs: 1\n")
        with pytest.raises(BadInput):
            exported(FOURS, format, path)
        assert (path if path.suffix else path / "left.yaml").read_text() == "theirs: 1\n"
    for format, name in (("kalibr", "a.toml"), ("xyz", "a.yaml")):
        with pytest.raises(UsageError):
            exported(FOURS, format, tmp_path / name)


TWO = rig_toml.to_caliscope(FOURS)
TURNED = "rotation = [0.02, -0.3333333333333333, 0.01]"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no cameras"),
        ("[cameras.0", "Not valid TOML"),
        ("a = 1", "no cameras"),
        (TWO.replace('"cam 1"', '"cam 0"'), "Two cameras in it are called 'cam 0'"),
        (TWO.replace("901.5", "nan", 1), "Camera 'cam 0': .*make no sense"),
        (TWO.replace("901.5", "901.5e9", 1), "Camera 'cam 0': .*make no sense"),
        (TWO.replace("-0.28", "inf", 1), "Camera 'cam 0': .*make no sense"),
        (TWO.replace("-0.28", '"x"', 1), "Camera 'cam 0': .*damaged"),
        (TWO.replace("[-0.28, ", "[", 1).replace("-0.0005, 0.0]", "]", 1), "coefficients"),
        (TWO.replace("size = [1280, 720]", "size = [0, 720]", 1), "not that of a picture"),
        (TWO.replace("size = [1280, 720]", "", 1), "does not say the size"),
        (TWO.replace("[-0.4, ", "[nan, "), "no finite number"),
        (TWO.replace("[-0.4, ", "[-4e5, "), "makes no sense for a rig"),
        (TWO.replace(TURNED, "rotation = [[2,0,0],[0,1,0],[0,0,1]]"), "no rotation"),
        (TWO.replace(TURNED, "rotation = [1.0]"), "another number"),
        (TWO.partition("[cameras.1]")[0], "holds one camera"),
    ],
)  # fmt: skip
def test_damaged_toml_says_what_is_wrong(text: str, words: str, tmp_path: Path):
    path = tmp_path / "camera_array.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=words) as caught:
        load(path)
    assert caught.value.path == str(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "kinoscope mono calibration"}, "incomplete or damaged|not a calibration"),
        ({"version": 9}, "another version"),
        ({"cameras": []}, "no cameras"),
        ({"cameras": [asdict(camera(0)), asdict(camera(0))]}, "one name"),
        ({"cameras": [asdict(camera(0)) | {"rvec": [float("nan"), 0, 0]}]}, "no finite number|damaged"),
        ({"cameras": [asdict(camera(0)) | {"rvec": ["nan", 0, 0]}]}, "no finite number|damaged"),
        ({"cameras": [asdict(camera(0)) | {"size": {"width": 0, "height": 1}}]}, "Camera 'cam 0'.*not usable"),
        ({"pairs": [asdict(RigPair(0, 5, 1.0, 0.0))]}, "speaks of a camera"),
        ({"views": [asdict(replace(VIEW, corners=VIEW.corners[:1]))]}, "do not go with one another"),
        ({"board_poses": [asdict(BoardPose("f", 0, (0.0, 0.0, 1e9), (0.0, 0.0, 1.0)))]}, "far too large"),
        ({"covariance": [[1.0]]}, "covariance does not go"),
        ({"noise_px": [1.0]}, "noise does not go"),
        ({"board": "chess"}, "is not a board"),
    ],
)
def test_damaged_json_says_what_is_wrong(change: dict[str, object], words: str, tmp_path: Path):
    path = tmp_path / "rig.json"
    save(SOLVED, path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BadInput, match=words) as caught:
        load(path)
    assert caught.value.path == str(path)


def test_what_is_no_calibration_is_said(tmp_path: Path):
    for name, content in (
        ("a.toml", b"\xff\xfe\x00"),
        ("b.yaml", b"\xffx"),
        ("c.txt", b""),
        ("d.yaml", b""),
        ("e.json", b"[]"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(KinoscopeError) as caught:
            load(tmp_path / name)
        assert caught.value.path == str(tmp_path / name)
    big = tmp_path / "big.toml"
    with big.open("wb") as file:
        file.truncate(files.LARGEST + 1)
    for path, words in (
        (big, "too large"),
        (tmp_path / "none.toml", "no such"),
        (tmp_path / "*.toml2", "no calibrations"),
    ):
        with pytest.raises(KinoscopeError, match=words):
            load(path)


words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
values = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=60)
@given(name=words, numbers=st.lists(values, min_size=1, max_size=6))
def test_toml_keeps_words_and_numbers_to_the_last_bit(name: str, numbers: list[float]):
    import tomllib

    plain = {"name": name, "numbers": numbers, "nested": [numbers, [1, 2]], "on": True}
    assert tomllib.loads(rig_toml.toml_of({"a": plain})) == {"a": plain}


@settings(max_examples=60)
@given(cut=st.integers(0, 2500), format=st.sampled_from(["opencv", "kalibr", "caliscope", "json"]))
def test_a_cut_off_file_is_bad_input_or_the_same_cameras(
    cut: int, format: str, tmp_path_factory: pytest.TempPathFactory
):
    path = out(tmp_path_factory.getbasetemp(), format).with_stem(f"cut-{format}")
    path.unlink(missing_ok=True)
    text = exported(FOURS, format, path).read_text()
    path.write_text(text[:cut])
    try:
        found = cameras_of(path)
    except BadInput as error:
        assert error.path == str(path)
    else:
        lenses = [one.lens for one in FOURS.cameras]
        assert [one.lens for one in found] == lenses[: len(found)]
    path.unlink()
