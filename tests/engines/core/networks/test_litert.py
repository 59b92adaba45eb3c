"""LiteRT networks without what nobody reads: the same bits, less work."""

from __future__ import annotations

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from engines.core.errors import WorkFailed
from engines.core.networks import litert
from engines.core.networks.lean_litert import without
from engines.core.networks.litert import Network
from engines.core.store.fetching import load_path


def interpreter(content: bytes) -> Interpreter:
    made = Interpreter(model_content=content, num_threads=1)
    made.allocate_tensors()
    return made


def given(network: Interpreter, picture: np.ndarray) -> list[np.ndarray]:
    network.set_tensor(network.get_input_details()[0]["index"], picture)
    network.invoke()
    return [network.get_tensor(one["index"]) for one in network.get_output_details()]


@pytest.mark.parametrize("outputs", [(0, 1, 4), (4,), (3, 1)])
def test_what_is_left_gives_the_same_bits(weights, outputs):
    weights("pose-landmarks")
    content = load_path("pose-landmarks").read_bytes()
    picture = np.random.default_rng(0).random((1, 256, 256, 3), np.float32)
    whole, few = interpreter(content), interpreter(without(content, outputs))
    expected = given(whole, picture)
    for ours, place in zip(given(few, picture), outputs, strict=True):
        np.testing.assert_array_equal(ours, expected[place])
    assert len(few._get_ops_details()) < len(whole._get_ops_details())


def test_a_network_reads_what_is_asked_and_all_when_it_cannot_be_cut(weights, monkeypatch):
    weights("pose-landmarks")
    picture = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    cut = Network("pose-landmarks", 1, outputs=(0, 1, 4)).run(picture)

    def fails(*_: object) -> None:
        raise WorkFailed("no")

    monkeypatch.setattr(litert, "lean", fails)
    whole = Network("pose-landmarks", 1, outputs=(0, 1, 4)).run(picture)
    assert [one.size for one in cut] == [195, 1, 117]
    for ours, expected in zip(cut, (whole[0], whole[1], whole[4]), strict=True):
        np.testing.assert_array_equal(ours, expected)
