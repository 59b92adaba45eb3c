"""The soak in small: rounds follow each other without a break in time, and the figures are those of what was fed."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from engines.core.video.film import Film
from tests.engines.actions.watching import make_film, make_model
from workbench.benchmarks.actions_soak import looped, measure


def test_rounds_follow_each_other_as_the_frames_do(tmp_path):
    film = Film.open(make_film(tmp_path / "film.mkv", 10))
    numbers, times, again = zip(*((one.index, at, new) for one, at, new in islice(looped(film), 25)), strict=True)
    assert numbers == (*range(10), *range(10), *range(5))
    assert np.diff(times) == pytest.approx(np.full(24, 0.1), abs=2e-3)
    assert np.flatnonzero(again).tolist() == [10, 20]


def test_memory_by_the_minute_and_latency_by_the_block(tmp_path):
    film, model = make_film(tmp_path / "film.mkv", 20, np.arange(20) * 0.9), make_model(tmp_path / "m.safetensors")
    heard = []
    figures = measure(6, str(film), model.path, told=lambda done, total: heard.append((round(done), total)))
    assert heard == [(minute, 6) for minute in range(1, 7)]
    assert (figures["minutes"], len(figures["memory_mib"])) == (6, 7)
    assert len(figures["p50_ms"]) == len(figures["p99_ms"]) == 2
    memory = figures["memory_mib"]
    assert figures["growth_percent"] == pytest.approx(100 * (memory[6] / memory[5] - 1), abs=0.1)
    for kind in ("", "cpu_"):
        assert all(
            0 < low <= high for low, high in zip(figures[f"{kind}p50_ms"], figures[f"{kind}p99_ms"], strict=True)
        )
    rounds = 360 / (19 * 0.9 + 1 / Film.open(film).rate)
    assert figures["frames"] == pytest.approx(20 * rounds, abs=20)
