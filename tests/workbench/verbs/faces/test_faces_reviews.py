"""`faces enrol`: the pictures under review lie in a folder of the program's own, an empty file is a new gallery."""

from __future__ import annotations

import shutil
import stat
import tempfile
from pathlib import Path

import pytest

import main
from engines.core import places
from engines.faces.gallery import enrol


def test_faces_under_review_lie_where_only_their_owner_looks(
    tmp_path: Path, people: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    seen: list[tuple[Path, int, set[int]]] = []
    stored = enrol.store

    def look(gallery, gathered, *rest):
        folder = Path(gathered.folder)
        modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        seen.append((folder, stat.S_IMODE(folder.stat().st_mode), modes))
        return stored(gallery, gathered, *rest)

    monkeypatch.setattr(enrol, "store", look)
    shutil.copy(people / "Ada_0001.jpg", tmp_path / "one.jpg")
    (tmp_path / "g.faces").touch()
    code = main.main(["faces", "enrol", str(tmp_path / "g.faces"), str(tmp_path / "one.jpg"), "--person", "Anna"])
    assert code == 0
    assert [(folder.parent, mode, modes) for folder, mode, modes in seen] == [(places.cache_dir(), 0o700, {0o600})]
    assert not list(places.cache_dir().glob("review-*"))
