"""The attention kernel of a run is kept with it, and the same run again takes it or says why not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engines.attention.types import KINDS
from engines.core.context import PlainContext
from engines.core.errors import UsageError
from engines.generative.diffusion.sampling.attending import held_to
from engines.generative.diffusion.sampling.job import run
from engines.generative.diffusion.types import SampleSpec
from engines.generative.runs import history
from engines.generative.runs.png import read_settings
from tests.engines.generative.diffusion.tiny import ARGUMENTS, write_tiny

SDPA = f"sdpa {torch.__version__.partition('+')[0]}"


@pytest.fixture
def spec(tmp_path) -> SampleSpec:
    weights = write_tiny(tmp_path / "net", arguments={**ARGUMENTS, "width": 32})
    return SampleSpec(str(weights), steps=2, seeds=(0, 1), out=str(tmp_path / "run"), keep_steps=False)


def test_an_exact_run_is_held_to_one_kernel_and_says_so_in_its_files(spec) -> None:
    result = run(replace(spec, exact=True), PlainContext())
    assert result.kernels == history.read_run(spec.out).result.kernels == (SDPA,)
    assert read_settings(result.files[0]).kernel == SDPA


def test_a_picture_is_made_again_by_the_kernel_it_names(spec, tmp_path) -> None:
    first = run(replace(spec, kernel="naive"), PlainContext())
    again = run(replace(read_settings(first.files[1]), out=str(tmp_path / "again")), PlainContext())
    assert again.kernels == first.kernels == ("naive 1",)
    assert again.notes == first.notes
    assert Path(again.files[1]).read_bytes() == Path(first.files[1]).read_bytes()


@pytest.mark.parametrize(
    ("recorded", "held", "told"),
    [
        (SDPA, "sdpa", ""),
        ("sdpa 1.0", "sdpa", "may differ"),
        ("gone 3", "", "no attention called 'gone'"),
        (f"naive 1 + {SDPA}", "", "several kernels"),
        ("linear 1", "", "do not sample with"),
        ("", "", ""),
    ],
)
def test_what_cannot_be_taken_again_is_said(recorded, held, told) -> None:
    name, note = held_to(SampleSpec("net", kernel=recorded))
    assert name == held
    assert (told in note) if told else not note


def test_a_kernel_that_is_not_there_or_not_exact_is_refused_by_name(spec) -> None:
    wrong = ["strange", *(kind.id for kind in KINDS if not kind.exact)]
    for name in wrong:
        with pytest.raises(UsageError, match=name):
            run(replace(spec, kernel=name), PlainContext())
