"""The attention lab in the real window: a comparison by a worker, exported, copied, cancelled and refused."""

import csv
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from typer.testing import CliRunner

from engines.attention.measuring import comparison
from engines.attention.types import CompareResult, CompareSpec
from tests.workbench.opened import Opened, until
from widgets.attention.state import Page
from workbench.controllers.attention import compare as part
from workbench.controllers.attention.command import compare_line
from workbench.threads.jobs import JobState
from workbench.verbs.attention.commands import app

Open = Callable[..., Opened]
SMALL = CompareSpec(("sdpa", "naive"), (32, 64), heads=2, dim=16, causal=True, threads=1, repeats=2)


def opened_lab(open_window: Open) -> Opened:
    opened = open_window()
    opened.window.commands.run("window.attention")
    opened.window.features["attention"].panel.compareChanged.emit(SMALL)
    return opened


def test_kinds_are_compared_and_the_figures_exported(open_window: Open, qtbot, tmp_path: Path, monkeypatch) -> None:
    opened = opened_lab(open_window)
    window, lab = opened.window, opened.window.features["attention"]
    assert window.centre.front == "attention"
    assert not window.commands.action("attention.export").isEnabled()
    lab.board.page(Page.COMPARE).empty.button.click()
    until(qtbot, lambda: lab.view.busy is None and lab.view.compare.result is not None, 60)
    assert lab.view.compare.result.spec == SMALL
    assert all(one.extra_mb is not None for one in lab.view.compare.result.points)
    for name, start in (("a.csv", b"kind,"), ("a.svg", b"<?xml"), ("a.png", b"\x89PNG")):
        monkeypatch.setattr(part, "ask_file", lambda *_asked, name=name: str(tmp_path / name))
        window.commands.run("attention.export")
        assert (tmp_path / name).read_bytes().startswith(start)
    with open(tmp_path / "a.csv", encoding="utf-8", newline="") as file:
        assert [row["kind"] for row in csv.DictReader(file)] == ["sdpa", "sdpa", "naive", "naive"]


def test_a_comparison_is_cancelled_and_one_that_fails_says_why(open_window: Open, qtbot) -> None:
    opened = opened_lab(open_window)
    window, lab = opened.window, opened.window.features["attention"]
    lab.panel.compareChanged.emit(replace(SMALL, device="cuda:99"))
    lab.panel.start.click()
    until(qtbot, lambda: lab.view.trouble is not None, 60)
    assert "device" in lab.view.trouble.what
    assert not lab.panel.trouble.isHidden()
    lab.panel.trouble.dismissed.emit()
    lab.panel.compareChanged.emit(replace(SMALL, lengths=(64,), repeats=100_000))
    lab.panel.start.click()
    until(qtbot, lambda: lab.view.busy is not None and lab.view.busy.done > 0, 60)
    window.commands.run("attention.cancel")
    until(qtbot, lambda: lab.view.busy is None, 30)
    assert window.services.jobs.records()[-1].state is JobState.CANCELLED
    assert lab.view.trouble is None


def test_what_was_set_is_there_again(open_window: Open, qtbot) -> None:
    opened = opened_lab(open_window)
    opened.window.features["attention"].board.pageChosen.emit(Page.WATCH)
    assert opened.end() == []
    again = open_window(begin=False).window
    assert again.centre.front == "attention"
    assert again.features["attention"].view.compare.spec == SMALL
    assert again.features["attention"].view.page is Page.WATCH


def test_the_copied_command_asks_for_the_same(open_window: Open, monkeypatch) -> None:
    asked: list[CompareSpec] = []
    monkeypatch.setattr(comparison, "run", lambda spec, _ctx: asked.append(spec) or CompareResult(spec))
    opened = opened_lab(open_window)
    opened.window.commands.run("attention.copy-command")
    full = replace(SMALL, window=7, backward=True, dtype="bfloat16", batch=3, seed=5, device="cuda")
    for line, spec in ((QGuiApplication.clipboard().text(), SMALL), (compare_line(full), full)):
        words = shlex.split(line)
        assert words[:3] == ["python", "main.py", "attention"]
        assert CliRunner().invoke(app, [*words[3:], "--json"]).exit_code == 0
        assert asked[-1] == spec


def test_models_that_other_features_declare_reach_the_lab(open_window: Open) -> None:
    lab = opened_lab(open_window).window.features["attention"]
    title, job = lab.models["mnist-dit"]
    assert (title, lab.view.models["mnist-dit"]) == ("MNIST, DiT", "MNIST, DiT")
    assert job.startswith("engines.generative.")
