"""The list of cameras: written, read back, read as people and other programs write it, and refused in words."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from engines.calibration.rig.pictures import listing
from engines.calibration.rig.pictures.listing import Listing, resolved
from engines.calibration.rig.types import RigSpec
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size
from tests.engines.calibration.rig.pictures.recordings import CHARUCO

WHOLE = Listing(
    ("front, left", 'the "right"', "0"), ("a b.mp4", "films/übung.mp4", "c#1"), "order", (0, 3, -2), Size(640, 360),
    "2x2", (1, 0, 3), 2, ("C:\\rec\\quad.mp4",), 12,
)  # fmt: skip


def test_what_is_written_is_read_back_from_its_folder_and_by_opencv(tmp_path: Path):
    path = tmp_path / listing.NAME
    listing.write(WHOLE, path)
    found = listing.read(tmp_path)
    assert (found.cameras, found.match, found.offsets) == (WHOLE.cameras, "order", (0, 3, -2))
    assert found.files == tuple(str(tmp_path / file) for file in WHOLE.files)
    storage = cv2.FileStorage(str(path), cv2.FILE_STORAGE_READ)
    assert storage.getNode("files").at(1).string() == "films/übung.mp4"
    assert [int(storage.getNode("size").at(side).real()) for side in (0, 1)] == [640, 360]


def test_a_list_by_hand_is_taken_and_the_command_wins(tmp_path: Path):
    path = tmp_path / "mine.yml"
    path.write_text("cameras:\n  - left\n  - right\nfiles:\n  - l\n  - r  # a remark\nmatch: time\n", encoding="utf-8")
    spec = resolved(RigSpec((str(path),), CHARUCO))
    assert (spec.names, spec.match, spec.offsets) == (("left", "right"), "time", ())
    assert spec.paths == (str(tmp_path / "l"), str(tmp_path / "r"))
    other = resolved(RigSpec((str(path),), CHARUCO, names=("a", "b"), match="order", offsets=(0, 1)))
    assert (other.names, other.match, other.offsets) == (("a", "b"), "order", (0, 1))
    plain = RigSpec(("a", "b"), CHARUCO)
    assert resolved(plain) is plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cameras: [a]\n", "names no files"),
        ("cameras: [a]\nfiles: [b, c]\n", "1 cameras and the files of 2"),
        ("files: [b, c]\nmatch: luck\n", "no way to match"),
        ("files: [b, c]\noffsets: [1]\n", "1 offsets for 2"),
        ("files: [b, c]\noffsets: [1, 2.5]\n", "no number of frames"),
        ("files: {a: b}\n  c: [\n", "cut off|no list"),
        ("files: [b, c\n", "cut off"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_with_its_name(text: str, words: str, tmp_path: Path):
    path = tmp_path / "cameras.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=words) as caught:
        resolved(RigSpec((str(path),), CHARUCO))
    assert caught.value.path == str(path)


def test_a_list_stands_alone(tmp_path: Path):
    path = tmp_path / "cameras.yaml"
    listing.write(Listing(("a", "b"), ("a", "b")), path)
    with pytest.raises(UsageError, match="without other files"):
        resolved(RigSpec((str(path), "more"), CHARUCO))
    with pytest.raises(UsageError, match="without \u201cTiles of a picture\u201d"):
        resolved(RigSpec((str(path),), CHARUCO, tiles="2x2"))
