"""A copied command hands its verb the very settings of the job: every setting of every job, one after another."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from engines.actions.study_types import Clip, DetectSpec
from engines.actions.study_types import EvaluateSpec as ActionsEvaluated
from engines.actions.study_types import TrainSpec as ActionsTrained
from engines.attention.types import CompareSpec as KindsCompared
from engines.calibration.rig.types import RigSpec
from engines.calibration.types import MonoSpec
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.errors import WorkFailed
from engines.core.installing import CALLED
from engines.core.networks.preprocessing import Preprocessing
from engines.core.spec import spec_type, to_json
from engines.faces.study_types import AuditSpec, HeadSpec, OpenSetSpec, RedactSpec, VerifySpec
from engines.faces.study_types import EvaluateSpec as FacesEvaluated
from engines.generative.diffusion.studies.flow import run as run_flow
from engines.generative.diffusion.study_types import CompareSpec as RunsCompared
from engines.generative.diffusion.study_types import CurveSpec, FlowSpec, PrecisionSpec
from engines.generative.diffusion.types import Guidance, SampleSpec, Schedule, Start
from engines.generative.training.types import TrainSpec as DiffusionTrained
from engines.inspection.attribution.asked import AttributeSpec
from engines.inspection.studies import CompareSpec as ModelsCompared
from engines.inspection.types import OpenSpec
from main import main
from workbench import controllers
from workbench.controllers.actions import command as actions
from workbench.controllers.attention import command as attention
from workbench.controllers.calibration import session as mono
from workbench.controllers.calibration.rig import session as rig
from workbench.controllers.faces import command as faces
from workbench.controllers.generative import command as generative
from workbench.controllers.inspection import command as inspection
from workbench.work.commands import LONGEST, job_line, spec_file, spec_text

BOARD = Board.parse("chessboard:9x6:25mm")
STUDIES = "engines.generative.diffusion.studies"
RUN = SampleSpec("mnist-unet", seeds=(3, 4), steps=10)
DRAWN = Schedule("drawn", points=((0.0, 80.0), (0.4, 2.5), (1.0, 0.002)))
SHOWN = ("preview_every", "keep_steps")
"""What is shown on the way, and changes no result."""


class Also(dict[str, Any]):
    """A change of one setting that others go with."""


CASES: dict[str, tuple[Callable[[Any], str], Any, dict[str, Any]]] = {
    "engines.actions.training.job:run": (
        actions.train_line,
        ActionsTrained("my model", (Clip("a b.mp4", "a.csv"), Clip("c.mp4", "c.csv"))),
        {"clips": (Clip("d.mp4", "d.csv"),), "folder": Also(folder="tests", clips=()), "frames": (3, None),
         "settings": Also(folder="tests", clips=(), settings="trn"),
          "features": "pose", "model": "gru",
         "loss": "focal", "device": "cuda", "offset": 1},
    ),
    "engines.actions.streaming.detect:run": (
        actions.detect_line,
        DetectSpec("m.safetensors", "a b.mp4", "scores.csv"),
        {"frames": (3, 90), "events": "events.csv", "weights": "int8"},
    ),
    "engines.actions.evaluation.job:run": (
        actions.evaluate_line,
        ActionsEvaluated(("a.csv", "b.csv"), "labels.csv", models=("", "")),
        {"scores": ("c.csv", "d.csv"), "models": Also(scores=("a.csv", ""), models=("", "m.safetensors")),
         "frames": (3, 90), "names": ("one", "two")},
    ),
    "engines.faces.evaluation.verify:run": (faces.verify_line, VerifySpec("a b.jpg", "b.jpg"), {}),
    "engines.faces.evaluation.job:run": (faces.evaluate_line, FacesEvaluated("people"), {}),
    "engines.faces.evaluation.open_set:run": (faces.open_set_line, OpenSetSpec("people"), {"choose": "random"}),
    "engines.faces.evaluation.audit:run": (faces.audit_line, AuditSpec("people"), {}),
    "engines.faces.redaction.job:run": (
        faces.redact_line,
        RedactSpec("film.mp4", "out.mp4"),
        {"blur": "unknown", "gallery": "my.faces"},
    ),
    "engines.faces.training.job:run": (
        faces.train_line,
        HeadSpec("people", "mine"),
        {"loss": "cosface", "margins": (1.0, 0.5, 0.25), "backbone": "small"},
    ),
    "engines.generative.training.job:run": (
        generative.train_line,
        DiffusionTrained("digits", "mine"),
        {"architecture": "dit", "prediction": "u", "process": "flow", "weighting": "eps", "device": "cuda"},
    ),
    "engines.generative.diffusion.sampling.job:run": (
        generative.command_line,
        RUN,
        {"model": "digits-unet", "schedule": DRAWN, "guidance": Guidance(2.0, interval=(0.5, 5.0)), "seeds": (9, 4),
         "classes": (1, 2),
         "options": {"eta": 0.5}, "size": (32, 64), "device": "cuda", "precision": "bfloat16", "prediction": "u",
         "start": Start("inpaint", "a.png", "drawn mask.png", 0.5), "kernel": "sdpa", "teleport_to": 2.0,
         "prompt": 'a "red" $HOUSE', "batch": 4},
    ),
    f"{STUDIES}.comparison:run": (
        generative.compare_line,
        RunsCompared(replace(RUN, seeds=(3,)), "steps", ("5", "10"), "sampler", ("euler", "heun")),
        {"base": replace(RUN, schedule=DRAWN, guidance=Guidance(3.0)), "x": "guidance", "x_values": ("1", "2"),
         "y": "seed", "y_values": ()},
    ),
    f"{STUDIES}.error_curves:run": (
        generative.curves_line,
        CurveSpec(),
        {"samplers": ("euler", "heun"), "evaluations": (5, 9), "schedule": DRAWN},
    ),
    f"{STUDIES}.flow:run": (generative.flow_line, FlowSpec(), {"samplers": ("euler", "flow")}),
    f"{STUDIES}.precision:run": (
        generative.precision_line,
        PrecisionSpec.of(SampleSpec("mnist-unet"), (3, 4), 10),
        {"base": replace(RUN, sampler="euler", seeds=(1, 5), classes=(2, 2))},
    ),
    "engines.calibration.mono:run": (
        mono.command_line,
        MonoSpec(("a b.jpg", "c.jpg"), BOARD),
        {"board": Board.parse("charuco:5x4:54mm:40.5mm:DICT_4X4_1000"),
         "more_boards": (Board.parse("chessboard:7x5:20mm"),),
         "model": "kb4", "window": "11", "exclude": ("c.jpg",), "fix": ("fx",), "drop": ("c.jpg:3",),
         "mirror": "yes", "out": "camera.yaml"},
    ),
    "engines.calibration.rig.solving:run": (
        rig.command_line,
        RigSpec(("left", "right"), BOARD),
        {"tiles": "2x1", "names": ("l", "r"), "match": "order", "offsets": (0, 2), "model": "kb4",
         "intrinsics": "cams.json", "hold": "free", "fix": ("left",), "loss": "huber", "reference": "left",
         "window": "11", "exclude": ("left/1.jpg",), "mirror": "no", "out": "rig.json",
         "more_boards": (Board.parse("chessboard:7x5:20mm"),), "lists": (("a.jpg",), ("b.jpg",))},
    ),
    "engines.attention.measuring.comparison:run": (
        attention.compare_line,
        KindsCompared(),
        {"kinds": ("sdpa", "naive"), "lengths": (16, 32), "dtype": "bfloat16", "device": "cuda", "window": 8},
    ),
    "engines.inspection.attribution.job:run": (
        inspection.attribute_line,
        AttributeSpec(OpenSpec("a model.onnx", ((1, 3, 8, 8),), True), "a.png"),
        {"methods": ("occlusion", "gradient"), "baseline": "blur", "preprocessing": Preprocessing()},
    ),
    "engines.inspection.activations.comparing:run": (
        inspection.compare_line,
        ModelsCompared(OpenSpec("a model.onnx"), OpenSpec("b.onnx"), "a.png"),
        {"first": OpenSpec("c.onnx", ((1, 3, 8, 8),)), "second": OpenSpec("c.onnx", ((1, 3, 9, 9),)),
         "preprocessing": Preprocessing()},
    ),
}  # fmt: skip


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value + "other"
    if value is None:
        return 1
    if is_dataclass(value):
        name = next(field.name for field in fields(value) if not isinstance(getattr(value, field.name), str))
        return replace(value, **{name: other(getattr(value, name))})  # type: ignore[type-var]
    return value


def arrives(line: str, job: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The settings with which the job is called by this line, as JSON; None where it is not called."""
    module, _, name = job.partition(":")
    called = getattr(import_module(module), name)
    seen: list[Any] = []

    @wraps(called)
    def record(spec: Any, ctx: object) -> None:
        seen.append(to_json(spec))
        raise WorkFailed("seen")

    monkeypatch.setattr(import_module(module), name, record)
    words = shlex.split(line)
    assert tuple(words[: len(CALLED)]) == CALLED
    main(words[len(CALLED) :])
    return seen[0] if seen else None


