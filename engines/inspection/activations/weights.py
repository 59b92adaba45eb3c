"""Job: how the stored weights of a model are distributed, tensor by tensor; a histogram tells a layer that never learnt
from one that burst."""

from __future__ import annotations

import numpy as np
import torch

from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.training.threads import threads
from engines.core.words import tr
from engines.inspection.activations.statistics import BINS, histogram
from engines.inspection.opening.model import Model
from engines.inspection.opening.opener import open_spec
from engines.inspection.studies import WeightsResult, WeightsRow, WeightsSpec
from engines.inspection.types import Tensor


def run(spec: WeightsSpec, ctx: Context) -> WeightsResult:
    """One tensor is in memory at a time. Raises `UsageError` for a tensor that the file does not hold."""
    ctx.progress(0, 0, tr("Opening the model"))
    model = open_spec(spec.model)
    tensors = _floats(model, spec.tensor)
    rows = []
    with ctx.lease(threads=1) as lease, threads(lease.threads):
        for done, tensor in enumerate(tensors):
            ctx.check()
            ctx.progress(done, len(tensors), tensor.name)
            rows.append(row_of(tensor.name, model.weights[tensor.name]))
    return WeightsResult(tuple(rows), _warnings(model, rows, spec.tensor))


def row_of(name: str, data: torch.Tensor) -> WeightsRow:
    """Mean, spread, low, high and histogram are of the finite elements."""
    flat = data.detach().flatten()
    flat = flat.float() if flat.element_size() < 4 else flat
    finite = flat[torch.isfinite(flat)]
    bad = flat.numel() - finite.numel()
    if not finite.numel():
        none = np.zeros(BINS, np.int64), np.linspace(0, 1, BINS + 1, dtype=np.float32)
        return WeightsRow(name, flat.numel(), 0.0, 0.0, 0.0, 0.0, 0.0, bad, *none)
    spread, mean = torch.std_mean(finite, correction=0)
    low, high = torch.aminmax(finite)
    zeros = float((finite == 0).sum()) / flat.numel()
    return WeightsRow(name, flat.numel(), float(mean), float(spread), float(low), float(high), zeros, bad,
                      *histogram(finite))  # fmt: skip


def _floats(model: Model, asked: str) -> list[Tensor]:
    """Tensors of floats that are parameters, one or all."""
    known = [one for one in model.sheet.tensors if one.name in model.weights]
    if asked and asked not in {one.name for one in known}:
        near = [one.name for one in known if asked.lower() in one.name.lower()][:3]
        raise UsageError(
            tr("This model holds no tensor '{asked}'", asked=asked),
            hint=tr("Perhaps {near}", near=", ".join(near)) if near else "",
        )
    return [one for one in known if "float" in one.dtype and not one.constant and asked in ("", one.name)]


def _warnings(model: Model, rows: list[WeightsRow], asked: str) -> tuple[str, ...]:
    told = [
        tr("{row}: {not_finite:,} of {size:,} are not finite", row=row.name, not_finite=row.not_finite, size=row.size)
        for row in rows
        if row.not_finite
    ]
    left = sum(one.stored and not one.constant for one in model.sheet.tensors) - len(rows)
    if left > 0 and not asked:
        told.append(tr("Left out, as they are not floats: {left} tensors", left=left))
    return tuple(told)
