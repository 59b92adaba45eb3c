"""A head whose training is cut off goes on with the very numbers: weights, centres, order of faces, random crops."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled
from engines.core.training.checkpoints import read_checkpoint, write_checkpoint
from engines.faces.study_types import HeadSpec
from engines.faces.training.data import HeadData
from engines.faces.training.job import Training
from engines.faces.training.places import checkpoint_path, standing_of
from tests.engines.faces.training.test_heads import CARD, scattered


class CutOff(PlainContext):
    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def check(self) -> None:
        if not self.left:
            raise Cancelled
        self.left -= 1


def pictures() -> HeadData:
    chance = np.random.default_rng(0)
    crops = chance.integers(0, 255, (12, 112, 112, 3), np.uint8)
    labels = np.repeat(np.arange(4), 3)
    held = np.arange(0, 12, 3)
    return HeadData(crops, labels, tuple("abcd"), np.setdiff1d(np.arange(12), held), held, CARD)


def trained(spec: HeadSpec, data: HeadData, ctx: PlainContext | None = None) -> Training:
    made = Training(spec, data, ctx or PlainContext())
    made.resume()
    made.to_the_end()
    return made


CASES = [
    ({"loss": "adaface", "sample": 0.5}, scattered, 60, 23),
    ({"backbone": "small", "dim": 8, "batch": 4}, pictures, 5, 2),
]


@pytest.mark.parametrize(("more", "data", "steps", "cut"), CASES)
def test_a_head_is_the_same_whether_it_was_cut_off_or_not(tmp_path: Path, more, data, steps: int, cut: int) -> None:
    spec = HeadSpec("people", str(tmp_path / "cut"), steps=steps, scale=16.0, **({"dim": 16} | more))
    whole = trained(replace(spec, out=str(tmp_path / "whole")), data())
    with pytest.raises(Cancelled):
        trained(spec, data(), CutOff(cut))
    there = standing_of(spec)
    assert there is not None
    assert (there.step, there.steps) == (cut, steps)
    made = trained(spec, data())
    assert made.resumed == cut
    assert made.curves.loss == whole.curves.loss
    before, after = whole.tensors(), made.tensors()
    for name in set(before) - {"view"}:
        assert torch.equal(before[name].nan_to_num(), after[name].nan_to_num()), name
    made.sweep()
    assert not checkpoint_path(spec).exists()


def test_a_cut_off_head_is_kept_as_a_recogniser_that_says_so(tmp_path: Path) -> None:
    spec = HeadSpec("people", str(tmp_path), steps=60, scale=16.0, dim=16)
    with pytest.raises(Cancelled):
        trained(spec, scattered(), CutOff(7))
    made = trained(replace(spec, keep=True), scattered())
    result = made.keep(1.0)
    made.sweep()
    assert (made.step, result.cut_off) == (7, 7)
    assert '"cut_off": 7' in Path(result.file).with_suffix(".json").read_text()
    assert standing_of(spec) is not None


def test_other_people_are_refused(tmp_path: Path) -> None:
    spec = HeadSpec("people", str(tmp_path), steps=60, scale=16.0, dim=16)
    with pytest.raises(Cancelled):
        trained(spec, scattered(), CutOff(7))
    with pytest.raises(BadInput, match="changed since"):
        trained(spec, scattered(people=19))


@pytest.mark.parametrize("edit", [{"spec": None}, {"spec": 7}, {"step": "x"}, {"step": -1}, {"step": 10**9},
                                  {"seconds": []}, {"curves": 7}, {"learned": None}], ids=str)  # fmt: skip
def test_a_checkpoint_that_was_edited_is_refused_in_words(tmp_path: Path, edit: dict[str, object]) -> None:
    spec = HeadSpec("people", str(tmp_path), steps=60, scale=16.0, dim=16)
    with pytest.raises(Cancelled):
        trained(spec, scattered(), CutOff(7))
    path = checkpoint_path(spec)
    held = read_checkpoint(path)
    assert held is not None
    write_checkpoint(path, held.tensors, {**held.said, **edit})
    with pytest.raises(BadInput, match="heckpoint|changed since|other settings"):
        trained(spec, scattered())
    assert path.exists()
