"""The marks of running programs: those of the dead are told once, those of the living and other files stay."""

from __future__ import annotations

import json
import os
from pathlib import Path

from workbench.project.running import FinishingMark, RunningMark
from workbench.work.job_store import owner_of


def test_only_programs_that_are_no_more_are_told_and_only_once(tmp_path: Path) -> None:
    living = RunningMark(tmp_path)
    living.put("Hall")
    (tmp_path / "999999.json").write_text(json.dumps({"owner": "999999:1.00", "project": "Gait"}))
    (tmp_path / "notes.json").write_text("{}")
    assert living.left() == ("Gait",)
    assert living.left() == ()
    assert len(list(tmp_path.iterdir())) == 2
    living.close()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.json"]


def test_a_mark_that_cannot_be_written_or_read_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    RunningMark(tmp_path / "file").put("Hall")
    (tmp_path / "12.json").write_text("not JSON")
    assert RunningMark(tmp_path).left() == ()


def test_a_program_that_finishes_in_the_background_is_found_and_asked_back(tmp_path: Path) -> None:
    mark, parent = FinishingMark(tmp_path), os.getppid()
    mark.put(3)
    (tmp_path / f"{parent}.finishing").write_text(json.dumps({"owner": owner_of(parent), "jobs": 2}))
    (tmp_path / "999999.finishing").write_text(json.dumps({"owner": "999999:1.00", "jobs": 4}))
    assert mark.others() == {parent: 2}, "not itself, nor the dead"
    assert not mark.want(999999)
    assert mark.want(parent)
    assert (tmp_path / f"{parent}.back").exists()
    assert mark.want(os.getpid())
    assert (mark.is_wanted(), mark.is_wanted()) == (True, False)
    mark.close()
    assert not mark.want(os.getpid())
