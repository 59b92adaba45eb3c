"""`calibrate undistort`: a round trip to straight pictures, films at their own times, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import main
from engines.calibration.formats.files import load, save
from engines.calibration.types import MonoResult
from engines.core.frames import Image, Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import undistort_points
from engines.core.undistortion import Straightener, Undistortion
from engines.core.video.film import Film
from tests.engines.cameras.made_films import MADE, write

SIZE = Size(320, 240)
LENS = Lens("brown5", Intrinsics(260.0, 261.0, 161.0, 118.0), (-0.3, 0.09, 0.0, 0.0, 0.0))
RESULT = MonoResult(LENS.model, SIZE, LENS.intrinsics, {}, LENS.distortion, (), 0.1, None, (), "", (), 0.0, None)


@pytest.fixture
def calibration(tmp_path: Path) -> Path:
    save(RESULT, tmp_path / "cam.json")
    return tmp_path / "cam.json"


def lines(size: Size = SIZE) -> Image:
    """Planes x = const of the world as the lens sees them."""
    factor = size.width / SIZE.width
    y, x = np.mgrid[: size.height, : size.width]
    pixels = (np.column_stack([x.ravel(), y.ravel()]) + 0.5) / factor - 0.5
    flat = undistort_points(LENS, pixels)[:, 0].reshape(size.height, size.width)
    wave = np.rint(127 + 120 * np.sin(flat * 40)).astype(np.uint8)
    return np.repeat(wave[..., None], 3, axis=2)


def ran(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> dict[str, Any]:
    assert main.main(["calibrate", "undistort", *map(str, arguments), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_pictures_keep_their_names_and_their_camera_lies_beside(calibration, tmp_path, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    cv2.imwrite(str(folder / "a.png"), lines())
    cv2.imwrite(str(folder / "b.jpg"), lines())
    cv2.imwrite(str(folder / "half.png"), lines(Size(160, 120)))
    cv2.imwrite(str(folder / "other.png"), np.zeros((100, 200, 3), np.uint8))
    (folder / "notes.txt").write_text("x")
    answer = ran(capsys, calibration, folder, "--out", tmp_path / "out")
    assert [(one["output"], one["camera"]) for one in answer["written"]] == [
        ("a.png", "camera.yaml"), ("b.jpg", "camera.yaml"), ("half.png", "camera 2.yaml"),
    ]  # fmt: skip
    assert [one["scaled_from"] for one in answer["written"]] == [None, None, [320, 240]]
    assert {Path(one["path"]).name: one["why"] for one in answer["left_out"]}.keys() == {"notes.txt", "other.png"}
    assert any("another shape than 200x100" in one["why"] for one in answer["left_out"])
    straight = cv2.imread(str(tmp_path / "out" / "a.png"))
    np.testing.assert_array_equal(straight, Straightener(Undistortion(LENS, SIZE)).image(lines()))
    assert np.abs(straight[60:180].astype(int) - straight[120]).max() < 24
    camera = load(tmp_path / "out" / "camera.yaml")
    assert camera.intrinsics.fx == pytest.approx(answer["written"][0]["intrinsics"]["fx"])
    assert camera.distortion == (0.0,) * 5


def test_a_film_has_its_own_times(calibration, tmp_path, capsys):
    made = replace(MADE["uneven-mkv"], size=(SIZE.width, SIZE.height))
    film = write(tmp_path / made.name, made, range(8))
    answer = ran(capsys, calibration, film, "--out", tmp_path / "out", "--balance", 1, "--size", "200x100")
    (one,) = answer["written"]
    assert (one["output"], one["size"], one["frames"]) == (f"{film.stem}.mp4", [200, 100], 8)
    copy = Film.open(tmp_path / "out" / one["output"])
    np.testing.assert_allclose(copy.frame_times(), Film.open(film).frame_times(), atol=2e-3)
    assert copy.size == Size(200, 100)


def test_an_earlier_result_is_replaced_and_nothing_else(calibration, tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "a.png"), lines())
    out = tmp_path / "out"
    ran(capsys, calibration, tmp_path / "a.png", "--out", out)
    first = (out / "a.png").read_bytes()
    ran(capsys, calibration, tmp_path / "a.png", "--out", out, "--balance", 1, "--crop")
    assert (out / "a.png").read_bytes() != first
    (out / "mine.png").write_bytes(b"mine")
    answer = ran(capsys, calibration, tmp_path / "a.png", "--out", out, code=1)
    assert "mine.png" in answer["error"]["message"]
    assert (out / "mine.png").read_bytes() == b"mine"


def test_mirrored_pictures_come_out_the_right_way_round(tmp_path, capsys):
    save(replace(RESULT, mirrored=True), tmp_path / "cam.json")
    cv2.imwrite(str(tmp_path / "a.png"), lines()[:, ::-1])
    assert ran(capsys, tmp_path / "cam.json", tmp_path / "a.png", "--out", tmp_path / "out")["mirrored"] is True
    straight = cv2.imread(str(tmp_path / "out" / "a.png"))
    assert np.abs(straight.astype(int) - Straightener(Undistortion(LENS, SIZE)).image(lines())).max() <= 1


@pytest.mark.parametrize(
    ("extra", "code", "words"),
    [
        (["--balance", 2], 2, "balance of 2"),
        (["--size", "big"], 2, "'big' is not a size"),
        (["missing.png"], 1, "no such file"),
    ],
)
def test_bad_input_is_said_and_nothing_is_written(calibration, tmp_path, capsys, extra, code, words):
    cv2.imwrite(str(tmp_path / "a.png"), lines())
    answer = ran(capsys, calibration, tmp_path / "a.png", *extra, "--out", tmp_path / "out", code=code)
    assert words in answer["error"]["message"]
    assert not (tmp_path / "out").exists()
