"""Recognisers of the user's own: read by their card, refused in words, run fast without a different result."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engines.core.errors import BadInput, FileMissing, UsageError
from engines.faces.recognition.embed import SFace
from engines.faces.recognition.networks import open_network
from engines.faces.recognition.recognisers import open_recogniser

RNG = np.random.default_rng(0)
FACES = RNG.integers(0, 256, (5, 112, 112, 3)).astype(np.uint8)
WEIGHTS = RNG.normal(size=(8, 3)).astype(np.float32)
NCHW = ["n", 3, 112, 112]


def _saved(path: Path, nodes: list, shape: list, weights: dict[str, np.ndarray], output: str = "y") -> Path:
    given = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    taken = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    made = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [taken], [made], given)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return path


def _means(path: Path, shape: list, weights: np.ndarray = WEIGHTS) -> Path:
    """A recogniser whose vector is `weights` times the mean of each channel as it comes in."""
    axes = [2, 3] if shape[1] == 3 else [1, 2]
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["m"], axes=axes, keepdims=0),
        helper.make_node("MatMul", ["m", "w"], ["y"]),
    ]
    return _saved(path, nodes, shape, {"w": weights.T.copy()})


def _expected(mean, std, rgb: bool) -> np.ndarray:
    values = (FACES[..., ::-1] if rgb else FACES).astype(np.float64)
    vectors = ((values - mean) / std).mean(axis=(1, 2)) @ WEIGHTS.T
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("shape", [NCHW, [1, 3, 112, 112], ["n", 3, "h", "w"], ["n", 112, 112, 3], [1, 112, 112, 3]])
def test_without_a_card_it_is_taken_for_arcface(tmp_path: Path, shape: list):
    model = open_recogniser(_means(tmp_path / "mine.onnx", shape))
    np.testing.assert_allclose(model.embed(FACES), _expected(127.5, 127.5, True), atol=2e-4)
    assert (model.card.name, model.card.dim, model.card.size) == ("mine", 8, 112)
    assert model.card.sha256 == hashlib.sha256((tmp_path / "mine.onnx").read_bytes()).hexdigest()
    assert model.embed(FACES[:0]).shape == (0, 8)


def test_the_card_says_how_pictures_go_in(tmp_path: Path):
    path = _means(tmp_path / "mine.onnx", NCHW)
    mean, std = [10.0, 20.0, 30.0], [50.0, 60.0, 70.0]
    card = {"title": "Mine", "licence": "MIT", "mean": mean, "std": std, "order": "bgr", "lengths": [0, 5]}
    path.with_suffix(".json").write_text(json.dumps(card))
    model = open_recogniser(path)
    np.testing.assert_allclose(model.embed(FACES), _expected(mean, std, False), atol=2e-5)
    assert (model.card.title, model.card.licence) == ("Mine", "MIT")


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ('{"sha256": "' + "0" * 64 + '"}', "not the file its card speaks of"),
        ("not json", "Not valid JSON"),
        ("[]", "not a JSON object"),
        ('{"order": "GRB"}', "order 'GRB'"),
        ('{"mean": [1, 2]}', "not a number or three"),
        ('{"std": 0}', "std 0"),
        ('{"lengths": [2, 1]}', "lengths"),
    ],
)
def test_a_bad_card_is_refused_in_words(tmp_path: Path, card: str, words: str):
    path = _means(tmp_path / "mine.onnx", NCHW)
    path.with_suffix(".json").write_text(card)
    with pytest.raises(BadInput, match=words):
        open_recogniser(path)


@pytest.mark.parametrize("shape", [["n", 3, 160, 160], ["n", 1, 112, 112], [4, 3, 112, 112], ["n", 3, 112], ["n", 128]])
def test_a_network_of_another_shape_is_refused(tmp_path: Path, shape: list):
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    with pytest.raises(BadInput) as refused:
        open_recogniser(_saved(tmp_path / "other.onnx", nodes, shape, {}))
    assert "other.onnx" in str(refused.value)


def test_what_gives_no_vector_or_is_no_network_is_refused(tmp_path: Path):
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    with pytest.raises(BadInput, match="gives the shape"):
        open_recogniser(_saved(tmp_path / "a.onnx", nodes, NCHW, {}))
    (tmp_path / "b.onnx").write_bytes(b"not a network")
    with pytest.raises(BadInput, match="Not an ONNX model"):
        open_recogniser(tmp_path / "b.onnx")
    with pytest.raises(FileMissing):
        open_recogniser(tmp_path / "c.onnx")
    with pytest.raises(UsageError, match="called 'sfase'"):
        open_recogniser("sfase")


def test_a_head_goes_on_from_another_recognisers_vectors(tmp_path: Path):
    base = _means(tmp_path / "base.onnx", NCHW)
    turn = np.linalg.qr(RNG.normal(size=(8, 8)))[0].astype(np.float32)
    nodes = [helper.make_node("MatMul", ["x", "t"], ["y"])]
    head = _saved(tmp_path / "head.onnx", nodes, ["n", 8], {"t": turn})
    with pytest.raises(BadInput, match="vectors, not pictures"):
        open_recogniser(head)
    head.with_suffix(".json").write_text('{"of": "base.onnx"}')
    expected = open_recogniser(base).embed(FACES) @ turn
    np.testing.assert_allclose(open_recogniser(head).embed(FACES), expected, atol=1e-5)


def test_split_prelus_give_the_same_numbers(tmp_path: Path):
    kernel = RNG.normal(size=(16, 3, 3, 3)).astype(np.float32) / 5
    slopes = RNG.uniform(-0.5, 1.5, (16, 1, 1)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "k"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node("PRelu", ["c", "a"], ["y"]),
    ]
    path = _saved(tmp_path / "p.onnx", nodes, [1, 3, 12, 12], {"k": kernel, "a": slopes})
    x = RNG.normal(size=(1, 3, 12, 12)).astype(np.float32)
    padded = np.pad(x[0], ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    c = np.einsum("cyxij,ocij->oyx", windows.astype(np.float64), kernel)
    expected = np.where(c > 0, c, slopes * c)
    np.testing.assert_allclose(open_network(path).run(None, {"x": x})[0][0], expected, atol=1e-5)


def test_a_face_and_its_mirror_are_alike_and_noise_is_not_clear(data: Path, weights):
    from engines.core.pictures.reading import read_picture
    from engines.faces.detection.yunet import YuNet
    from engines.faces.recognition import align

    weights("yunet", "sface")
    image = read_picture(data / "faces" / "photos" / "t1.jpg")
    crops = align.crops(image, YuNet().detect(image).points)
    vectors, clarity = SFace().judge(crops)
    mirrored = SFace().embed(crops[:, :, ::-1])
    noise = SFace().judge(FACES)[1]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert ((vectors * mirrored).sum(axis=1) > 0.85).all()
    assert clarity is not None
    assert noise is not None
    assert clarity.min() > 0.4
    assert noise.max() < clarity.min()
