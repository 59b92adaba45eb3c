"""The score lanes in the project: what models decided along sources, kept while they watch and brought back.

A lane is kept in parts of `ROWS` decisions, of which those are written that changed.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.actions.study_types import DetectResult, DetectSpec
from engines.core.errors import BadInput, KinoscopeError
from engines.core.spec import from_json, to_json
from workbench.controllers.actions.score_history import MOST, ScoreHistory
from workbench.project.file import Project
from workbench.services import Services

LANE, PART, WHOLE = "score-lane", "score-part", "score-film"
"""Kinds of the project's items: a lane, by path, model and how its weights are kept; its parts; films that were run
over."""
ROWS = 256
Key = tuple[str, str, str]
Lanes = dict[Key, ScoreHistory]


class KeptScores:
    """Raises nothing: what cannot be read of a file that may hold anything is left out."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._written: dict[Key, int] = {}
        """Versions of what is in the project."""

    def keep(self, lanes: Lanes) -> None:
        """Into the open project. Lanes of sources that are closed for good go."""
        project, open_ = self._services.project, self._services.feeds.ids()
        for id, key in _keys(project):
            feed = key[0].partition("/")[0]
            if key not in lanes and (feed in open_ or feed not in project.items("source")):
                _drop(project, id)
        for key, lane in lanes.items():
            if lane.version != self._written.get(key):
                self._written[key] = lane.version
                _write(project, _id(key), lane)

    def lanes(self) -> Lanes:
        """What the open project holds."""
        found = {key: lane for id, key in _keys(self._services.project) if (lane := _read(self._services.project, id))}
        self._written = {key: lane.version for key, lane in found.items()}
        return found

    def keep_film(self, spec: DetectSpec, result: DetectResult) -> None:
        """A model ran over a whole film."""
        kept = {"spec": to_json(spec), "result": to_json(result)}
        self._services.project.put(WHOLE, json.dumps([spec.video, spec.model, spec.weights]), kept)

    def films(self) -> Iterator[tuple[DetectSpec, DetectResult]]:
        """Those of the open project."""
        for kept in self._services.project.items(WHOLE).values():
            try:
                yield from_json(DetectSpec, kept["spec"]), from_json(DetectResult, kept["result"])
            except (KinoscopeError, KeyError, TypeError):
                continue


def _id(key: Key) -> str:
    return json.dumps(key)


def _keys(project: Project) -> Iterator[tuple[str, Key]]:
    for id in project.items(LANE):
        try:
            path, model, weights = json.loads(id)
            yield id, (str(path), str(model), str(weights))
        except (ValueError, TypeError):
            continue


def _write(project: Project, id: str, lane: ScoreHistory) -> None:
    first, lane.changed_from = lane.changed_from, lane.rows
    for part in range(first // ROWS, -(-lane.rows // ROWS)):
        values = lane.stretch(part * ROWS, (part + 1) * ROWS)
        project.put(PART, f"{id} {part}", [base64.b64encode(each.tobytes()).decode() for each in values])
    project.put(LANE, id, lane.head())


def _drop(project: Project, id: str) -> None:
    for part in [part for part in project.items(PART) if part.startswith(f"{id} ")]:
        project.drop(PART, part)
    project.drop(LANE, id)


def _read(project: Project, id: str) -> ScoreHistory | None:
    head: Any = project.get(LANE, id)
    try:
        count, classes = int(head["rows"]), [str(name) for name in head["classes"]]
        if not 0 < count <= MOST or not classes:
            return None
        parts = [project.get(PART, f"{id} {part}") for part in range(-(-count // ROWS))]
        times, since = _joined(parts, 0, np.float64), _joined(parts, 1, np.float64)
        scores = _joined(parts, 2, np.float32)
        return ScoreHistory.of(head, times[:count], since[:count], scores.reshape(-1, len(classes))[:count])
    except (BadInput, KeyError, TypeError, ValueError, IndexError, binascii.Error):
        return None


def _joined(parts: list[Any], place: int, kind: type[Any]) -> NDArray[Any]:
    """One column of all parts. Raises `ValueError` and its kin for what is none."""
    return np.concatenate([np.frombuffer(base64.b64decode(part[place], validate=True), kind) for part in parts])
