"""The verbs `actions train` and `actions show`: clips become a model, and what cannot be is said in words."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

import main
from engines.actions.models.files import open_model
from engines.actions.models.settings import PUBLISHED
from engines.actions.study_types import Clip, TrainSpec
from engines.actions.training import job as training
from engines.core.errors import UsageError
from tests.engines.actions.taught import benchmark, clip, length, shown
from workbench.controllers.actions.command import train_line
from workbench.verbs.actions.training import WORDS, sources

ROWS = [(3, 12, "wave"), (18, 25, "jump"), (31, 40, "wave"), (46, 55, "jump")]
QUICK = ("--features", "pose", "--model", "gru", "--hidden", 8, "--width", 8, "--iterations", 3)


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main.main(["actions", *map(str, arguments), "--json"])
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return code, json.loads(out)


def made(folder: Path, name: str = "clip") -> Clip:
    classes = [0] * 60
    for start, end, action in ROWS:
        classes[start : end + 1] = [("wave", "jump").index(action) + 1] * (end + 1 - start)
    return clip(folder, shown(classes, length()), ROWS, name=name)


def test_clips_become_a_model_that_says_what_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = made(tmp_path, "one"), made(tmp_path, "two")
    out = tmp_path / "mine"
    code, told = said(capsys, "train", one.video, two.video, "--labels", one.labels, two.labels, "--out", out, *QUICK)
    assert code == 0
    assert told["file"] == f"{out}.safetensors"
    assert told["classes"] == ["background", "wave", "jump"]
    assert told["map"] is None
    assert [step for step, _ in told["loss"]] == [1, 2, 3]
    code, card = said(capsys, "show", told["file"])
    assert code == 0
    assert card["sha256"] == told["sha256"] == open_model(told["file"]).card.sha256
    assert (card["shape"]["kind"], card["shape"]["hidden"], card["recipe"]["streams"]) == ("gru", 8, ["pose"])
    assert card["trained_on"] == "one.mkv, two.mkv"


def test_a_terminal_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = made(tmp_path)
    arguments = ["train", one.video, "--labels", one.labels, "--out", str(tmp_path / "m"), "--held-out", "0.4"]
    assert main.main(["actions", *arguments, *map(str, QUICK)]) == 0
    out = capsys.readouterr().out
    assert "mAP on what was held out; 2 actions" in out
    assert main.main(["actions", "show", str(tmp_path / "m.safetensors")]) == 0
    out = capsys.readouterr().out
    assert "m: GRU" in out
    assert "Features: pose; 10 chunks per second" in out
    assert "Anticipates 0.5, 1, 1.5, 2 s ahead" in out


def test_what_is_weak_is_said_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = made(tmp_path)
    code, told = said(capsys, "train", one.video, "--labels", one.labels, "--out", tmp_path / "m", *QUICK)
    assert code == 0
    assert told["advice"] == []
    lines = Path(one.labels).read_text().splitlines()
    Path(one.labels).write_text("\n".join(lines[:3]) + "\n")
    arguments = ["train", one.video, "--labels", one.labels, "--out", str(tmp_path / "m"), *map(str, QUICK)]
    assert main.main(["actions", *arguments, "--json"]) == 0
    err = capsys.readouterr().err
    assert err.startswith("Note: ")
    assert "one example only" in err


def test_a_folder_is_trained_and_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = benchmark(tmp_path / "THUMOS", train=3, test=2, chunks=40)
    small = ("--settings", "miniroad", "--hidden", 8, "--width", 8, "--iterations", 3, "--batch", 2)
    code, told = said(capsys, "train", folder, "--out", tmp_path / "m", *small)
    assert code == 0
    assert told["map"] == told["test"]["map"]
    assert told["test"]["frames"] == 80


def test_the_line_that_the_panel_copies_asks_for_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[TrainSpec] = []

    def remember(spec: TrainSpec, _: object) -> None:
        asked.append(spec)
        raise UsageError("seen")

    monkeypatch.setattr(training, "run", remember)
    clips = (Clip("a b.mp4", "a.csv"), Clip("c.mp4", "c.eaf"))
    specs = [
        TrainSpec("out", clips, (3, 191), features="both", model="idn", loss="soft-f1", window=16, seed=4),
        TrainSpec("out", clips[:1], (5, None), offset=0, held_out=0.25, learning_rate=1e-4),
        TrainSpec("out", folder=str(tmp_path), settings="trn", hidden=512),
    ]
    for spec in specs:
        main.main(shlex.split(train_line(spec))[2:])
    assert asked == specs


def test_what_cannot_be_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = made(tmp_path)
    base = ("train", one.video, "--labels", one.labels, "--out", tmp_path / "m")
    (tmp_path / "notes.txt").write_text("hello")
    for arguments, code, words in (
        (("train", one.video, "--out", tmp_path / "m"), 2, "labels are missing"),
        (("train", one.video, one.video, "--labels", one.labels, "--out", "m"), 2, "do not go together"),
        ((*base, "--frames", "9:3"), 2, "9:3"),
        ((*base, "--model", "rnn"), 1, "gru"),
        ((*base, "--window", 0), 2, "Window"),
        ((*base, "--settings", "lstr"), 2, "lstr"),
        (("show", tmp_path / "none.safetensors"), 1, "no such model"),
        (("show", tmp_path / "notes.txt"), 1, "safetensors"),
        (("train", tmp_path, "--out", tmp_path / "m"), 1, "no targets"),
    ):
        got, told = said(capsys, *arguments)
        assert got == code, told
        assert words in f"{told['error']['message']} {told['error']['hint']}"
    assert not list(tmp_path.glob("m*"))


def test_label_files_may_follow_one_option_or_have_one_each() -> None:
    expected = {"clips": [{"video": "a", "labels": "x"}, {"video": "b", "labels": "y"}]}
    assert sources(["a", "b"], ["x", "y"]) == expected
    assert sources(["a", "b", "y"], ["x"]) == expected


def test_every_setting_is_explained() -> None:
    own = {"clips", "frames", "folder"}
    assert set(WORDS) == set(TrainSpec.__slots__) - own
    assert set(PUBLISHED) == {"trn", "idn", "miniroad"}
