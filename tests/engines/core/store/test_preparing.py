"""Files made by another process: once, checked on each use, made again when they are damaged."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from engines.core import places
from engines.core.errors import WorkFailed
from engines.core.store import preparing
from engines.core.store.preparing import prepared

MAKER = """
import sys
from pathlib import Path
from engines.core.store.preparing import keep
if sys.argv[1] == "fail":
    sys.exit("no such layer")
with open(sys.argv[2], "a") as log:
    log.write("made ")
keep(Path(sys.argv[3]), sys.argv[1].encode())
"""


@pytest.fixture
def maker(tmp_path, monkeypatch):
    (tmp_path / "maker_of_test.py").write_text(MAKER)
    monkeypatch.setattr(preparing, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(sys.modules["engines"].__path__[0]) + "/..")
    monkeypatch.setenv(places.STORE_VARIABLE, str(tmp_path / "store"))
    return lambda what, sha256="": prepared("a.bin", "maker_of_test", (what, str(tmp_path / "log")), sha256)


def test_it_is_made_once_and_again_when_it_is_damaged(maker, tmp_path):
    for _ in range(2):
        assert maker("content").read_bytes() == b"content"
    assert (tmp_path / "log").read_text() == "made "
    maker("content").write_bytes(b"contend")
    assert maker("content").read_bytes() == b"content"
    assert (tmp_path / "log").read_text() == "made made "


def test_a_pinned_hash_is_not_argued_with(maker):
    right = hashlib.sha256(b"content").hexdigest()
    assert maker("content", right).read_bytes() == b"content"
    with pytest.raises(WorkFailed, match="differently"):
        maker("content", "0" * 64)


def test_files_beside_the_user_are_found_from_our_own_folder(maker, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv(places.STORE_VARIABLE, "store")
    made = prepared("a.bin", "maker_of_test", ("content", Path("log")))
    assert made.read_bytes() == b"content"
    assert sorted(each.name for each in Path().iterdir()) == ["log", "store"]


def test_a_failure_says_why(maker):
    with pytest.raises(WorkFailed, match="no such layer"):
        maker("fail")
