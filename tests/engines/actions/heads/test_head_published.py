"""Published checkpoints fill our networks: their names, shapes and sizes, and words for what does not fit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.actions.heads.building import initialise_as_published
from engines.actions.heads.gru import MiniROAD
from engines.actions.heads.published import load_published
from engines.actions.heads.trn import TRN
from engines.core.errors import BadInput, UsageError

SIZES = {"F": 10, "H": 6, "C": 4, "D": 7}


def trn_weights():
    """The keys and shapes of the published THUMOS network, written down from its description."""
    f, h, c, d = (SIZES[letter] for letter in "FHCD")
    linear = {"feature_extractor.input_linear.0": (f, d), "hx_trans.0": (h, h), "cx_trans.0": (h, h)}
    linear |= {"fusion_linear.0": (h, c), "future_linear.0": (f, h), "classifier": (c, h)}
    state = {}
    for name, (rows, columns) in linear.items():
        state |= {f"{name}.weight": torch.randn(rows, columns), f"{name}.bias": torch.randn(rows)}
    for name, columns in {"enc_cell": 2 * f, "dec_cell": h}.items():
        state |= {f"{name}.weight_ih": torch.randn(4 * h, columns), f"{name}.weight_hh": torch.randn(4 * h, h)}
        state |= {f"{name}.bias_ih": torch.randn(4 * h), f"{name}.bias_hh": torch.randn(4 * h)}
    return state


def idn_weights():
    h, c, d = SIZES["H"], SIZES["C"], SIZES["D"]
    rng = np.random.default_rng(2)
    state = {"IDU/idu/kernel_512_512:0": rng.normal(size=(h, h, 6))}
    for name, (inputs, outputs) in {
        "Concatenater/dense": (d, h),
        "Concatenater/dense_1": (h, c),
        "Output/dense": (h, h),
        "Output/dense_1": (h, c),
    }.items():
        state |= {f"{name}/kernel:0": rng.normal(size=(inputs, outputs)), f"{name}/bias:0": rng.normal(size=outputs)}
    return state | {"IDU/idu/kernel_2_512_512:0": rng.normal(size=(2, h, h, 3)), "IDU/idu/bias:0": np.zeros(3 * h)}


def test_trn_of_the_published_names_loads_directly() -> None:
    state = trn_weights()
    network = load_published("trn", {"model_state_dict": {f"module.{key}": value for key, value in state.items()}})
    assert (network.inputs, network.features, network.hidden, network.classes) == (7, 10, 6, 4)
    assert (network.future_steps, load_published("trn", state, future_steps=3).future_steps) == (8, 3)
    same = TRN(7, 4, 10, 6, 8).eval()
    same.load_state_dict(state)
    x = torch.randn(2, 5, 7)
    with torch.no_grad():
        torch.testing.assert_close(network(x), same(x))


def test_trn_without_its_decoder_loads_as_an_encoder() -> None:
    ours = TRN(7, 4, 10, 6, 0)
    network = load_published("trn", ours.state_dict())
    x = torch.randn(1, 3, 7)
    assert network.future_steps == 0
    torch.testing.assert_close(network(x).logits, ours.eval()(x).logits)


@pytest.mark.parametrize(("width", "used"), [(1300, (True, True)), (1280, (True, False)), (20, (False, True))])
def test_trn_for_driving_sees_the_camera_and_the_sensors(width, used) -> None:
    state = {key: value for key, value in trn_weights().items() if "input_linear" not in key}
    hidden = SIZES["H"]
    state["enc_cell.weight_ih"] = torch.randn(4 * hidden, 2 * width)
    state |= {"future_linear.0.weight": torch.randn(width, hidden), "future_linear.0.bias": torch.randn(width)}
    camera, sensor = torch.randn(20, 1536, 1, 1), torch.randn(20, 8)
    state |= {"feature_extractor.camera_linear.0.weight": camera, "feature_extractor.sensor_linear.0.weight": sensor}
    state |= {f"feature_extractor.{part}_linear.0.bias": torch.zeros(20) for part in ("camera", "sensor")}
    network = load_published("trn", state)
    assert network.future_steps == 6
    pixels, speeds = torch.randn(2, 1536, 8, 8), torch.randn(2, 8)
    seen = torch.einsum("ki,bihw->bkhw", camera[:, :, 0, 0], pixels).relu().flatten(1)
    felt = (speeds @ sensor.T).relu()
    expected = torch.cat([part for part, use in zip((seen, felt), used, strict=True) if use], dim=1)
    x = torch.cat([pixels.flatten(1), speeds], dim=1)
    with torch.no_grad():
        torch.testing.assert_close(network.feature_extractor(x), expected, rtol=1e-4, atol=1e-4)
        assert network(x[None]).logits.shape == (1, 2, 4)


def test_miniroad_of_the_published_names_loads_directly() -> None:
    ours = MiniROAD(7, 4, 10, 6).eval()
    assert set(ours.state_dict()) == {
        *("layer1.0.weight", "layer1.0.bias", "layer1.1.weight", "layer1.1.bias"),
        *("gru.weight_ih_l0", "gru.weight_hh_l0", "gru.bias_ih_l0", "gru.bias_hh_l0"),
        *("f_classification.0.weight", "f_classification.0.bias"),
    }
    x = torch.randn(2, 5, 7)
    with torch.no_grad():
        torch.testing.assert_close(load_published("miniroad", ours.state_dict())(x), ours(x))


def test_idn_of_the_published_names_equals_its_recurrence() -> None:
    state = {name.removesuffix(":0"): value for name, value in idn_weights().items()}
    network = load_published("idn", idn_weights())
    x = np.random.default_rng(3).normal(size=(5, 7))
    embedding = np.maximum(x @ state["Concatenater/dense/kernel"] + state["Concatenater/dense/bias"], 0)
    kernel, h = state["IDU/idu/kernel_512_512"], np.zeros(6)
    for e in embedding:
        r = np.clip(0.2 * (h @ kernel[:, :, 0] + embedding[-1] @ kernel[:, :, 1]) + 0.5, 0, 1)
        z = np.clip(0.2 * (e @ kernel[:, :, 2] + embedding[-1] @ kernel[:, :, 3]) + 0.5, 0, 1)
        h = (1 - z) * h + z * np.tanh(e @ kernel[:, :, 4] + (r * h) @ kernel[:, :, 5])
    y = np.maximum(h @ state["Output/dense/kernel"] + state["Output/dense/bias"], 0)
    expected = y @ state["Output/dense_1/kernel"] + state["Output/dense_1/bias"]
    with torch.no_grad():
        output = network(torch.from_numpy(x)[None])
    np.testing.assert_allclose(output.logits[0, -1], expected, rtol=0, atol=1e-12)
    early = embedding @ state["Concatenater/dense_1/kernel"] + state["Concatenater/dense_1/bias"]
    np.testing.assert_allclose(output.embedding_logits[0], early, rtol=0, atol=1e-12)


def test_what_does_not_fit_is_said_by_name_and_shape() -> None:
    state = trn_weights()
    with pytest.raises(BadInput, match=r"lack fusion_linear.0.bias"):
        load_published("trn", {key: value for key, value in state.items() if key != "fusion_linear.0.bias"})
    with pytest.raises(BadInput, match=r"hx_trans.0.weight is 6 x 5, where 6 x 6 \(H H\) is expected"):
        load_published("trn", state | {"hx_trans.0.weight": torch.zeros(6, 5)})
    with pytest.raises(BadInput, match=r"enc_cell.weight_ih is 25 x 20"):
        load_published("trn", state | {"enc_cell.weight_ih": torch.zeros(25, 20)})
    with pytest.raises(BadInput, match="hold anticipation_layer.0.weight"):
        load_published("miniroad", MiniROAD(7, 4, 10, 6).state_dict() | {"anticipation_layer.0.weight": torch.zeros(1)})
    with pytest.raises(BadInput, match="where weights are expected"):
        load_published("trn", {"epoch": 3})
    with pytest.raises(UsageError, match="No published layout"):
        load_published("lstr", state)


@pytest.mark.parametrize(("hidden", "millions"), [(4096, 357.8), (1024, 52.5), (512, 27.3)])
def test_parameters_of_trn_are_as_many_as_published(hidden, millions) -> None:
    with torch.device("meta"):
        network = TRN(3072, 22, 3072, hidden, 8)
    assert round(sum(weight.numel() for weight in network.parameters()) / 1e6, 1) == millions


def test_parameters_of_miniroad_are_as_many_as_published() -> None:
    with torch.device("meta"):
        network = MiniROAD(3072, 22)
    assert round(sum(weight.numel() for weight in network.parameters()) / 1e6, 1) == 15.8


def test_the_published_start_is_small_and_orthogonal() -> None:
    torch.manual_seed(0)
    network = TRN(200, 4, 150, 60, 2)
    biases = network.classifier.bias.clone()
    initialise_as_published(network)
    assert network.feature_extractor.input_linear[0].weight.std().item() == pytest.approx(0.001, rel=0.02)
    columns = network.dec_cell.weight_hh
    torch.testing.assert_close(columns.T @ columns, torch.eye(60), rtol=0, atol=1e-5)
    assert torch.equal(network.classifier.bias, biases)
