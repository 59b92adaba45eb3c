"""Each head equals its equations, written out again here in plain numpy, number by number and chunk by chunk."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.actions.heads.building import build
from engines.actions.heads.gru import MiniROAD
from engines.actions.heads.idn import IDN
from engines.actions.heads.trn import TRN
from engines.actions.types import HeadShape

INPUTS, CLASSES, FEATURES, HIDDEN, STEPS, CHUNKS = 7, 4, 5, 6, 3, 11
CLOSE = {"rtol": 0.0, "atol": 1e-12}


def sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))


def hard_sigmoid(a):
    return np.minimum(np.maximum(0.2 * a + 0.5, 0.0), 1.0)


def relu(a):
    return np.where(a > 0, a, 0.0)


def layer_norm(a, gain, shift):
    return (a - a.mean()) / np.sqrt(((a - a.mean()) ** 2).mean() + 1e-5) * gain + shift


def lstm_cell(x, h, c, w, name):
    rows = w[f"{name}.weight_ih"] @ x + w[f"{name}.bias_ih"] + w[f"{name}.weight_hh"] @ h + w[f"{name}.bias_hh"]
    i, f, g, o = (rows[k * len(h) : (k + 1) * len(h)] for k in range(4))
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def affine(w, name, x):
    return w[f"{name}.weight"] @ x + w[f"{name}.bias"]


def trn(w, xs, steps):
    """(logits, ahead) of one sequence, from the equations alone."""
    h, c, f = np.zeros(HIDDEN), np.zeros(HIDDEN), np.zeros(FEATURES)
    now, ahead = [], []
    for x in xs:
        u = relu(affine(w, "feature_extractor.input_linear.0", x))
        h, c = lstm_cell(np.concatenate([u, f]), h, c, w, "enc_cell")
        now.append(affine(w, "classifier", h))
        d_h, d_c, fed = relu(affine(w, "hx_trans.0", h)), relu(affine(w, "cx_trans.0", c)), np.zeros(HIDDEN)
        scores, collected = [], []
        for _ in range(steps):
            d_h, d_c = lstm_cell(fed, d_h, d_c, w, "dec_cell")
            scores.append(affine(w, "classifier", d_h))
            fed = relu(affine(w, "fusion_linear.0", scores[-1]))
            collected.append(relu(affine(w, "future_linear.0", d_h)))
        ahead.append(scores)
        f = sum(collected) / steps
    return np.array(now), np.array(ahead)


def idn(w, xs, window, sigma):
    now = []
    for t in range(len(xs)):
        e = [relu(affine(w, "embedding.0", x)) for x in xs[max(0, t - window + 1) : t + 1]]
        h = np.zeros(HIDDEN)
        for e_t in e:
            r = sigma(w["cell.hr.weight"] @ h + w["cell.zero_r.weight"] @ e[-1])
            z = sigma(w["cell.xz.weight"] @ e_t + w["cell.zero_z.weight"] @ e[-1])
            g = np.tanh(w["cell.xh.weight"] @ e_t + w["cell.hh.weight"] @ (r * h))
            h = (1 - z) * h + z * g
        now.append(affine(w, "classifier", relu(affine(w, "output.0", h))))
    return np.array(now)


def miniroad(w, xs):
    h, now = np.zeros(HIDDEN), []
    for x in xs:
        y = relu(layer_norm(affine(w, "layer1.0", x), w["layer1.1.weight"], w["layer1.1.bias"]))
        seen, kept = (
            w[f"gru.weight_{side}_l0"] @ vector + w[f"gru.bias_{side}_l0"] for side, vector in (("ih", y), ("hh", h))
        )
        r = sigmoid(seen[:HIDDEN] + kept[:HIDDEN])
        z = sigmoid(seen[HIDDEN : 2 * HIDDEN] + kept[HIDDEN : 2 * HIDDEN])
        n = np.tanh(seen[2 * HIDDEN :] + r * kept[2 * HIDDEN :])
        h = (1 - z) * n + z * h
        now.append(affine(w, "f_classification.0", relu(h)))
    return np.array(now)


def filled(network, seed=0):
    """Weights large enough that every nonlinearity bends, in float64."""
    torch.manual_seed(seed)
    for weight in network.double().eval().parameters():
        torch.nn.init.normal_(weight, std=0.7)
    return network, {name: weight.detach().numpy() for name, weight in network.state_dict().items()}


def sequences(count=2):
    return torch.randn(count, CHUNKS, INPUTS, dtype=torch.float64, generator=torch.Generator().manual_seed(5))


def test_trn_equals_its_equations() -> None:
    network, w = filled(TRN(INPUTS, CLASSES, FEATURES, HIDDEN, STEPS, dropout=0.5))
    x = sequences()
    with torch.no_grad():
        output = network(x)
    for row in range(len(x)):
        now, ahead = trn(w, x[row].numpy(), STEPS)
        np.testing.assert_allclose(output.logits[row], now, **CLOSE)
        np.testing.assert_allclose(output.ahead[row], ahead, **CLOSE)


@pytest.mark.parametrize(("hard", "sigma"), [(True, hard_sigmoid), (False, sigmoid)])
def test_idn_equals_its_equations(hard, sigma) -> None:
    network, w = filled(IDN(INPUTS, CLASSES, FEATURES, HIDDEN, window=4, dropout=0.5, hard_sigmoid=hard))
    x = sequences()
    with torch.no_grad():
        output = network(x)
    for row in range(len(x)):
        np.testing.assert_allclose(output.logits[row], idn(w, x[row].numpy(), 4, sigma), **CLOSE)
        embedding = np.array([relu(affine(w, "embedding.0", chunk)) for chunk in x[row].numpy()])
        np.testing.assert_allclose(output.embedding[row], embedding, **CLOSE)
        early = [affine(w, "embedding_classifier", e) for e in embedding]
        np.testing.assert_allclose(output.embedding_logits[row], early, **CLOSE)


def test_the_two_sigmoids_of_idn_differ() -> None:
    outputs = []
    for hard in (True, False):
        network, _ = filled(IDN(INPUTS, CLASSES, FEATURES, HIDDEN, window=4, hard_sigmoid=hard))
        with torch.no_grad():
            outputs.append(network(sequences()).logits)
    assert (outputs[0] - outputs[1]).abs().max() > 1e-3


def test_miniroad_equals_its_equations() -> None:
    network, w = filled(MiniROAD(INPUTS, CLASSES, FEATURES, HIDDEN, dropout=0.5))
    x = sequences()
    with torch.no_grad():
        output = network(x)
    for row in range(len(x)):
        np.testing.assert_allclose(output.logits[row], miniroad(w, x[row].numpy()), **CLOSE)


@pytest.mark.parametrize("norm", [False, True])
def test_trn_without_a_future_is_its_encoder_alone(norm) -> None:
    """A plain LSTM on u: the columns of the future feature meet zeros, and there is no decoder to hold weights."""
    network, w = filled(TRN(INPUTS, CLASSES, FEATURES, HIDDEN, 0, norm=norm))
    assert not [name for name in w if name.startswith(("hx", "cx", "dec", "fusion", "future"))]
    lstm = torch.nn.LSTM(FEATURES, HIDDEN, batch_first=True).double()
    own = {name: torch.as_tensor(w[f"enc_cell.{name[:-3]}"]) for name in lstm.state_dict()}
    own["weight_ih_l0"] = own["weight_ih_l0"][:, :FEATURES]
    lstm.load_state_dict(own)
    with torch.no_grad():
        states = lstm(network.feature_extractor(sequences()))[0]
        output = network(sequences())
        expected = network.classifier(states)
    np.testing.assert_allclose(output.logits, expected, **CLOSE)
    assert output.ahead is None


@pytest.mark.parametrize("kind", ["trn", "idn", "miniroad", "gru", "lstm"])
def test_dropout_acts_while_training_and_gradients_reach_every_weight(kind) -> None:
    shape = HeadShape(kind, (INPUTS,), CLASSES, FEATURES, HIDDEN, STEPS, window=4, dropout=0.5)
    network, _ = filled(build(shape))
    x = sequences()
    with torch.no_grad():
        still = network(x).logits
    torch.manual_seed(1)
    output = network.train()(x)
    assert (output.logits - still).abs().max() > 1e-3
    parts = [part for part in output if part is not None]
    torch.stack([(part**2).sum() for part in parts]).sum().backward()
    unmoved = [name for name, weight in network.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert not unmoved


@pytest.mark.parametrize("kind", ["trn", "idn"])
def test_gradients_equal_differences(kind) -> None:
    shape = HeadShape(kind, (INPUTS,), CLASSES, FEATURES, HIDDEN, STEPS, window=3, hard_sigmoid=False)
    network, _ = filled(build(shape))
    x = sequences(1)[:, :4].requires_grad_()
    assert torch.autograd.gradcheck(lambda x: tuple(part for part in network(x) if part is not None), (x,))