@pytest.mark.parametrize("job", CASES)
def test_a_line_hands_over_every_setting(job: str, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    line_of, base, own = CASES[job]
    changed = {name: own.get(name, other(getattr(base, name))) for name in (field.name for field in fields(base))}
    asked_for = {name: value if isinstance(value, Also) else {name: value} for name, value in changed.items()}
    specs = {"": base} | {name: replace(base, **values) for name, values in asked_for.items()}
    wrong = []
    for name, spec in specs.items():
        line = line_of(spec)
        with monkeypatch.context() as patched:
            told, asked = arrives(line, job, patched), to_json(spec)
        if told is None:
            wrong.append(f"{name}: {line}: {capsys.readouterr().err[-200:]}")
        wrong += [
            f"{name}: {key} became {told[key]}: {line}"
            for key in told or {}
            if told[key] != asked[key] and key not in SHOWN
        ]
    assert wrong == [], "\n".join(wrong)


def test_every_job_of_the_window_can_be_done_by_its_name() -> None:
    named = re.compile(r'"(engines\.[\w.]+:run\w*)"')
    sources = Path(controllers.__file__ or "").parent.rglob("*.py")
    jobs = {job for file in sources for job in named.findall(file.read_text(encoding="utf-8"))}
    assert len(jobs) > 25
    assert [job for job in sorted(jobs) if not is_dataclass(spec_type(job))] == []


def test_a_line_gives_what_the_job_gave_and_a_long_one_takes_a_file(tmp_path: Path, capsys) -> None:
    spec = FlowSpec(steps=3, particles=5, grid=6)
    plain = run_flow(spec, PlainContext())
    line = generative.flow_line(spec)
    assert shlex.split(line)[len(CALLED)] == "job"
    assert main([*shlex.split(line)[len(CALLED) :], "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads(json.dumps(to_json(plain)))
    long = {"prompt": "x" * LONGEST}
    assert job_line("engines.a:run", long).endswith(str(spec_file(long)))
    file = tmp_path / "spec.json"
    file.write_text(spec_text(to_json(spec)))
    assert main(["job", "engines.generative.diffusion.studies.flow:run", "--spec", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told


@pytest.mark.parametrize(
    ("name", "spec", "said"),
    [
        ("os:system", '{"command": "ls"}', "There is no job called"),
        ("engines.nothing:run", "{}", "There is no job called"),
        ("engines.generative.diffusion.studies.flow:run", '{"steps": "many"}', "steps"),
        ("engines.generative.diffusion.studies.flow:run", "gone.json", "gone.json"),
    ],
)
def test_what_is_no_job_of_ours_is_refused_in_words(name: str, spec: str, said: str, capsys) -> None:
    assert main(["job", name, "--spec", spec]) in (1, 2)
    assert said in capsys.readouterr().err
