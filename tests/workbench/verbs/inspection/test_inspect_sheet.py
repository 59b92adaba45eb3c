"""`inspect FILE` on a terminal: measured times are seen, and a file without a graph is no empty table."""

from __future__ import annotations

from pathlib import Path

import torch
from typer.testing import CliRunner

from workbench.verbs.inspection.commands import app


def _said(*asked: str) -> str:
    done = CliRunner().invoke(app, list(asked))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_times_are_seen_once_they_are_measured(tmp_path: Path) -> None:
    path = tmp_path / "net.pt2"
    torch.export.save(torch.export.export(torch.nn.Linear(4, 3).eval(), (torch.ones(1, 4),)), path)
    plain, timed = _said(str(path)), _said(str(path), "--time")
    assert "15 parameters, 12 multiply-adds" in plain
    assert " ms" not in plain
    assert "12 multiply-adds, " in timed
    head = next(line for line in timed.splitlines() if "operator" in line)
    assert head.split() == ["layer", "operator", "output", "parameters", "mult-adds", "ms"]
    assert "aten" not in timed


def test_weights_without_a_graph_are_listed_with_the_reason(tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(2, 5).state_dict(), tmp_path / "state.pth")
    said = _said(str(tmp_path / "state.pth"))
    assert "no graph" in said
    row = next(line for line in said.splitlines() if "weight" in line and "float32" in line)
    assert row.split() == ["weight", "float32", "5x2"]
