"""What a model was trained on: remembered by content, told where it is measured on the same, unknown of old files."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.actions.evaluation.job import run as evaluate
from engines.actions.evaluation.sources import UNKNOWN, trained_share, warnings
from engines.actions.features import cache
from engines.actions.models.files import open_model, read_card, save_model
from engines.actions.study_types import Clip, EvaluateSpec, TrainSpec
from engines.actions.training.examples import ADVICE, beforehand
from engines.actions.training.job import run
from engines.actions.types import HeadShape, Labels, ModelCard, Recipe, Segment, TrainedFilm
from engines.core.context import PlainContext
from engines.core.errors import BadInput
from engines.core.spec import from_json, to_json
from tests.engines.actions.taught import clip, length, shown
from tests.engines.actions.watching import make_film, make_model

ROWS = [(5, 14, "wave"), (20, 27, "jump"), (33, 42, "wave"), (48, 57, "jump"), (66, 75, "wave"), (80, 89, "jump")]
QUICK = {"model": "gru", "features": "pose", "hidden": 8, "width": 8, "window": 12, "batch": 4, "iterations": 3}


def made(folder: Path, **more: object) -> Clip:
    true = np.zeros(96, np.int64)
    for start, end, name in ROWS:
        true[start : end + 1] = ("wave", "jump").index(name) + 1
    return clip(folder, shown(true, length()), ROWS, **more)  # type: ignore[arg-type]


def test_the_card_remembers_films_parts_and_classes(tmp_path):
    one = made(tmp_path)
    whole = run(TrainSpec(str(tmp_path / "a"), (one,), held_out=0.3, **QUICK), PlainContext()).card
    (film,) = whole.films
    assert (film.name, film.identity, film.learned, film.held) == (
        "clip.mkv", cache.identity(one.video), (0, 66), (66, 96)
    )  # fmt: skip
    assert (whole.learned, whole.averaged) == (("wave", "jump"), 2)
    assert read_card(tmp_path / "a.safetensors").films == whole.films
    (tmp_path / "part").mkdir()
    part = made(tmp_path / "part", frames=(0, 18))
    card = run(TrainSpec(str(tmp_path / "b"), (part,), frames=(0, 18), **QUICK), PlainContext()).card
    assert (card.films[0].learned, card.films[0].held) == ((0, 18), (0, 0))
    assert (card.learned, card.classes) == (("wave",), ("background", "wave", "jump"))


def card(*films: TrainedFilm, **more: object) -> ModelCard:
    return ModelCard("m", ("background", "wave"), HeadShape(), Recipe(), films=films, **more)  # type: ignore[arg-type]


def test_a_film_is_known_by_its_content_whatever_it_is_called(tmp_path):
    film, other = make_film(tmp_path / "a.mkv", 40), make_film(tmp_path / "b.mkv", 44)
    copy = shutil.copy(film, tmp_path / "another name.mkv")
    model = card(TrainedFilm("a.mkv", cache.identity(film), (0, 10), (10, 21)), TrainedFilm("x", "1:2", (0, 40)))
    assert trained_share(model, copy, np.arange(40)) == pytest.approx(21 / 40)
    assert trained_share(model, other, np.arange(40)) == 0
    (said,) = warnings(model, copy, np.arange(40))
    assert "frames 0-9" in said
    assert "10-20" in said
    assert "52 %" in said
    assert warnings(model, other, np.arange(40)) == ()
    assert warnings(model, copy, np.arange(21, 40)) == ()


def test_of_a_model_without_memory_it_is_said_that_nothing_is_known(tmp_path):
    film = make_film(tmp_path / "a.mkv", 4)
    old = to_json(card())
    for name in ("films", "learned", "averaged"):
        del old[name]
    read = from_json(ModelCard, json.loads(json.dumps(old)))
    assert (read.films, read.learned, read.averaged) == ((), (), 0)
    assert warnings(read, film, np.arange(4)) == (UNKNOWN,)
    assert "not known" in UNKNOWN
    assert warnings(replace(read, recipe=Recipe(of="kinetics")), film, np.arange(4)) == ()
    assert "name the video" in warnings(card(TrainedFilm("a", "1:2", (0, 4))), "", np.arange(4))[0]


def test_evaluate_says_how_much_of_it_was_trained_on(tmp_path):
    film = make_film(tmp_path / "film.mkv", 40)
    labels = tmp_path / "labels.csv"
    labels.write_text("start_frame,end_frame,action\n5,14,wave\n20,27,jump\n")
    model = make_model(tmp_path / "m.safetensors")
    known = replace(
        model.card, films=(TrainedFilm("film.mkv", cache.identity(film), (0, 21)),), learned=("wave", "squat")
    )
    save_model(tmp_path / "known.safetensors", known, model.weights, model.mean, model.deviation)
    spec = EvaluateSpec(
        ("", ""), str(labels), models=(model.path, str(tmp_path / "known.safetensors")), video=str(film)
    )
    plain, told = evaluate(spec, PlainContext())
    assert (plain.trained_share, plain.averaged, plain.notes[0]) == (None, ("wave", "jump"), UNKNOWN)
    assert told.trained_share == pytest.approx(21 / 40)
    assert "frames 0-20 of this film: 52 % of what is evaluated" in told.notes[0]
    assert told.averaged == ("wave",)
    assert any("Never learned and not averaged: jump" in note for note in told.notes)
    assert told.map == pytest.approx(plain.ap["wave"])
    assert open_model(tmp_path / "known.safetensors").card.films == known.films


def test_too_few_examples_are_said_before_a_frame_is_described(tmp_path, monkeypatch):
    one = made(tmp_path)
    ctx = PlainContext()
    spec = TrainSpec(str(tmp_path / "a"), (one,), frames=(0, 30), **QUICK)
    monkeypatch.setattr("engines.actions.features.extraction.extract", lambda *_: pytest.fail("described"))
    with pytest.raises(pytest.fail.Exception):
        run(spec, ctx)
    assert any("'wave' has one example only" in line for line in ctx.events[ADVICE])
    labels = Labels(tuple(Segment(*row) for row in ROWS), ("wave", "jump"), 10.0, 96)
    with pytest.raises(BadInput, match="no labelled action"):
        beforehand(replace(spec, frames=(58, 66)), [labels])


def test_what_is_said_before_is_what_the_training_says(tmp_path):
    one = made(tmp_path)
    ctx = PlainContext()
    result = run(TrainSpec(str(tmp_path / "a"), (one,), held_out=0.5, **QUICK), ctx)
    assert ctx.events.get(ADVICE, ()) == result.advice
    assert result.advice
