"""Rigs as a project keeps them: they come back to the last bit, and what was damaged is refused in words."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engines.calibration.formats import rig_json, rig_packed
from engines.calibration.rig.types import RigView
from engines.core.errors import BadInput
from tests.engines.calibration.formats.some_rigs import RIGS, rig

SEEN = RigView(
    "set 1.png", 0, "/s/set 1.png", True, True, 0, (3, 5), ((1 / 3, 2.0), (0.1, 7.5)), ((1 / 7, 2.0), (0.2, 7.0)),
    (1.0, 1e-300), 0.1, None, "a note",
)  # fmt: skip
BLIND = RigView("set 1.png", 1, "/s/set 1.png", False, False, note="no board found")
RIG = replace(RIGS["brown"], views=(SEEN, BLIND))


def test_a_packed_rig_comes_back_to_the_last_bit() -> None:
    again = rig_packed.from_json(json.loads(json.dumps(rig_packed.to_json(RIG))))
    assert again == RIG
    assert [type(number) for number in (again.views[0].ids[0], again.views[0].weights[0])] == [int, float]


def test_corners_are_packed_and_the_rest_is_readable() -> None:
    first, second = rig_packed.to_json(RIG)["views"]
    assert (first["frame"], second["note"], second["corners"]) == ("set 1.png", "no board found", "")
    assert isinstance(first["corners"], str)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("corners", "AAAA"),
        ("corners", "no numbers!"),
        ("corners", 7),
        ("weights", "AAAAAAAA8D8="),
        ("weights", "AAAAAAAA+H8AAAAAAAD4fw=="),
        ("camera", 9),
        ("found", None),
    ],
    ids=["cut", "no base64", "no text", "too few", "not finite", "no such camera", "no such thing"],
)
def test_a_view_that_was_damaged_is_refused(field: str, value: object) -> None:
    data = rig_packed.to_json(RIG)
    data["views"][0][field] = value
    with pytest.raises(BadInput):
        rig_packed.from_json(data)


@pytest.mark.parametrize("data", [None, {}, {"kind": rig_packed.KIND}, rig_json.to_json(rig(*RIG.cameras))])
def test_what_is_no_packed_rig_is_refused(data: object) -> None:
    with pytest.raises(BadInput):
        rig_packed.from_json(data)
