"""Pictures of separate cameras that are of one moment: by name, by time stamp, by order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.calibration.rig.pictures.moments import check_shared, matched, nearest, ordered, time_in
from engines.core.errors import BadInput, UsageError


def files(camera: str, *names: str) -> list[Path]:
    return [Path(camera) / name for name in names]


def pairs(left: list[Path], right: list[Path], match: str = "name", offsets: tuple[int, ...] = ()):
    moments = matched([left, right], match, offsets)  # type: ignore[arg-type]
    return [(moment.name, *(None if file is None else file.name for file in moment.files)) for moment in moments]


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [
        (("a.png", "b.png"), ("b.png", "c.png"), ["b"]),
        (("left01.jpg", "left02.jpg", "left10.jpg"), ("right01.jpg", "right10.jpg"), ["1", "10"]),
        (("cam0_0007_x.png", "cam0_0008_x.png"), ("cam1_0008_x.png", "cam1_0009_x.png"), ["8"]),
        (("l1.png",), ("r1.png",), ["1"]),
    ],
)
def test_names_are_matched_by_what_they_share(left: tuple[str, ...], right: tuple[str, ...], both: list[str]):
    found = pairs(files("l", *left), files("r", *right))
    assert [name for name, one, two in found if one and two] == both
    assert len(found) == len(left) + len(right) - len(both), "the others stay, alone"


def test_names_that_share_nothing_are_refused():
    with pytest.raises(BadInput, match="nothing in common: foo.png, bar.png") as caught:
        pairs(files("l", "foo.png", "fee.png"), files("r", "bar.png", "baz.png"))
    assert "order" in caught.value.hint


@pytest.mark.parametrize(
    "name", ["2024-05-01_12-00-00.25", "20240501_120000.250", "1714564800.25", "1714564800250", "1714564800250000000"]
)
def test_times_are_read_from_names(name: str):
    assert time_in(f"cam_{name}") == pytest.approx(1714564800.25, abs=1e-3)


@pytest.mark.parametrize("name", ["frame 000120", "2024-13-01_12-00-00", "12345678901", "left"])
def test_other_numbers_are_no_times(name: str):
    assert time_in(name) is None


def test_pictures_of_nearly_one_time_are_of_one_moment():
    left = files("l", *(f"17145648{number:02}000.png" for number in range(5)))
    right = files("r", *(f"17145648{number:02}180.png" for number in (1, 3, 4, 9)))
    found = pairs(left, right, "time")
    assert [(one is not None, two is not None) for _, one, two in found][:3] == [(True, True)] * 3
    with pytest.raises(BadInput, match="holds no time stamp"):
        pairs(left, files("r", "a.png"), "time")
    with pytest.raises(BadInput, match="of one time"):
        pairs(left, files("r", "1614564800000.png", "1614564801000.png"), "time")


def test_different_numbers_of_pictures_are_not_matched_by_order_unless_offsets_say_how():
    left, right = files("l", "a.png", "b.png"), files("r", "c.png", "d.png", "e.png")
    with pytest.raises(BadInput, match="different numbers of pictures: 2, 3"):
        pairs(left, right, "order")
    assert [row[1:] for row in pairs(left, right, "order", (0, 1))] == [
        (None, "c.png"),
        ("a.png", "d.png"),
        ("b.png", "e.png"),
    ]
    with pytest.raises(UsageError, match="1 offsets are given for 2"):
        pairs(left, right, "order", (1,))
    with pytest.raises(UsageError, match="which needs the order"):
        pairs(left, right, "name", (0, 1))
    with pytest.raises(UsageError, match="no way to match"):
        pairs(left, right, "luck")


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(-20, 20)), min_size=2, max_size=5))
def test_rows_by_order_hold_every_frame_once_at_its_offset(cameras: list[tuple[int, int]]):
    counts, offsets = [count for count, _ in cameras], [offset for _, offset in cameras]
    rows = ordered(counts, offsets)
    for camera, count in enumerate(counts):
        assert [row[camera] for row in rows if row[camera] is not None] == list(range(count))
    for row in rows:
        assert len({at - offset for at, offset in zip(row, offsets, strict=True) if at is not None}) == 1


@pytest.mark.parametrize("late", [12, -12, 10**20])
def test_offsets_beyond_the_ends_are_refused_however_large(late: int):
    with pytest.raises(UsageError, match="no two cameras have a picture of one moment"):
        check_shared([12, 12], [0, late])
    check_shared([12, 12, 12], [0, 11, late])
    assert {row[2] for row in ordered([12, 12, 12], [0, 11, late])} == {None, *range(12)}


def test_the_slowest_camera_sets_the_moments():
    rows = nearest([np.arange(0, 1, 1 / 30), np.arange(0.01, 1, 0.1)])
    assert len(rows) == 10
    assert [row[0] for row in rows] == [0, 3, 6, 9, 12, 15, 18, 21, 24, 27]
