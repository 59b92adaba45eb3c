"""The attention kernel of a run: held to one where its bits must come again, and named in what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engines.attention.kernels import kernel
from engines.attention.listening import Heard, heard, pinned
from engines.core.errors import UsageError
from engines.core.words import tr
from engines.generative.diffusion.types import SampleSpec

EXACT = "sdpa"
"""What `exact` is held to: it runs everywhere, in every precision."""
BETWEEN = " + "


@contextmanager
def attending(spec: SampleSpec) -> Iterator[Heard]:
    """Within, the networks attend by the run's kernel; what ran is told, and why not what was asked for."""
    name, note = held_to(spec)
    with pinned(name), heard() as ran:
        if note:
            ran.notes.append(note)
        yield ran


def held_to(spec: SampleSpec) -> tuple[str, str]:
    """(kernel to hold the run to, "" for the fastest; what the user should know of it)."""
    asked = spec.kernel or (EXACT if spec.exact else "")
    if BETWEEN in asked:
        return "", tr("This was made by several kernels ({asked}); here each layer takes the fastest", asked=asked)
    name, _, version = asked.partition(" ")
    if not name:
        return "", ""
    try:
        here = kernel(name)
    except UsageError as error:
        return "", tr(
            "This was made by {asked}: {message}, so the fastest is taken", asked=asked, message=error.message
        )
    if not here.exact:
        return "", tr(
            "This was made by {asked}, which networks do not sample with; here the fastest is taken", asked=asked
        )
    if version and version != here.version:
        return name, tr(
            "This was made by {asked}; here {name} is {version}, and last bits may differ",
            asked=asked,
            name=name,
            version=here.version,
        )
    return name, ""


def named(ran: Heard) -> tuple[str, ...]:
    """The kernels that ran, with their versions, in the order of their names."""
    return tuple(sorted(ran.kernels))


def recorded(kernels: tuple[str, ...]) -> str:
    """The kernels as a specification names them, for the same run again."""
    return BETWEEN.join(kernels)
