"""Pictures under review: their owner's alone, gone with the review, and swept when their program was killed."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engines.faces.gallery.review_folders import ReviewFolder, clear, sweep, write

ROOT = Path(__file__).resolve().parents[4]
KILLED = """
import os, signal, sys
from pathlib import Path
from engines.faces.gallery.review_folders import ReviewFolder, write
review = ReviewFolder(Path(sys.argv[1]))
write(review.path / "00000.png", b"a face")
write(review.path / "vectors.npy", b"its numbers")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_what_a_killed_program_left_is_swept(tmp_path: Path):
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.rglob("00000.png"))) == 1
    with ReviewFolder(tmp_path) as living:
        write(living.path / "00000.png", b"another face")
        sweep(tmp_path)
        assert [path.name for path in tmp_path.rglob("*.png")] == ["00000.png"]
        assert (living.path / "00000.png").read_bytes() == b"another face"
    assert list(tmp_path.iterdir()) == []


def test_nothing_else_is_swept(tmp_path: Path):
    (tmp_path / "review-notes").mkdir()
    for path in ("review-notes/mine.txt", "review-notes/1.png", "review-a.txt", "00000.png"):
        (tmp_path / path).write_text("mine")
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reviews" / "00000.png").write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "00000.png").write_text("mine")
    (tmp_path / "review-link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    before = sorted(tmp_path.rglob("*"))
    sweep(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(sys.platform == "win32", reason="rights of Unix")
def test_only_the_owner_sees_them(tmp_path: Path):
    with ReviewFolder(tmp_path) as review:
        write(review.path / "00000.png", b"a face")
        assert stat.S_IMODE(review.path.stat().st_mode) == 0o700
        assert stat.S_IMODE((review.path / "00000.png").stat().st_mode) == 0o600


def test_a_review_that_is_over_leaves_nothing_of_its_own(tmp_path: Path):
    review = ReviewFolder(tmp_path)
    (review.path / "mine.txt").write_text("mine")
    write(review.path / "vectors.npy", b"numbers")
    review.drop()
    review.drop()
    assert [path.name for path in tmp_path.rglob("*")] == [review.path.name, "mine.txt"]
    clear(tmp_path / "nowhere")
