"""The verbs `attention which` and `attention check`: what they print and how they end."""

from __future__ import annotations

import json
from typing import Any

import pytest

import main
from engines.attention.auto import choice
from engines.attention.exact import naive, tiled
from engines.attention.kernels import kernel


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    choice.forget()
    kernel.cache_clear()
    yield
    choice.forget()
    kernel.cache_clear()


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main.main(["attention", *arguments, "--json"])
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return code, json.loads(out)


def test_which_says_what_auto_takes_and_what_the_others_take(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["which", "--shape", "1,8,160,64", "--causal", "--window", "20"]
    code, said = _said(capsys, *asked)
    assert code == 0
    assert said["measured"]
    assert {"sdpa", "naive"} <= {*said["times"]}
    assert said["kernel"] in (next(iter(said["times"])), "sdpa")
    assert "flex" in said["refused"]
    assert _said(capsys, *asked)[1] == said
    assert main.main(["attention", *asked]) == 0
    assert said["kernel"] in capsys.readouterr().out


def test_which_of_a_small_request_is_not_measured(capsys: pytest.CaptureFixture[str]) -> None:
    _, said = _said(capsys, "which", "--shape", "1,1,16,16")
    assert (said["kernel"], said["measured"]) == ("sdpa", False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--shape", "1,2,3"], "no shape"),
        (["--shape", "1,0,8,8"], "heads is 0"),
        (["--shape", "1,1,8,8", "--dtype", "int8"], "dtype"),
    ],
)
def test_which_of_what_there_is_not(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    code, said = _said(capsys, "which", *arguments)
    assert code != 0
    assert words in said["error"]["message"]


def test_check_is_over_with_1_where_a_kind_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = _said(capsys, "check", "--kind", "tiled")
    assert (code, said["ok"]) == (0, True)
    assert {"error", "grad_error", "reference_error", "ok", "skipped"} <= {*said["kinds"]["tiled"]["bfloat16"]}
    monkeypatch.setattr(tiled, "forward", lambda asked, lse: (1.01 * naive.forward(asked)[0], None))
    kernel.cache_clear()
    assert main.main(["attention", "check", "--kind", "tiled"]) == 1
    assert "tiled in float32" in capsys.readouterr().out
