"""What the live recogniser runs, as files: by its settings, with the numbers that the networks are given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.core.store.registry import REGISTRY
from engines.faces.in_use import PREPROCESSING, models_of
from engines.faces.recognition.embed import Input
from engines.faces.types import FinderSettings, RecogniserSettings


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model store that holds files of these names alone."""
    monkeypatch.setenv("KINOSCOPE_STORE", str(tmp_path))
    for name in ("yunet", "sface", "blazeface-full", "face-landmarks"):
        (tmp_path / REGISTRY[name].filename).touch()
    return tmp_path


def test_files_that_are_there_are_told_with_their_feed(store: Path) -> None:
    models = models_of(RecogniserSettings(gaze=True), "usb1")
    assert [one.title for one in models] == ["SFace", "YuNet", "Face landmarks"]
    assert {one.feed for one in models} == {"usb1"}
    assert models[1].path == str(store / REGISTRY["yunet"].filename)
    assert models[1].sha256 == REGISTRY["yunet"].sha256
    other = models_of(RecogniserSettings(model="/no/such.onnx", finder=FinderSettings("blazeface")), "")
    assert [(one.title, one.preprocessing) for one in other] == [("BlazeFace", PREPROCESSING["blazeface-full"])]


def test_pictures_go_in_as_the_recogniser_gives_them() -> None:
    image = np.random.default_rng(0).integers(0, 256, (112, 112, 3), np.uint8)
    given, _placed = PREPROCESSING["sface"].prepare(image)
    assert np.array_equal(given, Input().data(image[None]))
    whole, _placed = replace(PREPROCESSING["yunet"], size=(112, 112)).prepare(image)
    assert np.array_equal(whole, image.transpose(2, 0, 1)[None].astype(np.float32))
