"""The console that the verbs share: codes, JSON, defects, Ctrl+C."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from rich.table import Table

import main
from engines.core.context import Context
from engines.core.errors import BadInput, OutOfResources, UsageError
from workbench.verbs import Verb, console


def _run(function: Any, *, as_json: bool) -> None:
    console.run(function, None, json=as_json, render=print, as_json=lambda result: {"result": result})


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        (BadInput("Empty", path="a b.png", hint="Take another"), 1, "bad-input"),
        (UsageError("Which one"), 2, "usage"),
        (FileNotFoundError(2, "No such file", "x.yaml"), 1, "bad-input"),
        (OSError(28, "No space left", "x.yaml"), 1, "resources"),
        (MemoryError(), 1, "resources"),
    ],
)
def test_a_failed_job_is_one_json_object(
    error: Exception, code: int, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: None, ctx: Context) -> None:
        raise error

    with pytest.raises(typer.Exit) as ended:
        _run(fail, as_json=True)
    out, err = capsys.readouterr()
    assert ended.value.exit_code == code
    assert json.loads(out)["error"]["kind"] == kind
    assert err == ""


def test_without_json_nothing_but_the_message_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    code = console.report(BadInput("Empty", path="a.png", hint="Take another"), json=False)
    assert code == 1
    assert capsys.readouterr() == ("", "Error: Empty (a.png). Take another\n")


def test_a_defect_keeps_its_traceback_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert console.report(ZeroDivisionError("by zero"), json=True) == 1
    out, err = capsys.readouterr()
    assert "ZeroDivisionError" in json.loads(out)["error"]["message"]
    assert "ZeroDivisionError" in err


def test_a_result_is_one_json_object_and_numbers_that_json_lacks_are_null(capsys: pytest.CaptureFixture[str]) -> None:
    _run(lambda _, ctx: {"rms": math.nan, "std": (1.0, math.inf), "name": "ü"}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"result": {"rms": None, "std": [1.0, None], "name": "ü"}}


def test_memory_and_disk_are_told_from_bad_files() -> None:
    assert isinstance(console.as_known(MemoryError()), OutOfResources)
    assert isinstance(console.as_known(PermissionError(13, "Permission denied", "x")), BadInput)
    assert console.as_known(ValueError("a defect")) is None


def test_ctrl_c_is_one_line_and_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(verb: Verb, arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "_run_verb", interrupted)
    assert main.main(["bench"]) == 130
    assert capsys.readouterr() == ("", "Stopped.\n")


ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_names_that_are_not_utf_8_are_said(tmp_path: Path, encoding: str, flags: list[str]) -> None:
    folder = os.fsencode(tmp_path) + b"/F\xc3\xb6tos_\xe4"
    os.mkdir(folder)
    command = [sys.executable, "main.py", "calibrate", "mono", os.fsdecode(folder), "--board", "chessboard:9x6:25mm"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run([*command, *flags], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    if flags:
        assert json.loads(done.stdout)["error"]["path"] == os.fsdecode(folder)
    else:
        name = {"utf-8": b"F\xc3\xb6tos_\\xe4", "ascii": b"F\\xf6tos_\\xe4"}[encoding]
        assert name in done.stderr


@pytest.mark.parametrize("argument", ["rtsp:/admin:s3cr3t@cam/x", "admin:s3cr3t@cam"])
def test_a_password_on_the_command_line_is_not_repeated(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([argument]) == 2
    out, err = capsys.readouterr()
    assert "s3cr3t" not in out + err
    assert "neither a verb nor a file" in err


def test_a_defect_shows_no_password(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("rtsp://admin:s3cr3t#s3cr3t@cam/x does not open")
    except ValueError as error:
        assert console.report(error, json=False) == 1
    assert "s3cr3t" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["[/red]", "[bold]b", "photo [x].jpg", "[/"])
def test_brackets_in_names_are_shown_as_they_are(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("name", title=name)
    table.add_row(name)
    for shown in (name, table, console.headline(name, name)):
        console.out().print(shown)
        assert name in capsys.readouterr().out


def test_brackets_in_the_name_of_what_is_read_do_not_stop_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: True, write=lambda _: 0, flush=lambda: None))
    with console.context() as ctx:
        ctx.progress(1, 2, "Reading a[/b].jpg")
