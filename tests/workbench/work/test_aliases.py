"""Dotted paths of an earlier version lead to where things lie today."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.core.spec import resolve
from workbench.work.aliases import MOVED, current
from workbench.work.job_store import JobStore


def test_a_module_that_moved_is_found_under_its_own_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOVED, "old", "old.part")
    paths = ("old:run", "old.part:run", "older:run", "old", "")
    assert [current(path) for path in paths] == ["old.part:run", "old.part:run", "older:run", "old.part", ""]


def test_every_entry_is_one_step_from_an_earlier_place_to_one_of_today() -> None:
    for old, new in MOVED.items():
        assert current(new) == new, f"{old} leads on to another entry"
        assert resolve(f"{new}:__name__") == new


def test_the_history_gives_jobs_under_the_path_of_today(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "jobs.sqlite"
    before = JobStore(path)
    before.insert("left.behind:run", "", "", {})
    before.close()
    monkeypatch.setitem(MOVED, "left.behind", "found")
    after = JobStore(path)
    assert [record.job for record in after.records()] == ["found:run"]
    after.close()
