"""`actions detect`: what it says, what it writes, what it refuses."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from tests.engines.actions.watching import CLASSES, make_film, make_model
from workbench.verbs.actions import detect as actions_detect


def called(*arguments):
    app = typer.Typer()
    app.callback()(lambda: None)
    actions_detect.register(app)
    result = CliRunner().invoke(app, ["detect", *map(str, arguments)])
    return result.exit_code, result.stdout


@pytest.fixture
def film(tmp_path):
    return make_film(tmp_path / "film.mkv", 30)


@pytest.fixture
def model(tmp_path):
    return make_model(tmp_path / "m.safetensors").path


def test_a_table_with_a_row_a_frame_and_one_object(tmp_path, film, model):
    out = tmp_path / "scores.csv"
    code, said = called(model, film, "--frames", "5:25", "--out", out, "--ahead", "--json")
    answer = json.loads(said)
    assert (code, answer["frames"], answer["file"]) == (0, 20, str(out))
    with out.open() as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["frame", "time_s", *CLASSES]
    assert [int(row[0]) for row in rows[1:]] == list(range(5, 25))
    assert np.array(rows[1:], float)[:, 2:].sum(axis=1) == pytest.approx(np.ones(20))
    assert np.load(answer["ahead"]).shape == (20, 3, len(CLASSES))


def test_events_are_printed_and_written(tmp_path, film, model):
    events = tmp_path / "events.json"
    code, said = called(model, film, "--out", tmp_path / "s.csv", "--threshold", "0.2", "--events", events)
    written = json.loads(events.read_text())["events"]
    assert code == 0
    assert written
    assert all(event["action"] in said for event in written)


def test_kept_in_fewer_bytes_it_answers_nearly_the_same(tmp_path, film):
    model, rows = make_model(tmp_path / "large.safetensors", kind="gru", size=600).path, []
    for weights in ("float32", "int8", "bfloat16"):
        out = tmp_path / f"{weights}.csv"
        assert called(model, film, "--out", out, "--weights", weights)[0] == 0
        rows.append(np.genfromtxt(out, delimiter=",", skip_header=1)[:, 2:])
    assert 0 < np.abs(rows[1] - rows[0]).max() < 0.1
    assert 0 < np.abs(rows[2] - rows[0]).max() < 0.1


@pytest.mark.parametrize(
    ("change", "code", "kind"),
    [
        ({"model": "missing.safetensors"}, 1, "bad-input"),
        ({"model": "main.py"}, 1, "bad-input"),
        ({"video": "main.py"}, 1, "bad-input"),
        ({"--frames": "9:3"}, 2, "usage"),
        ({"--frames": "40:"}, 1, "bad-input"),
        ({"--threshold": "7"}, 2, "usage"),
        ({"--weights": "int3"}, 1, "bad-input"),
        ({"--events": "events.txt"}, 2, "usage"),
    ],
)
def test_bad_input_is_said_in_words(tmp_path, film, model, change, code, kind):
    asked = {"model": model, "video": str(film), "--out": str(tmp_path / "s.csv")} | change
    options = [part for name, value in asked.items() if name.startswith("--") for part in (name, value)]
    ended, said = called(asked["model"], asked["video"], *options, "--json")
    assert (ended, json.loads(said)["error"]["kind"]) == (code, kind)
    assert not (tmp_path / "s.csv").exists()
