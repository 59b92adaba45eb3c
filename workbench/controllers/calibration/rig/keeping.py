"""The rig in the project: what is set and the result are saved by themselves and brought back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engines.calibration.formats import rig_packed
from engines.calibration.rig.types import RigResult
from engines.core.boards import Board
from engines.core.errors import KinoscopeError
from engines.core.spec import from_json, to_json
from engines.core.words import tr
from widgets.calibration.rig.setup import RigSetup
from workbench.controllers.calibration.rig.session import Material, Session
from workbench.services import Services

KIND, SET, RESULTS, PANEL = "rig", "set", "results", "rig"


def keep_session(session: Session, services: Services) -> None:
    """Save the session in the project, and its settings as the default of the next one.

    Results are large: they are packed, and written when they are others than the project holds.
    """
    material, setup = session.material, to_json(session.setup)
    services.settings.set_panel(PANEL, setup=setup)
    kept = {"setup": setup, "loaded_from": material.loaded_from, "current": session.current}
    services.project.put(KIND, SET, kept)
    results = material.loaded, session.last if session.setup.paths else None
    if any(new is not old for new, old in zip(results, session.stored, strict=True)):
        plain = (None if result is None else rig_packed.to_json(result) for result in results)
        services.project.put(KIND, RESULTS, dict(zip(("loaded", "last"), plain, strict=True)))
        session.stored = results


def restore_session(services: Services) -> Session:
    """What the project holds; where it holds nothing that can be read, the last settings without any pictures."""
    kept, results = (services.project.get(KIND, id) for id in (SET, RESULTS))
    if isinstance(kept, dict):
        try:
            return _session(kept, _results(results, services))
        except (KinoscopeError, KeyError, TypeError, ValueError) as error:
            services.notify(tr("The rig in this project could not be read: {error}", error=error), "warn")
    last = services.settings.value.panels.get(PANEL, {}).get("setup")
    if not last:
        return Session()
    try:
        setup = _setup(last)
    except KinoscopeError:
        return Session()
    return Session(Material(replace(setup, paths=(), names=(), offsets=(), exclude=(), intrinsics="", reference="")))


def _results(kept: object, services: Services) -> tuple[RigResult | None, RigResult | None]:
    """What was opened and what was solved; where that cannot be read, what is set stands without it."""
    if not isinstance(kept, dict):
        return None, None
    try:
        loaded, last = (_result(kept.get(name)) for name in ("loaded", "last"))
    except (KinoscopeError, KeyError, TypeError, ValueError) as error:
        services.notify(
            tr("The rig's result in this project could not be read, calibrate again: {error}", error=error), "warn"
        )
        return None, None
    return loaded, last


def _session(kept: dict[str, Any], results: tuple[RigResult | None, RigResult | None]) -> Session:
    loaded, last = results
    name = str(kept["loaded_from"])
    shown = loaded if name else None
    session = Session(Material(_setup(kept["setup"]), shown, name if shown is not None else ""), last)
    session.stored = loaded, last
    if last is not None and kept["current"]:
        session.keep(session.spec, last)
    return session


def _setup(values: object) -> RigSetup:
    setup: RigSetup = from_json(RigSetup, values)
    for board in (setup.board, *setup.more_boards):
        Board.parse(board)
    return setup


def _result(kept: object) -> RigResult | None:
    return None if kept is None else rig_packed.from_json(kept)
