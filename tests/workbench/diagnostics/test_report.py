"""A report of a problem says what happened, and nothing of who and where; one thing has one mark throughout."""

from __future__ import annotations

import json
import logging
import socket
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.core.places import LOG, data_dir, log_dir
from engines.faces.gallery.editing import Gallery
from tests.engines.faces.gallery.galleries import CARD, Maker
from workbench.diagnostics import collecting, crashes
from workbench.diagnostics.collecting import ROOT, Told, collect, save
from workbench.diagnostics.redacting import Redactor
from workbench.project.file import Project
from workbench.work.job_store import JobRecord, JobState

SECRETS = (
    "Laura Bush", "Zoë", "ada.lovelace", "Countess", "Wedding, 2024", "IMG 0412", "first kiss", "garage-cam",
    "hunter2", "s3cr3t#pw", "cam7.lovelace.example", "192.168.17.23", "ada@lovelace.example", "Nurse Call",
    "sk-live-12345", "fe80:0:0:0:1:2:3:4", "Grandma", "Straße", "Zoe\u0308", "Zo%C3%AB", "王伟", "2001:db8::7",
    "hf_abcdefghij", "u738b", "p w", "tail", "laura_bush", "Wang Bo", "quoted", "lovelace", "Byron", "Babbage",
    "Difference", "aunt, two", "4A7B2C9D11", "7F3A9B2F", "001A.2B3C", "123e4567", "analytical",
)  # fmt: skip
HOME = "/home/ada.lovelace"
LINES = (
    f"Opened {HOME}/Wedding, 2024/IMG 0412.jpg: Laura Bush is in it",
    f"No such file: '{HOME}/first kiss/clip (2).mp4' while playing garage-cam",
    "Could not connect to rtsp://ada:hunter2@cam7.lovelace.example:554/live?token=s3cr3t#pw after 3 s",
    "Zoë was enrolled; ask ada@lovelace.example or 192.168.17.23 or fe80:0:0:0:1:2:3:4",
    'api_key="sk-live-12345" password: hunter2',
    f'  File "{ROOT}/engines/core/files.py", line 30, in atomic_path',
    r"C:\Users\Countess\Wedding, 2024\IMG 0412.jpg could not be read",
    "cam7.lovelace.example did not answer; hunter2 was refused",
    "Grandma waves has no frames; laura_bush_01.jpg is too small; 王伟的照片.jpg is read; Anna Straße 7 too",
    "Zoe\u0308.jpg, Zo%C3%AB.jpg and '\\u738b\\u4f1f' are not there; [2001:db8::7]:554 is silent; Wang Bo left",
    "rtsp://ada:p w@10.1.2.3/tail is off; HF_TOKEN=hf_abcdefghij; loaded with hf_abcdefghijk",
    r'{"archive_password": "a\"quoted"}',
    r"/home/lord Byron/Babbage (old)/aunt, two.png failed, so did D:/Difference/1.jpg  E:\Difference.jpg",
    r"C:\\Users\\Byron\\x.mp4, $HOME/Babbage/x.mp4, %USERPROFILE%\Babbage\x.mp4 and //nas/Babbage/x.mp4 are not there",
    "serial number 4A7B2C9D11, serial=SN4A7B2C9D11, usb-046d_HD_Pro_7F3A9B2F, 001A.2B3C.4D5E",
    "123e4567-e89b-12d3-a456-426614174000 at www.analytical-engine.example or nas.analytical.lan",
    "--passphrase 'analytical engine' was used; git@forge.example:analytical/engine.git",
)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """A home in which everything is somebody's."""
    monkeypatch.setenv("USER", "ada.lovelace")
    monkeypatch.setattr(socket, "gethostname", lambda: "Countess")
    (log_dir() / LOG).write_text("\n".join(LINES), encoding="utf-8")
    with Gallery.create(data_dir() / "people.faces", CARD) as gallery:
        for number, name in enumerate(("Laura Bush", "Zoë", "王伟", "Anna Straße", "Bo")):
            gallery.add(name, Maker().faces(number, 1))
    project = Project(data_dir() / "untitled-1.kino")
    project.put("source", "a", {"title": "Nurse Call", "path": f"{HOME}/Wedding, 2024/IMG 0412.jpg"})
    project.put("labels", "a", {"classes": {"Grandma waves": 3}})
    project.close()
    (log_dir() / "crash-last.txt").write_text(f'Fatal Python error\n  File "{HOME}/x.py", line 1', encoding="utf-8")
    spec = {"photos": [f"{HOME}/Wedding, 2024/IMG 0412.jpg"], "name": "Laura Bush", "steps": 20, "model": "sface"}
    error = {
        "kind": "input",
        "message": f"{HOME}/first kiss/clip (2).mp4 is empty",
        "path": f"{HOME}/first kiss/clip (2).mp4",
    }
    failed = JobRecord(
        7, "engines.faces.gallery.enrol:run", "Enrol Laura Bush", "", spec, JobState.FAILED, 1, 2, "At Zoë", 1.0, 2.0,
        5.0, None, error,
    )  # fmt: skip
    settings = {
        "theme": "dark",
        "recent": [f"{HOME}/Wedding, 2024/project.kino"],
        "panels": {"faces": {"film": "garage-cam"}},
        "note": "first kiss",
        "password": "tail",
        "kept": {"Grandma waves": 1},
    }
    addresses = ("rtsp://ada:hunter2@cam7.lovelace.example:554/live?token=s3cr3t#pw",)
    return Told(settings, (failed,), "1920 x 1080", addresses, ("garage-cam", "Nurse Call"))


