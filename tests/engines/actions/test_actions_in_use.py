"""What the live engine runs, as files; and which files are models of it, told by their heads."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from engines.actions.features.appearance import CONVERTED_NAME, picture_input
from engines.actions.in_use import models_of
from engines.actions.models.files import is_model
from engines.actions.types import HeadShape, ModelCard, Recipe, WatchSettings
from engines.core.store.registry import REGISTRY


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KINOSCOPE_STORE", str(tmp_path))
    (tmp_path / "prepared").mkdir()
    (tmp_path / "prepared" / CONVERTED_NAME).touch()
    for name in ("pose-detection", "pose-landmarks"):
        (tmp_path / REGISTRY[name].filename).touch()
    return tmp_path


def test_networks_and_head_follow_the_recipe(store: Path) -> None:
    (store / "mine.safetensors").touch()
    settings = WatchSettings(str(store / "mine.safetensors"))
    card = ModelCard("Mine", ("background", "walk"), HeadShape(), Recipe(("appearance", "motion"), crop="centre"))
    lite, head = models_of(settings, card, "usb1")
    assert (lite.title, Path(lite.path).name) == ("EfficientNet-Lite0", CONVERTED_NAME)
    assert (head.title, head.path, head.preprocessing, head.feed) == ("Mine", settings.model, None, "usb1")
    assert [one.title for one in models_of(WatchSettings(), None, "")] == ["Pose detection", "Pose landmarks"]


@pytest.mark.parametrize("crop", ["squash", "centre"])
def test_pictures_go_in_as_the_features_are_made(store: Path, crop: str) -> None:
    card = ModelCard("Mine", ("background", "walk"), HeadShape(), Recipe(("appearance",), crop=crop, side=96))
    how = models_of(WatchSettings(), card, "")[0].preprocessing
    assert how is not None
    image = np.random.default_rng(0).integers(0, 256, (288, 384, 3), np.uint8)
    given, _placed = how.prepare(image)
    assert np.abs(given - picture_input(image, 96, crop)).max() <= 1 / 128 + 1e-6


def test_a_model_is_told_by_its_head_alone(tmp_path: Path) -> None:
    def write(name: str, head: object) -> Path:
        text = json.dumps(head).encode()
        (tmp_path / name).write_bytes(struct.pack("<Q", len(text)) + text)
        return tmp_path / name

    assert is_model(write("ours.safetensors", {"__metadata__": {"kinoscope.actions": "{}"}}))
    assert not is_model(write("other.safetensors", {"__metadata__": {"format": "pt"}}))
    assert not is_model(write("odd.safetensors", {"__metadata__": ["kinoscope.actions"]}))
    (tmp_path / "huge.safetensors").write_bytes(struct.pack("<Q", 5_000_000) + b" " * 5_000_000)
    assert not is_model(tmp_path / "huge.safetensors")
    assert not is_model(tmp_path / "missing.safetensors")
    assert not is_model(tmp_path)
