"""The benchmark of attention: what a row holds, that each case runs, and that peers do what ours does."""

from __future__ import annotations

from io import StringIO
from typing import Any, cast

import pytest
import torch
from rich.console import Console

from engines.attention.types import Ceiling, WhichSpec
from workbench.benchmarks import attention as bench
from workbench.benchmarks import attention_cases as cases
from workbench.benchmarks.attention_rows import Case, Turns, row

QUICK = Turns(rounds=1, least=1)


def _measured(case: Case) -> dict[str, Any]:
    return row(case, QUICK, lambda memory: 1.5)


def test_a_row_says_who_was_beaten_and_whether_that_is_enough() -> None:
    told = _measured(cases.low_precision(64))
    assert {"request", "kernel", "ms", "peers", "ratio_best_peer", "error", "peer_error", "extra_mb"} <= {*told}
    assert told["ratio_best_peer"] == pytest.approx(told["peers"]["sdpa"] / told["ms"])
    assert told.get("met", True) == (told["ratio_best_peer"] >= told.get("goal", 0.0))
    assert 0 < told["error"] < 0.05
    assert told["extra_mb"] == 1.5


@pytest.mark.parametrize(
    "made",
    [
        cases.linear_time("performer", 64, True, None),
        cases.windowed(512, None),
        cases.mapping(64, True),
        cases.chosen(WhichSpec(length=64, backward=True), False),
        cases.chosen(WhichSpec(length=64, causal=True, window=9), True),
    ],
    ids=lambda case: case.request,
)
def test_every_case_runs(made: Case) -> None:
    told = _measured(made)
    assert told["ms"] > 0
    assert all(ms > 0 for ms in told["peers"].values())


@pytest.mark.parametrize("window", [None, 9])
def test_peers_do_the_same(window: int | None) -> None:
    case = cases.chosen(WhichSpec(length=64, causal=True, window=window), window is not None)
    ours, theirs = case.ours(), case.peers["sdpa"]()
    assert isinstance(ours, torch.Tensor)
    torch.testing.assert_close(ours, theirs)


def test_what_auto_adds_to_small_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "CALLS", 5)
    monkeypatch.setattr(bench, "SMALL", (WhichSpec(length=8),))
    monkeypatch.setattr(bench, "ceiling", lambda dtype, device: Ceiling(1.0, 1.0))
    made = Case("nothing", "ours", lambda: None, {"theirs": lambda: None})
    monkeypatch.setattr(cases, "cases", lambda quick: iter([lambda: made]))
    monkeypatch.setattr(bench, "LEFT_OUT", tuple(kind.id for kind in bench.KINDS))
    said = bench.main(quick=True)
    assert "flags" in said["machine"]
    assert [told["request"] for told in said["rows"]] == ["nothing"]
    assert said["small"][0]["added_us"] == pytest.approx(said["small"][0]["auto_us"] - said["small"][0]["sdpa_us"])


def test_the_tables_name_every_row_and_whether_its_goal_is_met() -> None:
    rows = [_measured(cases.mapping(64, False)) | {"met": False}, _measured(cases.step(1, 9))]
    out = Console(width=200, file=StringIO())
    for each in bench.tables({"machine": {"processor": "VAX", "threads": 1, "cores": 1, "torch": "2"}, "rows": rows}):
        out.print(each)
    said = cast(StringIO, out.file).getvalue()
    assert all(told["request"] in said for told in rows)
    assert "0.625 missed" in said
    assert "VAX" in said
