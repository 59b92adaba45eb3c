"""What the diffusion controller decides without an engine: the form, estimates, words, dropped files, names."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.core.errors import BadInput
from engines.generative.diffusion.models import cards
from engines.generative.diffusion.pipeline_types import Own
from engines.generative.diffusion.types import Guidance, ModelInfo, SampleResult, SampleSpec, Schedule, Start
from engines.generative.runs import history
from engines.generative.runs.png import settings_texts, write_png
from engines.generative.training.types import TrainSpec
from widgets.generative.panel.words import schedule_levels, work_of
from widgets.generative.state import Mode
from workbench.controllers.generative.command import command_line
from workbench.controllers.generative.files import understand
from workbench.controllers.generative.form import Form, bytes_of, first_model, for_model
from workbench.controllers.generative.gallery import stacked
from workbench.controllers.generative.runs import seconds_of
from workbench.controllers.generative.samples import ASIDE, empty_aside
from workbench.controllers.generative.training import free_name, placed
from workbench.controllers.generative.words import lighter, trouble_of

DIGITS = ModelInfo("analytic:digits", "Digits", "analytic", (1, 8, 8), exact=True, moments=True)
CLASSY = ModelInfo("net", "Network", "network", (1, 28, 28), classes=tuple("0123456789"))
FLOW = ModelInfo("flow", "Flow", "network", (1, 28, 28), process="flow", sigma_max=0.0)
FOLDER = ModelInfo(
    "/data/sd", "SD", "diffusers", (4, 64, 64), text=True, own=Own("PNDMScheduler", "pndm", guidance=7.5)
)
FULL = SampleSpec(
    "net", steps=7, schedule=Schedule("ays", 0.1), guidance=Guidance(3.0), seeds=(1, 2), classes=(3, 4),
    size=(32, 32), start=Start("image", "a.png"), prediction="v",
)  # fmt: skip


def test_another_model_keeps_what_it_can_do_and_loses_the_rest() -> None:
    moved = for_model(FULL, DIGITS)
    assert (moved.model, moved.steps, moved.seeds) == (DIGITS.name, 7, (1, 2))
    assert moved.schedule == Schedule("karras")
    assert (moved.guidance, moved.classes, moved.size, moved.start, moved.prediction) == (
        Guidance(),
        (),
        None,
        None,
        "",
    )
    assert for_model(FULL, CLASSY) == FULL, "the same model changes nothing"
    few = replace(CLASSY, name="few", classes=("a", "b"))
    assert for_model(FULL, few).classes == ()
    assert for_model(replace(FULL, teleport=True), CLASSY).teleport is False


def test_a_folder_brings_its_own_way_of_sampling_and_takes_it_along() -> None:
    kept = replace(FULL, sampler="heun", options={"churn": 1.0}, classes=())
    opened = for_model(kept, FOLDER)
    assert (opened.sampler, opened.options, opened.steps) == ("pndm", {}, 50)
    assert (opened.schedule, opened.guidance, opened.seeds) == (Schedule("own"), Guidance(7.5), (1, 2))
    changed = replace(opened, sampler="euler", steps=9)
    assert for_model(changed, FOLDER) == changed
    left = for_model(opened, CLASSY)
    assert (left.sampler, left.steps, left.schedule, left.guidance) == ("dpm++2m", 20, Schedule(), Guidance())


def test_the_command_of_a_folder_leaves_nothing_to_it(tmp_path: Path) -> None:
    words = command_line(SampleSpec(str(tmp_path), schedule=Schedule("own")))
    assert "--schedule own" in words
    assert "--shift 1" in words
    assert "--guidance 1" in words
    assert "--guidance" not in command_line(SampleSpec("mnist-unet"))


def test_the_first_model_is_one_of_ours_where_it_is_there() -> None:
    assert first_model(("analytic:digits", "mnist-unet")) == "mnist-unet"
    assert first_model(("analytic:digits",)) == "analytic:digits"
    assert first_model(()) == ""


def test_a_grid_draws_one_sample_a_cell_unless_there_is_an_error_to_measure() -> None:
    form = Form(spec=FULL)
    assert (form.comparing().base.seeds, form.comparing().base.classes) == ((1,), (3,))
    assert (form.comparing(exact=True).base.seeds, form.comparing(exact=True).base.classes) == ((1, 2), (3, 4))


def test_a_batch_of_all_samples_is_written_as_the_usual_one() -> None:
    assert Form().sampling(replace(FULL, batch=2)).spec.batch == 0
    assert Form().sampling(replace(FULL, batch=1)).spec.batch == 1


def test_levels_are_those_of_the_schedule_and_none_where_it_makes_no_sense() -> None:
    levels, _ = schedule_levels(SampleSpec("m", steps=5), DIGITS)
    assert (levels[0], levels[-1], len(levels)) == (DIGITS.sigma_max, 0.0, 6)
    assert schedule_levels(SampleSpec("m", steps=5, schedule=Schedule("flow")), FLOW)[0][0] == float("inf")
    assert schedule_levels(SampleSpec("m", schedule=Schedule(sigma_min=3.0, sigma_max=1.0)), DIGITS)[0] == ()


def stored(spec: SampleSpec, seconds: float, when: float = 0.0) -> history.StoredRun:
    result = SampleResult("", (), seconds, 1, (), 1, spec.seeds)
    return history.StoredRun("folder", spec, result, DIGITS, when)


def test_seconds_follow_from_runs_of_the_same_kind() -> None:
    spec = SampleSpec("m", "euler", 10, seeds=(0, 1))
    runs = [stored(spec, 2.0), stored(replace(spec, device="cuda"), 0.1), stored(replace(spec, model="other"), 9.0)]
    assert seconds_of(replace(spec, steps=40), runs) == pytest.approx(8.0)
    assert seconds_of(replace(spec, sampler="heun", seeds=(0,)), runs) == pytest.approx(2.0)
    assert seconds_of(replace(spec, guidance=Guidance(2.0)), runs) == pytest.approx(4.0)
    assert seconds_of(replace(spec, model="third"), runs) is None
    assert work_of(replace(spec, sampler="nobody's")) == 20


def test_memory_grows_with_the_batch_and_is_not_told_of_nothing() -> None:
    few, many = bytes_of(SampleSpec("m"), DIGITS), bytes_of(SampleSpec("m", seeds=tuple(range(64))), DIGITS)
    assert few is not None
    assert many is not None
    assert 0 < few < many
    assert bytes_of(SampleSpec("m"), None) is None
    assert bytes_of(SampleSpec("m", seeds=()), DIGITS) is None


def test_where_memory_ran_out_a_run_in_halves_is_offered() -> None:
    spec = SampleSpec("m", seeds=tuple(range(8)))
    trouble = trouble_of({"kind": "resources", "message": "Full", "hint": "Less"}, spec=spec)
    assert trouble.retry == replace(spec, batch=4)
    assert lighter(replace(spec, batch=4)) == replace(spec, batch=2)
    assert lighter(SampleSpec("m")) is None
    assert lighter(replace(spec, exact=True)) is None
    assert trouble_of({"kind": "bad-input", "message": "x"}, spec=spec).retry is None


def png(path: Path, texts: dict[str, str] | None = None) -> str:
    write_png(path, np.zeros((4, 4), np.uint8), texts)
    return str(path)


def test_files_are_taken_for_what_they_are(tmp_path: Path) -> None:
    ours = png(tmp_path / "ours.png", settings_texts(FULL, 0))
    assert understand([ours], Mode.SAMPLE).settings == FULL
    plain = png(tmp_path / "plain.png")
    assert understand([plain], Mode.SAMPLE).picture == plain
    for name in ("net.safetensors", "net.ckpt", "NET.PT"):
        assert understand([str(tmp_path / name)], Mode.SAMPLE).model == str(tmp_path / name)
    photos = tmp_path / "photos"
    photos.mkdir()
    with pytest.raises(BadInput, match="neither pictures nor a model"):
        understand([str(photos)], Mode.SAMPLE)
    png(photos / "one.png")
    assert understand([str(photos)], Mode.TRAIN).data == str(photos)
    assert understand([str(photos)], Mode.SAMPLE).model == f"analytic:images:{photos}"
    (photos / "model_index.json").write_text("{}")
    assert understand([str(photos)], Mode.TRAIN).model == str(photos)
    with pytest.raises(BadInput, match="neither a picture nor a model"):
        understand([str(tmp_path / "song.mp3")], Mode.SAMPLE)
    with pytest.raises(BadInput):
        understand([], Mode.SAMPLE)


def test_a_network_of_one_s_own_has_a_name_of_its_own() -> None:
    spec = placed(TrainSpec("mnist", ""))
    assert Path(spec.out) == cards.models_dir()
    assert spec.name.startswith("my-mnist-unet-")
    assert placed(TrainSpec("mnist", "", steps=99, minutes=1.0)).name == spec.name, "it goes on where it stopped"
    assert placed(TrainSpec("mnist", "", width=64)).name != spec.name, "other settings begin anew"
    assert placed(TrainSpec("C:/photos of cats/", "")).name.startswith("my-photos-of-cats-")
    assert placed(TrainSpec("mnist", "there", "faces")) == TrainSpec("mnist", "there", "faces")


def test_a_training_from_the_first_step_leaves_what_was_learned_under_that_name(tmp_path: Path) -> None:
    spec = TrainSpec("mnist", str(tmp_path / "models"), "faces")
    assert free_name(spec) == "faces"
    (tmp_path / "models").mkdir()
    for there, free in (("faces.checkpoint", "faces-2"), ("faces-2.safetensors", "faces-3"), ("cats.json", "faces-3")):
        (tmp_path / "models" / there).touch()
        assert free_name(spec) == free


def test_what_was_deleted_is_set_aside_and_then_goes() -> None:
    folder = history.runs_dir() / "a-run"
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({}))
    away = history.runs_dir() / ASIDE / "a-run"
    history.move_run(folder, away)
    assert not folder.exists()
    assert history.runs() == ()
    (away / "notes.txt").write_text("mine")
    empty_aside()
    assert (away / "notes.txt").read_text() == "mine", "what others put there is never deleted"
    assert not (away / "run.json").exists()


def test_pictures_of_one_run_are_one_array() -> None:
    gray, colour = np.zeros((5, 6), np.uint8), np.full((5, 6, 3), 9, np.uint8)
    assert stacked([gray, gray]).shape == (2, 5, 6)
    assert stacked([gray, colour]).shape == (2, 5, 6, 3)
    with pytest.raises(BadInput, match="differ in size"):
        stacked([gray, cv2.resize(gray, (3, 3))])
