"""Which kernel `auto` takes."""

from __future__ import annotations

from collections.abc import Iterator

from engines.attention.kernels import kernel
from engines.attention.request import Request

USUAL = ("sdpa", "tiled", "naive")


def order(asked: Request, lse: bool, pin: str = "") -> Iterator[tuple[str, str]]:
    """Kernels to try, the best first, each with what the user should know of it. pin: one to take where it can."""
    note = ""
    if pin:
        note = kernel(pin).refuses(asked, lse)
        if not note:
            yield pin, ""
            return
        note = f"{pin} cannot do this ({note})"
    for name in USUAL:
        if not kernel(name).refuses(asked, lse):
            yield name, note
