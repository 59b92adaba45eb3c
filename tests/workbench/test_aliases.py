"""Dotted paths of an earlier version lead to where things lie today."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.core.spec import resolve
from workbench.aliases import MOVED, current
from workbench.job_store import JobStore

MADE = {
    "old": "new.room",
    "old.special": "elsewhere.special",
    "old.special:run": "elsewhere.other:go",
}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("old.part:run", "new.room.part:run"),
        ("old:run", "new.room:run"),
        ("old.special.deep:run", "elsewhere.special.deep:run"),
        ("old.special:Engine", "elsewhere.special:Engine"),
        ("old.special:run", "elsewhere.other:go"),
        ("older.part:run", "older.part:run"),
        ("new.room.part:run", "new.room.part:run"),
        ("", ""),
    ],
)
def test_the_most_exact_entry_decides(before: str, now: str) -> None:
    assert current(before, MADE) == now


def test_every_entry_is_one_step_from_an_earlier_place_to_one_of_today() -> None:
    for old, new in MOVED.items():
        assert current(new) == new, f"{old} leads on to another entry"
        assert resolve(f"{new}:__name__" if ":" not in new else new)


def test_the_history_gives_jobs_under_the_path_of_today(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "jobs.sqlite"
    before = JobStore(path)
    before.insert("left.behind:run", "", "", {})
    before.close()
    monkeypatch.setitem(MOVED, "left", "found")
    after = JobStore(path)
    assert [record.job for record in after.records()] == ["found.behind:run"]
    after.close()
