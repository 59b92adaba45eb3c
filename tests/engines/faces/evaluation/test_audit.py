"""The audit finds names that were made wrong, and says of each what it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError
from engines.core.spec import from_json, to_json
from engines.faces.evaluation.audit import measure, run
from engines.faces.study_types import Audit, AuditSpec
from engines.faces.table import FaceTable
from engines.faces.vectors import unit
from tests.engines.faces.crowds import crowd


@pytest.fixture(scope="module")
def table() -> FaceTable:
    return crowd([1, 4, 1, 2, 6, 3] * 50, dim=128, spread=0.8, seed=11)


def _renamed(table: FaceTable, names: dict[int, str]) -> FaceTable:
    return replace(table, people=tuple(names.get(row, person) for row, person in enumerate(table.people)))


def _rows(table: FaceTable, person: str) -> list[int]:
    return [row for row, one in enumerate(table.people) if one == person]


def _injected(table: FaceTable, count: int, seed: int) -> tuple[FaceTable, set[str]]:
    random = np.random.default_rng(seed)
    people = table.labels()[0]
    names = {}
    for row in random.choice(len(table), count, replace=False):
        others = [person for person in people if person != table.people[row]]
        names[int(row)] = others[random.integers(len(others))]
    return _renamed(table, names), {table.faces[row] for row in names}


@pytest.mark.parametrize("seed", range(4))
def test_wrong_names_come_first(table: FaceTable, seed: int) -> None:
    spoilt, wrong = _injected(table, 30, seed)
    found = [one.image for one in measure(spoilt, {}, model="another").suspicions]
    assert len(wrong & set(found[:30])) >= 0.75 * 30
    assert len(wrong & set(found[:60])) >= 0.95 * 30


def test_clean_names_are_not_suspected(table: FaceTable) -> None:
    assert all(one.score < 0 for one in measure(table, {}, model="another").suspicions)


def test_a_wrong_name_is_explained(table: FaceTable) -> None:
    row = _rows(table, "p0004")[2]
    found = measure(_renamed(table, {row: "p0001"}), {"p0001": "Ada", "p0004": "Bo"}, model="another")
    first = found.suspicions[0]
    assert (first.image, first.kind, first.name, first.like_name) == (table.faces[row], "wrong-name", "Ada", "Bo")
    assert first.like in {table.faces[k] for k in _rows(table, "p0004")} - {table.faces[row]}
    assert first.own_example in {table.faces[k] for k in _rows(table, "p0001")}
    assert first.own is not None
    assert first.own < 0.3 < first.other
    assert first.reason.startswith("Looks like Bo (0.")
    assert "not like the other 4 pictures of Ada" in first.reason


def test_the_wrong_one_of_two_is_blamed(table: FaceTable) -> None:
    """A person with one picture gets another's: both are unlike their own, one has a home elsewhere."""
    row = _rows(table, "p0004")[0]
    found = measure(_renamed(table, {row: "p0000"}), {}, model="another").suspicions
    assert found[0].image == table.faces[row]
    assert table.faces[_rows(table, "p0000")[0]] not in [one.image for one in found if one.score > 0]


def test_several_wrong_ones_do_not_blame_the_right_ones(table: FaceTable) -> None:
    home = "p0001"
    strays = [_rows(table, f"p{person:04d}")[0] for person in (4, 10, 16, 22)]
    found = measure(_renamed(table, dict.fromkeys(strays, home)), {}, model="another").suspicions
    assert {one.image for one in found[:4]} == {table.faces[row] for row in strays}
    own = {table.faces[row] for row in _rows(table, home)}
    assert not own & {one.image for one in found if one.score > 0}


def test_where_most_faces_are_wrong_the_few_right_ones_are_not(table: FaceTable) -> None:
    """Ten people of four faces get ten more each, of people who have no other face."""
    alone = [row for row, person in enumerate(table.people) if table.people.count(person) == 1]
    homes = [f"p{person:04d}" for person in range(1, 121, 12)]
    names = {row: homes[k // 10] for k, row in enumerate(alone[:100])}
    found = measure(_renamed(table, names), {}, model="another", limit=1000).suspicions
    suspected = {one.image for one in found if one.score > 0}
    assert len(suspected & {table.faces[row] for row in names}) > 92
    assert not suspected & {table.faces[row] for person in homes for row in _rows(table, person)}


def test_a_stray_like_nobody_is_lonely(table: FaceTable) -> None:
    row = _rows(table, "p0000")[0]
    found = measure(_renamed(table, {row: "p0004"}), {}, model="another").suspicions[0]
    assert (found.image, found.kind) == (table.faces[row], "lonely")
    assert "like nobody else" in found.reason


def test_two_names_of_one_person(table: FaceTable) -> None:
    rows = _rows(table, "p0004")
    split = _renamed(table, dict.fromkeys(rows[:3], "Other"))
    names = {"Other": "Cy", "p0004": "Bo"}
    found = measure(split, names, model="another").suspicions[:2]
    assert {one.image for one in found} <= {table.faces[row] for row in rows}
    assert {one.kind for one in found} == {"same-person"}
    assert {one.reason[:24] for one in found} == {"Bo and Cy may be one per", "Cy and Bo may be one per"}


def test_one_picture_under_two_names(table: FaceTable) -> None:
    vectors = table.vectors.copy()
    a, b = _rows(table, "p0000")[0], _rows(table, "p0002")[0]
    vectors[b] = unit(vectors[a] + 0.05 * vectors[b])
    found = measure(replace(table, vectors=vectors), {}, model="another").suspicions[:2]
    assert {one.image for one in found} == {table.faces[a], table.faces[b]}
    assert {one.kind for one in found} == {"duplicate"}


def test_no_more_than_asked_and_as_json(table: FaceTable) -> None:
    told = measure(_injected(table, 30, 1)[0], {}, model="another", limit=5)
    assert len(told.suspicions) == 5
    assert from_json(Audit, to_json(told)) == told


def test_unknown_faces_are_left_aside(table: FaceTable) -> None:
    told = measure(_renamed(table, {0: ""}), {}, model="another")
    assert told.images == len(table) - 1


def test_small_galleries_are_judged_by_the_reference() -> None:
    table = crowd([4, 4], dim=128, spread=0.7)
    assert not [one for one in measure(table, {}, model="sface").suspicions if one.score > 0]
    found = measure(_renamed(table, {0: "p0001"}), {}, model="sface").suspicions
    assert found[0].image == table.faces[0]
    assert measure(table.take(np.arange(1)), {}, model="sface").suspicions == ()
    assert measure(table.take(np.arange(0)), {}, model="sface").images == 0


def test_what_cannot_be_is_refused(tmp_path: Path, table: FaceTable) -> None:
    with pytest.raises(BadInput, match="no gallery or folder"):
        run(AuditSpec(str(tmp_path / "absent")), PlainContext())
    with pytest.raises(BadInput, match="fewer than ten people"):
        measure(crowd([3] * 9), {}, model="another")
    with pytest.raises(UsageError, match="one suspicion"):
        run(AuditSpec(str(tmp_path), limit=0), PlainContext())
    with pytest.raises(BadInput, match=table.faces[0]):
        measure(replace(table, vectors=np.full_like(table.vectors, np.nan)), {}, model="sface")
