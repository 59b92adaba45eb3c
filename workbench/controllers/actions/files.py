"""Files of the actions panel, read and written beside the window: labels, events, reports."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.actions.study_types import Evaluation
from engines.actions.types import Event, Labels
from engines.core.files import write_json
from engines.core.outputs import JSON, TABLE, check_file, new_file
from engines.core.spec import to_json

FIGURES = ("map", "mcap", "chance", "segment_map", "frames")


def load_labels(file: str, video: str, times: NDArray[np.float64], rate: float) -> Labels:
    """Those of this video, where a file covers several. Raises `KinoscopeError` with the row for what is wrong."""
    from engines.actions.labels.files import read_labels

    return read_labels(Path(file), times if len(times) else None, rate, video=video)


def save_labels(file: str, labels: Labels, times: NDArray[np.float64], video: str = "") -> Path:
    from engines.actions.labels.files import write_labels

    write_labels(Path(file), labels, times if len(times) else None, video)
    return Path(file)


def save_events(file: str, events: Sequence[Event], times: NDArray[np.float64], video: str = "") -> Path:
    from engines.actions.labels.event_files import write_events

    write_events(Path(file), events, times if len(times) else None, video=video)
    return Path(file)


def save_report(file: str, results: Sequence[Evaluation]) -> Path:
    """Everything as JSON, or as CSV the table: a row a model, a column a figure and a class."""
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
