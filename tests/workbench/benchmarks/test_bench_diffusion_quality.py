"""The quality benchmark: what it asks for, and that it compares like with like."""

from __future__ import annotations

import pytest

from engines.core.errors import FileMissing
from engines.generative.data.datasets import load
from engines.generative.diffusion.models import cards, catalog
from workbench.benchmarks import diffusion_quality as quality


def test_every_row_can_be_asked_for():
    rows = quality.rows()
    assert len(rows) == len(set(rows))
    for row in rows:
        assert catalog.sampler(row.sampler) is not None
        assert cards.find(row.model).is_file()
    guided = {row.model for row in rows if row.weight != 1 and row.evaluations == 10 and row.kind == "cfg"}
    assert guided == {"mnist-unet", "mnist-dit", "mnist-flow", "mnist-reflow"}
    assert {(row.model, row.evaluations) for row in rows if row.evaluations <= 2} == {
        ("mnist-flow", 1), ("mnist-flow", 2), ("mnist-reflow", 1), ("mnist-reflow", 2)
    }  # fmt: skip


def test_a_row_has_as_many_of_each_class_and_seeds_of_its_own():
    spec = quality.rows()[0].spec(30, 10)
    assert sorted(spec.classes) == sorted(list(range(10)) * 3)
    assert len(set(spec.seeds)) == 30


def test_a_sampler_of_two_evaluations_takes_half_the_steps():
    heun = next(row for row in quality.rows() if row.sampler == "heun" and row.evaluations == 20)
    assert heun.spec(10, 10).steps == 10


def test_the_halves_are_of_one_size_and_share_nothing():
    digits = load("digits")
    first, second = (quality.by_class(digits, half, 500) for half in (0, 1))
    assert first.labels is not None
    assert second.labels is not None
    assert first.labels.bincount().tolist() == second.labels.bincount().tolist() == [50] * 10
    ours = {image.numpy().tobytes() for image in first.images}
    assert not ours & {image.numpy().tobytes() for image in second.images}


def test_without_the_digits_it_says_how_to_get_them():
    with pytest.raises(FileMissing, match="is not on this machine"):
        quality.main(samples=10, model="mnist-reflow", likelihoods=0)
