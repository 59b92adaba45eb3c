"""The job from files to figures: rendered photographs with a known camera, the real ones, and input that is bad."""

from __future__ import annotations

import json
import pickle
import re
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

import main
from engines.calibration.formats.files import load
from engines.calibration.mono import run
from engines.calibration.targets.photographs import expand, read_image, view_names
from engines.calibration.types import MonoResult, MonoSpec, ViewResult
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, UsageError
from engines.core.pictures.reading import read_picture
from engines.core.spec import from_json, spec_type, to_json
from tests.engines.calibration import known_scene as known
from tests.engines.core.pictures.made_pictures import jpeg_with, tiff, webp_with

BOARD = known.CHESSBOARD
COUNT = 8


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight rendered photographs, in a folder with a space and letters beyond ASCII in its name."""
    folder = tmp_path_factory.mktemp("photos") / "Kamera für Żółw 1"
    folder.mkdir()
    scene = known.Scene()
    for number, (rvec, tvec) in enumerate(known.poses(scene, COUNT, seed=11)):
        write(folder / f"view {number + 1}.png", known.picture(scene, rvec, tvec, seed=number))
    return folder


def write(path: Path, image: np.ndarray) -> None:
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())


def blank(size: tuple[int, int] = (480, 640)) -> np.ndarray:
    return np.full(size, 127, np.uint8)


def calibrated(folder: Path, **spec: object) -> MonoResult:
    return run(MonoSpec((str(folder),), BOARD, **spec), PlainContext())  # type: ignore[arg-type]


def test_the_rendered_camera_is_found_within_its_uncertainty(photographs: Path):
    result = calibrated(photographs)
    truth = {"fx": 534.0, "fy": 536.0, "cx": 326.0, "cy": 244.0}
    for name, value in truth.items():
        assert abs(getattr(result.intrinsics, name) - value) < 4 * result.std[name] + 0.1
    assert result.rms_px < 0.12
    assert result.loo_rms_px is not None
    assert result.rms_px < result.loo_rms_px < 2 * result.rms_px
    assert [view.name for view in result.views] == [f"view {number + 1}.png" for number in range(COUNT)]


def test_each_view_says_what_it_shows(photographs: Path):
    result = calibrated(photographs)
    pooled = np.sqrt(np.mean([view.rms_px**2 for view in result.views if view.rms_px is not None]))
    assert pooled == pytest.approx(result.rms_px, rel=1e-9)
    for view in result.views:
        residual = np.array(view.projected) - np.array(view.corners)
        assert view.rms_px == pytest.approx(np.sqrt((residual**2).sum(axis=1).mean()))
        assert view.loo_rms_px is not None
        assert len(view.ids) == 54


def test_the_result_goes_through_a_pickle_and_holds_plain_numbers(photographs: Path):
    result = calibrated(photographs, free_board=True)
    assert pickle.loads(pickle.dumps(result)) == result
    assert type(result.rms_px) is float
    assert type(result.intrinsics.fx) is float
    assert type(result.views[0].corners[0][0]) is float
    assert len(result.board_points) == 54


def test_the_spec_goes_to_json_and_back():
    spec = MonoSpec(("a b", "ü"), BOARD, free_board=True, window="5", exclude=("x.png",))
    assert from_json(spec_type("engines.calibration.mono:run"), to_json(spec)) == spec


def test_the_fit_comes_early_and_every_view_is_shown(photographs: Path):
    class Listener(PlainContext):
        def __init__(self) -> None:
            super().__init__()
            self.said: list[tuple[str, object]] = []

        def emit(self, key: str, event: object) -> None:
            self.said.append((key, event))

        def progress(self, done: float, total: float, note: str = "") -> None:
            assert 0 <= self.done <= done <= total
            super().progress(done, total, note)

    ctx = Listener()
    result = run(MonoSpec((str(photographs),), BOARD), ctx)
    assert [key for key, _ in ctx.said] == ["view"] * COUNT + ["fit"]
    early = ctx.said[-1][1]
    assert isinstance(early, MonoResult)
    assert early.loo_rms_px is None
    assert early.rms_px == result.rms_px
    assert isinstance(ctx.said[0][1], ViewResult)
    assert ctx.done == ctx.total


def test_an_excluded_view_is_shown_but_not_used(photographs: Path):
    everything, without = calibrated(photographs), calibrated(photographs, exclude=("view 3.png",))
    left_out = without.views[2]
    assert left_out.found
    assert not left_out.used
    assert left_out.loo_rms_px is None
    assert left_out.rms_px == pytest.approx(everything.views[2].loo_rms_px, rel=1e-4)
    with pytest.raises(UsageError, match="no view 'nothing'"):
        calibrated(photographs, exclude=("nothing",))


def test_a_bad_file_among_good_ones_is_noted(photographs: Path, tmp_path: Path):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG not really")
    (tmp_path / "empty.jpg").touch()
    write(tmp_path / "grey.png", blank())
    images = (str(photographs), *(str(tmp_path / name) for name in ("broken.png", "empty.jpg", "grey.png")))
    result = run(MonoSpec(images, BOARD), PlainContext())
    notes = [view.note for view in result.views[COUNT:]]
    assert notes[0] == notes[1] == "this is not a picture that can be read"
    assert notes[2] == "the board was not found"
    assert result.rms_px == pytest.approx(calibrated(photographs).rms_px)


def test_an_empty_folder_a_missing_path_and_a_pattern_without_files(tmp_path: Path):
    for path, words in (
        (tmp_path, "no pictures"),
        (tmp_path / "none", "no file or folder"),
        (tmp_path / "*.png", "matches"),
    ):
        with pytest.raises(BadInput, match=words) as caught:
            run(MonoSpec((str(path),), BOARD), PlainContext())
        assert caught.value.hint
    with pytest.raises(BadInput, match="No pictures were given"):
        run(MonoSpec((), BOARD), PlainContext())


def test_pictures_of_different_sizes(photographs: Path, tmp_path: Path):
    write(tmp_path / "odd.png", blank((240, 320)))
    with pytest.raises(BadInput, match="most are 640x480, odd.png is 320x240") as caught:
        run(MonoSpec((str(photographs), str(tmp_path)), BOARD), PlainContext())
    assert caught.value.path == str(tmp_path / "odd.png")


def test_files_none_of_which_is_a_picture(tmp_path: Path):
    (tmp_path / "a.jpg").write_text("not a picture")
    with pytest.raises(BadInput, match="None of the files"):
        calibrated(tmp_path)


def test_no_board_in_any_view(tmp_path: Path):
    for number in range(3):
        write(tmp_path / f"{number}.png", blank())
    with pytest.raises(BadInput, match="No view shows the board chessboard:9x6:25mm") as caught:
        calibrated(tmp_path)
    assert "whole board is in view" in caught.value.hint


@pytest.mark.parametrize(
    ("given", "words"), [("10x7", "squares were counted"), ("7x5", "9x6 inner corners"), ("8x6", "9x6 inner corners")]
)
def test_a_wrong_corner_count_names_the_one_that_fits(photographs: Path, given: str, words: str):
    images = tuple(str(photographs / f"view {number}.png") for number in (1, 2, 3))
    spec = MonoSpec(images, Board.parse(f"chessboard:{given}:25mm"))
    with pytest.raises(BadInput) as caught:
        run(spec, PlainContext())
    assert words in caught.value.hint
    assert caught.value.facts.board == "chessboard:9x6:25mm"


def test_too_few_views(photographs: Path):
    images = tuple(str(photographs / f"view {number}.png") for number in (1, 2))
    with pytest.raises(BadInput, match="at least 3 are needed"):
        run(MonoSpec(images, BOARD), PlainContext())


def test_settings_that_make_no_sense(photographs: Path):
    for change in ({"model": "pinhole9"}, {"window": "x"}, {"out": "camera.txt"}):
        with pytest.raises(UsageError):
            calibrated(photographs, **change)


def test_cancelling_stops_at_the_next_picture(photographs: Path):
    class Impatient(PlainContext):
        def progress(self, done: float, total: float, note: str = "") -> None:
            super().progress(done, total, note)
            self.cancelled.set()

    ctx = Impatient()
    with pytest.raises(Cancelled):
        run(MonoSpec((str(photographs),), BOARD), ctx)
    assert 0 < ctx.done < 0.6


def test_files_in_natural_order_names_that_occur_twice_and_odd_characters(tmp_path: Path):
    for name in ("b10.png", "b9.png", "B1.PNG", "[x].png", "note.txt"):
        write(tmp_path / name, blank()) if name.lower().endswith("png") else (tmp_path / name).touch()
    assert [path.name for path in expand([str(tmp_path)])] == ["[x].png", "B1.PNG", "b9.png", "b10.png"]
    assert [path.name for path in expand([str(tmp_path / "b*.png")])] == ["b9.png", "b10.png"]
    assert expand([str(tmp_path / "[x].png")] * 2) == (tmp_path / "[x].png",)
    assert view_names([Path("l/1.png"), Path("r/1.png"), Path("2.png")]) == ["l/1.png", "r/1.png", "2.png"]
    assert read_image(tmp_path / "note.txt") is None
    assert read_image(tmp_path / "nowhere.png") is None


def test_the_command_line_prints_the_agreed_object(
    photographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "ä b.yaml"
    arguments = [
        "calibrate",
        "mono",
        str(photographs),
        "--board",
        str(BOARD),
        "--free-board",
        "--out",
        str(out),
        "--json",
    ]
    assert main.main(arguments) == 0
    said = json.loads(capsys.readouterr().out)
    keys = [
        "model",
        "image_size",
        "intrinsics",
        "std",
        "distortion",
        "rms_px",
        "loo_rms_px",
        "views",
        "verdict",
        "seconds",
    ]
    assert list(said)[: len(keys)] == keys
    assert said["image_size"] == [640, 480]
    assert list(said["intrinsics"]) == list(said["std"]) == ["fx", "fy", "cx", "cy"]
    assert list(said["views"][0])[:4] == ["name", "found", "used", "rms_px"]
    assert load(out).intrinsics.fx == said["intrinsics"]["fx"]


def test_the_command_line_says_what_is_wrong(photographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main.main(["calibrate", "mono", str(tmp_path), "--board", str(BOARD), "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["kind"], error["path"]) == ("bad-input", str(tmp_path))
    assert main.main(["calibrate", "mono", str(photographs), "--board", "chess:9x6:25mm", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "usage"


def test_the_command_line_shows_people_a_summary(photographs: Path, capsys: pytest.CaptureFixture[str]):
    assert main.main(["calibrate", "mono", str(photographs), "--board", str(BOARD)]) == 0
    said = capsys.readouterr().out
    assert "8 views, RMS 0." in said
    assert "view 3.png" in said
    assert "fx" in said


REAL = {
    ("left", True): (0.106, 0.124),
    ("right", True): (0.103, 0.120),
    ("left", False): (0.178, 0.184),
    ("right", False): (0.182, 0.188),
}


@pytest.mark.parametrize(("side", "free_board"), REAL)
def test_the_real_photographs_reach_the_reference_figures(data: Path, side: str, free_board: bool):
    pattern = str(data / "calibration" / "opencv_stereo_chessboard" / f"{side}??.jpg")
    result = run(MonoSpec((pattern,), BOARD, free_board=free_board), PlainContext())
    rms, left_out = REAL[side, free_board]
    assert result.rms_px <= rms
    assert result.loo_rms_px is not None
    assert result.loo_rms_px <= left_out
    assert sum(view.used for view in result.views) == 13
    assert result.verdict == ("good" if free_board else "fair")
    assert result.reasons[0].kind == ("freed-board" if free_board else "bent-board")


@pytest.mark.parametrize(
    ("side", "camera"),
    [("left", (532.827, 532.946, 342.487, 233.856)), ("right", (537.453, 536.969, 327.586, 248.882))],
)
def test_with_a_window_of_five_the_intrinsics_are_the_published_ones(data: Path, side: str, camera: tuple[float, ...]):
    pattern = str(data / "calibration" / "opencv_stereo_chessboard" / f"{side}??.jpg")
    result = run(MonoSpec((pattern,), BOARD, window="5", leave_one_out=False), PlainContext())
    inner = result.intrinsics
    assert (inner.fx, inner.fy, inner.cx, inner.cy) == pytest.approx(camera, abs=0.05)


def test_the_real_quad_tiles_calibrate_and_are_not_called_good(data: Path, tmp_path: Path):
    frames = sorted((data / "calibration" / "quad_tiled_charuco").glob("*.jpg"))[::2]
    for path in frames:
        frame = read_image(path)
        assert frame is not None
        write(tmp_path / f"{path.stem}.png", frame[:720, :1280])
    board = Board.parse("charuco:4x5:54mm:40.5mm:DICT_4X4_1000:inverted")
    result = run(replace(MonoSpec((str(tmp_path),), board), model="brown5"), PlainContext())
    assert sum(view.used for view in result.views) == len(frames)
    assert result.rms_px < 0.2
    assert abs(result.intrinsics.fx - 903.6) < 4 * result.std["fx"]
    assert result.verdict in ("weak", "poor")
    assert any("focal length" in sentence for sentence in result.advice)


EVEN = "charuco:8x6:35mm:24mm:DICT_4X4_50"


@pytest.mark.parametrize(
    ("printed", "given", "said"),
    [
        (EVEN + ":legacy", EVEN, r"24 of its 24 .*Legacy pattern. \(try with it\), or columns and rows .*:legacy$"),
        (EVEN, EVEN + ":legacy", r"Legacy pattern. \(try without it\).*Use charuco:8x6:35mm:24mm:DICT_4X4_50$"),
        ("charuco:8x5:35mm:24mm:DICT_4X4_50", "charuco:5x8:35mm:24mm:DICT_4X4_50", r"20 of its 20 .*Use charuco:8x5:"),
        (EVEN, EVEN + ":inverted", "white on black need .Inverted print.*try without it"),
    ],
)
def test_markers_that_are_seen_say_what_the_layout_lacks(printed: str, given: str, said: str, tmp_path: Path):
    fill = 0 if "inverted" in printed else 255
    print_ = np.pad(Board.parse(printed).picture(64), 40, constant_values=fill)
    for number in range(3):
        tilt = np.array([[1, 0.05 * number, 0], [0.02, 1, 0], [2e-4 * number, 1e-4, 1]])
        cv2.imwrite(str(tmp_path / f"{number}.png"), cv2.warpPerspective(print_, tilt, (640, 480), borderValue=fill))
    with pytest.raises(BadInput, match="No view shows the board") as caught:
        run(MonoSpec((str(tmp_path),), Board.parse(given)), PlainContext())
    assert re.search(said, caught.value.hint)


def test_how_the_camera_was_held_changes_nothing_whatever_the_kind_of_file(photographs: Path, tmp_path: Path):
    """Every second photograph says that it was taken upside down; the pixels are always the sensor's."""
    truth = calibrated(photographs, leave_one_out=False).intrinsics
    kinds = {
        "a.jpg": jpeg_with,
        "a.tif": lambda image, turn: tiff(image[:, :, ::-1], 8, orientation=turn),
        "a.webp": webp_with,
    }
    for kind, make in kinds.items():
        for number, path in enumerate(sorted(photographs.glob("*.png"))):
            image = read_picture(path)
            (tmp_path / f"{number}{kind[1:]}").write_bytes(make(image, 3 if number % 2 else 1))
        pattern = str(tmp_path / f"*{kind[1:]}")
        found = run(MonoSpec((pattern,), BOARD, leave_one_out=False), PlainContext()).intrinsics
        assert (found.cx, found.cy) == pytest.approx((truth.cx, truth.cy), abs=0.2), kind


def test_a_folder_with_brackets_and_what_it_left_out(photographs: Path, tmp_path: Path):
    folder = tmp_path / "photos [2024] 100% #1"
    shutil.copytree(photographs, folder)
    (folder / "IMG_1.HEIC").touch()
    (folder / "notes.txt").touch()
    pattern = run(MonoSpec((str(folder / "view*.png"),), BOARD, leave_one_out=False), PlainContext())
    whole = run(MonoSpec((str(folder),), BOARD, leave_one_out=False), PlainContext())
    assert len(pattern.views) == len(whole.views) == COUNT
    assert not pattern.left_out
    assert [Path(one.path).name for one in whole.left_out] == ["IMG_1.HEIC", "notes.txt"]
