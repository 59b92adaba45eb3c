"""The gallery's benchmark: its vectors are like faces', exact methods find the nearest, what is left out is named."""

from __future__ import annotations

import numpy as np

from workbench.benchmarks import gallery as bench_gallery


def test_vectors_like_faces():
    vectors, probes = bench_gallery.faces(1000, 128, 40)
    assert vectors.shape == (1000, 128)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    near = vectors @ vectors.T
    own = np.arange(1000)[:, None] // 5 == np.arange(1000)[None] // 5
    np.fill_diagonal(own, False)
    assert 0.55 < near[own].mean() < 0.7
    best = (probes @ vectors.T).max(axis=1)
    assert best[:20].min() > best[20:].mean()


def test_exact_methods_agree_and_every_line_is_complete():
    result = bench_gallery.main(largest=1e3, queries=10, dims="32", seconds=60)
    rows = {row["method"]: row for row in result["gallery"]}
    assert rows["ours, exact"]["recall_at_1"] == 1
    assert rows["numpy, product and argmax"]["recall_at_1"] == 1
    assert all(row["vectors"] == 1000 and row["dim"] == 32 for row in result["gallery"])


def test_graphs_beyond_the_time_are_left_out_and_named():
    rows: list[dict] = []
    rates = {name: 10.0 for name, _, graph in bench_gallery._peers() if graph}
    bench_gallery._measure(rows, 1000, 32, 4, 1.0, rates)
    for row in rows:
        assert ("left out" in row["note"]) == (row["method"] in rates)
    assert all(rate == 10.0 * bench_gallery.GROWTH for rate in rates.values())
