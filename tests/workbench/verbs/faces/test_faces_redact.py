"""`faces redact` on a photograph: what it says, what it writes, what it refuses."""

from __future__ import annotations

import json

import cv2
import pytest

import main
from engines.faces.detection.finding import open_finder
from engines.faces.types import FinderSettings


def test_a_photograph_is_covered_and_the_answer_is_one_object(portrait, weights, tmp_path, capsys):
    weights("yunet", "sface")
    source, out = portrait, tmp_path / "out.png"
    assert main.main(["faces", "redact", str(source), str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["frames"], answer["covered"], answer["out"]) == (1, 1, str(out))
    assert cv2.imread(str(out)).shape == cv2.imread(str(source)).shape
    assert len(open_finder(FinderSettings(threads=1)).detect(cv2.imread(str(out)))) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["missing.mp4", "out.mp4"], 1, "bad-input"),
        (["main.py", "out.mp4"], 1, "bad-input"),
        (["main.py", "out.mp4", "--blur", "unknown"], 2, "usage"),
        (["main.py", "out.mp4", "--blur", "some"], 2, "usage"),
        (["main.py", "main.py"], 1, "bad-input"),
    ],
)
def test_bad_input_is_said_in_words(weights, capsys, arguments, code, kind):
    weights("yunet", "sface")
    assert main.main(["faces", "redact", *arguments, "--json"]) == code
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == kind
