"""`inspect MODEL IMAGE --attribute`: figures, the picture that is written, and what is refused before any work."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

import main
from tests.engines.inspection.activations.chains import weights_of, write_chain


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(write_chain(tmp_path / "chain.onnx", weights_of()))


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = str(tmp_path / "a.png")
    cv2.imwrite(path, cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (24, 48, 3), np.uint8), (0, 0), 2))
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    capsys.readouterr()
    code = main.main(["inspect", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_one_method_with_its_checks_and_its_picture(model: str, picture: str, tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "why.png")
    asked = ("--attribute", "integrated-gradients", "--target", "relu2:1", "--sanity", "--curves", "--out", out)
    code, told = said(capsys, model, picture, *asked)
    assert code == 0
    assert (told["method"], told["layer"], told["target"]) == ("integrated-gradients", None, "channel 1 of 'relu2'")
    assert told["completeness"] < 1e-3
    assert told["sanity"]["verdict"] in ("depends", "partly")
    assert set(told["curves"]) >= {"deletion_area", "insertion_area", "random_deletion_area"}
    assert told["curves"]["deletion"][0] == pytest.approx(told["value"], rel=1e-5)
    assert cv2.imread(out).shape == (24, 48, 3)
    assert "0 to 1" in " ".join(told["notes"])


def test_a_sum_that_does_not_hold_says_so(model: str, picture: str, capsys) -> None:
    asked = ("--attribute", "integrated-gradients", "--target", "relu2:1", "--baseline", "grey", "--steps", "2")
    code, told = said(capsys, model, picture, *asked)
    assert code == 0
    assert told["completeness"] > 1e-3
    assert "allow more steps" in " ".join(told["notes"])


def test_all_methods_at_once_lie_side_by_side(model: str, picture: str, tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "all.png")
    code, told = said(capsys, model, picture, "--attribute", "all", "--target", "mean", "--out", out)
    assert code == 0
    assert [one["layer"] for one in told["methods"]] == [None, None, None, "relu2", None]
    assert cv2.imread(out).shape == (24, 5 * 48, 3)
    assert main.main(["inspect", model, picture, "--attribute", "gradient,grad-cam"]) == 0
    assert "Grad-CAM (relu2)" in capsys.readouterr().out


def test_what_makes_no_sense_is_said_before_any_work(model: str, picture: str, tmp_path: Path, capsys) -> None:
    (tmp_path / "letter.png").write_text("dear you")
    refused = {
        (model, "--attribute", "gradient"): (2, "A picture is needed"),
        (model, picture, "--attribute", "magic"): (2, "no method 'magic'"),
        (model, picture, "--baseline", "pink"): (2, "no baseline 'pink'"),
        (model, picture, "--target", "relu2:9"): (2, "'relu2' has 4x16x16"),
        (model, picture, "--out", str(tmp_path / "why.jpg")): (2, "not the name of a PNG"),
        (model, picture, "--out", str(tmp_path / "letter.png")): (1, "not a PNG picture"),
        (model, picture, "--out", picture): (2, "would replace what it is made from"),
        (model, str(tmp_path / "none.png")): (1, "no such picture"),
    }
    for arguments, (code, words) in refused.items():
        found, told = said(capsys, *arguments)
        assert (found, words in told["error"]["message"]) == (code, True), told
    assert (tmp_path / "letter.png").read_text() == "dear you"
