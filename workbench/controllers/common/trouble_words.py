"""Turns an error's JSON into the trouble that panels show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engines.core.words import tr
from widgets.kit.work_state import Trouble


def trouble_of(error: Mapping[str, Any], title: str = tr("That did not work")) -> Trouble:
    """An error's JSON; a file that the model store can fetch is offered."""
    fetch = tuple(error.get("fetch", ()))
    return Trouble(
        what=str(error.get("message") or tr("It ended without saying why")),
        title=title,
        hint="" if fetch else str(error.get("hint") or ""),
        path=str(error.get("path") or ""),
        fetch=fetch,
    )
