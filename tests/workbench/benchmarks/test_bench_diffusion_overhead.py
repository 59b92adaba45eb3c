"""The benchmark of samplers' overhead gives a row for every sampler and state, and says which peers are absent."""

from __future__ import annotations

import pytest

from workbench.benchmarks import diffusion_bare, diffusion_peers
from workbench.benchmarks import diffusion_overhead as bench


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
    assert all(row["ours_over_bare"] == row["ours"] / row["bare"] for row in rows)
    assert result["targets"]["ours_over_bare_at_most_1.5"] == max(row["ours_over_bare"] for row in rows)
    assert "not installed" in result["diffusers"]
    assert result["targets"]["diffusers_over_ours_at_least_10"] is None


@pytest.mark.parametrize("sampler", bench.SAMPLERS)
def test_a_bare_loop_ends_where_ours_does(sampler: str):
    import torch

    from engines.generative.diffusion.axis import schedules
    from engines.generative.diffusion.axis.noise import SeededNoise
    from engines.generative.diffusion.samplers.named import sample

    sigmas, start = schedules.karras(9, 0.01, 20.0), torch.randn(1, 30, dtype=torch.float64)

    def denoise(y: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        return torch.tanh(y) / (1 + sigma)

    with torch.no_grad():
        bare = diffusion_bare.LOOPS[sampler](denoise, start, sigmas)()
    ours = sample(denoise, start, sigmas, sampler=sampler, noise=SeededNoise([diffusion_bare.SEED]))
    assert torch.allclose(bare, ours, rtol=0, atol=1e-12)
