"""`main.py inspect FILE --safety`: whether a file is safe to read, told without running anything of it."""

from __future__ import annotations

from typing import Any

from engines.core.context import Context
from engines.inspection.types import OpenSpec, Safety
from workbench.verbs import console


def run(path: str, json: bool) -> None:
    """The verdict is the result, so a refused file ends with 0 too."""
    console.run(_work, OpenSpec(path), json=json, render=_show, as_json=safety_json)


def safety_json(safety: Safety) -> dict[str, Any]:
    """What scripts read."""
    return {"verdict": safety.verdict, "calls": list(safety.calls), "why": safety.why}


def _work(spec: OpenSpec, _: Context) -> Safety:
    from engines.inspection.opening.opener import find
    from engines.inspection.opening.safety import safety_of

    return safety_of(find(spec.path))


def _show(safety: Safety) -> None:
    told = console.out()
    told.print(console.headline(safety.verdict, f": {safety.why}"), soft_wrap=True)
    for call in safety.calls:
        told.print(f"  {call}", soft_wrap=True)
