"""What is drawn over the cameras' pictures while a point is measured: clicks, lines where it can be, its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.kit.lengths.units import MM, UNITS, digits
from widgets.viewer.overlays import Label, Overlay, Points, Polyline

if TYPE_CHECKING:
    from engines.calibration.rig.points.picking import Pick
    from engines.calibration.rig.types import SpacePoint


def overlays_of(pick: Pick, camera: int) -> list[Overlay]:
    """On the picture of a camera, by its number."""
    made: list[Overlay] = []
    click = pick.clicks.get(camera)
    if click is None:
        made += [Polyline(piece.tolist(), "accent", 1.5) for piece in pick.curves.get(camera, ())]
    if pick.seen is not None and camera in pick.seen:
        made.append(Points([pick.seen[camera]], "good", 7.0, "cross"))
        if pick.point is not None and click is not None:
            made.append(Label(_said(pick.point), pick.seen[camera], "good"))
    if click is not None:
        wrong = pick.point is not None and camera in pick.point.wrong
        made.append(Points([click], "bad" if wrong else "accent", 5.0))
    return made


def _said(point: SpacePoint) -> str:
    """The largest deviation: '± 1.9 mm'."""
    unit = UNITS.of(MM)
    return f"\u00b1 {digits(unit.of(max(point.std)), 2)} {unit.symbol}"
