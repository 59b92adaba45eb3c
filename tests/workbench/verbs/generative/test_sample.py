"""The verb `sample`: what is written becomes a spec, and what cannot be is said in words with the right exit code."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
import typer

import main
from engines.core.context import PlainContext
from engines.core.errors import UsageError
from engines.generative.diffusion.sampling.job import run as draw
from engines.generative.diffusion.types import Guidance, SampleSpec, Schedule
from engines.generative.training.types import ClassifierSpec, TrainSpec
from tests.workbench.pipeline_folder import a_folder
from workbench.verbs.generative import options as written
from workbench.verbs.generative import sample as sample_verb
from workbench.verbs.generative import training as sample_training
from workbench.verbs.spec_options import options


def _said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main.main(["sample", *map(str, arguments), "--json"])
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return code, json.loads(out)


def test_samples_are_written_with_all_that_made_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["analytic:digits", "--sampler", "heun", "--steps", 6, "-n", 3, "--seed", 5, "--rho", 5]
    code, said = _said(capsys, *asked, "--sigma-max", 40, "--out", tmp_path / "run")
    assert code == 0
    assert said["nfe"] == 11
    assert said["sigmas"][0] == pytest.approx(40)
    assert said["seeds"] == [5, 6, 7]
    assert [Path(file).parent for file in said["files"]] == [tmp_path / "run"] * 3
    assert said["spec"]["schedule"]["rho"] == 5


def test_a_picture_brings_its_settings_and_is_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, first = _said(capsys, "analytic:digits", "--steps", 5, "-n", 2, "--seed", 3, "--out", tmp_path / "a")
    code, again = _said(capsys, first["files"][1], "--out", tmp_path / "b")
    assert code == 0
    assert again["spec"]["steps"] == 5
    for mine, theirs in zip(again["files"], first["files"][-len(again["files"]) :], strict=True):
        assert np.array_equal(cv2.imread(mine, cv2.IMREAD_UNCHANGED), cv2.imread(theirs, cv2.IMREAD_UNCHANGED))


def test_options_may_stand_before_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = _said(
        capsys, "--steps", 3, "--option", "eta=0.5", "--sampler", "ddpm", "analytic:moons", "--out", tmp_path
    )
    assert code == 0
    assert said["spec"]["options"] == {"eta": 0.5}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["analytic:nothing"], 1, "analytic:nothing"),
        (["no-such-model"], 1, "no-such-model"),
        (["analytic:digits", "--steps", "0"], 2, "steps"),
        (["analytic:digits", "--steps", "10000"], 2, "steps"),
        (["analytic:digits", "--sampler", "magic"], 2, "magic"),
        (["analytic:digits", "--schedule", "magic"], 2, "magic"),
        (["analytic:digits", "--sigma-min", "2", "--sigma-max", "1"], 2, "highest noise"),
        (["analytic:digits", "--guidance", "nan"], 2, "guidance"),
        (["analytic:digits", "--option", "eta"], 2, "NAME=NUMBER"),
        (["analytic:digits", "--option", "eta=1"], 2, "eta"),
        (["analytic:digits", "--prompt", "a cat"], 2, "text"),
        (["analytic:gaussian", "--class", "3"], 2, "no classes"),
        (["analytic:digits", "--start", "invert"], 2, "picture"),
        (["analytic:digits", "--size", "8"], 2, "--size"),
        (["analytic:digits", "-n", "0"], 2, "seed"),
        (["compare", "analytic:digits", "--x", "sampler"], 2, "axis"),
        (["likelihood", "analytic:moons", "no.npy"], 1, "no.npy"),
        (["train", "--data", "no-such-folder", "--out", "w"], 1, "no-such-folder"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], code: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    ended, said = _said(capsys, *arguments)
    assert words.lower() in json.dumps(said["error"], ensure_ascii=False).lower()
    assert ended == code


@pytest.mark.parametrize(
    ("kind", "words"), [(TrainSpec, sample_training.TRAIN), (ClassifierSpec, sample_training.CLASSIFIER)]
)
def test_every_setting_of_a_training_is_an_option_with_words(kind: type, words: dict[str, str]) -> None:
    made = {parameter.name for parameter in options(kind, words)}
    assert made == {field.name for field in fields(kind)}
    assert made == set(words)


def test_a_comparison_is_one_run_a_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    axes = ["--x", "sampler=euler,dpm++2m", "--y", "steps=4,8"]
    code, said = _said(capsys, "compare", "analytic:moons", *axes, "--out", tmp_path / "g")
    assert code == 0
    assert [(cell["spec"]["sampler"], cell["spec"]["steps"]) for cell in said["cells"]] == [
        ("euler", 4), ("dpm++2m", 4), ("euler", 8), ("dpm++2m", 8),
    ]  # fmt: skip
    assert Path(said["picture"]).exists()


def test_class_names_and_numbers() -> None:
    assert written.class_numbers("mnist-unet", "3, 7", 2) == (3, 7)
    assert written.class_numbers("mnist-unet", "each", 12) == (*range(10), 0, 1)
    assert written.class_numbers("mnist-unet", "", 2) == ()


def test_an_unknown_class_is_answered_by_the_nearest_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    names = (*(f"bird {number}" for number in range(990)), "tabby cat", "tiger cat", "cat")
    monkeypatch.setattr(written, "_looked_at", lambda *_: SimpleNamespace(classes=names))
    with pytest.raises(UsageError, match="There is no class 'caat'") as error:
        written.class_numbers("x", "caat", 1)
    near = error.value.hint.removeprefix("Nearest of 993 are ").partition(";")[0].split(", ")
    assert len(near) == 10
    assert near[0] == "cat"
    assert set(near) <= set(names)
    assert error.value.hint.endswith("numbers go from 0 to 992")
    with pytest.raises(UsageError) as error:
        written.class_numbers("x", "tiger", 1)
    assert "are tiger cat, " in error.value.hint
    monkeypatch.setattr(written, "_looked_at", lambda *_: SimpleNamespace(classes=("a", "b")))
    with pytest.raises(UsageError) as error:
        written.class_numbers("x", "c", 1)
    assert error.value.hint == "Known are a, b"


def _spec(*arguments: str) -> SampleSpec:
    group: Any = typer.main.get_command(sample_verb.app)
    return written.sample_spec(group.commands["run"].make_context("run", list(arguments)).params)


def test_with_nothing_said_a_folder_is_sampled_as_it_says(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "f", "DPMSolverMultistepScheduler", solver_type="heun", use_karras_sigmas=True)
    spec = _spec(folder, "--steps", "20", "--seed", "3")
    assert (spec.sampler, spec.options, spec.steps, spec.seeds) == ("dpm++2m", {"heun": 1.0}, 20, (3,))
    assert spec.schedule == Schedule("own")
    assert _spec(folder).steps == 1000


def test_what_is_said_wins_over_the_folder(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "f", "DDIMScheduler")
    assert _spec(folder).options == {"clamp": 1.0}
    assert _spec(folder, "--option", "clamp=2").options == {"clamp": 2.0}
    other = _spec(folder, "--sampler", "heun", "--schedule", "karras", "--sigma-max", "9")
    assert (other.sampler, other.options) == ("heun", {})
    assert other.schedule == Schedule("karras", sigma_max=9)


def test_a_model_without_a_folder_is_sampled_as_ever() -> None:
    spec = _spec("analytic:digits")
    assert (spec.sampler, spec.steps, spec.schedule, spec.guidance) == ("dpm++2m", 20, Schedule(), Guidance())
    with pytest.raises(UsageError, match="no schedule of its own"):
        draw(_spec("analytic:moons", "--schedule", "own"), PlainContext())
