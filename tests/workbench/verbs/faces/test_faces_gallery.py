"""`faces enrol`, `identify`, `forget` and the others, on photographs; what goes wrong is said in words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import main
from engines.faces.gallery import keys
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.identify import once
from tests.engines.faces.gallery.galleries import cheap_scrypt as cheap_scrypt
from tests.engines.faces.gallery.galleries import filled
from tests.people import NAMES

pytestmark = pytest.mark.usefixtures("cheap_scrypt")


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main.main(["faces", *map(str, arguments), "--json"])
        out = capsys.readouterr().out
        assert out.count("\n") == 1
        return code, json.loads(out)

    return run


def test_from_a_folder_to_names_and_back_to_nothing(tmp_path: Path, people: Path, said, monkeypatch):
    names = list(NAMES[:3])
    of = {name: sorted(people.glob(f"{name}_*")) for name in names}
    stranger = people / f"{NAMES[-1]}_0001.jpg"
    gallery = tmp_path / "g.faces"
    files = [file for name in names for file in of[name][:2]]
    code, answer = said("enrol", gallery, *files)
    assert (code, answer["stored"], answer["people"], answer["held_back"]) == (0, 6, 3, [])
    code, answer = said("enrol", gallery, files[0])
    assert (answer["stored"], answer["held_back"][0]["doubts"]) == (0, ["duplicate"])
    code, answer = said("enrol", gallery, files[0], "--all")
    assert answer["stored"] == 1
    assert said("undo", gallery)[1]["kind"] == "add"
    probes = [of[name][2] for name in names]
    code, answer = said("identify", gallery, *probes, stranger, "--far", "1e-3", "--search", "plain")
    assert code == 0
    told = {Path(image["file"]).name: {face["name"] for face in image["faces"]} - {""} for image in answer["images"]}
    assert told == {file.name: {name} for file, name in zip(probes, names, strict=True)} | {stranger.name: set()}
    assert said("identify", gallery, *probes, "--far", "1e-2")[1]["threshold"] < answer["threshold"]
    code, answer = said("export", gallery, names[0], "--out", tmp_path / "out")
    assert len(answer["files"]) == 2 + 3
    assert said("forget", gallery, names[0])[0] == 2
    code, answer = said("forget", gallery, names[0], "--yes")
    assert (code, answer["faces"], answer["left"]) == (0, 3, [])
    assert not (tmp_path / "out").exists()
    assert {one["name"] for one in said("people", gallery)[1]["people"]} == set(names[1:])


def test_protecting(tmp_path: Path, said, monkeypatch: pytest.MonkeyPatch):
    gallery = tmp_path / "g.faces"
    filled(gallery).close()
    monkeypatch.setenv("PW", "open sesame")
    assert said("protect", gallery, "--new-passphrase-env", "PW")[1]["encrypted"]
    keys.UNLOCKED.drop(gallery)
    code, answer = said("people", gallery)
    assert (code, answer["error"]["kind"]) == (2, "usage")
    monkeypatch.setenv("WRONG", "something else")
    code, answer = said("people", gallery, "--passphrase-env", "WRONG")
    assert code == 1
    assert "passphrase does not open" in answer["error"]["message"]
    assert len(said("people", gallery, "--passphrase-env", "PW")[1]["people"]) == 4
    assert not said("protect", gallery, "--off", "--passphrase-env", "PW")[1]["encrypted"]


def test_expiry(tmp_path: Path, said):
    gallery = tmp_path / "g.faces"
    filled(gallery).close()
    code, answer = said("expire", gallery, "--days", "1", "--dry-run")
    assert (code, answer["dry_run"]["faces"]) == (0, 0)
    assert said("expire", gallery, "--days", "-1", "--dry-run")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["people", "nothing.faces"], "no such gallery"),
        (["people", "text.faces"], "not a gallery"),
        (["forget", "g.faces", "Nobody", "--yes"], "Nobody here is called"),
        (["undo", "g.faces", "999"], "no longer in the history"),
        (["identify", "empty.faces", "."], "no picture"),
        (["enrol", "new.faces", "."], "no picture"),
    ],
)
def test_bad_input(arguments: list[str], words: str, tmp_path: Path, said, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    filled(Path("g.faces")).close()
    filled(Path("empty.faces"), people=0).close()
    Path("text.faces").write_text("hello")
    code, answer = said(*arguments)
    assert code == 1
    assert words in answer["error"]["message"]
    assert not Path("new.faces").exists()


def test_a_gallery_of_another_model_is_not_compared(tmp_path: Path, said, people: Path):
    filled(tmp_path / "g.faces").close()
    picture = people / "Hana_0001.jpg"
    code, answer = said("enrol", tmp_path / "g.faces", picture, "--model", "sface")
    assert code == 1
    assert "cannot be compared" in answer["error"]["message"]
    code, answer = said("reembed", tmp_path / "g.faces", "--model", "sface")
    assert (code, answer["model"], answer["dim"]) == (0, "sface", 128)
    assert said("enrol", tmp_path / "g.faces", picture)[0] == 0
    with Gallery.open(tmp_path / "g.faces") as gallery:
        assert len(gallery.people()) == 5


def test_one_person_is_named_once_a_picture():
    assert once(["a", "a", "b", "c"], np.array([0.5, 0.7, 0.6, 0.1]), 0.4) == [False, True, True, False]


def test_every_command_says_which_files_of_a_folder_it_left_out(tmp_path: Path, people: Path, said):
    folder = tmp_path / "people [2024]"
    folder.mkdir()
    for file in (people / f"{name}_000{shot}.jpg" for name in NAMES[:2] for shot in (1, 2)):
        shutil.copyfile(file, (folder / file.name).with_suffix(".jfif"))
    for name in ("IMG_1.HEIC", "h.heif", "notes.txt"):
        (folder / name).touch()
    gallery = tmp_path / "g.faces"
    asked = {
        "enrol": ("enrol", gallery, folder), "identify": ("identify", gallery, folder), "audit": ("audit", folder),
        "evaluate": ("evaluate", "--images", folder), "gaze": ("gaze", folder),
    }  # fmt: skip
    for command, arguments in asked.items():
        code, answer = said(*arguments)
        left = {Path(one["path"]).name: one["why"] for one in answer.get("left_out", [])}
        assert code == 0, (command, answer)
        assert left == {"IMG_1.HEIC": "HEIC", "h.heif": "HEIC", "notes.txt": "not a picture"}, command
