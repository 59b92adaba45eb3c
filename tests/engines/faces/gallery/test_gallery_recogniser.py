"""A gallery knows where its recogniser lies, says what is missing, and takes no other one for it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.core.errors import BadInput, FileMissing, WorkFailed
from engines.faces.gallery.editing import Gallery
from engines.faces.recognition.embed import Network, SFace
from engines.faces.recognition.recognisers import open_recogniser
from tests.engines.faces.gallery.galleries import CARD
from tests.engines.faces.recognition.own_recognisers import own_head, own_recogniser
from tests.engines.faces.recognition.test_recognisers import FACES


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return own_recogniser(tmp_path / "models" / "good.onnx")


@pytest.fixture
def path(tmp_path: Path, model: Path) -> Path:
    """A gallery of that model."""
    (tmp_path / "galleries").mkdir()
    Gallery.create(tmp_path / "galleries" / "g.faces", open_recogniser(model).card).close()
    return tmp_path / "galleries" / "g.faces"


def asked(path: Path, given: str = "") -> str:
    with Gallery.open(path, read_only=True) as gallery:
        return gallery.recogniser(given)


def test_it_is_found_where_it_was_and_beside_the_gallery(path: Path, model: Path, monkeypatch, tmp_path: Path):
    assert asked(path) == str(model)
    monkeypatch.chdir(tmp_path)
    assert Path(asked(path)).is_absolute()
    beside = path.with_name("good.onnx")
    model.rename(beside)
    assert asked(path) == str(beside)


def test_what_is_missing_is_said(path: Path, model: Path):
    model.rename(model.with_name("moved.onnx"))
    with pytest.raises(FileMissing, match="no longer where it was") as missing:
        asked(path)
    assert missing.value.path == str(model)
    assert "good" in missing.value.message
    assert "Recogniser" in missing.value.hint
    own_recogniser(model, seed=5)
    with pytest.raises(BadInput, match="another one lies in its place"):
        asked(path)
    assert asked(path, "given.onnx") == "given.onnx"


def test_where_it_moved_to_is_remembered(path: Path, model: Path):
    moved = model.rename(model.with_name("moved.onnx"))
    with Gallery.open(path) as gallery:
        gallery.locate(open_recogniser(moved).card)
        gallery.locate(open_recogniser(own_recogniser(model, seed=5)).card)
        assert gallery.recogniser() == str(moved)
    assert asked(path) == str(moved)


def test_a_gallery_from_before_it_was_remembered(path: Path, model: Path):
    base = sqlite3.connect(path)
    card = json.loads(base.execute("SELECT value FROM meta WHERE key = 'card'").fetchone()[0])
    del card["file"]
    base.execute("UPDATE meta SET value = ? WHERE key = 'card'", (json.dumps(card),))
    base.commit()
    base.close()
    with pytest.raises(FileMissing, match="does not say where"):
        asked(path)
    model.rename(path.with_name("good.onnx"))
    assert asked(path) == str(path.with_name("good.onnx"))


@pytest.mark.parametrize("name", ["sface", "dlib"])
def test_ours_are_known_by_name(tmp_path: Path, name: str):
    Gallery.create(tmp_path / "g.faces", replace(CARD, name=name)).close()
    assert asked(tmp_path / "g.faces") == name


def test_a_file_called_like_one_of_ours_is_not_taken_for_it(tmp_path: Path):
    card = open_recogniser(own_recogniser(tmp_path / "sface.onnx")).card
    assert card.name == "sface.onnx"


def test_a_head_goes_with_the_recogniser_it_was_trained_on(tmp_path: Path, model: Path):
    base = open_recogniser(model)
    head = own_head(tmp_path / "models" / "head.onnx", str(model), base.card.sha256)
    expected = open_recogniser(head).embed(FACES)
    Gallery.create(tmp_path / "h.faces", open_recogniser(head).card).close()
    assert asked(tmp_path / "h.faces") == str(head)
    (tmp_path / "together").mkdir()
    for file in (model, head, head.with_suffix(".json")):
        file.rename(tmp_path / "together" / file.name)
    moved = tmp_path / "together" / "head.onnx"
    np.testing.assert_array_equal(open_recogniser(moved).embed(FACES), expected)
    own_recogniser(tmp_path / "together" / "good.onnx", seed=5)
    with pytest.raises(BadInput, match="not trained on"):
        open_recogniser(moved)


def test_sface_is_known_by_its_hash(tmp_path: Path, weights):
    weights("sface")
    from engines.core.store.fetching import load_path

    (tmp_path / "downloaded.onnx").symlink_to(load_path("sface"))
    ours, theirs = SFace(), open_recogniser(tmp_path / "downloaded.onnx")
    np.testing.assert_array_equal(theirs.embed(FACES), ours.embed(FACES))
    assert (theirs.card.name, theirs.card.sha256) == (ours.card.name, ours.card.sha256)


@pytest.mark.parametrize(("value", "words"), [(0.0, "zeros"), (np.nan, "no numbers")])
def test_a_network_that_says_nothing_of_a_face_is_refused(model: Path, value: float, words: str):
    network = open_recogniser(model)
    assert isinstance(network, Network)
    network._run = lambda faces: np.full((len(faces), 8), value, np.float32)  # type: ignore[method-assign]
    with pytest.raises(WorkFailed, match=words):
        network.embed(FACES)
