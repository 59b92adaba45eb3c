"""Evaluations as a file: everything as JSON, or the figures as a CSV table."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from engines.actions.study_types import Evaluation
from engines.core.files import write_json
from engines.core.outputs import JSON, TABLE, check_file, new_file
from engines.core.spec import to_json

FIGURES = ("map", "mcap", "chance", "segment_map", "frames")


def write_report(file: str | Path, results: Sequence[Evaluation]) -> Path:
    """By suffix. The table has a row a model, a column a figure and a class."""
    target = Path(file)
    if target.suffix.lower() != ".csv":
        write_json(check_file(target, JSON), {"models": [to_json(result) for result in results]})
        return target
    classes = list(dict.fromkeys(name for result in results for name in result.ap))
    with new_file(target, TABLE) as part, part.open("w", newline="", encoding="utf-8") as text:
        table = csv.writer(text)
        table.writerow(["model", *FIGURES, *(f"AP {name}" for name in classes)])
        for result in results:
            figures = [getattr(result, name) for name in FIGURES]
            table.writerow([result.name, *figures, *(result.ap.get(name) for name in classes)])
    return target
