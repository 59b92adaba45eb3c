"""The verbs `actions evaluate`, `evaluate-arrays` and `labels`: what scripts are told, also of wrong files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from engines.actions.evaluation.job import evaluate, evaluate_arrays
from engines.actions.labels.files import read_labels
from engines.actions.labels.score_files import Scores, write_scores
from engines.actions.labels.targets import class_names, frame_classes
from engines.core.errors import UsageError
from workbench.verbs.actions import evaluation as actions_evaluation

APP = typer.Typer()
actions_evaluation.register(APP)


def said(*arguments: object) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(APP, [*map(str, arguments), "--json"])
    assert result.stdout.count("\n") == 1
    return result.exit_code, json.loads(result.stdout)


def shown(*arguments: object) -> str:
    result = CliRunner().invoke(APP, [str(each) for each in arguments])
    assert result.exit_code == 0
    return result.stdout


@pytest.fixture
def labels(film: Path) -> Path:
    return film.with_name("labels.csv")


@pytest.fixture
def scores(labels: Path, tmp_path: Path) -> tuple[Path, Scores]:
    """Of the test part of the clip: right nine times in ten."""
    read = read_labels(labels)
    names, frames = class_names(read), np.arange(191, 371)
    rng = np.random.default_rng(6)
    truth = frame_classes(read, names, frames)
    told = np.where(rng.random(180) < 0.9, truth, rng.integers(0, 7, 180))
    values = 0.7 * np.eye(7)[told] + 0.3 * rng.dirichlet(np.ones(7), 180)
    made = Scores(names, frames, frames / 10, values)
    write_scores(tmp_path / "trn.csv", made)
    return tmp_path / "trn.csv", made


def test_one_score_file_is_told_flat_and_as_shares(labels, scores):
    path, values = scores
    code, told = said("evaluate", path, labels)
    truth = frame_classes(read_labels(labels), values.classes, values.frames)
    expected = evaluate(values, truth)
    assert code == 0
    assert told["frames"] == 180
    assert 0.5 < told["map"] < 1
    assert told["map"] == pytest.approx(expected.map, abs=1e-8)
    assert told["mcap"] == pytest.approx(expected.mcap, abs=1e-8)
    assert told["ap"] == pytest.approx(expected.ap, abs=1e-8)
    assert "background" not in told["ap"]
    assert np.sum(told["confusion_s"]) == pytest.approx(18.0)
    assert len({len(column) for column in told["trade_off"].values()}) == 1
    code, part = said("evaluate", path, labels, "--frames", "200:250")
    assert part["frames"] == 50


def test_several_score_files_are_told_side_by_side(labels, scores, tmp_path):
    path, values = scores
    worse = 0.5 * values.probabilities + 0.5 / 7
    worse[:90] = 1 / 7
    write_scores(tmp_path / "gru.csv", Scores(values.classes, values.frames, values.times, worse))
    code, told = said("evaluate", path, tmp_path / "gru.csv", labels)
    assert code == 0
    assert [each["name"] for each in told["models"]] == ["trn", "gru"]
    assert told["models"][0]["map"] > told["models"][1]["map"]
    text = shown("evaluate", path, tmp_path / "gru.csv", labels)
    assert f"{100 * told['models'][0]['map']:.1f} % mAP" in text
    assert "of gru over 180 frames" in " ".join(text.split())


def test_arrays_are_called_by_their_columns(tmp_path):
    rng = np.random.default_rng(9)
    targets = np.eye(22)[np.repeat(np.arange(22), 5)]
    values = targets + rng.normal(0, 0.5, targets.shape)
    np.save(tmp_path / "s.npy", values)
    np.save(tmp_path / "t.npy", targets)
    code, told = said(
        "evaluate-arrays", "--scores", tmp_path / "s.npy", "--targets", tmp_path / "t.npy", "--ignore", 21
    )
    assert code == 0
    assert list(told["ap"]) == [str(column) for column in range(1, 21)]
    expected = evaluate_arrays(values, targets, 21)
    assert (told["map"], told["mcap"], told["frames"]) == (expected.map, expected.mcap, 105)
    _, whole = said(
        "evaluate-arrays", "--scores", tmp_path / "s.npy", "--targets", tmp_path / "t.npy", "--background", -1
    )
    assert list(whole["ap"]) == [str(column) for column in range(22)]


def test_labels_go_from_tool_to_tool(labels, tmp_path, film):
    for name in ("a.eaf", "a.via.json", "a.json"):
        code, told = said("labels", labels, "--out", tmp_path / name, "--video", film)
        assert (code, told["segments"], told["tracks"]) == (0, 23, ["actions"])
        assert said("labels", tmp_path / name, "--out", tmp_path / "back.csv", "--video", film)[0] == 0
        assert (tmp_path / "back.csv").read_text() == labels.read_text()
    assert "23 segments of 6 actions" in shown("labels", labels)


def test_what_is_wrong_is_told_and_ends_with_its_code(labels, scores, tmp_path):
    path, _ = scores
    code, told = said("evaluate", path)
    assert (code, told["error"]["kind"]) == (2, "usage")
    code, told = said("evaluate", labels, labels)
    assert (code, told["error"]["message"], told["error"]["path"]) == (1, "This is no score file", str(labels))
    code, told = said("evaluate", path, tmp_path / "gone.csv")
    assert (code, told["error"]["message"]) == (1, "There is no such label file")
    code, told = said("evaluate", path, labels, "--frames", "9:3")
    assert (code, told["error"]["kind"]) == (2, "usage")
    (tmp_path / "s.npy").write_text("no array")
    code, told = said("evaluate-arrays", "--scores", tmp_path / "s.npy", "--targets", tmp_path / "gone.npy")
    assert (code, told["error"]["kind"]) == (1, "bad-input")
    assert "Not a usable" in told["error"]["message"]
    np.save(tmp_path / "p.npy", np.array([{}], dtype=object))
    code, told = said("evaluate-arrays", "--scores", tmp_path / "p.npy", "--targets", tmp_path / "p.npy")
    assert (code, told["error"]["kind"]) == (1, "bad-input")
    assert "Not a usable" in told["error"]["message"]
    (tmp_path / "over.csv").write_text("start_frame,end_frame,action\n1,5,a\n4,6,b\n")
    code, told = said("labels", tmp_path / "over.csv")
    assert code == 1
    assert "Row 3" in told["error"]["message"]
    code, told = said("labels", labels, "--out", tmp_path / "a.eaf")
    assert code == 1
    assert "frame rate is not known" in told["error"]["message"]


def test_models_stand_for_scores_and_each_score_file_may_name_its_model():
    mixed = actions_evaluation.sources(["a.csv", "m.safetensors", "b.csv"], ["a.safetensors"])
    assert mixed == (("a.csv", "", "b.csv"), ("a.safetensors", "m.safetensors", ""))
    with pytest.raises(UsageError, match="more models"):
        actions_evaluation.sources(["a.csv"], ["x", "y"])


@pytest.mark.parametrize(
    ("scores", "targets", "wrong"),
    [
        (np.full((4, 3), np.nan), np.arange(4) % 3, "scores"),
        (np.zeros((4, 3)), np.arange(5) % 3, "targets"),
        (np.zeros((4, 3)), np.arange(4), "targets"),
        (np.zeros((4, 3)), np.zeros(4), "targets"),
    ],
)
def test_of_two_arrays_the_wrong_one_is_named(tmp_path: Path, scores: Any, targets: Any, wrong: str) -> None:
    files = {"scores": tmp_path / "s.npy", "targets": tmp_path / "t.npy"}
    np.save(files["scores"], scores)
    np.save(files["targets"], targets)
    code, told = said("evaluate-arrays", "--scores", files["scores"], "--targets", files["targets"])
    assert (code, told["error"]["path"]) == (1, str(files[wrong]))
    assert told["error"]["hint"]