def test_a_home_full_of_secrets_leaves_none_in_any_file_of_the_bundle(told: Told, tmp_path: Path) -> None:
    report = collect(told)
    save(report, str(tmp_path / "report.zip"), [part.name for part in report.parts])
    with zipfile.ZipFile(tmp_path / "report.zip") as bundle:
        files = {name: bundle.read(name).decode("utf-8") for name in bundle.namelist()}
    assert {name.rpartition("/")[2] for name in files} == {
        "about.txt", "settings.json", "jobs.json", "log.txt", "threads.txt", "crash.txt"
    }  # fmt: skip
    leaked = [
        (name, secret) for name, text in files.items() for secret in SECRETS if secret.casefold() in text.casefold()
    ]
    assert leaked == []
    assert {"person", "folder", "file", "address", "secret"} <= report.taken.keys()


def test_what_helps_is_still_there(told: Told) -> None:
    parts = {part.name: part.text for part in collect(told).parts}
    assert "<program>/engines/core/files.py" in parts["log.txt"]
    assert "could not be read" in parts["log.txt"]
    (job,) = json.loads(parts["jobs.json"])
    assert (job["job"], job["state"], job["spec"]["steps"]) == ("engines.faces.gallery.enrol:run", "failed", 20)
    assert job["error"]["kind"] == "input"
    assert json.loads(parts["settings.json"])["theme"] == "dark"
    assert "torch 2." in parts["about.txt"]
    assert "test_what_helps_is_still_there" in parts["threads.txt"]


def test_the_same_thing_has_the_same_mark_everywhere(told: Told) -> None:
    parts = {part.name: part.text for part in collect(told).parts}
    film = next(line for line in parts["log.txt"].splitlines() if line.startswith("No such file"))
    mark = film.split("'")[1]
    assert mark.startswith("<folder ")
    assert mark.endswith(".mp4")
    assert json.loads(parts["jobs.json"])[0]["error"]["path"].partition(".")[0].startswith("<")


def test_only_what_is_ticked_is_saved(told: Told, tmp_path: Path) -> None:
    save(collect(told), str(tmp_path / "report.zip"), ["about.txt"])
    with zipfile.ZipFile(tmp_path / "report.zip") as bundle:
        assert bundle.namelist() == ["kinoscope-report/about.txt"]


@pytest.mark.parametrize("piece", ["a", "a-", "a.", "1.", "pass", "/a", "a@", "(/", "<folder 1>/a"])
def test_a_line_without_an_end_takes_no_longer_than_it_is_long(piece: str) -> None:
    """A way that looks at every part of it anew would take hours."""
    made = Redactor()
    made.know("person", ["Zanzibar Jones"])
    assert made.text(piece * 30_000 + " Zanzibar Jones").endswith("<person 1>")


@given(st.text("ab/\\: .'\"<>é1", max_size=40))
def test_any_text_comes_through_without_what_is_known(text: str) -> None:
    made = Redactor()
    made.know("person", ["Zanzibar Jones"])
    assert "zanzibar" not in made.text(f"{text} Zanzibar Jones {text}").casefold()


@pytest.mark.parametrize(
    "text",
    ["3/4 of the frames", "and/or", "12:30:05 info", "a < b > c", "torch 2.13.0", "took 3.5 s / frame"],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert Redactor().text(text) == text


def test_a_crash_is_offered_once_and_kept_and_files_of_running_programs_stay(tmp_path: Path) -> None:
    gone = 2**22 + 1
    (tmp_path / f"crash-{gone}.txt").write_text("Fatal Python error: Segmentation fault", encoding="utf-8")
    (tmp_path / f"crash-{gone + 1}.txt").write_text("", encoding="utf-8")
    (tmp_path / "crash-1.txt").write_text("", encoding="utf-8")
    (tmp_path / "crash-notes.txt").write_text("mine", encoding="utf-8")
    assert "Segmentation fault" in crashes.take(tmp_path)
    assert crashes.take(tmp_path) == ""
    assert "Segmentation fault" in crashes.last(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crash-1.txt", "crash-last.txt", "crash-notes.txt"]


def test_a_program_that_crashes_leaves_its_stacks(tmp_path: Path) -> None:
    from tests.programs import run

    ended = run(
        "import ctypes\nfrom pathlib import Path\nfrom workbench.diagnostics import crashes\n"
        f"crashes.watch(Path({str(tmp_path)!r}))\nctypes.string_at(0)"
    )
    assert ended.returncode < 0
    assert "Segmentation fault" in crashes.take(tmp_path)
    assert run(
        "from pathlib import Path\nfrom workbench.diagnostics import crashes\n"
        f"crashes.watch(Path({str(tmp_path)!r}))\ncrashes.stop()"
    ).returncode == 0  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["crash-last.txt"]


def test_a_worker_writes_its_stacks_into_the_log(worker, caplog: pytest.LogCaptureFixture, monkeypatch) -> None:
    monkeypatch.setattr(collecting.stacks, "DUMP", collecting.stacks.DUMP)
    with caplog.at_level(logging.INFO):
        while not worker.ready:
            worker.serve(5.0)
        assert "tested" in collecting.stacks.ask_workers()
        while "most recent call first" not in caplog.text:
            worker.serve(5.0)
    assert worker.alive
