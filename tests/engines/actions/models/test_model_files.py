"""Model files: what is saved comes back to the bit, and whatever is wrong with a file is said."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from engines.actions.models import files as model_files
from engines.actions.models.files import Model, model_path, open_model, read_card, save_model
from engines.actions.types import HeadShape, ModelCard, Recipe
from engines.core.errors import BadInput, OutOfResources
from engines.core.frames import Size

CARD = ModelCard(
    name="waves",
    classes=("background", "winken", "Sprung über"),
    shape=HeadShape(kind="gru", inputs=(3, 2), classes=3, features=4, hidden=4, future_steps=2, window=9, norm=False),
    recipe=Recipe(("appearance", "motion"), (3, 2), 7.5, "centre", 192, Size(64, 48), (("net", "ab12"),), "", 3),
    horizons=(0.5, 1.0),
    map=0.75,
    trained_on="clip.mp4 (0:191)",
    seconds=12.5,
)


def saved(path: Path, seed: int = 0) -> tuple[ModelCard, dict[str, np.ndarray], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    weights = {"gru.weight": rng.normal(size=(4, 5)), "f.bias": rng.normal(size=3)}
    mean, deviation = rng.normal(size=5), rng.uniform(0.5, 2, 5)
    return save_model(path, CARD, weights, mean, deviation), weights, mean, deviation


def test_a_model_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "waves.safetensors"
    card, weights, mean, deviation = saved(path)
    model = open_model(path)
    assert model.card == card == replace(CARD, parameters=23, sha256=card.sha256)
    assert len(card.sha256) == 64
    assert read_card(path) == replace(card, sha256="")
    assert model.weights.keys() == weights.keys()
    for name, value in weights.items():
        assert (model.weights[name] == value.astype(np.float32)).all()
    x = np.random.default_rng(1).normal(size=(6, 5)).astype(np.float32)
    assert np.allclose(model.standardise(x), (x - mean) / deviation, atol=1e-6)


def test_other_tools_read_it_too(tmp_path: Path) -> None:
    saved(tmp_path / "waves.safetensors")
    with safe_open(tmp_path / "waves.safetensors", "np") as file:
        assert set(file.keys()) == {"gru.weight", "f.bias", "features.mean", "features.deviation"}
        assert json.loads(file.metadata()["kinoscope.actions"])["classes"] == list(CARD.classes)


def test_a_model_is_called_as_asked_with_the_suffix_of_its_kind() -> None:
    assert model_path("a/mine") == Path("a/mine.safetensors")
    assert model_path("a/mine.v2") == Path("a/mine.v2.safetensors")
    assert model_path("a/mine.SAFETENSORS") == Path("a/mine.SAFETENSORS")


def rewritten(path: Path, key: str, value: str | None) -> Path:
    """The same tensors with one entry of the metadata changed."""
    with safe_open(path, "np") as file:
        said = dict(file.metadata())
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    said.pop(key)
    save_file(tensors, path, said | ({} if value is None else {key: value}))
    return path


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (model_files.KEY, None, "no model of the actions engine"),
        (model_files.KEY, "{", "card of the model"),
        (model_files.KEY, '{"name": "x", "classes": ["background"]}', "shape"),
        (model_files.VERSION_KEY, "2", "version 2"),
    ],
)
def test_files_of_others_are_refused(tmp_path: Path, key: str, value: str | None, words: str) -> None:
    path = tmp_path / "waves.safetensors"
    saved(path)
    with pytest.raises(BadInput, match=words) as told:
        open_model(rewritten(path, key, value))
    assert told.value.path == str(path)


@pytest.mark.parametrize("keep", [0, 5, 40, 600, -1])
def test_broken_files_are_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "waves.safetensors"
    saved(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(BadInput):
        open_model(path)


def test_what_is_no_file_or_no_safetensors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such model"):
        open_model(tmp_path / "none.safetensors")
    (tmp_path / "clip.avi").write_bytes(bytes(range(256)) * 40)
    with pytest.raises(BadInput, match="safetensors"):
        open_model(tmp_path / "clip.avi")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"weights": {"w": np.array([1.0, np.nan])}}, "NaN"),
        ({"mean": np.zeros(4)}, "features.mean"),
        ({"deviation": np.array([1, 1, 0, 1, 1.0])}, "not positive"),
        ({"card": replace(CARD, classes=("background", "winken"))}, "2 classes"),
        ({"card": replace(CARD, classes=("winken", "background", "x"))}, "background"),
    ],
)
def test_what_would_answer_wrongly_is_never_written(tmp_path: Path, changed: dict[str, object], words: str) -> None:
    asked: dict[str, object] = {"card": CARD, "weights": {"w": np.ones(2)}, "mean": np.zeros(5)}
    asked |= {"deviation": np.ones(5)} | changed
    with pytest.raises(BadInput, match=words):
        save_model(tmp_path / "x.safetensors", **asked)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_old_model_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "waves.safetensors"
    saved(path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutOfResources, match="disk is full"):
        saved(path, seed=1)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert isinstance(open_model(path), Model)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
