"""`actions features`: an array that other tools read, and plain words for what cannot be."""

from __future__ import annotations

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from engines.core.errors import UsageError
from engines.core.frame_ranges import parsed
from tests.engines.cameras.films import write_video
from workbench.verbs.actions import features as actions_features

app = typer.Typer()
actions_features.register(app)


@app.callback()
def _group() -> None:
    pass


def told(*arguments: object) -> tuple[int, dict]:
    result = CliRunner().invoke(app, ["features", *map(str, arguments), "--json"])
    return result.exit_code, json.loads(result.stdout)


def test_a_part_of_a_film_becomes_an_array(film, weights, tmp_path):
    weights("efficientnet-lite0")
    out = tmp_path / "f"
    code, result = told(film, "--frames", "3:9", "--rate", "5", "--out", out)
    assert code == 0
    rows = np.load(result["file"])
    assert rows.shape == (result["chunks"], result["length"]) == (3, 1760)
    assert result["file"].endswith("f.npy")
    about = json.loads((tmp_path / "f.json").read_text())
    assert about["frames"] == [3, 5, 7]
    assert about["digest"] == result["digest"]


def test_a_film_without_anybody_says_so(weights, tmp_path):
    weights("pose-detection", "pose-landmarks")
    film = write_video(tmp_path / "empty.mp4", 4)
    code, result = told(film, "--kind", "pose", "--out", tmp_path / "f.npy")
    assert (code, result["without_body"]) == (0, 1.0)


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (("--frames", "5:2"), 2, "usage"),
        (("--frames", "five"), 2, "usage"),
        (("--frames", "99:"), 1, "bad-input"),
        (("--rate", "99"), 2, "usage"),
        (("--kind", "smell"), 1, "bad-input"),
        (("--out", "f.csv"), 2, "usage"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, arguments, code, kind):
    film = write_video(tmp_path / "clip.mp4", 4)
    answer = told(film, "--out", tmp_path / "f.npy", *arguments)
    assert (answer[0], answer[1]["error"]["kind"]) == (code, kind)
    assert not list(tmp_path.glob("*.npy"))


def test_no_film_is_refused(tmp_path):
    (tmp_path / "words.mp4").write_text("nothing to see")
    assert told(tmp_path / "words.mp4", "--out", tmp_path / "f.npy")[1]["error"]["kind"] == "bad-input"
    assert told(tmp_path / "none.mp4", "--out", tmp_path / "f.npy")[0] == 1


@pytest.mark.parametrize(
    ("text", "frames"), [("", (0, None)), ("0:191", (0, 191)), ("85:", (85, None)), (":7", (0, 7)), (":", (0, None))]
)
def test_ranges_are_half_open(text, frames):
    assert parsed(text) == frames


@pytest.mark.parametrize("text", ["5", "1:2:3", "-1:4", "a:b", "4:4", "1.5:3"])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(UsageError):
        parsed(text)
