"""Tables of points, as people and spreadsheets write them, and the places that come of them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from engines.calibration.formats.rig_files import save
from engines.calibration.rig.points.point_files import HEADER, read_points
from engines.calibration.rig.triangulating import run
from engines.calibration.rig.types import NamedPoint, TriangulateSpec
from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError
from tests.engines.calibration.rig.drawn_rigs import cloud, seen, true_rig

RIG = true_rig()
PLAIN = """frame,name,camera,x,y,sigma
1,nose,front left,300.5,200.25,0.4
1,nose,1,310,201,0.4
2,nose,side right,320,190,0.4
"""
POINTS = (
    ("1", (NamedPoint("nose", 0, 300.5, 200.25, 0.4), NamedPoint("nose", 1, 310.0, 201.0, 0.4))),
    ("2", (NamedPoint("nose", 3, 320.0, 190.0, 0.4),)),
)


@pytest.fixture
def write(tmp_path: Path):
    def written(text: str) -> Path:
        path = tmp_path / "points.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_a_table_is_read_whatever_a_spreadsheet_did_to_it(write) -> None:
    other = "\ufeffY;X;Sigma;Name;Frame;Camera;likelihood\n200,25;300,5;0,4;nose;1;Front Left;,9\n"
    assert read_points(write(PLAIN), RIG.cameras).frames == POINTS
    with pytest.raises(BadInput, match="no camera 'Front Left', but front left"):
        read_points(write(other), RIG.cameras)
    changed = read_points(write(other.replace("Front Left", "front  left")), RIG.cameras)
    assert changed.frames == (("1", POINTS[0][1][:1]),)


def test_what_is_not_told_is_said_to_be_taken(write) -> None:
    points = read_points(write("name,camera,x,y\nnose,0,1,2\nnose,1,3,4\n"), RIG.cameras)
    assert points.frames == (("", (NamedPoint("nose", 0, 1, 2, 0.5), NamedPoint("nose", 1, 3, 4, 0.5))),)
    assert not points.sigma_told


def test_lines_that_cannot_be_used_are_named_with_their_number(write) -> None:
    bad = "1,,0,1,2,1\n1,ear,5,1,2,1\n1,ear,0,,2,1\n1,ear,0,1,nan,1\n1,ear,0,1,2,0\n1,nose,0,1,2,1\n"
    points = read_points(write(PLAIN + bad), RIG.cameras)
    assert points.frames == POINTS
    assert points.left_out == (
        "line 5: it has no name",
        "line 6: there is no camera '5', but front left, front right, side left, side right",
        "line 7: x is empty",
        "line 8: y is 'nan', which is no number",
        "line 9: sigma is 0, and must be more than 0",
        "line 10: 'nose' of camera front left stands in line 2",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("nose,0,1,2\nnose,1,3,4\n", "no column 'name'"),
        ("name,camera,x,x,y\n", "2 columns 'x'"),
        ("name,camera,x,y\n", "no point"),
        ("name,camera,x,y\nnose,0,a,1\n", "line 2: x is 'a'"),
        ("name,camera,x,y\nnose,0,1\n", "Row 2 has 3 fields"),
    ],
)
def test_a_table_of_which_nothing_can_be_used_is_refused(write, text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_points(write(text), RIG.cameras)


def test_places_are_written_frame_by_frame(write, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    clouds = [cloud(rng, 3), cloud(rng, 3)]
    lines = [
        f"{frame},{p.name},{p.camera},{p.x},{p.y},{p.sigma}"
        for frame, places in enumerate(clouds)
        for p in seen(RIG, places, rng)
    ]
    points = write("\n".join(["frame,name,camera,x,y,sigma", *lines, "1,alone,2,300,200,1", "1,alone,9,1,1,1"]))
    save(RIG, tmp_path / "rig.json")
    out = tmp_path / "places.csv"
    result = run(TriangulateSpec(str(tmp_path / "rig.json"), str(points), str(out)), PlainContext())
    head, *rows = csv.reader(out.read_text().splitlines())
    assert tuple(head) == HEADER
    placed = np.array([row[2:5] for row in rows[:6]], dtype=float)
    assert placed == pytest.approx(np.concatenate(clouds), abs=2e-3)
    assert [row[0] for row in rows] == ["0"] * 3 + ["1"] * 4
    assert rows[6][1:] == ["alone", *[""] * 6, "side left", "", "left out: only one camera sees it"]
    assert (result.frames, result.points, len(result.unplaced), len(result.left_out)) == (2, 6, 1, 1)


def test_nothing_that_is_not_a_table_of_places_is_replaced(write, tmp_path: Path) -> None:
    points = write(PLAIN)
    save(RIG, tmp_path / "rig.json")
    (tmp_path / "mine.csv").write_text("mine")
    for out, words in (("mine.csv", "not a table of places"), ("points.csv", "replace"), ("places.txt", "as CSV")):
        with pytest.raises((BadInput, UsageError), match=words):
            run(TriangulateSpec(str(tmp_path / "rig.json"), str(points), str(tmp_path / out)), PlainContext())
