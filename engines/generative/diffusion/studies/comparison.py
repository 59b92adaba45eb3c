"""A grid of one setting against another, honest by construction: every cell is a run of its own specification.

A cell's folder holds the same files, to the bit, as a single run of that specification. Models are opened once. Where
the denoiser is exact, each cell is also measured against the exact solution of the ODE from its own start.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.core import outputs
from engines.core.context import Context, Part
from engines.core.errors import WorkFailed
from engines.core.files import write_json
from engines.core.spec import to_json
from engines.core.words import tr
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.exact import ode as exact
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.models import opening as models
from engines.generative.diffusion.samplers.stepping import begin
from engines.generative.diffusion.sampling.job import draw_into, made_from, prepare
from engines.generative.diffusion.sampling.plan import Opener, Plan, guided
from engines.generative.diffusion.studies import comparison_axes as varying
from engines.generative.diffusion.study_types import Cell, CompareResult, CompareSpec
from engines.generative.diffusion.types import SampleSpec
from engines.generative.runs import history, sheets
from engines.generative.runs.png import OTHERS, read_image, write_png

FILE = "compare.json"
PICTURE = "compare.png"
SIDE = 112
GAP = 8
LINE = 20


def run(spec: CompareSpec, ctx: Context) -> CompareResult:
    """Job: draw every cell, emit each as it is finished (key "cell.ROW.COLUMN"), write the labelled grid.

    Every cell is checked before the first is drawn.
    """
    ctx.progress(0, 1, tr("Opening the models"))
    if spec.x == spec.y and not spec.y_values:
        spec = replace(spec, y="sampler" if spec.x != "sampler" else "steps")
    opener = Opener(spec.base.device, spec.base.precision)
    rows = varying.cells(spec, models.inspect(spec.base.model, spec.base.prediction).classes)
    ready = [[prepare(opener, _quiet(cell)) for cell in row] for row in rows]
    with _folder_for(spec) as (folder, final):
        grid = _Grid(folder, final, ctx, sum(map(len, ready)))
        cells = [grid.cell(plan, r, c) for r, row in enumerate(ready) for c, plan in enumerate(row)]
        y_values = spec.y_values or (varying.value_of(spec.base, spec.y),)
        asked = replace(spec, y_values=y_values)
        write_png(folder / PICTURE, sheet(asked, cells), {OTHERS: varying.fixed(spec.base, (spec.x, spec.y))})
        placed = tuple(replace(cell, file=str(final / Path(cell.file).relative_to(folder))) for cell in cells)
        result = CompareResult(str(final), str(final / PICTURE), spec.x, spec.x_values, spec.y, y_values, placed)
        write_json(folder / FILE, {"spec": to_json(asked), "result": to_json(result)})
    return result


@contextmanager
def _folder_for(spec: CompareSpec) -> Iterator[tuple[Path, Path]]:
    """(where to write, where it then lies): `out`, or a new folder in the history, written in place."""
    if spec.out:
        final = Path(spec.out).expanduser()
        with outputs.result_folder(final, FILE, what=tr("comparison"), inputs=made_from(spec.base)) as staging:
            yield staging, final
    else:
        folder = history.new_folder("comparison")
        yield folder, folder
        outputs.seal(folder, FILE)


@dataclass
class _Grid:
    """Values that the cells of one comparison share."""

    folder: Path
    final: Path
    ctx: Context
    count: int
    done: int = 0
    solutions: dict[str, Tensor | None] = field(default_factory=dict)

    def cell(self, plan: Plan, row: int, column: int) -> Cell:
        place = Path("cells", f"{row:02d}-{column:02d}")
        out, final = self.folder / place, self.final / place
        out.mkdir(parents=True)
        plan = replace(plan, spec=replace(plan.spec, out=str(final)))
        result, samples = draw_into(out, final, plan, self._part())
        outputs.seal(out, history.FILE)
        self.done += 1
        error = self._error(plan, samples) if plan.model.info.exact else None
        file = str(out / (Path(result.files[0]).name if len(plan.shape) == 3 else history.GRID))
        cell = Cell(column, row, plan.spec, file, result.nfe, result.seconds, error)
        self.ctx.emit(f"cell.{row}.{column}", cell)
        return cell

    def _part(self) -> Part:
        return Part(self.ctx, self.done, self.count, tr("Cell {done} of {count}", done=self.done + 1, count=self.count))

    def _error(self, plan: Plan, samples: Tensor) -> float | None:
        """Mean relative distance to the exact ODE from the same start; None for samplers that draw noise."""
        entry = catalog.sampler(plan.spec.sampler)
        random = entry is None or (entry.stochastic and not (entry.id == "heun" and not plan.spec.options.get("churn")))
        if random or plan.spec.start is not None:
            return None
        first = plan.jump[0] if plan.jump else float(plan.sigmas[0])
        spec = plan.spec
        key = repr((spec.model, spec.seeds, spec.classes, spec.guidance, first))
        if key not in self.solutions:
            self.solutions[key] = self._truth(plan, first)
        truth = self.solutions[key]
        return None if truth is None else float(exact.relative_error(samples, truth).mean())

    def _truth(self, plan: Plan, first: float) -> Tensor | None:
        indices = range(len(plan.spec.seeds))
        start = begin(SeededNoise(plan.spec.seeds)(plan.empty(len(indices))), torch.tensor([first])).double()
        try:
            return exact.solve(guided(plan, indices), start, first, check=self.ctx.check).y.cpu()
        except WorkFailed:
            return None


def sheet(spec: CompareSpec, cells: list[Cell]) -> NDArray[np.uint8]:
    """The labelled grid, RGB: columns of x, rows of y, under each picture what it cost and how far from truth it is."""
    pictures = [_fitted(read_image(Path(cell.file))) for cell in cells]
    columns, rows = len(spec.x_values), len(spec.y_values)
    side = max(SIDE, *(max(picture.shape[:2]) for picture in pictures))
    margin = GAP + max(sheets.width_of(varying.label(spec.y, value)) for value in spec.y_values) + GAP
    margin = min(margin, 2 * side)
    top, step = 2 * LINE + 2 * GAP, side + LINE + GAP
    paper = np.full((top + rows * step, margin + columns * (side + GAP), 3), sheets.PAPER, np.uint8)
    title = varying.fixed(spec.base, (spec.x, spec.y))
    sheets.write(paper, sheets.shortened(title, paper.shape[1] - 2 * GAP), GAP, LINE)
    for column, value in enumerate(spec.x_values):
        text = sheets.shortened(varying.label(spec.x, value), side)
        sheets.write(paper, text, margin + column * (side + GAP), top - GAP)
    for row, value in enumerate(spec.y_values):
        text = sheets.shortened(varying.label(spec.y, value), margin - 2 * GAP)
        sheets.write(paper, text, GAP, top + row * step + side // 2)
    for cell, picture in zip(cells, pictures, strict=True):
        left, upper = margin + cell.column * (side + GAP), top + cell.row * step
        paper[upper : upper + picture.shape[0], left : left + picture.shape[1]] = picture
        sheets.write(paper, sheets.shortened(caption(cell), side, 11), left, upper + side + 14, 11, ink=90)
    return paper


def caption(cell: Cell) -> str:
    """Evaluations, and the error where it is known."""
    told = tr("{nfe} evaluations", nfe=cell.nfe)
    return told if cell.error is None else tr("NFE {nfe}, error {error:.2g}", nfe=cell.nfe, error=cell.error)


def _fitted(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB; small pictures enlarged by a whole number, large ones brought down."""
    colour = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, 2)
    longest = max(colour.shape[:2])
    if longest > 2 * SIDE:
        share = 2 * SIDE / longest
        return np.asarray(cv2.resize(colour, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)
    times = max(1, math.floor(SIDE / longest))
    return colour.repeat(times, 0).repeat(times, 1)


def _quiet(spec: SampleSpec) -> SampleSpec:
    """The run of a cell: nothing that only a screen would show."""
    return replace(spec, preview_every=0, keep_steps=False, out="")
