"""Runs that are kept: settings in PNG files, folders that can be listed and deleted, steps that can be scrubbed."""

from __future__ import annotations

import io
import json
import math
import tracemalloc
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.core.context import PlainContext
from engines.core.errors import BadInput, FileMissing, UsageError
from engines.generative.diffusion.sampling.job import run
from engines.generative.diffusion.types import Guidance, SampleSpec, Schedule, Start
from engines.generative.runs import history, png, png_texts, steps_file

SPEC = SampleSpec("analytic:digits", steps=5, seeds=(4, 5, 6), sampler="euler")
LISTED = ("files", "made_by")
GREY = np.arange(64, dtype=np.uint8).reshape(8, 8)


def _all(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@given(
    st.builds(
        SampleSpec,
        model=st.text(min_size=1, max_size=20),
        prompt=st.text(max_size=50),
        steps=st.integers(1, 1000),
        seeds=st.lists(st.integers(0, 2**62), min_size=1, max_size=4).map(tuple),
        options=st.dictionaries(st.text(max_size=5), st.floats(-1e9, 1e9), max_size=3),
        guidance=st.builds(Guidance, st.floats(-10, 10), interval=st.none() | st.just((0.5, 2.0))),
        schedule=st.builds(
            Schedule, sigma_max=st.none() | st.floats(0, 1e3), points=st.just(((0.0, 1.5), (1.0, -3.0)))
        ),
        start=st.none() | st.builds(Start, st.just("image"), st.text(max_size=20)),
    )
)
@settings(max_examples=30)
def test_settings_come_back_from_a_png_as_they_went_in(tmp_path_factory, spec) -> None:
    path = tmp_path_factory.mktemp("png") / "a.png"
    history.write_png(path, GREY, png.settings_texts(spec, 2))
    assert history.read_settings_of(path) == (spec, 2)
    assert np.array_equal(history.read_image(path), GREY)


def test_other_programs_read_the_picture_and_its_parameters(tmp_path) -> None:
    spec = replace(SPEC, prompt="ein schöner Hund", negative="cat", size=(8, 16), classes=(3,))
    path = tmp_path / "a.png"
    history.write_png(path, np.dstack([GREY, GREY * 2, GREY * 3]), png.settings_texts(spec, 1))
    assert np.array_equal(cv2.imread(str(path))[..., ::-1], np.dstack([GREY, GREY * 2, GREY * 3]))
    line = png.read_texts(path)["parameters"]
    assert line.startswith("ein schöner Hund\nNegative prompt: cat\nSteps: 5, Sampler: euler")
    assert "Seed: 5" in line
    assert "Size: 16x8" in line
    assert "Class: 3" in line
    Image = pytest.importorskip("PIL.Image", reason="Pillow comes with the models extra")
    with Image.open(path) as picture:
        assert json.loads(picture.text["kinoscope"])["sample"] == 1


def test_every_chunk_has_its_checksum(tmp_path) -> None:
    path = tmp_path / "a.png"
    history.write_png(path, GREY, png.settings_texts(SPEC, 0))
    data, at, kinds = path.read_bytes(), 8, []
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        body = data[at + 4 : at + 8 + length]
        assert zlib.crc32(body) == int.from_bytes(data[at + 8 + length : at + 12 + length], "big")
        kinds.append(body[:4])
        at += 12 + length
    assert kinds[0] == b"IHDR"
    assert kinds[-1] == b"IEND"
    assert kinds.count(b"tEXt") == 2


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffiTXtkino"])
def test_a_file_without_settings_says_so(tmp_path, content) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="Not a PNG|no settings"):
        history.read_settings(path)


def test_settings_that_make_no_sense_say_so(tmp_path) -> None:
    path = tmp_path / "a.png"
    for text in ("{", '{"spec": 3, "sample": 0}', '{"spec": {"model": "x", "steps": "many"}, "sample": 0}'):
        history.write_png(path, GREY, {"kinoscope": text})
        with pytest.raises(BadInput, match="make no sense"):
            history.read_settings(path)
    with pytest.raises(FileMissing, match="no such picture"):
        history.read_settings(tmp_path / "nowhere.png")


@given(st.binary(max_size=200))
@settings(max_examples=50)
def test_no_bytes_make_the_reader_fail_otherwise(tmp_path_factory, junk) -> None:
    path = tmp_path_factory.mktemp("png") / "a.png"
    path.write_bytes(png_texts.SIGNATURE + junk)
    with pytest.raises(BadInput):
        history.read_settings(path)


def test_runs_are_listed_newest_first_and_deleted_with_their_folder() -> None:
    first, second = (run(replace(SPEC, steps=steps), PlainContext()) for steps in (2, 3))
    broken = history.new_folder("broken")
    (broken / "run.json").write_text("{")
    assert [stored.folder for stored in history.runs()] == [second.folder, first.folder]
    assert [stored.spec.steps for stored in history.runs(limit=1)] == [3]
    stored = history.read_run(first.folder)
    assert Path(stored.thumbnail).is_file()
    assert max(history.read_image(Path(stored.thumbnail)).shape) <= 160
    history.delete_run(first.folder)
    assert not Path(first.folder).exists()
    assert [stored.folder for stored in history.runs()] == [second.folder]


