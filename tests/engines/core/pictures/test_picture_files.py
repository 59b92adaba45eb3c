"""Which files of a folder are pictures, in which order, what is left out, and what a pattern stands for."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.core.errors import BadInput, FileMissing
from engines.core.pictures.files import READABLE, gathered, in_words, listed, matching, natural
from engines.core.pictures.reading import read_picture
from tests.engines.core.pictures.made_pictures import written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Names that a phone, a camera and a system leave in a folder."""
    names = ("a.jpg", "IMG_1.HEIC", "h.heif", "IMG_2.jfif", "b.gif", "g.jp2", "notes.txt", "raw.NEF", ".hidden.png")
    for name in (*names, "Thumbs.db", "deep/c.png", "deep/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_a_folder_says_what_it_left_out_and_why(folder: Path):
    found = listed(folder)
    assert [path.name for path in found.files] == ["a.jpg", "b.gif", "g.jp2", "IMG_2.jfif"]
    assert found.words == (
        "4 files left out: 1 is not a picture (notes.txt), 2 are HEIC (IMG_1.HEIC, h.heif), which cannot be read here, "
        "1 is a camera's raw file (raw.NEF), which cannot be read here"
    )
    deep = gathered([folder], deep=True)
    assert len(deep.files) == 5
    assert len(deep.left_out) == 5


def test_many_names_are_not_all_listed(tmp_path: Path):
    for number in range(9):
        (tmp_path / f"{number}.txt").touch()
    assert in_words(listed(tmp_path).left_out) == (
        "9 files left out: 9 are not pictures (0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 4 more)"
    )
    assert in_words(()) == ""


def test_only_what_fits_a_pattern_counts_as_left_out(folder: Path):
    assert listed(folder, "IMG*").words == "1 file left out: 1 is HEIC (IMG_1.HEIC), which cannot be read here"


@pytest.mark.parametrize("ending", sorted(READABLE))
def test_every_ending_that_is_looked_for_can_be_read(tmp_path: Path, ending: str):
    like = {".jfif": ".jpg", ".dib": ".bmp"}.get(ending, ending)
    depth = np.float32 if ending in (".pfm", ".hdr") else np.uint8
    grey = ending in (".pgm", ".pbm")
    image = np.full((40, 40) if grey else (40, 40, 3), 1 if depth is np.float32 else 255, depth)
    data = b"P4\n40 40\n" + bytes(200) if ending == ".pbm" else cv2.imencode(like, image)[1].tobytes()
    read = read_picture(written(tmp_path / f"a{ending}", data))
    assert read.shape == (40, 40, 3)
    assert read.min() > 250


def test_digits_count_by_their_value():
    names = ["x10", "x9", "X1", "x2b", "x2a", "10", "9", "a2", "a1b"]
    assert sorted(names, key=natural) == ["9", "10", "a1b", "a2", "X1", "x2a", "x2b", "x9", "x10"]


@pytest.mark.parametrize("name", ["photos [2024]", "100% #1", "a*b", "what?", "[", "**"])
def test_a_name_that_exists_is_never_a_pattern(tmp_path: Path, name: str):
    for number in (10, 9):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / f"left {number} [x].png").touch()
    (tmp_path / name / "right 1.png").touch()
    for asked in (f"{name}/left*.png", f"{name}/left*[[]x].png", f"{name}/l?ft *"):
        found = gathered([str(tmp_path / asked)]).files
        assert [path.name for path in found] == ["left 9 [x].png", "left 10 [x].png"], asked
    assert len(gathered([tmp_path / name]).files) == 3
    assert gathered([tmp_path / name / "left 9 [x].png"]).files == (tmp_path / name / "left 9 [x].png",)


def test_patterns_go_down_and_leave_hidden_names_alone(folder: Path):
    def found(pattern: str) -> list[str]:
        return sorted(path.relative_to(folder).as_posix() for path in matching(pattern, folder))

    assert found("**/*.png") == ["deep/c.png"]
    assert found("*/*.png") == ["deep/c.png"]
    assert found(".*.png") == [".hidden.png"]
    assert found("[ab].*") == ["a.jpg", "b.gif"]
    assert found("nothing*") == found("none.png") == []


def test_what_is_not_there_is_said(folder: Path):
    with pytest.raises(FileMissing):
        gathered([folder / "none.png"])
    with pytest.raises(BadInput, match="No file matches"):
        gathered([folder / "left*.png"])


def test_a_file_named_itself_is_taken_whatever_its_ending_and_once(folder: Path):
    found = gathered([folder / "notes.txt", folder, folder / "a.jpg"])
    assert found.files[0] == folder / "notes.txt"
    assert len(found.files) == 5
    assert "notes.txt" not in found.words
