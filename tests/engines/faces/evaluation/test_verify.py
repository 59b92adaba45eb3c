"""Two pictures: the verdict on pictures of known people, the best pair of faces, what is said of bad pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.core.context import PlainContext
from engines.core.errors import BadInput
from engines.core.spec import from_json, to_json
from engines.faces.evaluation.verify import LEAST_FAR, run, verdict
from engines.faces.study_types import Verified, VerifySpec
from engines.faces.types import FinderSettings


@pytest.fixture
def verify(people: Path) -> Callable[[str | Path, str | Path], Verified]:
    settings = FinderSettings(threads=1)
    return lambda a, b: run(VerifySpec(str(people / a), str(people / b), finder=settings), PlainContext())


def test_one_person_and_two(verify: Callable[[str, str], Verified]) -> None:
    same, different = verify("Ben_0001.jpg", "Ben_0002.jpg"), verify("Ben_0001.jpg", "Hana_0001.jpg")
    assert (same.verdict, different.verdict) == ("same", "different")
    assert same.probability > 0.99
    assert different.probability < 0.01
    assert LEAST_FAR <= same.far < 1e-4
    assert different.far > 0.1
    assert from_json(Verified, to_json(same)) == same


def test_which_is_a_and_which_is_b_makes_no_difference(verify: Callable[[str, str], Verified]) -> None:
    there, back = verify("Ben_0001.jpg", "Ben_0003.jpg"), verify("Ben_0003.jpg", "Ben_0001.jpg")
    assert there.similarity == pytest.approx(back.similarity, abs=1e-6)
    assert (there.face_a, there.face_b) == (back.face_b, back.face_a)


def test_of_several_faces_the_best_pair_counts(
    verify: Callable[[str | Path, str | Path], Verified], group: Path
) -> None:
    told = verify(group, "Ada_0002.jpg")
    assert told.verdict == "same"
    assert told.others == (5, 0)
    assert any("best of 6 pairs" in line for line in told.advice)


def test_a_picture_of_the_very_same_face(verify: Callable[[str, str], Verified]) -> None:
    told = verify("Ada_0001.jpg", "Ada_0001.jpg")
    assert told.similarity == pytest.approx(1, abs=1e-5)
    assert told.probability <= 0.9999


def test_a_small_face_is_said_to_be_small(
    verify: Callable[[str | Path, str | Path], Verified], people: Path, tmp_path: Path
) -> None:
    image = cv2.imread(str(people / "Ada_0001.jpg"))
    scale = 30 / verify("Ada_0001.jpg", "Ada_0001.jpg").face_a.box.width
    cv2.imwrite(str(tmp_path / "small.png"), cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    told = verify("Ada_0001.jpg", tmp_path / "small.png")
    assert any(line.startswith("the face in B is small (") for line in told.advice)


def test_a_picture_without_a_face_is_named(
    verify: Callable[[str | Path, str | Path], Verified], tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((200, 200, 3), 128, np.uint8))
    with pytest.raises(BadInput, match=r"No face.*grey\.png"):
        verify("Ada_0001.jpg", tmp_path / "grey.png")


@pytest.mark.parametrize(
    ("probability", "words"), [(1.0, "same"), (0.95, "same"), (0.9, "not sure"), (0.1, "not sure"), (0.05, "different")]
)
def test_the_verdict_has_a_band_of_doubt(probability: float, words: str) -> None:
    assert verdict(probability) == words
