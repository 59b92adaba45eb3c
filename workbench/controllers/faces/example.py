"""The example of the start page: a portrait that moves, and a gallery to put its name into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.core.places import data_dir
from engines.core.words import tr

if TYPE_CHECKING:
    from workbench.controllers.faces.controller import FacesController


def begin(desk: FacesController) -> None:
    """Play the portrait and look for faces in it. Where no gallery is open one for trying things is made."""
    if not desk.galleries.path:
        gallery = data_dir() / tr("{words}.faces", words=tr("Sample people"))
        (desk.galleries.open if gallery.exists() else desk.galleries.create)(str(gallery))
    desk.open_sample()
