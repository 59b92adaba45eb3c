"""Job: which kernel `auto` takes for a request on this machine, and how long each exact kernel takes."""

from __future__ import annotations

from engines.attention.auto.choice import class_of, measured, order, small
from engines.attention.auto.machine import machine
from engines.attention.dispatch import HINT
from engines.attention.measuring.examples import example
from engines.attention.types import WhichResult, WhichSpec
from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.training.devices import named
from engines.core.training.threads import enough_memory
from engines.core.words import tr


def run(spec: WhichSpec, ctx: Context) -> WhichResult:
    """Measures where this machine never did. Raises `UsageError` for sizes without sense, `OutOfResources`."""
    _check(spec)
    ctx.progress(0, 1, tr("Measuring"))
    with ctx.lease(spec.device), enough_memory(tr("There is not enough memory for this request"), HINT):
        asked = example(spec)
        found = measured(asked, False)
        taken = next(iter(order(asked, False)))[0]
    ctx.progress(1, 1, "")
    return WhichResult(
        spec, taken, found.times, found.refused, not small(asked), found.measured, str(machine(spec.device)),
        class_of(asked, False),
    )  # fmt: skip


def _check(spec: WhichSpec) -> None:
    for name in ("batch", "heads", "length", "dim"):
        if getattr(spec, name) < 1:
            raise UsageError(tr("{name} is {spec}", name=name, spec=getattr(spec, name)), hint=tr("Give 1 or more"))
    named(spec.device)
