"""Benchmark folders in the layout of the released codes: learned, measured as they measure, and refused with words."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines.actions.evaluation.arrays import evaluate_arrays
from engines.actions.evaluation.precision import mean_precision
from engines.actions.heads.streaming import open_stream, softmax
from engines.actions.models.files import open_model
from engines.actions.models.settings import PUBLISHED, filled
from engines.actions.study_types import TrainResult, TrainSpec
from engines.actions.training.benchmarks import open_benchmark
from engines.actions.training.job import run
from engines.core.context import PlainContext
from engines.core.errors import BadInput, KinoscopeError
from tests.engines.actions.taught import LATE, benchmark

SMALL: dict[str, Any] = {"hidden": 32, "width": 32, "batch": 8, "window": 24, "learning_rate": 1e-2, "noise": 0.0}
SMALL |= {"dropout": 0.0, "iterations": 100}


def trained(folder: Path, **more: Any) -> TrainResult:
    asked = TrainSpec(out=str(folder.parent / "made"), folder=str(folder), **(SMALL | more))
    return run(asked, PlainContext())


def test_a_rule_that_needs_memory_is_learned_and_one_chunk_alone_cannot_know_it(tmp_path: Path) -> None:
    folder = benchmark(tmp_path / "THUMOS")
    result = trained(folder, model="gru", future_steps=0)
    assert result.tested is not None
    assert result.map == result.tested.map > 0.97
    assert result.tested.frames == 3 * 120
    assert result.tested.chance is not None
    card = result.card
    assert card.classes == ("background", "Action1", "Action2", "Action3", "Action4")
    assert (card.recipe.streams, card.recipe.dims, card.recipe.rate) == (("arrays", "arrays"), (7, 5), 4.0)
    assert card.recipe.of == "rgb_made+flow_made"
    alone = trained(folder, model="frame", future_steps=0)
    assert alone.map is not None
    assert alone.map < 0.6


def test_the_decoder_sees_what_is_coming_and_not_what_cannot_be_seen(tmp_path: Path) -> None:
    """What shows holds `LATE` chunks later, so it can be said that far ahead; what shows next, nobody knows."""
    folder = benchmark(tmp_path / "THUMOS")
    result = trained(folder, model="trn", offset=0, future_steps=5, horizon=1.25, iterations=100, window=12)
    assert result.card.horizons == tuple(step / 4.0 for step in range(5))
    model, data = open_model(result.file), open_benchmark(folder)
    features, flags = data.read(data.test[0])
    stream = open_stream(model.card.shape, model.weights)
    steps = [stream.step(row) for row in model.standardise(features)]
    soon = np.stack([softmax(step.ahead) for step in steps if step.ahead is not None])
    true = flags.argmax(axis=1)
    reached = [mean_precision(soon[: len(true) - step, step], true[step:]) for step in range(5)]
    assert min(reached[: LATE + 1]) > 0.9
    assert reached[-1] < 0.6


def test_ambiguous_chunks_are_neither_learned_nor_measured(tmp_path: Path) -> None:
    folder = benchmark(tmp_path / "THUMOS", ambiguous=True)
    known = open_benchmark(folder).stretch(TRAIN).targets
    assert (np.flatnonzero(~known.any(axis=1)) == np.arange(20, 30)).all()
    result = trained(folder, model="gru", future_steps=0)
    assert result.card.shape.classes == len(result.card.classes) == 5
    assert result.tested is not None
    assert result.tested.frames == 3 * (120 - 10)
    assert result.tested.map > 0.97


def test_the_test_videos_are_measured_as_arrays_of_all_of_them(tmp_path: Path) -> None:
    folder = benchmark(tmp_path / "THUMOS")
    result = trained(folder, model="gru", future_steps=0, iterations=5)
    model, data = open_model(result.file), open_benchmark(folder)
    scores, targets = [], []
    for video in data.test:
        features, flags = data.read(video)
        stream = open_stream(model.card.shape, model.weights)
        scores.append([softmax(stream.step(row).logits) for row in model.standardise(features)])
        targets.append(flags)
    expected = evaluate_arrays(np.concatenate(scores), np.concatenate(targets))
    assert result.tested is not None
    assert result.tested.map == pytest.approx(expected.map, abs=1e-9)
    assert result.tested.mcap == pytest.approx(expected.mcap, abs=1e-9)


def test_whole_videos_are_held_out_and_end_a_training_early(tmp_path: Path) -> None:
    folder = benchmark(tmp_path / "THUMOS")
    result = trained(folder, model="gru", future_steps=0, held_out=0.25, iterations=300, patience=2)
    assert result.stopped_early
    assert result.card.trained_on == "THUMOS, 6 videos"
    assert result.last is not None
    assert result.last.best > 0


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_settings_train_when_only_the_sizes_are_smaller(tmp_path: Path, name: str) -> None:
    folder = benchmark(tmp_path / "THUMOS", chunks=80)
    asked = TrainSpec(str(tmp_path / "made"), folder=str(folder), settings=name, hidden=24, width=24, iterations=4)
    result = run(asked, PlainContext())
    model = open_model(result.file)
    assert model.card.shape.kind == name
    assert model.card.shape.norm == (name == "miniroad")
    assert not model.mean.any()
    assert (model.deviation == 1).all()
    assert result.iterations == 4


def test_published_settings_are_those_of_the_papers_and_what_is_given_stays() -> None:
    trn, way = filled(TrainSpec("x", folder="y", settings="trn"))
    assert (trn.hidden, trn.width, trn.window, trn.future_steps, trn.offset) == (4096, 3072, 64, 8, 0)
    assert (trn.learning_rate, trn.decay, trn.batch, trn.dropout, trn.loss) == (5e-4, 5e-4, 32, 0.1, "ce")
    assert (way.optimiser, way.norm, way.as_published, way.rounds, way.stride) == ("adam", False, True, 21, 64)
    idn, _ = filled(TrainSpec("x", folder="y", settings="idn"))
    assert (idn.model, idn.hidden, idn.window, idn.loss, idn.future_steps) == ("idn", 512, 16, "last", 0)
    road, way = filled(TrainSpec("x", folder="y", settings="miniroad", hidden=256, iterations=7))
    assert (road.model, road.hidden, road.width, road.window, road.loss) == ("miniroad", 256, 2048, 128, "last")
    assert (road.learning_rate, road.decay, road.batch, way.stride, way.rounds) == (1e-4, 0.05, 16, 4, 0)
    assert filled(TrainSpec("x"))[0] == TrainSpec("x")


def array(folder: Path, part: str, name: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    path = folder / part / f"{name}.npy"
    np.save(path, change(np.load(path)))


def nan(rows: np.ndarray) -> np.ndarray:
    rows[33, 1] = np.nan
    return rows


TRAIN, TEST = "video_validation_0000001", "video_test_0000002"


@pytest.mark.parametrize(
    ("part", "name", "change", "words"),
    [
        ("rgb_made", TRAIN, lambda rows: rows[:-1], "119 chunks of features, 120 of targets"),
        ("flow_made", TEST, lambda rows: rows[:, :3], "120 x 3, and 5 numbers"),
        ("flow_made", TRAIN, nan, "Chunk 33 holds NaN"),
        ("target_perframe", TRAIN, lambda rows: rows[:, :4], "120 x 4, and 5 classes"),
        ("target_perframe", TRAIN, lambda rows: rows * 0.5, "0 and 1"),
        ("rgb_made", TRAIN, lambda rows: rows.astype(str), "no array of numbers"),
        ("rgb_made", TRAIN, lambda rows: rows[:, 0], "120, and 7 numbers"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_by_name(
    tmp_path: Path, part: str, name: str, change: Callable[[np.ndarray], np.ndarray], words: str
) -> None:
    folder = benchmark(tmp_path / "THUMOS")
    array(folder, part, name, change)
    with pytest.raises(BadInput, match=words) as told:
        trained(folder, model="frame", iterations=1)
    assert told.value.path == str(folder / part / f"{name}.npy")


@pytest.mark.parametrize(
    ("remove", "words"),
    [
        (f"target_perframe/{TRAIN}.npy", f"1 listed videos have no targets, the first is {TRAIN}"),
        (f"rgb_made/{TRAIN}.npy", "no such file"),
    ],
)
def test_a_video_that_is_missing_is_named(tmp_path: Path, remove: str, words: str) -> None:
    folder = benchmark(tmp_path / "THUMOS")
    (folder / remove).unlink()
    with pytest.raises(BadInput, match=words):
        trained(folder, model="frame", iterations=1)


def test_folders_that_hold_something_else_are_refused(tmp_path: Path) -> None:
    for made, words in (((), "no targets"), (("target",), "no features"), (("rgb", "rgb2"), "Several features")):
        for name in made:
            (tmp_path / name).mkdir()
        with pytest.raises(BadInput, match=words):
            open_benchmark(tmp_path)
    with pytest.raises(BadInput, match="no such folder"):
        open_benchmark(tmp_path / "none")


def test_lists_of_videos_come_in_several_forms(tmp_path: Path) -> None:
    folder = benchmark(tmp_path / "THUMOS", ambiguous=True)
    info = folder / "data_info.json"
    inner = json.loads(info.read_text("utf-8"))["MADE"]
    other = {"class_index": ["a"], "train_session_set": ["elsewhere"], "test_session_set": []}
    expected = open_benchmark(folder)
    info.write_text(json.dumps({"TVSeries": other, "THUMOS": inner}), "utf-8")
    assert open_benchmark(folder).train == expected.train
    info.write_text(json.dumps(inner | {"class_index": inner["class_index"][1:]}), "utf-8")
    assert open_benchmark(folder).classes == expected.classes
    info.rename(folder / "video_list.json")
    assert open_benchmark(folder).known == ("background", "Action1", "Action2", "Action3", "Action4")
    (folder / "video_list.json").unlink()
    bare = open_benchmark(folder)
    assert (set(bare.train), set(bare.test)) == (set(expected.train), set(expected.test))
    assert bare.classes[:2] == ("background", "class 1")


@pytest.mark.parametrize("text", ['{"A": {"train_session_set": ["gone"]}}', "[]", "{", '{"train_session_set": [1]}'])
def test_lists_that_say_nothing_are_refused(tmp_path: Path, text: str) -> None:
    folder = benchmark(tmp_path / "THUMOS")
    (folder / "data_info.json").write_text(text, "utf-8")
    with pytest.raises(BadInput):
        open_benchmark(folder)


def test_a_model_of_other_features_is_not_run_on_films(tmp_path: Path) -> None:
    from engines.actions.streaming.detect import run as detect
    from engines.actions.study_types import DetectSpec
    from tests.engines.actions.watching import make_film

    result = trained(benchmark(tmp_path / "THUMOS"), model="frame", iterations=1)
    film = make_film(tmp_path / "film.mkv", 12)
    with pytest.raises(KinoscopeError) as told:
        detect(DetectSpec(result.file, str(film), str(tmp_path / "scores.csv")), PlainContext())
    assert "features" in str(told.value).casefold()


def test_a_slower_folder_keeps_its_rate(tmp_path: Path) -> None:
    folder = benchmark(tmp_path / "THUMOS")
    asked = replace(TrainSpec(str(tmp_path / "m"), folder=str(folder), model="gru", iterations=1), rate=2.0)
    assert run(asked, PlainContext()).card.horizons == (0.5, 1.0, 1.5, 2.0)
