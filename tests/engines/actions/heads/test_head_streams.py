"""A stream gives chunk by chunk what the whole sequence gives at once: as a network and in numpy, for every kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engines.actions.heads import matrices, products, weight_table
from engines.actions.heads.building import build
from engines.actions.heads.streaming import open_stream, softmax
from engines.actions.types import HeadShape
from engines.core.errors import BadInput, UsageError
from tests.programs import run

KINDS = ("trn", "idn", "miniroad", "gru", "lstm", "frame")
SHAPE = HeadShape("trn", (7, 5), classes=4, features=9, hidden=6, future_steps=3, window=5)
CHUNKS = 13
CLOSE = {"rtol": 0.0, "atol": 1e-12}


def made(shape, seed=0, std=0.7):
    torch.manual_seed(seed)
    network = build(shape).double().eval()
    for weight in network.parameters():
        torch.nn.init.normal_(weight, std=std)
    x = torch.randn(2, CHUNKS, sum(shape.inputs), dtype=torch.float64)
    with torch.no_grad():
        return network, x, network(x)


def arrays(network):
    return {name: weight.numpy() for name, weight in network.state_dict().items()}


def every_shape():
    for kind in KINDS:
        for norm in (True, False):
            for steps in (0, 3):
                yield replace(SHAPE, kind=kind, norm=norm, future_steps=steps)
    yield replace(SHAPE, kind="idn", hard_sigmoid=False)
    yield replace(SHAPE, kind="idn", window=1)
    yield replace(SHAPE, kind="idn", window=2 * CHUNKS)


def name_of(shape):
    return f"{shape.kind}-{'norm' if shape.norm else 'plain'}-{shape.future_steps}-{shape.window}"


@pytest.mark.parametrize("shape", list(every_shape()), ids=name_of)
def test_steps_of_the_network_equal_the_whole(shape) -> None:
    network, x, whole = made(shape)
    state = None
    with torch.no_grad():
        for t in range(CHUNKS):
            output, state = network.step(x[:, t], state)
            for part, expected in zip(output, whole, strict=True):
                assert (part is None) == (expected is None)
                if part is not None:
                    np.testing.assert_allclose(part, expected[:, t], **CLOSE)


@pytest.mark.parametrize("shape", list(every_shape()), ids=name_of)
def test_the_numpy_stream_equals_the_whole_and_starts_anew(shape) -> None:
    network, x, whole = made(shape)
    stream = open_stream(shape, arrays(network), np.float64)
    for row in range(len(x)):
        stream.reset()
        steps = [stream.step(chunk) for chunk in x[row].numpy()]
        np.testing.assert_allclose([step.logits for step in steps], whole.logits[row], **CLOSE)
        assert (steps[0].ahead is None) == (shape.future_steps == 0)
        if shape.future_steps:
            np.testing.assert_allclose([step.ahead for step in steps], whole.ahead[row], **CLOSE)


@pytest.mark.parametrize("steps", [0, 1, 4])
def test_the_fast_path_of_trn_equals_the_plain_one(steps) -> None:
    network, x, whole = made(replace(SHAPE, future_steps=steps))
    state = None
    with torch.no_grad():
        for t in range(CHUNKS):
            output, state = network.plain_step(x[:, t], state)
            np.testing.assert_allclose(output.logits, whole.logits[:, t], **CLOSE)
            if steps:
                np.testing.assert_allclose(output.ahead, whole.ahead[:, t], **CLOSE)


def test_single_precision_stays_close_over_a_long_stream() -> None:
    network, _, _ = made(replace(SHAPE, features=64, hidden=48), std=0.2)
    x = torch.randn(1, 400, 12, dtype=torch.float64)
    with torch.no_grad():
        whole = network(x).logits[0].softmax(-1)
    stream = open_stream(replace(SHAPE, features=64, hidden=48), arrays(network))
    steps = np.array([softmax(stream.step(chunk).logits) for chunk in x[0].numpy()])
    assert steps.dtype == np.float32
    np.testing.assert_allclose(steps, whole, rtol=0, atol=1e-5)


def test_what_a_stream_gave_stays_as_it_was() -> None:
    network, x, _ = made(SHAPE)
    stream = open_stream(SHAPE, arrays(network), np.float64)
    first = stream.step(x[0, 0].numpy())
    kept = [part.copy() for part in first]
    stream.step(x[0, 1].numpy())
    for part, expected in zip(first, kept, strict=True):
        np.testing.assert_array_equal(part, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_features_of_another_length_are_refused_in_words(kind) -> None:
    shape = replace(SHAPE, kind=kind)
    stream = open_stream(shape, arrays(made(shape)[0]))
    with pytest.raises(BadInput, match="12 features a chunk and was given 11"):
        stream.step(np.zeros(11, dtype=np.float32))


@pytest.mark.parametrize("kind", KINDS)
def test_weights_that_do_not_fit_are_refused_in_words(kind) -> None:
    shape = replace(SHAPE, kind=kind)
    weights = arrays(made(shape)[0])
    name = next(name for name in weights if name.startswith(("classifier", "f_classification")))
    with pytest.raises(BadInput, match="no weights called"):
        open_stream(shape, {key: value for key, value in weights.items() if key != name})
    with pytest.raises(BadInput, match=r"where the model's sizes ask for"):
        open_stream(replace(shape, classes=5), weights)


def test_softmax_is_a_distribution_for_any_size_of_scores() -> None:
    scores = np.array([[1000.0, 0.0, -1000.0], [0.1, 0.2, 0.3]])
    np.testing.assert_allclose(softmax(scores), torch.softmax(torch.from_numpy(scores), -1), rtol=1e-14)


def test_a_shape_that_no_network_can_have_is_refused() -> None:
    for wrong in ({"inputs": ()}, {"classes": 1}, {"hidden": 0}, {"future_steps": -1}, {"dropout": 1.0}):
        with pytest.raises(UsageError):
            build(replace(SHAPE, **wrong))


@pytest.mark.parametrize("kind", ["trn", "miniroad", "gru", "lstm"])
def test_reading_active_units_alone_changes_no_number(kind, monkeypatch) -> None:
    monkeypatch.setattr(weight_table, "LARGE", 0)
    monkeypatch.setattr(matrices, "PATIENCE", 2)
    shape = replace(SHAPE, kind=kind, features=40, hidden=30)
    network, _, _ = made(shape, std=0.2)
    x = torch.randn(1, 60, 12, dtype=torch.float64).cumsum(1) / 4
    with torch.no_grad():
        whole = network(x).logits[0]
    stream = open_stream(shape, arrays(network), np.float64)
    read = []
    for chunk, expected in zip(x[0].numpy(), whole.numpy(), strict=True):
        np.testing.assert_allclose(stream.step(chunk).logits, expected, **CLOSE)
        read.append(stream.bytes_read)
    assert min(read) < 0.9 * read[0]


def test_active_rows_equal_the_whole_matrix_whatever_wakes(monkeypatch) -> None:
    """Units fall asleep, wake one by one and all at once; the product is the same and reads what it needs."""
    monkeypatch.setattr(matrices, "PATIENCE", 3)
    rng = np.random.default_rng(4)
    weight = rng.normal(size=(17, 300))
    rows, out = matrices.ActiveRows(weight, products.Team(1)), np.zeros(17)
    for share in [0.1] * 300 + [0.9] + [0.05] * 200:
        x = np.where(np.arange(300) % 20 < 20 * share, rng.normal(size=300), 0.0)
        x[rng.integers(300)] = 1.0
        rows.times(x, out)
        np.testing.assert_allclose(out, weight @ x, **CLOSE)
        assert rows.bytes >= np.count_nonzero(x) * 17 * 8
    assert rows.bytes < 0.2 * weight.nbytes


BLAS = """
import numpy
from threadpoolctl import ThreadpoolController
from engines.actions.heads.products import one_thread

libraries = ThreadpoolController().select(user_api="blas")
counts = lambda: {library.num_threads for library in libraries.lib_controllers}
with libraries.limit(limits=2):
    with one_thread():
        with one_thread():
            print(counts())
        print(counts())
    print(counts())
"""
"""In a process of its own: the number of threads is the whole process's, and other tests' threads use it too."""


def test_blas_gets_its_threads_back_when_the_last_has_left() -> None:
    done = run(BLAS)
    assert done.stdout.split("\n")[:3] == ["{1}", "{1}", "{2}"], done.stderr


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_share_products_and_change_no_number(threads, monkeypatch) -> None:
    monkeypatch.setattr(products, "ALONE", 0)
    monkeypatch.setattr(weight_table, "LARGE", 0)
    network, x, whole = made(SHAPE)
    stream = open_stream(SHAPE, arrays(network), np.float64, threads=threads)
    steps = [stream.step(chunk) for chunk in x[0].numpy()]
    np.testing.assert_allclose([step.logits for step in steps], whole.logits[0], **CLOSE)
    np.testing.assert_allclose([step.ahead for step in steps], whole.ahead[0], **CLOSE)
