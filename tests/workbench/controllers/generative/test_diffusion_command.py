"""The command line that the panel copies is read back by the verb as the very same specification."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as some

from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.study_types import CompareSpec, CurveSpec, FlowSpec, PrecisionSpec
from engines.generative.diffusion.types import Guidance, SampleSpec, Schedule, Start
from engines.generative.training.types import TrainSpec
from tests.workbench.pipeline_folder import a_folder
from workbench.controllers.generative import command
from workbench.verbs.generative import sample
from workbench.verbs.generative.options import sample_spec

numbers = some.floats(0.001, 100, allow_nan=False)
starts = some.one_of(
    some.none(),
    some.builds(Start, kind=some.just("image"), image=some.just("my seven.png"), strength=some.floats(0.01, 1)),
    some.just(Start("inpaint", "a.png", "the 'mask'.png")),
    some.just(Start("between")),
)
specs = some.builds(
    SampleSpec,
    model=some.sampled_from([name for name, _ in catalog.ANALYTIC]),
    sampler=some.sampled_from([entry.id for entry in catalog.SAMPLERS]),
    steps=some.integers(1, 1000),
    schedule=some.builds(
        Schedule,
        name=some.sampled_from([entry.id for entry in catalog.SCHEDULES]),
        sigma_min=some.none() | numbers,
        sigma_max=some.none() | some.just(0.0) | numbers,
        rho=numbers,
        shift=numbers,
        points=some.just(()) | some.just(((0.0, 4.5), (0.25, -1.0), (1.0, -6.2))),
    ),
    options=some.dictionaries(some.sampled_from(["eta", "churn", "order"]), numbers, max_size=2),
    guidance=some.just(Guidance()) | some.builds(Guidance, weight=some.floats(1.5, 9), kind=some.just("auto"),
        interval=some.none() | some.tuples(numbers, numbers), weak=some.sampled_from(["", "mnist-unet-weak"])),
    seeds=some.lists(some.integers(0, 10**9), min_size=1, max_size=5).map(tuple)
    | some.builds(lambda first, many: tuple(range(first, first + many)), some.integers(0, 99), some.integers(1, 40)),
    prompt=some.sampled_from(["", "a cat, \"quoted\" & sharp"]),
    size=some.none() | some.just((64, 48)),
    batch=some.integers(0, 9),
    precision=some.sampled_from(["float32", "bfloat16"]),
    exact=some.booleans(),
    kernel=some.sampled_from(["", "sdpa", "naive 1"]),
    teleport=some.booleans(),
    teleport_to=some.none() | numbers,
    start=starts,
    prediction=some.sampled_from(["", "v"]),
    out=some.sampled_from(["", "a folder/of mine"]),
)  # fmt: skip


def parsed(line: str, name: str) -> dict[str, Any]:
    """The options that the verb would be called with."""
    words = shlex.split(line)
    assert words[:3] == ["python", "main.py", "sample"]
    group: Any = typer.main.get_command(sample.app)
    known = group.commands[name]
    rest = words[3:] if name == "run" else words[4:]
    assert name == "run" or words[3] == name
    return known.make_context(name, rest).params


@settings(max_examples=40)
@given(specs)
def test_a_run_is_read_back_as_it_was(spec: SampleSpec) -> None:
    again = sample_spec(parsed(command.command_line(spec), "run"))
    assert replace(again, preview_every=1, keep_steps=True) == spec


def test_classes_are_written_as_their_numbers() -> None:
    line = command.command_line(SampleSpec("mnist-unet", seeds=(0, 1), classes=(3, 8)))
    assert parsed(line, "run")["classes"] == "3,8"


def test_a_grid_is_read_back_as_it_was() -> None:
    base = SampleSpec("mnist-unet", "heun", 7, guidance=Guidance(2.5), seeds=(4,), classes=(9,))
    spec = CompareSpec(base, "sampler", ("euler", "dpm++2m"), "steps", ("5", "10"))
    told = parsed(command.compare_line(spec), "compare")
    assert (told["x"], told["y"]) == ("sampler=euler,dpm++2m", "steps=5,10")
    assert (told["model"], told["sampler"], told["steps"], told["seed"]) == ("mnist-unet", "heun", 7, 4)
    assert (told["guidance"], told["classes"], told["schedule"]) == (2.5, "9", "karras")


@pytest.mark.parametrize(
    "spec",
    [
        TrainSpec("mnist", "out folder"),
        TrainSpec("my photos", "o", "faces", "dit", 96, "u", "flow", mean=0.0, std=1.0, use_classes=False, minutes=2.5),
    ],
)
def test_a_training_is_read_back_as_it_was(spec: TrainSpec) -> None:
    told = parsed(command.train_line(spec), "train")
    del told["json"]
    assert TrainSpec(**told) == spec


def test_flows_and_curves_are_read_back_as_they_were() -> None:
    told = parsed(command.flow_line(FlowSpec("analytic:moons", ("euler", "heun"), 12, 64, 3)), "flow")
    assert (told["model"], told["sampler"], told["steps"], told["particles"], told["seed"]) == (
        "analytic:moons", "euler,heun", 12, 64, 3,
    )  # fmt: skip
    told = parsed(command.curves_line(CurveSpec("analytic:digits-set", ("euler",), (5, 10))), "curves")
    assert (told["model"], told["sampler"], told["evaluations"]) == ("analytic:digits-set", "euler", "5,10")
    spec = PrecisionSpec.of(SampleSpec("net", schedule=Schedule("karras")), (4, 5, 6), 7, 2.5, "naive")
    told = parsed(command.precision_line(spec), "precision")
    again = (range(told["seed"], told["seed"] + told["n"]), told["steps"], told["guidance"], told["kernel"])
    assert PrecisionSpec.of(SampleSpec(told["model"], schedule=Schedule("karras")), *again) == spec


@pytest.mark.parametrize("changes", [{}, {"sampler": "heun", "options": {}}, {"schedule": Schedule("karras")}])
def test_a_folders_run_is_read_back_as_it_was(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Whatever the folder itself would say."""
    folder = a_folder(tmp_path / "f", "DPMSolverMultistepScheduler", solver_type="heun")
    spec = replace(SampleSpec(folder, "dpm++2m", schedule=Schedule("own", shift=1.5)), **changes)
    again = sample_spec(parsed(command.command_line(spec), "run"))
    assert replace(again, preview_every=1, keep_steps=True) == spec
