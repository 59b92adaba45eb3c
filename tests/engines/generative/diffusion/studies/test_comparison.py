"""A grid is honest: every cell is, to the bit, the single run of the specification that it carries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engines.core.context import PlainContext
from engines.core.errors import Cancelled, UsageError
from engines.core.reading import read_json
from engines.generative.diffusion.sampling.attending import recorded
from engines.generative.diffusion.sampling.job import run
from engines.generative.diffusion.studies import comparison as comparing
from engines.generative.diffusion.studies.comparison_axes import cells, varied
from engines.generative.diffusion.study_types import Cell, CompareSpec
from engines.generative.diffusion.types import Guidance, SampleSpec
from engines.generative.runs import history
from tests.engines.generative.diffusion.tiny import write_tiny

BASE = SampleSpec("analytic:digits", steps=6, seeds=(2,), classes=(5,), options={}, sampler="euler")


class Telling(PlainContext):
    """Remembers how far the work was when each cell came."""

    def __init__(self) -> None:
        super().__init__()
        self.shares: list[float] = []

    def progress(self, done: float, total: float, note: str = "") -> None:
        super().progress(done, total, note)
        self.shares.append(done / total)


def test_every_cell_is_the_single_run_of_its_own_specification(tmp_path) -> None:
    net = str(write_tiny(tmp_path / "net"))
    base = replace(BASE, model=net, classes=(1,), guidance=Guidance(2.0))
    ctx = Telling()
    grid = comparing.run(CompareSpec(base, "sampler", ("euler", "ancestral", "unipc"), "steps", ("3", "5")), ctx)
    assert [(cell.row, cell.column) for cell in grid.cells] == [(r, c) for r in range(2) for c in range(3)]
    for cell in grid.cells:
        assert cell.spec.sampler == grid.x_values[cell.column]
        assert cell.spec.steps == int(grid.y_values[cell.row])
        assert (cell.spec.seeds, cell.spec.model, cell.spec.guidance) == (base.seeds, base.model, base.guidance)
        alone = run(replace(cell.spec, out=str(tmp_path / "alone")), PlainContext())
        picture = history.read_image(Path(cell.file))
        assert (picture == history.read_image(Path(alone.files[0]))).all()
        assert history.read_settings(cell.file) == replace(cell.spec, out="", batch=1, kernel=recorded(alone.kernels))
        assert ctx.events[f"cell.{cell.row}.{cell.column}"] == cell
    assert ctx.shares == sorted(ctx.shares)
    sheet = history.read_image(Path(grid.picture))
    assert sheet.shape[0] > 2 * 112
    assert sheet.shape[1] > 3 * 112
    kept = read_json(Path(grid.folder) / "compare.json")
    assert isinstance(kept, dict)
    assert len(kept["result"]["cells"]) == 6


def test_errors_are_measured_where_truth_is_known_and_fall_with_steps() -> None:
    spec = CompareSpec(BASE, "steps", ("5", "20", "60"), "sampler", ("heun", "dpm++2m", "ancestral"))
    grid = comparing.run(spec, PlainContext())
    errors = [[cell.error for cell in grid.cells if cell.row == row] for row in range(3)]
    for row in errors[:2]:
        assert all(error is not None for error in row)
        assert row[0] > row[1] > row[2]  # type: ignore[operator]
        assert row[2] < 0.01  # type: ignore[operator]
    assert errors[2] == [None, None, None]


def test_points_can_be_compared() -> None:
    base = SampleSpec("analytic:gaussian", seeds=(0, 1, 2), steps=10)
    grid = comparing.run(CompareSpec(base, "sampler", ("euler", "heun"), "teleport", ("off", "on")), PlainContext())
    assert [cell.spec.teleport for cell in grid.cells] == [False, False, True, True]
    assert all(cell.error is not None for cell in grid.cells)


@pytest.mark.parametrize(
    ("axis", "value", "changed"),
    [
        ("steps", "7", {"steps": 7}),
        ("guidance", "2.5", {"guidance": Guidance(2.5)}),
        ("seed", "40", {"seeds": (40, 43)}),
        ("class", "7", {"classes": (7,)}),
        ("class", "seven", {"classes": (2,)}),
        ("model", "mnist-unet", {"model": "mnist-unet"}),
        ("teleport", "on", {"teleport": True}),
        ("sampler", "heun", {"sampler": "heun", "options": {}}),
    ],
)
def test_a_value_changes_its_setting_and_nothing_else(axis, value, changed) -> None:
    spec = replace(BASE, seeds=(5, 8), sampler="ancestral", options={"eta": 0.5})
    assert varied(spec, axis, value, ("five", "six", "seven")) == replace(spec, **changed)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (CompareSpec(BASE, "steps", ("many",)), "'many' is no steps"),
        (CompareSpec(BASE, "steps", ("0",)), "0 steps"),
        (CompareSpec(BASE, "guidance", ("strong",)), "'strong' is no guidance"),
        (CompareSpec(BASE, "sampler", ("magic",)), "no sampler 'magic'"),
        (CompareSpec(BASE, "teleport", ("maybe",)), "neither on nor off"),
        (CompareSpec(BASE, "class", ("11",)), "11 is none"),
        (CompareSpec(BASE, "seed", ("1",), "seed", ("2",)), "Both axes"),
        (CompareSpec(BASE, "steps", ()), "nothing to compare"),
        (CompareSpec(BASE, "seed", tuple(map(str, range(500)))), "500 cells"),
        (CompareSpec(BASE, "schedule", ("karras", "magic")), "No schedule"),
    ],
)
def test_what_cannot_be_compared_is_said_before_anything_is_drawn(spec, words) -> None:
    with pytest.raises(UsageError, match=words):
        comparing.run(spec, PlainContext())
    assert list(history.runs_dir().iterdir()) == []


def test_a_grid_can_be_cancelled_and_keeps_no_half_cell() -> None:
    class Stopping(PlainContext):
        def emit(self, key: str, event: object) -> None:
            super().emit(key, event)
            assert isinstance(event, Cell)
            self.cancelled.set()

    ctx = Stopping()
    with pytest.raises(Cancelled):
        comparing.run(CompareSpec(BASE, "seed", ("1", "2", "3")), ctx)
    assert list(ctx.events) == ["cell.0.0"]
    (folder,) = history.runs_dir().iterdir()
    assert [path.name for path in (folder / "cells").iterdir() if any(path.iterdir())] == ["00-00"]


def test_without_values_of_y_there_is_one_row_that_changes_nothing() -> None:
    assert cells(CompareSpec(BASE, "steps", ("6",))) == [[BASE]]
