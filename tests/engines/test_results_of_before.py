"""Results that an earlier version wrote can still be read: a run, an action model, a calibration of the gaze."""

from __future__ import annotations

from pathlib import Path

from engines.actions.heads.building import build
from engines.actions.models.files import MEAN, open_model
from engines.faces.gaze.screen_model import ScreenModel, kept_fit
from engines.generative.runs.history import Steps, read_image, read_run, read_settings
from tests import kept


def test_a_run_and_its_steps(tmp_path: Path) -> None:
    run = read_run(kept.copy("run", tmp_path))
    assert (run.spec.model, run.spec.sampler, run.spec.seeds) == ("analytic:digits", "heun", (3, 4))
    pictures = [Path(run.folder) / Path(file).name for file in run.result.files]
    assert len(pictures) == 2
    assert {read_image(picture).shape[:2] for picture in pictures} == {run.info.shape[1:]}
    assert read_settings(pictures[0])
    with Steps(run.steps) as steps:
        assert len(steps) == len(run.result.sigmas)


def test_an_action_model(tmp_path: Path) -> None:
    model = open_model(kept.copy("wave.safetensors", tmp_path))
    assert model.card.classes == ("background", "wave")
    weights = build(model.card.shape).state_dict()
    assert weights.keys() == model.weights.keys()
    assert MEAN not in model.weights


def test_a_calibration_of_the_gaze(tmp_path: Path) -> None:
    path = kept.copy("gaze.json", tmp_path)
    fit = kept_fit(path)
    assert ScreenModel.load(path)
    assert fit is not None
    assert len(fit.by_point) == 9
