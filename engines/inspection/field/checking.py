"""Job: check a unit's exact field by the support of its gradient."""

from __future__ import annotations

from engines.core.context import Context
from engines.core.words import tr
from engines.inspection.field.results import CheckResult, CheckSpec


def run(spec: CheckSpec, ctx: Context) -> CheckResult:
    """Raises `UsageError` for a layer or unit that is not there, `BadInput` for a model that cannot be run."""
    from engines.inspection.field.gradient import check
    from engines.inspection.opening.opener import open_spec

    ctx.progress(0, 2, tr("Opening the model"))
    model = open_spec(spec.model)
    ctx.progress(1, 2, tr("Gradient of {layer}", layer=spec.layer))
    with ctx.lease(threads=1):
        return check(model, spec.layer, spec.unit)
