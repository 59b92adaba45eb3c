"""The detector beside the whole sequence at once: one answer, whatever the head and however the frames come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engines.actions.features.chunks import Chunker
from engines.actions.streaming.detector import Detector, describer_of
from engines.actions.types import Recipe
from engines.core.errors import BadInput
from tests.engines.actions.watching import CLASSES, make_model, whole

RECIPE = Recipe(streams=("appearance", "pose"), dims=(7, 5), rate=5.0)
HEADS = ("trn", "idn", "miniroad", "gru", "lstm", "frame")


def features(count, seed=1):
    return np.random.default_rng(seed).normal(size=(count, 12))


def pushed(detector, times, rows):
    return [decision for time, row in zip(times, rows, strict=True) for decision in detector.push(time, row)]


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize(("dtype", "within"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_frame_by_frame_is_the_whole_sequence_at_once(tmp_path, kind, dtype, within):
    model = make_model(tmp_path / "m.safetensors", RECIPE, kind)
    rows, times = features(80).astype(dtype), np.arange(80) / 25
    chunker = Chunker(RECIPE.rate)
    chunks = np.array([chunk for time, row in zip(times, rows, strict=True) for chunk in chunker.push(time, row)])
    made = pushed(Detector(model, dtype=dtype), times, rows)
    now, ahead = whole(model, chunks, torch.float64 if dtype == np.float64 else torch.float32)
    assert len(made) == len(chunks) == 16
    assert np.abs([one.probabilities for one in made] - now).max() < within
    assert np.abs([one.ahead for one in made] - ahead).max() < within
    assert np.ptp(now, axis=0).max() > 0.05, "the answers must differ, or nothing was compared"


@pytest.mark.parametrize("kind", HEADS)
def test_after_a_gap_everything_is_as_in_the_beginning_and_numbers_go_on(tmp_path, kind):
    model = make_model(tmp_path / "m.safetensors", RECIPE, kind)
    rows, times = features(40), np.arange(40) / 5
    fresh = pushed(Detector(model), times, rows)
    used = Detector(model)
    before = pushed(used, times + 3, features(40, seed=2))
    after = pushed(used, times + 100, rows)
    assert [one.probabilities for one in after] == [one.probabilities for one in fresh]
    assert [one.number for one in before + after] == list(range(80))


def test_what_lasts_when_the_film_jumps_ends_with_the_newest_decision(tmp_path):
    detector = Detector(make_model(tmp_path / "m.safetensors", RECIPE))
    detector.finder.configure(0.0, 0.0, 0.0)
    pushed(detector, np.arange(10) / 5, features(10))
    assert {event.end for event in detector.events} == {None}
    detector.reset()
    assert {event.end for event in detector.events} == {9 / 5}
    assert len(detector.events) == len(CLASSES) - 1


def test_no_more_than_the_newest_64_are_kept(tmp_path):
    detector = Detector(make_model(tmp_path / "m.safetensors", RECIPE))
    made = pushed(detector, np.arange(200) / 5, features(200))
    assert list(detector.decisions) == made[-64:]
    assert detector.newest == made[-1]


@pytest.mark.parametrize("bad", [np.zeros(11), np.zeros((1, 12)), np.full(12, np.nan), np.full(12, np.inf)])
def test_features_of_another_length_or_without_numbers_are_refused(tmp_path, bad):
    detector = Detector(make_model(tmp_path / "m.safetensors", RECIPE))
    with pytest.raises(BadInput):
        detector.push(0.0, bad)
    assert not detector.decisions


@pytest.mark.parametrize("change", [{"of": "kinetics-resnet50"}, {"streams": ("arrays",), "dims": (12,)}])
def test_a_model_of_feature_files_says_that_it_cannot_watch(tmp_path, change):
    model = make_model(tmp_path / "m.safetensors", replace(RECIPE, **change))
    with pytest.raises(BadInput) as raised:
        describer_of(model)
    assert raised.value.path == model.path
    assert raised.value.hint
