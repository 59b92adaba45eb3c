"""The gallery file: what goes in comes out, one writer, and everything that is not a gallery is refused in words."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest

from engines.core.errors import BadInput
from engines.faces.gallery import rows as gallery_rows
from engines.faces.gallery.editing import Gallery
from tests.engines.faces.gallery.galleries import CARD, OTHER, Maker, filled


def test_what_was_added_comes_back(tmp_path: Path):
    maker = Maker()
    faces = maker.faces(0, 3, source="a/b.jpg")
    with Gallery.create(tmp_path / "g.faces", CARD) as gallery:
        gallery.add("Anna", faces)
        table = gallery.table()
        np.testing.assert_array_equal(table.vectors, np.stack([face.vector for face in faces]))
        records = {record.id: record for record in gallery.faces(table.people[0])}
        for id, face in zip(table.faces, faces, strict=True):
            assert records[id].quality == face.quality
            assert records[id].source == "a/b.jpg"
            assert records[id].box == face.box
            assert np.abs(gallery.thumbnail(id).astype(int) - face.picture).mean() < 3
    with Gallery.open(tmp_path / "g.faces") as again:
        np.testing.assert_array_equal(again.table().vectors, table.vectors)
        assert again.card == CARD


def test_one_file_is_left(tmp_path: Path):
    filled(tmp_path / "g.faces").close()
    assert [path.name for path in tmp_path.iterdir()] == ["g.faces"]


def test_the_middle_of_the_portrait_is_the_recognisers_input(people: Path):
    import cv2

    from engines.faces.detection.yunet import YuNet
    from engines.faces.recognition import align

    image = cv2.imread(str(people / "Ada_0001.jpg"))
    found = YuNet(1).detect(image, score=0.6)
    portrait = align.crop(image, found.points[0], gallery_rows.PORTRAIT, gallery_rows.MARGIN)
    apart = gallery_rows.aligned(portrait).astype(int) - align.crop(image, found.points[0])
    assert np.abs(apart).max() <= 1, "but for rounding"


def test_a_second_opening_reads_and_says_so(tmp_path: Path):
    maker = Maker()
    with filled(tmp_path / "g.faces") as first, Gallery.open(tmp_path / "g.faces") as second:
        assert second.info().read_only
        assert not first.info().read_only
        with pytest.raises(BadInput, match="Another program has the gallery open"):
            second.add("Eve", maker.faces(9, 1))
        before = second.revision()
        first.add("Eve", maker.faces(9, 1))
        assert second.revision() != before
        assert "Eve" in second.names().values()
        assert len(second.table()) == len(first.table())
    with Gallery.open(tmp_path / "g.faces") as alone:
        assert not alone.info().read_only


@pytest.mark.parametrize("content", [b"", b"not a gallery at all", b"\x89PNG\r\n\x1a\n" + b"x" * 500])
def test_another_file_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "g.faces").write_bytes(content)
    with pytest.raises(BadInput, match="not a gallery"):
        Gallery.open(tmp_path / "g.faces")
    assert not (tmp_path / "g.faces.lock").exists()


def test_another_database_is_refused(tmp_path: Path):
    base = sqlite3.connect(tmp_path / "g.faces")
    base.execute("CREATE TABLE t (x)")
    base.close()
    with pytest.raises(BadInput, match="not a gallery"):
        Gallery.open(tmp_path / "g.faces")


def test_a_later_version_is_refused(tmp_path: Path):
    filled(tmp_path / "g.faces").close()
    base = sqlite3.connect(tmp_path / "g.faces")
    base.execute("PRAGMA user_version=99")
    base.close()
    with pytest.raises(BadInput, match="later version"):
        Gallery.open(tmp_path / "g.faces")


def test_a_damaged_file_is_refused(tmp_path: Path):
    path = tmp_path / "g.faces"
    filled(path).close()
    content = bytearray(path.read_bytes())
    content[4096 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4096)
    path.write_bytes(content)
    with pytest.raises(BadInput, match="damaged"):
        Gallery.open(path)
    path.write_bytes(content[: len(content) // 3])
    with pytest.raises(BadInput, match="damaged"):
        Gallery.open(path)


def test_missing_and_present_files(tmp_path: Path):
    with pytest.raises(BadInput, match="no such gallery"):
        Gallery.open(tmp_path / "g.faces")
    filled(tmp_path / "g.faces").close()
    with pytest.raises(BadInput, match="already"):
        Gallery.create(tmp_path / "g.faces", CARD)


def test_another_models_embeddings_are_refused(tmp_path: Path):
    with filled(tmp_path / "g.faces") as gallery:
        gallery.check_model(CARD)
        with pytest.raises(BadInput, match="cannot be compared"):
            gallery.check_model(OTHER)


def test_one_thread_writes_while_others_read(tmp_path: Path):
    maker = Maker()
    with filled(tmp_path / "g.faces") as gallery, Gallery.open(tmp_path / "g.faces", read_only=True) as reader:
        wrong: list[str] = []

        def read(opened: Gallery) -> None:
            for _ in range(15):
                table, people = opened.table(), opened.people()
                if not set(table.people) <= {person.id for person in people} or not table.vectors.any(axis=1).all():
                    wrong.append("a person or a vector was missing")

        threads = [threading.Thread(target=read, args=(opened,)) for opened in (gallery, reader, reader)]
        for thread in threads:
            thread.start()
        for person in range(10, 22):
            gallery.add(f"Person {person}", maker.faces(person, 2))
        for thread in threads:
            thread.join()
        assert wrong == []
        assert len(reader.table()) == len(gallery.table()) == 12 + 24


def test_a_failed_action_leaves_nothing(tmp_path: Path):
    maker = Maker()
    with filled(tmp_path / "g.faces") as gallery:
        before, revision = gallery.state(), gallery.revision()
        good, bad = maker.faces(7, 2)
        object.__setattr__(bad, "vector", np.full(32, np.nan, np.float32))
        with pytest.raises(BadInput):
            gallery.add("New", [good, bad])
        with pytest.raises(BadInput, match="already"):
            gallery.rename(gallery.person_named("Person 0"), "Person 1")
        assert gallery.state() == before
        assert gallery.revision() == revision