def test_a_run_from_infinite_noise_is_kept_as_json_that_others_read(tmp_path) -> None:
    flow = replace(SPEC, model="mnist-flow", steps=2, schedule=Schedule("flow"), out=str(tmp_path / "run"))
    result = run(flow, PlainContext())
    text = (tmp_path / "run" / "run.json").read_text("utf-8")
    json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert result.sigmas[0] == math.inf
    assert history.read_run(tmp_path / "run").result == result


def test_deleting_takes_only_what_a_run_wrote(tmp_path) -> None:
    result = run(replace(SPEC, out=str(tmp_path / "mine")), PlainContext())
    (tmp_path / "mine" / "notes.txt").write_text("keep me")
    history.delete_run(result.folder)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    with pytest.raises(BadInput, match="Only the folder of a run"):
        history.delete_run(tmp_path / "mine")


def test_a_folder_with_anything_else_is_refused_and_nothing_in_it_is_touched(tmp_path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("0000.png", "0007.png", "grid.png", "steps.npz"):
        (photos / name).write_bytes(b"mine")
    before = _all(photos)
    stopped = PlainContext()
    stopped.cancelled.set()
    for ctx in (PlainContext(), stopped):
        with pytest.raises(BadInput, match=r"not of an earlier run: 0000\.png"):
            run(replace(SPEC, out=str(photos)), ctx)
    assert _all(photos) == before


def test_a_run_takes_the_place_of_an_earlier_one_with_all_its_files(tmp_path) -> None:
    out = str(tmp_path / "run")
    run(replace(SPEC, seeds=tuple(range(5)), out=out), PlainContext())
    result = run(replace(SPEC, seeds=(1, 2), keep_steps=False, out=out), PlainContext())
    assert sorted(_all(tmp_path / "run")) == ["0000.png", "0001.png", "grid.png", "run.json", "thumbnail.png"]
    assert history.read_run(out).result == result


@pytest.mark.parametrize("model", ["analytic:digits", "analytic:moons"])
def test_of_a_run_without_a_list_only_what_is_provably_its_own_is_taken(tmp_path, model) -> None:
    result = run(replace(SPEC, model=model, out=str(tmp_path / "run")), PlainContext())
    folder, path = tmp_path / "run", tmp_path / "run" / "run.json"
    wrote = set(_all(folder))
    kept = {name: value for name, value in json.loads(path.read_text("utf-8")).items() if name not in LISTED}
    path.write_text(json.dumps(kept))
    other = run(replace(SPEC, model=model, steps=6, out=str(tmp_path / "other")), PlainContext())
    mine = {"0003.png": b"mine", "0001.png": (Path(other.folder) / "grid.png").read_bytes(), "notes.txt": b"mine"}
    for name, content in mine.items():
        (folder / name).write_bytes(content)
    with pytest.raises(BadInput, match="not of an earlier run"):
        run(replace(SPEC, model=model, out=result.folder), PlainContext())
    assert set(_all(folder)) == wrote | set(mine)
    history.delete_run(folder)
    assert _all(folder) == mine


def test_a_run_without_a_list_is_replaced_as_before(tmp_path) -> None:
    path = tmp_path / "run.json"
    run(replace(SPEC, out=str(tmp_path)), PlainContext())
    kept = {name: value for name, value in json.loads(path.read_text("utf-8")).items() if name not in LISTED}
    path.write_text(json.dumps(kept))
    assert run(replace(SPEC, steps=3, out=str(tmp_path)), PlainContext()) == history.read_run(tmp_path).result


def test_a_run_never_takes_the_place_of_the_picture_it_begins_at(tmp_path) -> None:
    first = run(replace(SPEC, out=str(tmp_path / "run")), PlainContext())
    before = _all(tmp_path / "run")
    again = replace(SPEC, start=Start("image", first.files[0]), seeds=(1,), out=first.folder)
    with pytest.raises(UsageError, match="made from"):
        run(again, PlainContext())
    assert _all(tmp_path / "run") == before


def test_a_run_that_fails_leaves_what_was_there_before(tmp_path, monkeypatch) -> None:
    good = run(replace(SPEC, out=str(tmp_path / "mine")), PlainContext())
    before = {path.name: path.read_bytes() for path in Path(good.folder).iterdir()}
    stopped = PlainContext()
    stopped.cancelled.set()
    with pytest.raises(Exception, match="Cancelled"):
        run(replace(SPEC, steps=7, out=good.folder), stopped)
    assert {path.name: path.read_bytes() for path in Path(good.folder).iterdir()} == before


def test_steps_are_the_states_and_estimates_of_the_run() -> None:
    result = run(SPEC, PlainContext())
    with history.Steps(result.folder) as steps:
        assert steps.steps == tuple(range(6))
        assert steps.sigmas == result.sigmas
        for at in range(5):
            moved = steps.denoised(at) + (steps.sigmas[at + 1] / steps.sigmas[at]) * (steps.y(at) - steps.denoised(at))
            assert np.allclose(moved, steps.y(at + 1), atol=2e-3 * max(1, steps.sigmas[at]))
        assert abs(float(steps.eps(0).std()) - 1) < 0.1
        assert not steps.difference(0).any()
        pictures = steps.pictures(5)
        assert np.array_equal(pictures["y"][0], history.read_image(Path(result.files[0])))
        assert set(pictures) == {"y", "denoised", "eps", "difference"}
        assert pictures["difference"].shape == (3, 8, 8)


def test_steps_of_several_batches_are_put_together() -> None:
    whole, parts = (run(replace(SPEC, batch=batch), PlainContext()) for batch in (0, 2))
    with history.Steps(whole.folder) as one, history.Steps(parts.folder) as two:
        assert np.allclose(one.y(2), two.y(2), atol=1e-2)
        assert len(two.denoised(2)) == 3


def test_infinite_noise_is_kept_as_such() -> None:
    result = run(replace(SPEC, schedule=Schedule("flow", sigma_max=0.0)), PlainContext())
    with history.Steps(result.folder) as steps:
        assert steps.sigmas[0] == math.inf
        assert np.array_equal(steps.eps(0), steps.y(0))
        assert steps.pictures(0)["y"].std() > 30


@given(st.integers(1, 1001), st.integers(1, 5000), st.sampled_from([(2,), (1, 28, 28), (3, 64, 64), (16, 128, 128)]))
def test_steps_stay_within_their_budget(levels, samples, shape) -> None:
    every, kept = steps_file.thinning(levels, samples, shape)
    size = (levels // every + 1) * kept * 2 * math.prod(shape) * (4 if len(shape) == 1 else 2)
    assert every >= 1
    assert 1 <= kept <= samples
    assert size <= 1.1 * steps_file.BUDGET or kept <= steps_file.LEAST_SAMPLES


def test_a_damaged_or_missing_steps_file_says_so() -> None:
    result = run(replace(SPEC, keep_steps=False), PlainContext())
    with pytest.raises(BadInput, match="No steps were kept"):
        history.Steps(result.folder)
    history.steps_path(result.folder).write_bytes(b"PK not a zip")
    with pytest.raises(BadInput, match="cannot be read"):
        history.Steps(result.folder)


def test_numpy_opens_the_steps(tmp_path) -> None:
    result = run(replace(SPEC, model="analytic:digits", schedule=Schedule("flow", sigma_max=0.0)), PlainContext())
    with np.load(history.steps_path(result.folder)) as arrays, history.Steps(result.folder) as steps:
        assert all(isinstance(arrays[name], np.ndarray) for name in arrays.files)
        assert tuple(arrays["sigmas"].tolist()) == steps.sigmas == result.sigmas
        assert arrays["steps"].tolist() == list(range(6))
        assert np.array_equal(arrays["y.5.0"], steps.y(5))
        assert (float(arrays["low"]), float(arrays["high"])) == (steps.low, steps.high)


def _old_steps(path: Path, head: bytes, packed: int = zipfile.ZIP_STORED) -> None:
    """A file of the kind that was written before, of one sample (1, 2, 2) at two levels."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("head.json", head, packed)
        for name in ("y.0.0", "D.0.0", "y.1.0"):
            content = io.BytesIO()
            np.save(content, np.full((1, 1, 2, 2), 0.5, np.float16))
            file.writestr(f"{name}.npy", content.getvalue())


def test_steps_of_before_are_read(tmp_path) -> None:
    head = {"steps": [0, 1], "sigmas": [None, 0.0], "samples": 1, "low": -1.0, "high": 1.0, "all": 1}
    _old_steps(tmp_path / "steps.npz", json.dumps(head).encode())
    with history.Steps(tmp_path) as steps:
        assert steps.sigmas == (math.inf, 0.0)
        assert np.array_equal(steps.y(1), np.full((1, 1, 2, 2), 0.5))


@pytest.mark.parametrize("name", ["head.json", "sigmas.npy"])
def test_steps_that_unpack_to_gigabytes_take_no_memory(tmp_path, name) -> None:
    with zipfile.ZipFile(tmp_path / "steps.npz", "w", zipfile.ZIP_DEFLATED) as file, file.open(name, "w") as member:
        for _ in range(64):
            member.write(bytes(2**20))
    tracemalloc.start()
    try:
        with pytest.raises(BadInput, match="cannot be read"):
            history.Steps(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 2**23
    finally:
        tracemalloc.stop()


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=4))
@settings(max_examples=60)
def test_damaged_steps_are_refused_or_read(tmp_path_factory, at, junk) -> None:
    folder = tmp_path_factory.mktemp("steps")
    path = folder / "steps.npz"
    with history.StepsWriter(path, (1.0, 0.0), 1, (1, 2, 2)) as writer:
        for step in (0, 1):
            writer.add(step, 0, np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2)))
    data = bytearray(path.read_bytes())
    data[at % len(data) : at % len(data) + len(junk)] = junk
    path.write_bytes(data)
    try:
        with history.Steps(path) as steps:
            for index in range(len(steps)):
                steps.pictures(index)
    except BadInput:
        pass
