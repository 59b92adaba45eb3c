"""What is drawn while a point is measured: lines before it is found, its place where it is."""

from __future__ import annotations

import numpy as np

from engines.calibration.rig.points.picking import Pick
from engines.calibration.rig.types import SpacePoint
from widgets.calibration.rig.clicks import overlays_of
from widgets.viewer.overlays import Label, Points, Polyline

CURVES = {1: (np.array([[0.0, 1.0], [5.0, 1.0]]),), 2: ()}
POINT = SpacePoint("point", (0.0, 0.0, 1.0), (1e-6, 0, 0, 0, 1e-6, 0, 0, 0, 4e-6), (0, 1), 0.5, (2,))


def test_one_click_is_a_line_in_the_others() -> None:
    pick = Pick({0: (3.0, 4.0)}, CURVES)
    assert overlays_of(pick, 0) == [Points([(3.0, 4.0)], "accent", 5.0)]
    assert overlays_of(pick, 1) == [Polyline([[0.0, 1.0], [5.0, 1.0]], "accent", 1.5)]
    assert overlays_of(pick, 2) == []


def test_a_place_is_told_where_it_was_clicked_and_shown_in_all() -> None:
    clicks = {0: (3.0, 4.0), 1: (2.0, 1.0), 2: (9.0, 9.0)}
    pick = Pick(clicks, CURVES, POINT, "", {0: (3.0, 4.1), 1: (2.0, 1.1), 3: (7.0, 7.0)})
    first, wrong, other = (overlays_of(pick, number) for number in (0, 2, 3))
    assert [one.text for one in first if isinstance(one, Label)] == ["± 2 mm"]
    assert wrong == [Points([(9.0, 9.0)], "bad", 5.0)]
    assert other == [Points([(7.0, 7.0)], "good", 7.0, "cross")]
