"""The marks of running programs: those of the dead are told once, those of the living and other files stay."""

from __future__ import annotations

import json
from pathlib import Path

from workbench.project.running import RunningMark


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
