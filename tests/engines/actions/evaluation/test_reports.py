"""Evaluations as files: whole as JSON, figures as a table."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from engines.actions.evaluation.reports import FIGURES, write_report
from engines.actions.study_types import Evaluation

ONE = Evaluation("TRN", ("background", "wave"), 40, 0.9, 0.8, {"wave": 0.9}, {"wave": 0.8}, chance=0.1)
TWO = Evaluation("GRU", ("background", "wave", "sit"), 40, 0.7, 0.6, {"wave": 0.7, "sit": None}, {})


def test_json_holds_everything(tmp_path: Path) -> None:
    models = json.loads(write_report(tmp_path / "r.json", (ONE, TWO)).read_text())["models"]
    assert [model["name"] for model in models] == ["TRN", "GRU"]
    assert models[0]["ap"] == {"wave": 0.9}


def test_a_table_has_a_row_a_model_and_a_column_a_class(tmp_path: Path) -> None:
    rows = list(csv.DictReader(write_report(tmp_path / "r.csv", (ONE, TWO)).read_text().splitlines()))
    assert list(rows[0]) == ["model", *FIGURES, "AP wave", "AP sit"]
    assert (rows[0]["model"], float(rows[0]["map"]), rows[0]["AP sit"]) == ("TRN", pytest.approx(0.9), "")
    assert float(rows[1]["AP wave"]) == pytest.approx(0.7)
