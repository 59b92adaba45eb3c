"""Maps of a recording beside the whole matrix in float64, and recordings that are broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.attention.types import Site
from engines.attention.watching import recording
from engines.attention.watching.recording import Asked, Recorder, Recording
from engines.attention.watching.tiling import trace
from engines.core.errors import BadInput, FileMissing, OutOfResources, UsageError
from tests.engines.attention.watching.recorded import SIGMAS, drawn, write

SITES = (Site("Layer 1", 2, 12, (3, 4)), Site("Middle", 1, 700, (28, 25)))


def steps(recorder: Recorder) -> None:
    for step in range(3):
        recorder.add(step, picture(step), [drawn(site, step) for site in SITES])
    recorder.finish(picture(3))


def picture(step: int) -> np.ndarray:
    return np.full((8, 6), step, np.uint8)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "seen.npz", "a three", SITES, picture=picture).path


def naive(one: Asked, head: int) -> np.ndarray:
    weights = np.exp(one.q[head].astype(float) @ one.k[head].astype(float).T * one.scale)
    return weights / weights.sum(1, keepdims=True)


def test_rows_are_those_of_the_whole_matrix_and_maps_come_back(file: Path) -> None:
    found = Recording.open(file)
    assert (found.sites, found.steps, found.sigmas, found.made) == (SITES, (0, 1, 2), SIGMAS, "a three")
    for step, site, head, query in ((0, 0, 1, 7), (2, 1, 0, 699)):
        one = drawn(SITES[site], step)
        row = found.row(step, site, head, query)
        assert np.abs(row - naive(one, head)[query]).max() < 1e-6
        assert abs(row.sum() - 1) < 1e-6
        assert np.array_equal(found.mass(step, site), one.mass)
        assert np.array_equal(found.entropy(step, site), one.entropy)
    assert np.array_equal(found.picture(3), picture(3))


def test_a_recorded_head_can_be_gone_through_tile_by_tile(file: Path) -> None:
    found = Recording.open(file)
    q, k, v = found.inputs(1, 0, 1)
    shown = trace(q, k, v, 5, 4)
    weights = np.array([found.row(1, 0, 1, query) for query in range(12)])
    assert np.abs(shown.steps[-1].output - weights @ v).max() < 1e-6


def test_steps_are_left_out_where_the_file_would_grow_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "BUDGET", 100_000)
    with Recorder(tmp_path / "seen.npz", SIGMAS, "") as recorder:
        steps(recorder)
    found = Recording.open(tmp_path / "seen.npz")
    assert found.steps == (0, 2)
    assert np.array_equal(found.picture(1), picture(1))
    with pytest.raises(UsageError, match="not kept"):
        found.row(1, 0, 0, 0)
    monkeypatch.setattr(recording, "BUDGET", 1000)
    with Recorder(tmp_path / "none.npz", SIGMAS, "") as recorder, pytest.raises(OutOfResources, match="one step"):
        recorder.add(0, picture(0), [drawn(SITES[0], 0)])


def rewrite(file: Path, drop: str = "", **change: np.ndarray) -> None:
    with np.load(file) as kept:
        arrays = {name: kept[name] for name in kept.files if name != drop}
    np.savez(file, allow_pickle=False, **(arrays | change))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"drop": "scales"}, "no item"),
        ({"drop": "mass.1.0"}, "1 of its parts"),
        ({"grids": np.array([[3, 3], [28, 25]])}, "no sense"),
        ({"names": np.array(["Layer 1"])}, "longer"),
    ],
)
def test_a_broken_recording_is_refused_when_it_is_opened(file: Path, change: dict[str, object], says: str) -> None:
    rewrite(file, **change)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=says):
        Recording.open(file)


def test_a_broken_part_is_refused_when_it_is_read(file: Path, tmp_path: Path) -> None:
    rewrite(file, **{"q.0.0": np.zeros((2, 11, 5)), "mass.0.1": np.full((1, 700), np.nan), "picture.0": np.zeros(3)})
    found = Recording.open(file)
    for read in (lambda: found.row(0, 0, 0, 0), lambda: found.mass(0, 1), lambda: found.picture(0)):
        with pytest.raises(BadInput, match="damaged"):
            read()
    with pytest.raises(FileMissing):
        Recording.open(tmp_path / "nowhere.npz")
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(BadInput, match="Not a usable recording"):
        Recording.open(tmp_path / "text.npz")


def test_a_recording_that_was_replaced_is_not_mixed_with_the_one_before(file: Path) -> None:
    found = Recording.open(file)
    before = found.row(0, 0, 0, 0)
    write(file.with_name("next.npz"), sites=SITES, one=lambda site, step: drawn(site, step + 7))
    file.with_name("next.npz").replace(file)
    assert np.array_equal(found.row(0, 0, 0, 0), before)
    with pytest.raises(BadInput, match="replaced"):
        found.row(1, 0, 0, 0)
