"""Enrolment: the review finds the wrong face, the duplicate and the blurred one among real photographs; bad input."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled
from engines.faces.gallery import enrol, enrol_review
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.types import Candidate, GatherSpec
from engines.faces.recognition.embed import SFace
from tests.engines.faces.gallery.galleries import CARD


@pytest.fixture
def lfw(data: Path, weights) -> Path:
    weights("yunet", "sface")
    return data / "faces" / "lfw_dev"


def pictures_of(lfw: Path, least: int, people: int) -> dict[str, list[Path]]:
    """The first people by name with that many pictures."""
    of: dict[str, list[Path]] = {}
    for file in sorted(lfw.rglob("*.jpg")):
        of.setdefault(file.stem.rsplit("_", 1)[0], []).append(file)
    chosen = [name for name, files in of.items() if len(files) >= least][:people]
    return {name: of[name][:least] for name in chosen}


@pytest.fixture
def folder(lfw: Path, tmp_path: Path) -> Path:
    """Three people with four pictures each, in folders."""
    for name, files in pictures_of(lfw, 4, 3).items():
        (tmp_path / "in" / name).mkdir(parents=True)
        for file in files:
            shutil.copy(file, tmp_path / "in" / name / file.name)
    return tmp_path / "in"


def gather(folder: Path, *files: Path, **more) -> enrol.Gathered:
    spec = GatherSpec(tuple(map(str, files or (folder,))), str(folder.parent / "review"), search="plain", **more)
    return enrol.run(spec, PlainContext())


def by_name(gathered: enrol.Gathered) -> dict[str, Candidate]:
    return {Path(candidate.file).name: candidate for candidate in gathered.candidates}


def test_what_spoils_a_person_is_held_back(folder: Path):
    one, two, three = sorted(path for path in folder.iterdir())
    stranger = sorted(two.iterdir())[3]
    stranger.rename(one / "wrong.jpg")
    original = sorted(three.iterdir())[0]
    picture = cv2.imread(str(original))
    cv2.imwrite(str(three / "again.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 40])
    cv2.imwrite(str(three / "blurred.png"), cv2.GaussianBlur(cv2.imread(str(sorted(three.iterdir())[-1])), (0, 0), 5))
    cv2.imwrite(str(two / "dark.png"), (cv2.imread(str(sorted(two.iterdir())[0])) * 0.12).astype(np.uint8))
    cv2.imwrite(str(two / "nobody.png"), np.full((200, 200, 3), 127, np.uint8))
    (two / "broken.jpg").write_bytes(original.read_bytes()[:3000])
    gathered = gather(folder)
    found = by_name(gathered)
    wrong = {"wrong.jpg", "again.jpg", "blurred.png", "dark.png", "nobody.png", "broken.jpg"}
    assert {name for name, candidate in found.items() if not candidate.take} == wrong
    assert found["wrong.jpg"].doubts[0] == "other-person"
    assert found["wrong.jpg"].like_name == two.name
    assert two.name in found["wrong.jpg"].words
    assert found["again.jpg"].doubts[0] == "duplicate"
    assert original.name in found["again.jpg"].words
    assert "blurred" in found["blurred.png"].doubts
    assert "dark" in found["dark.png"].doubts
    assert found["nobody.png"].doubts == ("no-face",)
    assert found["broken.jpg"].doubts == ("unreadable",)
    assert all(candidate.words for candidate in enrol.held_back(gathered.candidates))


def test_stored_faces_are_recognised_and_the_review_goes(folder: Path, lfw: Path, tmp_path: Path):
    gathered = gather(folder)
    assert gathered.people == 3
    assert all(candidate.take for candidate in gathered.candidates)
    with Gallery.create(tmp_path / "g.faces", SFace().card) as gallery:
        names = [candidate.name for candidate in gathered.candidates]
        change = enrol.store(gallery, gathered, [True] * 12, names)
        assert not (tmp_path / "review").exists()
        assert len(gallery.people()) == 3
        table = gallery.table()
        again = SFace().embed(gallery.aligned(table.faces))
        assert (again * table.vectors).sum(axis=1).min() > 0.99
        review = enrol.compared(gather(folder), gallery)
        assert {candidate.doubts[0] for candidate in review.candidates} == {"duplicate"}
        stolen = sorted((folder / sorted(set(names))[0].replace(" ", "_")).iterdir())[0]
        enrol.drop(review)
        gallery.remove([face for face in table.faces if gallery.face(face).source == str(stolen)])
        review = enrol.compared(gather(folder, stolen, naming="one", person="Somebody Else"), gallery)
        assert review.candidates[0].doubts == ("other-person",)
        assert review.candidates[0].like_name == sorted(set(names))[0]
        enrol.drop(review)
        gallery.undo(change.id)
        assert gallery.info().faces == 0


def test_the_middle_of_many_faces_is_taken(folder: Path, data: Path):
    faces = [cv2.imread(str(path)) for path in sorted(next(iter(sorted(folder.iterdir()))).iterdir())[:3]]
    group = cv2.hconcat([face[:250, :250] for face in faces])
    cv2.imwrite(str(folder / "group.png"), group)
    found = gather(folder, folder / "group.png").candidates[0]
    assert found.doubts == ("many-faces",)
    assert found.take
    assert "3 faces" in found.words
    assert found.box is not None
    assert abs(found.box.x + found.box.width / 2 - group.shape[1] / 2) < 60


def test_a_cancelled_review_leaves_nothing(folder: Path, tmp_path: Path):
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        enrol.run(GatherSpec((str(folder),), str(tmp_path / "review")), ctx)
    assert not (tmp_path / "review").exists()


def test_pictures_without_any_face(tmp_path: Path, weights):
    weights("yunet", "sface")
    blank = tmp_path / "blank.png"
    cv2.imwrite(str(blank), np.full((64, 64, 3), 90, np.uint8))
    (tmp_path / "broken.png").write_text("not a picture")
    files = (str(blank), str(tmp_path / "broken.png"))
    gathered = enrol.run(GatherSpec(files, str(tmp_path / "review")), PlainContext())
    assert [(one.row, one.doubts) for one in gathered.candidates] == [(-1, ("no-face",)), (-1, ("unreadable",))]
    assert gathered.people == 0


def test_nothing_to_enrol(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="no picture"):
        enrol.run(GatherSpec((str(tmp_path / "empty"),), str(tmp_path / "review")), PlainContext())


def test_another_models_review_is_refused(tmp_path: Path):
    with Gallery.create(tmp_path / "g.faces", CARD) as gallery:
        gathered = enrol.Gathered(str(tmp_path), "ff" * 32, (), 0, 0.0)
        with pytest.raises(BadInput, match="cannot be compared"):
            enrol.store(gallery, gathered, [], [])


def vectors(*angles: float) -> np.ndarray:
    turned = np.radians(angles)
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


def strange(owners: str, *angles: float, single: list[bool] | None = None) -> list[tuple[int, int]]:
    count = len(angles)
    whose = np.array(list(owners), object)
    kept = np.array(single or [True] * count, bool)
    return enrol_review.strange(vectors(*angles), whose, np.linspace(1, 0.5, count), kept, 0.5)


def test_a_wrong_face_accuses_nobody_but_itself():
    assert strange("aaabbb", 0, 5, 10, 90, 95, 2) == [(5, 0)]
    assert strange("aaaab", 0, 5, 10, 170, 60) == [(3, -1)]


def test_of_two_unlike_faces_the_one_of_somebody_else_is_wrong():
    assert strange("aabb", 0, 90, 92, 94) == [(1, 2)]
    assert strange("aa", 0, 90) == [(1, -1)]


def test_doubles_do_not_vouch_for_each_other():
    assert strange("aaaa", 0, 3, 120, 120, single=[True, True, True, False]) == [(2, -1)]
