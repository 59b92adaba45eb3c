"""Kernels in Triton, in its interpreter: they compute what their definitions say."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from engines.attention.gpu import flash, fused, launches, linear
from engines.attention.kernels import kernel
from engines.attention.request import request
from tests import programs

needs_triton = pytest.mark.skipif(find_spec("triton") is None, reason="triton is not installed")


@needs_triton
@pytest.mark.parametrize("program", ["exact", "others"])
def test_it_is_what_its_definition_says(program: str) -> None:
    ended = programs.run(f"from tests.engines.attention.gpu import interpreted; interpreted.{program}()")
    assert ended.returncode == 0, ended.stderr


def test_it_says_in_words_what_it_cannot_do() -> None:
    q = torch.zeros(1, 1, 2, 16)
    wide, double = torch.zeros(1, 1, 2, 129), q.double()
    assert "head dimensions up to 128" in flash.refuses(request(wide, wide, wide), False)
    assert "not in float64" in flash.refuses(request(double, double, double), False)
    assert "needs a CUDA device" in flash.refuses(request(q, q, q), False)
    assert "no scores" in linear.refuses(request(q, q, q, window=2), False)
    assert "no backward" in fused.refuses(q.clone().requires_grad_(), q, q)


def test_it_is_a_kind_that_says_why_not_here() -> None:
    q = torch.zeros(1, 1, 2, 16)
    assert "CUDA" in kernel("triton").refuses(request(q, q, q), False)


@needs_triton
def test_it_compiles_for_hopper_and_fits_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    ended = programs.run("from tests.engines.attention.gpu import compiled; compiled.everything()")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("shared memory") > 12


@needs_triton
def test_less_shared_memory_gets_fewer_stages_and_then_another_kernel() -> None:
    from triton.runtime.errors import OutOfResources

    tried = []

    class Tight:
        """A kernel that fits with one stage, or never."""

        def __init__(self, fits: int) -> None:
            self.fits = fits

        def __getitem__(self, grid: tuple[int]) -> Tight:
            return self

        def __call__(self, *arguments: object, num_stages: int) -> None:
            tried.append(num_stages)
            if num_stages > self.fits:
                raise OutOfResources(2, 1, "shared memory")

    launches.launch(Tight(1), 1, torch.zeros(1), num_stages=3)
    assert tried == [3, 2, 1]
    with pytest.raises(RuntimeError, match="shared memory"):
        launches.launch(Tight(0), 1, torch.zeros(1), num_stages=1)
