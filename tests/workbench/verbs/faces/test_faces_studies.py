"""`faces verify`, `evaluate`, `open-set` and `audit`: their JSON, their tables and their refusals."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import main
from tests.people import NAMES


def _said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main.main(["faces", *map(str, arguments), "--json"])
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return code, json.loads(out)


@pytest.fixture
def people(people: Path, tmp_path: Path) -> Path:
    """Six people: three with three pictures, three with one."""
    folder = tmp_path / "people"
    folder.mkdir()
    for number, name in enumerate(NAMES[:6]):
        for k in range(3 if number < 3 else 1):
            shutil.copy(people / f"{name}_{k + 1:04d}.jpg", folder)
    return folder


@pytest.fixture
def portraits(data: Path, weights: Callable[..., None], tmp_path: Path) -> Path:
    """Three photographs each of two people of ORL, as NAME_0001.jpg: no two are as alike as two copies are."""
    weights("yunet", "sface")
    folder = tmp_path / "portraits"
    folder.mkdir()
    for person in ("s1", "s2"):
        for k, file in enumerate(sorted((data / "faces" / "orl" / person).iterdir())[:3]):
            shutil.copy(file, folder / f"{person}_{k + 1:04d}{file.suffix}")
    return folder


def _pairs(folder: Path) -> Path:
    files = sorted(file.name for file in folder.iterdir())
    same = [(a, b) for a in files for b in files if a < b and a[:3] == b[:3]]
    different = [(a, b) for a in files for b in files if a < b and a[:3] != b[:3]]
    lines = [f"{k % 3}\t{int(one in same)}\t{one[0]}\t{one[1]}" for k, one in enumerate([*same, *different])]
    target = folder.parent / "pairs.tsv"
    target.write_text("\n".join(["fold\tsame\ta\tb", *lines]) + "\n")
    return target


def test_evaluate(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = _said(capsys, "evaluate", "--images", people, "--pairs", _pairs(people))
    assert code == 0
    assert (said["missed"], said["images"], said["pairs"]) == (0, 12, 66)
    assert said["accuracy"] == 1
    assert (said["accuracy_mean"], said["accuracy_std"]) == (1, 0)
    assert set(said["tar"]) == set(said["tar_per_person"]) == {"1e-2", "1e-3", "1e-4"}
    assert said["tar"]["1e-4"] is None, "57 pairs of different people cannot show one in ten thousand"
    assert said["seconds"] > 0
    assert said["open_set"]["rank1"] == 1


def test_open_set(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = _said(capsys, "open-set", "--images", people, "--enrol", 1, "--choose", "best")
    assert code == 0
    assert (said["rank1"], said["people"], said["strangers"]) == (1, 3, 3)
    assert set(said["tpir"]) == set(said["threshold"]) == {"0.1", "0.01", "0.001"}
    assert said["chosen"]["0.01"]["stated"][0] <= 0.01 <= said["chosen"]["0.01"]["stated"][1]


def test_audit_names_the_picture_that_was_renamed(portraits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moved = sorted(portraits.glob("s1_*"))[2]
    moved.rename(portraits / f"s2_0009{moved.suffix}")
    code, said = _said(capsys, "audit", portraits)
    assert code == 0
    first = said["suspicions"][0]
    assert Path(first["image"]).stem == "s2_0009"
    assert (first["kind"], first["name"], first["like_name"]) == ("wrong-name", "s2", "s1")
    assert main.main(["faces", "audit", str(portraits)]) == 0
    assert "Looks like s1" in capsys.readouterr().out.replace("\n", " ")


def test_verify_in_words(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b, other = (str(sorted(people.iterdir())[k]) for k in (0, 1, 3))
    assert main.main(["faces", "verify", a, b, "--search", "plain"]) == 0
    assert capsys.readouterr().out.startswith("The same person\nSimilarity 0.")
    code, said = _said(capsys, "verify", a, other, "--search", "plain")
    assert code == 0
    assert said["verdict"] in ("different", "not sure")


def test_tables_are_printed(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["faces", "evaluate", "--images", str(people), "--pairs", str(_pairs(people))]) == 0
    out = capsys.readouterr().out
    for words in (
        "12 pictures of 6 people",
        "Balanced accuracy on 66 pairs, pooled",
        "Mean of the folds",
        "True-accept rate",
        "rank-1 100.00 %",
    ):
        assert words in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("verify", "absent.jpg", "gone.jpg"), 1, "absent.jpg"),
        (("evaluate", "--images", "absent"), 1, "absent"),
        (("audit", "absent"), 1, "no gallery or folder"),
        (("audit", "absent", "--limit", "0"), 2, "one suspicion"),
        (("open-set", "--images", "absent", "--enrol", "0"), 2, "At least one"),
        (("open-set", "--images", "absent", "--choose", "nicest"), 2, "'nicest'"),
        (("verify", "one.jpg"), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_is_said(
    weights: Callable[..., None], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, words: str
) -> None:
    weights("yunet", "sface")
    told, said = _said(capsys, *arguments)
    assert told == code
    assert words in f"{said['error']['message']} {said['error']['path']}"


def test_a_pair_list_of_other_pictures_is_refused(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = people.parent / "pairs.tsv"
    pairs.write_text("fold\tsame\ta\tb\n0\t1\tZoe_0001.jpg\tZoe_0002.jpg\n")
    code, said = _said(capsys, "evaluate", "--images", people, "--pairs", pairs)
    assert code == 1
    assert "Zoe_0001.jpg" in said["error"]["message"]


def test_one_person_alone_is_refused(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in people.glob("[B-F]*"):
        file.unlink()
    code, said = _said(capsys, "evaluate", "--images", people)
    assert code == 1
    assert "one person" in said["error"]["message"]
