"""Score lanes are in the project while a model watches, and come back as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engines.actions.types import Decision, Watched, WatchSettings
from engines.core.frames import Size, Stamp
from workbench.controllers.actions.kept_scores import LANE, PART, ROWS, KeptScores
from workbench.controllers.actions.score_history import ScoreHistory
from workbench.project.file import Project

KEY = ("file1", "/models/wave.safetensors", "full")
SETTINGS = WatchSettings(threshold=0.5, release=0.3, least=0.2)


def watched(first: int, last: int, wave: float = 0.6) -> Watched:
    decisions = tuple(Decision(n, n / 10, (1 - wave, wave), ((0.0, 1.0),)) for n in range(first, last))
    return Watched(Stamp("file1", 0, 0.0, 0.0), Size(4, 4), ("background", "wave"), (0.5,), decisions, digest="d")


class NoFeeds:
    def ids(self) -> list[str]:
        return []


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Any]:
    """A project, and no source that is open."""
    project = Project(tmp_path / "one.kino")
    yield SimpleNamespace(project=project, feeds=NoFeeds())
    project.close()


@pytest.fixture
def lane(services: Any) -> ScoreHistory:
    services.project.put("source", "file1", {"kind": "file"})
    made = ScoreHistory()
    made.add(watched(0, 700))
    return made


def test_a_lane_comes_back_and_goes_on(services: Any, lane: ScoreHistory) -> None:
    KeptScores(services).keep({KEY: lane})
    found = KeptScores(services).lanes()
    assert list(found) == [KEY]
    before, after = lane.track(SETTINGS), found[KEY].track(SETTINGS)
    assert (after.times.tolist(), after.events) == (before.times.tolist(), before.events)
    assert np.array_equal(after.probabilities, before.probabilities)
    found[KEY].add(watched(700, 710))
    assert (found[KEY].rows, found[KEY].track(SETTINGS).ahead_times.size) == (710, 1)


def test_of_a_lane_that_grows_the_last_part_is_written(services: Any, lane: ScoreHistory, monkeypatch) -> None:
    kept, written = KeptScores(services), list[str]()
    kept.keep({KEY: lane})
    put = services.project.put
    monkeypatch.setattr(services.project, "put", lambda kind, id, value: (written.append(kind), put(kind, id, value)))
    lane.add(watched(700, 701))
    kept.keep({KEY: lane})
    kept.keep({KEY: lane})
    assert (written, 2 * ROWS < 700) == ([PART, LANE], True)


def test_a_lane_of_a_source_that_is_gone_goes_and_what_is_damaged_is_left_out(
    services: Any, lane: ScoreHistory
) -> None:
    kept = KeptScores(services)
    kept.keep({KEY: lane})
    services.project.put(PART, f"{json.dumps(KEY)} 1", ["x", 3])
    services.project.put(LANE, "no key", {"rows": 3})
    assert kept.lanes() == {}
    services.project.drop("source", "file1")
    kept.keep({})
    assert [id for id in services.project.items(PART) if "file1" in id] == []
