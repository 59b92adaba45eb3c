"""The tour: what it fails for, and what it only remarks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workbench.tour import walk as touring
from workbench.tour.stops import main_stops, stops
from workbench.verbs.tour import app

ROOT = Path(__file__).resolve().parents[3]
REMARK, PROBLEM = "light-theme: the window computed for 287 ms at a stretch", "dark-log: the panel is blank"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("QT_SCALE_FACTOR", "KINOSCOPE_STORE"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


def code(monkeypatch, *arguments: str, remarks=(), problems=()) -> int:
    report = {"pictures": [], "remarks": list(remarks), "problems": list(problems), "stall_ms_max": 0.0, "stall_at": ""}
    monkeypatch.setattr(touring, "walk", lambda *_what, **_named: report)
    return CliRunner().invoke(app, ["--only", "nothing", *arguments]).exit_code


def test_a_stall_is_a_remark_and_a_failure_only_when_that_was_asked_for(monkeypatch):
    assert code(monkeypatch) == 0
    assert code(monkeypatch, remarks=[REMARK]) == 0
    assert code(monkeypatch, "--strict", remarks=[REMARK]) == 1
    assert code(monkeypatch, "--strict") == 0


def test_what_is_wrong_is_a_failure(monkeypatch):
    assert code(monkeypatch, problems=[PROBLEM]) == 1


def test_the_quick_tour_has_a_stop_of_every_feature_of_the_long_one(monkeypatch):
    names = [stop.name for stop in main_stops("both")]
    assert len(set(names)) == 9
    assert set(names) <= {stop.name for stop in stops("both")}


def test_a_change_of_theme_does_not_hold_the_window_and_the_walk_says_how_far_it_is(tmp_path):
    command = [sys.executable, str(ROOT / "main.py"), "tour", "--out", str(tmp_path), "--strict", "--json"]
    done = subprocess.run([*command, "--only", "light-theme"], capture_output=True, text=True, cwd=ROOT)
    assert "1 of 1: light-theme" in done.stderr
    assert (done.returncode, json.loads(done.stdout)["problems"]) == (0, [])
    assert [path.name for path in tmp_path.glob("*.png")] == ["01-light-theme.png"]
