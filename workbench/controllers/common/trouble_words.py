"""What goes wrong, as panels show it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from widgets.kit.work_state import Trouble

_FETCH = re.compile(r"models fetch ([\w -]+)")


def trouble_of(error: Mapping[str, Any], title: str = "That did not work") -> Trouble:
    """An error's JSON; a file that the model store can fetch is offered."""
    hint = str(error.get("hint") or "")
    named = _FETCH.search(hint) if error.get("kind") == "missing-file" else None
    return Trouble(
        what=str(error.get("message") or "It ended without saying why"),
        title=title,
        hint="" if named else hint,
        path=str(error.get("path") or ""),
        fetch=tuple(named.group(1).split()) if named else (),
    )
