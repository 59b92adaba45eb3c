"""What a killed program left half made in our own folder goes; what is whole, held or somebody's own stays."""

from __future__ import annotations

from pathlib import Path

from workbench.project.file import Project
from workbench.project.finding import open_last, sweep
from workbench.project.holding import lock_of
from workbench.project.naming import projects_dir


def test_half_made_copies_go_and_nothing_else(tmp_path: Path) -> None:
    names = (
        ".one.0123456789ab.part.kino",
        "..one.0123456789ab.part.kino.0123456789ab.part-journal",
        ".new.kino.0123456789ab.part-journal",
        ".held.0123456789ab.part.kino",
        ".mine.kino",
        "one.kino",
        "part.txt",
    )
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    held = lock_of(tmp_path / "held.kino")
    assert held.tryLock(0)
    sweep(tmp_path)
    there = {path.name for path in tmp_path.iterdir()}
    held.unlock()
    assert there == {".mine.kino", ".held.0123456789ab.part.kino", "one.kino", "part.txt", "held.kino.lock"}


def test_a_half_made_copy_is_no_project_to_open() -> None:
    whole = Project(projects_dir() / "whole.kino")
    whole.put("state", "mark", 1)
    whole.save_as(projects_dir() / ".hidden.kino").close()
    whole.close()
    project, notice = open_last()
    assert (project.path.name, notice) == ("whole.kino", "")
    project.close()
