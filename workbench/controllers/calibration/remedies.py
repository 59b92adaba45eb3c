"""What one click does about a reason of the verdict: the settings or the photographs that it changes."""

from __future__ import annotations

from dataclasses import replace

from engines.calibration.types import Remedy
from workbench.controllers.calibration.changes import Put
from workbench.controllers.calibration.session import Session


def remedied(remedy: Remedy, session: Session) -> Put:
    """The part of the session that changes, as it is then."""
    material = session.material
    if remedy.kind == "free_board":
        return Put({"free_board": True})
    if remedy.kind == "use_model":
        return Put({"model": remedy.target})
    if remedy.kind == "use_board":
        return Put({"board": remedy.target}, material.unseen())
    if remedy.kind == "drop_corner":
        drop = dict.fromkeys((*material.drop, remedy.target))
        return Put(material=replace(material, drop=tuple(drop)))
    result = session.of_views
    paths = {view.path for view in result.views if view.name == remedy.target} if result else set()
    return Put(material=material.switched(paths, False))
