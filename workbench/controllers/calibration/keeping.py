"""The calibration in the project: settings, photographs and the result are saved by themselves and brought back."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from engines.calibration.formats import files as formats
from engines.calibration.types import MonoResult
from engines.core.boards import Board
from engines.core.errors import KinoscopeError
from engines.core.frames import Size
from engines.core.spec import from_json
from engines.core.video.stills import is_film
from engines.core.words import tr
from widgets.calibration.state import ViewRow
from workbench.controllers.calibration.session import CalibrationSettings, Material, Session
from workbench.services import Services

KIND, ID, PANEL = "calibration", "mono", "calibration"


def keep_session(session: Session, services: Services, camera: str = "") -> None:
    """Save the session in the project, and its settings as the default of the next one. camera: what was captured."""
    result, material = session.result, session.material
    behind = session.of_views if material.loaded is not None else None
    settings = asdict(session.settings)
    services.settings.set_panel(PANEL, **settings)
    services.project.put(
        KIND,
        ID,
        {
            "settings": settings,
            "camera": camera,
            "views": [_view(view) for view in material.views],
            "result": None if result is None else formats.to_json(result),
            "current": session.current,
            "loaded_from": material.loaded_from,
            "behind": None if behind is None else formats.to_json(behind),
            "off": list(material.off),
            "drop": list(material.drop),
            "frames": {view.path: list(frames) for view in material.views if (frames := session.frames_of(view.path))},
        },
    )


def kept_camera(services: Services) -> str:
    """Path of the source that the project's views were captured from, "" for none."""
    kept = services.project.get(KIND, ID)
    camera = kept.get("camera") if isinstance(kept, dict) and kept.get("views") else ""
    return camera if isinstance(camera, str) else ""


def restore_session(services: Services) -> Session:
    """What the project holds; where it holds nothing that can be read, an empty session with the last settings.

    What was held and how pictures were flipped is of one camera, and does not go on to the next project.
    """
    kept = services.project.get(KIND, ID)
    if isinstance(kept, dict):
        try:
            return _session(kept)
        except (KinoscopeError, KeyError, TypeError, ValueError) as error:
            services.notify(tr("The calibration in this project could not be read: {error}", error=error), "warn")
    try:
        return Session(replace(_settings(services.settings.value.panels.get(PANEL, {})), fix=(), mirror="auto"))
    except KinoscopeError:
        return Session()


def _session(kept: dict[str, Any]) -> Session:
    result = None if kept["result"] is None else formats.from_json(kept["result"])
    views = tuple(_row(view) for view in kept["views"])
    loaded_from = str(kept["loaded_from"])
    off, drop = (from_json(tuple[str, ...], kept.get(name, ())) for name in ("off", "drop"))
    loaded = result if loaded_from else None
    session = Session(_settings(kept["settings"]), Material(views, loaded, loaded_from, off, drop))
    for film, frames in from_json(dict[str, tuple[str, ...]], kept.get("frames", {})).items():
        session.know_frames(film, frames)
    behind = kept.get("behind")
    solved = result if not loaded_from else formats.from_json(behind) if behind is not None else None
    if solved is not None:
        session.last = solved
        if kept["current"]:
            _remember(session, solved)
    return session


def _remember(session: Session, result: MonoResult) -> None:
    session.keep(session.spec(leave_one_out=result.loo_rms_px is not None), result)


def _settings(values: dict[str, Any]) -> CalibrationSettings:
    settings: CalibrationSettings = from_json(CalibrationSettings, values)
    for board in (settings.board, *settings.more_boards):
        Board.parse(board)
    return settings


def _view(view: ViewRow) -> dict[str, Any]:
    kept = {name: getattr(view, name) for name in ("path", "name", "used", "found", "corners", "outline")}
    return kept | {"size": None if view.size is None else [view.size.width, view.size.height]}


def _row(kept: dict[str, Any]) -> ViewRow:
    size = None if kept["size"] is None else Size(*kept["size"])
    row = from_json(ViewRow, kept | {"size": None})
    return replace(row, size=size, is_film=is_film(row.path))
