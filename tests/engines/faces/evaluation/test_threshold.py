"""The threshold report against searches done one by one, and galleries that hold little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.core.errors import BadInput
from engines.core.spec import from_json, to_json
from engines.faces.evaluation.threshold import report
from engines.faces.scores.leaving_out import leave_out
from engines.faces.study_types import ThresholdReport
from engines.faces.table import FaceTable
from engines.faces.types import Accept
from engines.faces.vectors import unit
from tests.engines.faces.crowds import crowd

COUNTS = [1, 4, 2, 1, 3, 1, 2, 6] * 12


@pytest.fixture(scope="module")
def table() -> FaceTable:
    return crowd(COUNTS, spread=1.2, seed=2)


@pytest.fixture(scope="module")
def told(table: FaceTable) -> ThresholdReport:
    return report(table, {"p0001": "Ada"}, Accept(1e-3), model="another")


def _one_by_one(table: FaceTable) -> tuple[np.ndarray, np.ndarray]:
    """own and other: each face against means of the faces of each person, itself left out."""
    own, other = np.full(len(table), np.nan), np.full(len(table), -1.0)
    faces: dict[str, list[int]] = {}
    for row, person in enumerate(table.people):
        faces.setdefault(person, []).append(row)
    for row in range(len(table)):
        for person, rows in faces.items():
            mates = [k for k in rows if k != row]
            if not mates:
                continue
            score = float(unit(table.vectors[mates].astype(np.float64).mean(axis=0)[None])[0] @ table.vectors[row])
            if person == table.people[row]:
                own[row] = score
            else:
                other[row] = max(other[row], score)
    return own, other


def test_left_out_faces_are_searched_as_if_one_by_one(table: FaceTable) -> None:
    some = table.take(np.arange(60))
    left = leave_out(some)
    own, other = _one_by_one(some)
    assert left.own == pytest.approx(own, abs=1e-5, nan_ok=True)
    assert left.other == pytest.approx(other, abs=1e-5)


def test_missed_and_misnamed_are_counted_by_person(table: FaceTable, told: ThresholdReport) -> None:
    own, other = _one_by_one(table)
    point = told.points[1]
    missed, wrong = [], []
    for person in sorted(set(table.people)):
        rows = [k for k, one in enumerate(table.people) if one == person and np.isfinite(own[k])]
        if rows:
            missed.append(np.mean([max(own[k], other[k]) < point.threshold for k in rows]))
            wrong.append(np.mean([other[k] > own[k] and other[k] >= point.threshold for k in rows]))
    assert point.missed == pytest.approx(np.mean(missed), abs=1e-6)
    assert point.named_wrong == pytest.approx(np.mean(wrong), abs=1e-6)
    assert point.missed_interval is not None
    assert point.missed_interval[0] < np.mean(missed) < point.missed_interval[1]
    curve = np.interp(point.threshold, told.thresholds, told.missed)
    assert curve == pytest.approx(np.mean(missed), abs=0.02)


def test_curves_are_in_order_and_points_lie_on_them(told: ThresholdReport) -> None:
    assert (np.diff(told.thresholds) > 0).all()
    assert (np.diff(told.strangers) < 0).all()
    assert (np.diff(told.missed) >= 0).all()
    assert (np.array(told.low) <= told.strangers).all()
    assert (np.array(told.high) >= told.strangers).all()
    for point in (*told.points, told.chosen):
        at = np.interp(point.threshold, told.thresholds, np.log(told.strangers))
        assert at == pytest.approx(np.log(point.rate), abs=0.02)
        assert point.strangers == pytest.approx(point.rate)
    assert [point.rate for point in told.points] == [10.0**-k for k in range(1, 7)]
    assert told.chosen.rate == 1e-3


def test_densities_add_up_to_one(told: ThresholdReport) -> None:
    widths = np.diff(told.bins)
    assert np.sum(told.impostor * widths) == pytest.approx(1)
    assert np.sum(told.genuine * widths) == pytest.approx(1)


def test_the_report_travels_as_json(told: ThresholdReport) -> None:
    assert from_json(ThresholdReport, to_json(told)) == told


def test_a_face_of_somebody_else_is_the_first_case(table: FaceTable) -> None:
    rows = [k for k, person in enumerate(table.people) if person in ("p0001", "p0007")]
    people = list(table.people)
    people[rows[0]] = "p0007"
    case = report(replace(table, people=tuple(people)), {"p0001": "Ada"}, Accept(), model="another").cases[0]
    assert (case.face, case.person, case.nearest_name) == (table.faces[rows[0]], "p0007", "Ada")
    assert case.similarity > case.own_similarity


def test_without_two_faces_nobody_can_be_missed() -> None:
    told = report(crowd([1] * 40), {}, Accept(), model="another")
    assert told.missed == ()
    assert told.chosen.missed is told.chosen.missed_interval is told.chosen.named_wrong is None
    assert "nobody has two faces" in told.weak


def test_one_person_is_told_what_the_reference_says() -> None:
    told = report(crowd([3], dim=128), {}, Accept(), model="sface")
    assert told.people == 1
    assert "reference" in told.basis
    assert told.chosen.missed is not None
    assert told.impostor == ()


def test_unknown_faces_are_left_aside_and_an_empty_gallery_is_refused(table: FaceTable) -> None:
    people = tuple("" if person == "p0007" else person for person in table.people)
    assert report(replace(table, people=people), {}, Accept(), model="another").people == len(COUNTS) - 1
    with pytest.raises(BadInput, match="Nobody is enrolled"):
        report(replace(table, people=("",) * len(table)), {}, Accept())
