"""`faces gaze`: one JSON object, a row a face, broken pictures told and passed over."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workbench.verbs.faces.commands import app


def test_every_face_has_pose_and_gaze_and_a_broken_file_its_error(
    portrait: Path, weights: Callable[..., None], tmp_path: Path
) -> None:
    weights("yunet", "face-landmarks", "iris-landmarks")
    shutil.copy(portrait, tmp_path / "a.png")
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    result = CliRunner().invoke(app, ["gaze", str(tmp_path), "--json", "--threads", "1"])
    assert result.exit_code == 0
    first, second = json.loads(result.stdout)["images"]
    (face,) = first["faces"]
    assert set(face["pose"]) == {"yaw", "pitch", "roll"}
    assert abs(face["gaze"]["yaw"]) < 30
    assert second["faces"] == []
    assert second["error"]["kind"] == "bad-input"
    table = CliRunner().invoke(app, ["gaze", str(tmp_path), "--threads", "1"])
    assert "a.png" in table.stdout
    assert f"{face['pose']['roll']:+.1f}" in table.stdout


@pytest.mark.parametrize(
    ("words", "code"), [(["gaze", "/no/such.jpg"], 1), (["gaze", "/no/such.jpg", "--search", "x"], 2)]
)
def test_what_cannot_be_done_is_said(weights: Callable[..., None], words: list[str], code: int) -> None:
    weights("yunet", "face-landmarks", "iris-landmarks")
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == code
    assert "message" in json.loads(result.stdout)["error"]
