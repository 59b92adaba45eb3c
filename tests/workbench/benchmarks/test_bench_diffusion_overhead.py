"""The benchmark of samplers' overhead gives a row for every sampler and state, and says which peers are absent."""

from __future__ import annotations

import pytest

from workbench.benchmarks import diffusion_overhead as bench
from workbench.benchmarks import diffusion_peers


def test_without_peers_ours_stands_beside_a_bare_loop(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bench, "SHAPES", ((1, 4, 4), (2, 4, 4)))
    for peer in ("diffusers", "k_diffusion"):
        monkeypatch.setattr(diffusion_peers, peer, lambda: None)
    result = bench.main(steps=5, rounds=1)
    rows = result["microseconds_a_step"]
    assert [(row["state"], row["sampler"]) for row in rows] == [
        (state, sampler) for state in ("1x4x4", "2x4x4") for sampler in bench.SAMPLERS
    ]
    assert all(row["ours"] > 0 for row in rows)
    assert {row["sampler"] for row in rows if "bare" in row} == {"euler", "dpm++2m"}
    assert "not installed" in result["diffusers"]
    assert result["targets"]["diffusers_over_ours_at_least_10"] is None


def test_the_bare_loops_do_the_same_arithmetic():
    import torch

    from engines.generative.diffusion.axis import schedules
    from engines.generative.diffusion.samplers.named import sample

    sigmas, start = schedules.karras(9, 0.01, 20.0), torch.randn(2, 3, dtype=torch.float64)

    def denoise(y: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        return torch.tanh(y) / (1 + sigma)

    for sampler, bare in (("euler", bench.bare_euler), ("dpm++2m", bench.bare_2m)):
        assert torch.allclose(bare(denoise, start, sigmas)(), sample(denoise, start, sigmas, sampler=sampler))
