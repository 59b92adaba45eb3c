"""The rig in the project: what is set and the result are saved by themselves and brought back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engines.calibration.rig.types import RigResult
from engines.core.boards import Board
from engines.core.errors import KinoscopeError
from engines.core.spec import from_json, to_json
from widgets.calibration.rig.setup import RigSetup
from workbench.controllers.calibration.rig.session import Material, Session
from workbench.services import Services

KIND, ID, PANEL = "calibration", "rig", "rig"


def keep_session(session: Session, services: Services) -> None:
    """Save the session in the project, and its settings as the default of the next one."""
    material, setup = session.material, to_json(session.setup)
    services.settings.set_panel(PANEL, setup=setup)
    kept = {"setup": setup, "loaded_from": material.loaded_from, "current": session.current}
    results = {"loaded": material.loaded, "last": session.last if session.setup.paths else None}
    kept |= {name: None if result is None else to_json(result) for name, result in results.items()}
    services.project.put(KIND, ID, kept)


def restore_session(services: Services) -> Session:
    """What the project holds; where it holds nothing that can be read, the last settings without any pictures."""
    kept = services.project.get(KIND, ID)
    if isinstance(kept, dict):
        try:
            return _session(kept)
        except (KinoscopeError, KeyError, TypeError, ValueError) as error:
            services.notify(f"The rig in this project could not be read: {error}", "warn")
    try:
        setup = _setup(services.settings.value.panels.get(PANEL, {}).get("setup", {}))
    except KinoscopeError:
        return Session()
    return Session(Material(replace(setup, paths=(), names=(), offsets=(), exclude=(), intrinsics="", reference="")))


def _session(kept: dict[str, Any]) -> Session:
    loaded, last = (_result(kept[name]) for name in ("loaded", "last"))
    session = Session(Material(_setup(kept["setup"]), loaded, str(kept["loaded_from"])), last)
    if last is not None and loaded is None and kept["current"]:
        session.keep(session.spec, last)
    return session


def _setup(values: object) -> RigSetup:
    setup: RigSetup = from_json(RigSetup, values)
    for board in (setup.board, *setup.more_boards):
        Board.parse(board)
    return setup


def _result(kept: object) -> RigResult | None:
    return None if kept is None else from_json(RigResult, kept)
