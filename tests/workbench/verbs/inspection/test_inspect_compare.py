"""`inspect compare`: the first layer that differs, for scripts and for people."""

from __future__ import annotations

import json

import pytest

import main
from tests.engines.inspection.activations.chains import weights_of, write_chain


def said(capsys, *arguments):
    capsys.readouterr()
    code = main.main(["inspect", "compare", *map(str, arguments)])
    return code, capsys.readouterr().out


def test_the_first_layer_that_differs_is_told(tmp_path, capsys: pytest.CaptureFixture[str]):
    weights = weights_of()
    weights[1][0, 0, 0, 0] += 1
    first, second = write_chain(tmp_path / "a.onnx", weights_of()), write_chain(tmp_path / "b.onnx", weights)
    code, text = said(capsys, first, second, "--input", "1x3x16x16", "--json")
    told = json.loads(text)
    assert (code, told["first_differing"], told["warnings"]) == (0, "conv1", [])
    assert [layer["error"] == 0 for layer in told["layers"]] == [True, True, False, False, False, False]
    code, text = said(capsys, first, second)
    assert code == 0
    assert "First layer that differs: conv1" in text


def test_what_makes_no_sense_is_refused(tmp_path, capsys: pytest.CaptureFixture[str]):
    first = write_chain(tmp_path / "a.onnx", weights_of())
    assert said(capsys, first, "--json")[0] == 2
    other = write_chain(tmp_path / "b.onnx", weights_of(), side=20)
    code, text = said(capsys, first, other, "--json")
    assert code == 1
    assert "different inputs" in json.loads(text)["error"]["message"]
