"""Job: whether a model file is safe to read, for files that are not opened because of it."""

from __future__ import annotations

from engines.core.context import Context
from engines.inspection.types import OpenSpec, Safety


def run(spec: OpenSpec, ctx: Context) -> Safety:
    """The verdict, what it would have called, and why. Raises `FileMissing`."""
    from engines.inspection.opening.opener import find
    from engines.inspection.opening.safety import safety_of

    ctx.progress(0, 1, "Looking for what it would call")
    return safety_of(find(spec.path))
