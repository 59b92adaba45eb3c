"""The open-set protocol against searches done one by one, and its thresholds from the gallery alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError
from engines.core.spec import from_json, to_json
from engines.faces.evaluation.open_set import measure, search, split
from engines.faces.recognition.folder import read_folder
from engines.faces.study_types import OpenSet
from engines.faces.table import FaceTable
from tests.engines.faces.crowds import crowd


@pytest.fixture(scope="module")
def table() -> FaceTable:
    return crowd([1, 4, 1, 2, 6] * 60, dim=48, spread=1.0, seed=7)


def test_enrolled_probes_and_strangers(table: FaceTable) -> None:
    gallery, probes, strangers = split(table, 2)
    assert set(gallery.people) == {person for person in table.people if table.people.count(person) > 2}
    assert all(face.endswith(("_0001.jpg", "_0002.jpg")) for face in gallery.faces)
    assert set(probes.people) == set(gallery.people)
    assert not set(probes.faces) & set(gallery.faces)
    assert all(table.people.count(person) == 1 for person in strangers.people)
    assert len(strangers) == 120


def test_the_best_are_chosen_by_quality(table: FaceTable) -> None:
    quality = np.random.default_rng(0).random(len(table)).astype(np.float32)
    gallery, _, _ = split(replace(table, quality=quality), 1, "best")
    for person, chosen in zip(gallery.people, gallery.quality, strict=True):
        assert chosen == max(quality[k] for k, one in enumerate(table.people) if one == person)


@pytest.mark.parametrize("enrol", [1, 3])
def test_figures_are_those_of_one_search_after_another(table: FaceTable, enrol: int) -> None:
    told = measure(table, enrol=enrol, model="another")
    gallery, probes, strangers = split(table, enrol)
    people, templates = gallery.templates()
    nearest = [int(np.argmax(templates @ probe)) for probe in probes.vectors]
    best = [float(np.max(templates @ probe)) for probe in probes.vectors]
    right = [people[k] == person for k, person in zip(nearest, probes.people, strict=True)]
    foreign = [float(np.max(templates @ stranger)) for stranger in strangers.vectors]
    assert told.rank1 == pytest.approx(np.mean(right))
    for key, at in told.threshold.items():
        assert np.mean([score > at + 1e-6 for score in foreign]) <= float(key)
        assert np.mean([score > at - 1e-6 for score in foreign]) > float(key)
        named = [ok and score > at + 1e-6 for ok, score in zip(right, best, strict=True)]
        assert told.tpir[key] == pytest.approx(np.mean(named), abs=1e-3)
        assert told.tpir_interval[key][0] <= told.tpir[key] <= told.tpir_interval[key][1]
    assert told.fixed == pytest.approx(np.mean([score >= 0.363 for score in foreign]))
    assert from_json(OpenSet, to_json(told)) == told


def test_the_gallery_alone_foresees_the_share_of_strangers_named(table: FaceTable) -> None:
    told = measure(table, model="another")
    strangers = crowd([1] * 3000, dim=48, seed=8).vectors
    templates = split(table)[0].templates()[1]
    foreign = (strangers @ templates.T).max(axis=1)
    for key in ("0.1", "0.01"):
        named, low, high = told.chosen[key]
        real = float((foreign >= told.chosen_threshold[key]).mean())
        assert low <= real <= high
        assert told.chosen_measured[key][0] <= named <= told.chosen_measured[key][1]
    assert 0.1 / 1.5 < (foreign >= told.chosen_threshold["0.1"]).mean() < 0.15


def test_strangers_have_no_say_in_the_chosen_threshold(table: FaceTable) -> None:
    fewer = table.take(np.array([table.people.count(p) > 1 or k % 2 == 0 for k, p in enumerate(table.people)]))
    assert measure(fewer, model="another").chosen_threshold == measure(table, model="another").chosen_threshold


def test_without_strangers_there_is_a_rank_alone() -> None:
    told = measure(crowd([3] * 10, spread=0.3))
    assert (told.rank1, told.strangers, told.tpir) == (1.0, 0, {})


def test_what_cannot_be_is_refused(table: FaceTable) -> None:
    with pytest.raises(BadInput, match="more than 9 pictures"):
        measure(table, enrol=9)
    with pytest.raises(UsageError, match="At least one"):
        measure(table, enrol=0)
    with pytest.raises(UsageError, match="'sharpest'"):
        measure(table, choose="sharpest")


def test_orl_is_named_right_from_one_picture_each(data: Path, weights: Callable[..., None]) -> None:
    """The first picture of each of 40 people against two others."""
    weights("yunet", "sface")
    files = [data / "faces" / "orl" / f"s{person}" / name for person in range(1, 41) for name in _some(data, person)]
    table = read_folder(files, naming="folder", ctx=PlainContext()).table
    assert len(table) == 120
    assert search(*split(table)).right.all()


def _some(data: Path, person: int) -> list[str]:
    names = sorted(file.name for file in (data / "faces" / "orl" / f"s{person}").iterdir())
    return [names[0], names[4], names[9]]
