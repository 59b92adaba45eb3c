"""Tiled recordings cut into films and pictures: same pixels, same times, read back as a rig, and nothing half done."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.rig.preparing import run
from engines.calibration.rig.types import PrepareResult, PrepareSpec
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, UsageError
from engines.core.frames import Size
from engines.core.spec import from_json, to_json
from engines.core.video.film import Film
from tests.engines.calibration.rig.pictures import recordings as made
from tests.engines.calibration.rig.pictures.recordings import SIZE, film, looked, moments, seen


def prepared(paths: object, out: Path, tiles: str = "1x2", **values: object) -> PrepareResult:
    given = (paths,) if isinstance(paths, str) else tuple(paths)  # type: ignore[arg-type]
    return run(PrepareSpec(given, tiles, str(out), **values), PlainContext())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> str:
    images = [made.side_by_side(*tiles) for tiles in moments(4) for _ in range(2)]
    return film(tmp_path_factory.mktemp("whole") / "both.mp4", images)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made.tiled_folder(tmp_path_factory.mktemp("folder"), moments(4))


def test_a_film_becomes_one_a_camera_with_its_times_and_is_read_as_a_rig(whole: str, tmp_path: Path):
    result = prepared(whole, tmp_path / "out", names=("left", "right"))
    assert (result.cameras, result.files) == (("left", "right"), ("left.mp4", "right.mp4"))
    assert (result.size, result.frames, result.left_out) == (SIZE, 8, ())
    source = Film.open(whole)
    for name in result.files:
        np.testing.assert_allclose(Film.open(tmp_path / "out" / name).frame_times(), source.frame_times())
    found = looked(result.listing, every=2)
    assert found.names == ("left", "right")
    assert found.frames == ("frame 0", "frame 2", "frame 4", "frame 6")
    assert len(seen(found, 1)) == 4
    for one, two in zip(found.shots, looked(whole, tiles="1x2", every=2).shots, strict=True):
        assert one.shot.detection is not None
        assert two.shot.detection is not None
        shared = np.intersect1d(one.shot.detection.ids, two.shot.detection.ids)
        corners = [found.corners[np.isin(found.ids, shared)] for found in (one.shot.detection, two.shot.detection)]
        off = np.sqrt(((corners[0] - corners[1]) ** 2).mean())
        assert off < 0.06, "writing anew moves corners by less than they are found to"


def test_pictures_are_the_very_pixels_at_other_places_dropped_flipped_and_cropped(folder: str, tmp_path: Path):
    result = prepared(folder, tmp_path / "out", names=("b", "a"), order=(1, 0), margin=3, flip=("a",))
    assert result.files == ("b", "a")
    left, right = moments(4)[2]
    name = "quad02.png"
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "out" / "b" / name)), right[3:-3, 3:-3])
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "out" / "a" / name)), left[3:-3, 3:-3][:, ::-1])
    assert result.notes == ("Flipped left to right: a",)
    one = prepared(folder, tmp_path / "one", names=("-", "b"))
    assert (one.cameras, one.frames) == (("b",), 4)
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["b", "cameras.yaml", "prepared.json"]


def test_each_nth_frame_of_a_range_is_taken(whole: str, tmp_path: Path):
    result = prepared(whole, tmp_path / "out", as_pictures=True, every=3, start=1, stop=8)
    assert result.frames == 3
    assert [path.name for path in sorted((tmp_path / "out" / "0").iterdir())] == [
        "000001.png",
        "000004.png",
        "000007.png",
    ]
    clip = prepared(whole, tmp_path / "clip", every=3, start=1)
    times = Film.open(tmp_path / "clip" / "0.mp4").frame_times()
    np.testing.assert_allclose(times, np.arange(3) * 3 / 25)
    assert clip.frames == 3


def test_a_second_time_replaces_our_own_and_nothing_else(folder: str, tmp_path: Path):
    out = tmp_path / "out"
    prepared(folder, out)
    again = prepared(folder, out, names=("a", "b"))
    assert again.files == ("a", "b")
    assert not (out / "0").exists()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match=r"notes\.txt"):
        prepared(folder, out)
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "a" / "quad00.png").exists()
    with pytest.raises(BadInput, match="not of an earlier prepared recording"):
        prepared(folder, Path(folder))


def test_separate_films_are_listed_where_they_are(tmp_path: Path):
    left, right = zip(*moments(4), strict=True)
    paths = [film(tmp_path / "l.mp4", left), film(tmp_path / "r.mp4", right)]
    result = prepared(paths, tmp_path / "out", "", names=("l", "r"), match="order", offsets=(0, 1))
    assert (result.files, result.offsets, result.size) == (("../l.mp4", "../r.mp4"), (0, 1), None)
    found = looked(result.listing, every=1)
    assert [Path(one.shot.path).name for one in found.shots][:2] == ["l.mp4#frame=0", "r.mp4#frame=1"]
    with pytest.raises(UsageError, match="Only tiles are cut"):
        prepared(paths, tmp_path / "out", "", margin=2)
    with pytest.raises(UsageError, match="Which board moves"):
        prepared(paths, tmp_path / "out", "", match="motion")


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"tiles": "7x1"}, BadInput, "cannot be cut"),
        ({"names": ("a", "a")}, UsageError, "Two cameras are called"),
        ({"names": ("a", "b", "c")}, UsageError, "3 names are given for 2"),
        ({"flip": ("c",)}, UsageError, "no camera 'c'"),
        ({"every": 0}, UsageError, "cannot be taken"),
        ({"start": 3, "stop": 3}, UsageError, "no frames in this range"),
        ({"start": 30}, BadInput, "ends before frame 30"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    whole: str, tmp_path: Path, values: dict[str, object], error: type[Exception], words: str
):
    with pytest.raises(error, match=words):
        prepared(whole, tmp_path / "out", **values)
    assert not [path for path in (tmp_path / "out").rglob("*") if not path.name.endswith(".lock")]


def test_a_file_that_cannot_be_read_is_left_out_and_a_lone_one_is_refused(folder: str, whole: str, tmp_path: Path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")
    result = prepared((folder, str(broken)), tmp_path / "out")
    assert (result.frames, [Path(one.path).name for one in result.left_out]) == (4, ["broken.png"])
    with pytest.raises(BadInput):
        prepared(str(broken), tmp_path / "other")
    with pytest.raises(UsageError, match="cannot become one film"):
        prepared((folder, whole), tmp_path / "other")
    other = made.pictures(tmp_path / "small", [made.blank(Size(200, 100))])
    mixed = prepared((folder, other), tmp_path / "mixed")
    assert [one.why for one in mixed.left_out] == ["its tiles are 100x100, those before are 480x270"]


def test_the_spec_goes_to_a_worker_and_back():
    spec = PrepareSpec(("a", "b"), "", "out", match="motion", board=made.CHARUCO, stop=9, flip=("x",))
    assert from_json(PrepareSpec, to_json(spec)) == spec


def test_cancelling_leaves_nothing(whole: str, tmp_path: Path):
    context = PlainContext()
    context.progress = lambda *_: context.cancelled.set()  # type: ignore[method-assign]
    with pytest.raises(Cancelled):
        run(PrepareSpec((whole,), "1x2", str(tmp_path / "out")), context)
    assert not [path for path in (tmp_path / "out").rglob("*") if not path.name.endswith(".lock")]
