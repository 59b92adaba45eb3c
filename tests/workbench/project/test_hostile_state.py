"""Whatever stands in the files that the window opens with, it opens, says what it left out, and works."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from engines.core.databases import open_database
from engines.core.places import config_dir, data_dir
from tests.workbench.opened import Opened, until
from workbench.project.file import Project
from workbench.project.finding import new_project
from workbench.project.items import FORMAT
from workbench.project.settings import Settings
from workbench.work import job_store

Open = Callable[..., Opened]
VALUES: list[Any] = [
    None, True, -1, 0, 10**30, 2**63, 1e308, float("nan"), float("-inf"), "", "x" * 20_000, "\udce4", "\x00", [], {},
    [[1]], [None, {}], {"a": {"b": []}}, "rtsp://a:b@c", "../../etc", "<b>x</b>",
]  # fmt: skip
KINDS = ["source", "tile", "state", "calibration", "labels", "faces", "actions", "diffusion", "scores", "nothing"]
IDS = ["form", "mono", "grid", "0", "99", "-1", "x/y", "\udce4", ""]


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_project_of_nonsense_opens(open_window: Open, qtbot, part: int) -> None:
    loose = replace(FORMAT, tables=FORMAT.tables.replace(" NOT NULL", "").replace(", PRIMARY KEY (kind, id)", ""))
    with closing(open_database(data_dir() / "untitled-1.kino", loose)) as base:
        for number, value in enumerate(VALUES[part::3]):
            texts = [json.dumps(value), value if isinstance(value, str | int | None) and value != 10**30 else "{"]
            for kind in KINDS:
                for id in IDS:
                    text = texts[(number + len(id)) % 2]
                    text = text if not isinstance(text, int) or abs(text) < 2**62 else str(text)
                    text = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
                    base.execute(
                        "INSERT INTO items VALUES (?, CAST(? AS TEXT), ?, CAST(? AS TEXT))",
                        (kind, f"{id}{number or ''}".encode("utf-8", "surrogateescape"), number, text),
                    )
        good = json.dumps({"kind": "scene", "cameras": 1})
        base.execute("INSERT INTO items VALUES ('source', 'good', 999, ?)", (good,))
    opened = open_window()
    until(qtbot, lambda: "good" in opened.sources)
    assert opened.notices
    assert opened.window.isVisible()


def test_settings_and_jobs_of_nonsense_open(open_window: Open, qtbot) -> None:
    form = {str(number): value for number, value in enumerate(VALUES)}
    plain = {"page": None, "threshold": 1e308, "model": [], "spec": 7, "video": {}, "mode": -1, "people": "x"}
    panels = {name: {"form": {**form, **plain}, **plain} for name in ("faces", "actions", "diffusion", "calibration")}
    settings = {"version": 1, "layout": "AAAA" * 50, "geometry": "////", "recent": [None], "theme": 7, "preset": "x"}
    path = config_dir() / "settings.json"
    path.write_text(json.dumps({**settings, "panels": {**panels, "folds": form, "odd": 7}}, allow_nan=True))
    with closing(open_database(data_dir() / "jobs.sqlite", job_store.FORMAT)) as base:
        row = ("engines.x:y", "t", "", "{}", "done", 1, 1, "", 1, 1, 2, None, "{}", "")
        for column in range(len(row)):
            bad = (*row[:column], "nonsense" * 3, *row[column + 1 :])
            base.execute(f"INSERT INTO jobs VALUES (NULL{', ?' * len(row)})", bad)
        base.execute(f"INSERT INTO jobs VALUES (NULL{', ?' * len(row)})", row)
    opened = open_window()
    until(qtbot, lambda: any(job.title == "t" for job in opened.jobs))
    until(qtbot, lambda: opened.says("theme", "recent", "odd") and opened.says("left out"))
    assert opened.window.services.settings.value.theme == Settings().theme


def test_a_window_opens_while_its_files_cannot_be_read(open_window: Open, qtbot) -> None:
    os.mkfifo(config_dir() / "settings.json")
    os.mkfifo(data_dir() / "jobs.sqlite")
    os.mkfifo(data_dir() / "untitled-1.kino")
    opened = open_window()
    until(qtbot, lambda: opened.says("jobs.sqlite") and opened.says("settings.json"))
    opened.window.services.project.put("state", "grid", "1")
    assert opened.window.services.project.get("state", "grid") == "1"


def test_a_window_opens_on_a_full_disk(open_window: Open, qtbot, monkeypatch: pytest.MonkeyPatch, small_disk) -> None:
    from tests.workbench.conftest import fill

    monkeypatch.setenv("KINOSCOPE_HOME", str(small_disk))
    first = new_project()
    first.put("source", "good", {"kind": "scene", "cameras": 1})
    first.close()
    for folder in ("config", "cache", "log", "pictures"):
        (small_disk / folder).mkdir(exist_ok=True)
    fill(small_disk)
    opened = open_window()
    until(qtbot, lambda: "good" in opened.sources and opened.says("The disk is full"))
    assert "in memory only" in opened.window.windowTitle()
    opened.end()
    (small_disk / "filler").unlink()
    again = Project(first.path)
    assert list(again.items("source")) == ["good"]
    again.close()
