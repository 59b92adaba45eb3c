"""`faces enrol --model own.onnx`, then `identify` and `redact` with nothing but the gallery."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import main
from tests.engines.faces.recognition.own_recognisers import own_head, own_recogniser


@pytest.mark.parametrize("kind", ["network", "head"])
def test_a_gallery_of_the_users_own_recogniser_is_used_by_itself(
    tmp_path: Path, group: Path, capsys: pytest.CaptureFixture[str], kind: str
):
    model = own_recogniser(tmp_path / "models" / "good.onnx")
    if kind == "head":
        model = own_head(tmp_path / "models" / "head.onnx", "good.onnx")
    photo, gallery = group, tmp_path / "g.faces"

    def said(*arguments: object) -> tuple[int, dict]:
        capsys.readouterr()
        code = main.main(["faces", *map(str, arguments), "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert said("enrol", gallery, photo, "--person", "Anna", "--model", model, "--all")[0] == 0
    code, answer = said("identify", gallery, photo, "--search", "plain")
    assert (code, answer["people"]) == (0, 1)
    assert max(face["similarity"] for image in answer["images"] for face in image["faces"]) > 0.99
    redact = ("redact", photo, tmp_path / "out.png", "--blur", "unknown", "--gallery", gallery)
    assert said(*redact)[0] == 0
    (tmp_path / "elsewhere").mkdir()
    for file in sorted(model.parent.iterdir()):
        moved = file.rename(tmp_path / "elsewhere" / file.name)
    moved = tmp_path / "elsewhere" / model.name
    for command in (("identify", gallery, photo), redact):
        code, answer = said(*command)
        assert (code, answer["error"]["kind"], answer["error"]["path"]) == (1, "missing-file", str(model))
        assert "--model" in answer["error"]["hint"]
        assert said(*command, "--model", moved)[0] == 0
    assert said("identify", gallery, photo, "--model", own_recogniser(tmp_path / "bad.onnx", 5))[0] == 1
    assert said("enrol", gallery, photo, "--person", "Bert", "--model", moved, "--all")[0] == 0
    assert said("identify", gallery, photo)[0] == 0
