"""Weights from outside: what does not fit is named, what would run code is not opened."""

from __future__ import annotations

import io
import json
import os
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engines.core.errors import BadInput, FileMissing, UsageError
from engines.generative.data.pickles import imports, is_pickle
from engines.generative.diffusion.models import cards
from engines.generative.diffusion.models.opening import inspect, open_model
from tests.engines.generative.diffusion.tiny import random_network, write_tiny


def _changed(path: Path, **tensors: torch.Tensor | None) -> None:
    held = load_file(path) | {key.replace("__", "."): value for key, value in tensors.items()}
    save_file({key: value for key, value in held.items() if value is not None}, path)


def _card(path: Path, **changes: object) -> None:
    card = path.with_suffix(".json")
    card.write_text(json.dumps(json.loads(card.read_text()) | changes))


@pytest.fixture
def weights(tmp_path) -> Path:
    return write_tiny(tmp_path / "net", moments=True)


def test_a_networks_denoiser_is_its_preconditioned_output(weights) -> None:
    model = open_model(str(weights))
    assert model.moments is not None
    assert (model.info.kind, model.info.moments, model.nothing) == ("file", True, 3)
    y, sigma, label = torch.randn(2, 1, 8, 8), 1.5, torch.tensor([0, 2])
    network = random_network()
    told = torch.full((2,), torch.tensor(sigma).log().item() / 4)
    norm = (sigma**2 + 0.25) ** 0.5
    expected = 0.25 / norm**2 * y + sigma * 0.5 / norm * network(y / norm, told, label)
    got = model.denoise(label)(y, torch.tensor(sigma, dtype=torch.float64))
    assert torch.allclose(got, expected, atol=1e-5)
    assert not torch.allclose(model.denoise(torch.tensor([1, 2]))(y, torch.tensor(sigma)), expected, atol=1e-3)


def test_a_wrong_shape_is_named(weights) -> None:
    _changed(weights, into__weight=torch.zeros(8, 2, 3, 3))
    with pytest.raises(BadInput, match=r"'into.weight' has shape \(8, 2, 3, 3\), the card's network wants \(8, 1"):
        open_model(str(weights))


def test_missing_and_unexpected_weights_are_named(weights) -> None:
    _changed(weights, into__weight=None, other=torch.zeros(3))
    with pytest.raises(BadInput, match=r"'into.weight' missing, 'other' unexpected"):
        open_model(str(weights))


def test_weights_that_are_not_numbers_are_named(weights) -> None:
    _changed(weights, into__bias=torch.tensor([float("nan")] * 8))
    with pytest.raises(BadInput, match=r"not finite: 'into.bias'"):
        open_model(str(weights))


@pytest.mark.parametrize("kept", [0, 5, 100, -50])
def test_a_file_that_was_cut_is_told(weights, kept) -> None:
    weights.write_bytes(weights.read_bytes()[:kept])
    with pytest.raises(BadInput, match="cut short|not whole|makes no sense"):
        open_model(str(weights))


def test_a_head_that_lies_is_told(weights) -> None:
    data = weights.read_bytes()
    weights.write_bytes(data.replace(b'"shape":[8,1,3,3]', b'"shape":[9,1,3,3]'))
    assert weights.read_bytes() != data
    with pytest.raises(BadInput, match="lies about"):
        open_model(str(weights))


def test_weights_of_another_card_are_told_by_their_hash(weights) -> None:
    _card(weights, sha256="0" * 64)
    with pytest.raises(BadInput, match="not those that the card was written for"):
        open_model(str(weights))


class Evil:
    """Would make a folder where it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = str(target)

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (self.target,)


@pytest.mark.parametrize("name", ["model.pth", "model.ckpt", "model.bin", "model.safetensors"])
@pytest.mark.parametrize("legacy", [False, True])
def test_a_pickle_is_refused_with_what_is_in_it_and_not_run(tmp_path, name, legacy) -> None:
    trap = tmp_path / "sprung"
    path = tmp_path / name
    torch.save({"w": torch.zeros(2), "x": Evil(trap)}, path, _use_new_zipfile_serialization=not legacy)
    with pytest.raises(BadInput, match="A pickle is a program") as caught:
        open_model(str(path))
    assert "torch._utils _rebuild_tensor_v2" in caught.value.message
    assert "posix mkdir has no place among weights" in caught.value.message
    assert "weights_only=True" in caught.value.hint
    assert not trap.exists()


def test_the_advice_for_a_pickle_works(tmp_path) -> None:
    path = tmp_path / "model.pth"
    torch.save({"state_dict": {"w": torch.arange(4.0)}}, path)
    with pytest.raises(BadInput) as caught:
        open_model(str(path))
    code = caught.value.hint.partition('python -c "')[2].rpartition('"')[0]
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        exec(code, {})
    finally:
        os.chdir(before)
    assert torch.equal(load_file(tmp_path / "model.safetensors")["w"], torch.arange(4.0))


@pytest.mark.parametrize("protocol", range(1, 6))
def test_every_pickle_protocol_is_read_without_running_it(tmp_path, protocol) -> None:
    path = tmp_path / "plain.pkl"
    buffer = io.BytesIO()
    pickle.dump([Evil(tmp_path / "sprung")], buffer, protocol)
    path.write_bytes(buffer.getvalue())
    assert imports(path) == ["posix mkdir"]
    assert is_pickle(path) == (protocol >= 2)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prediction": "noise"}, "prediction"),
        ({"process": "magic"}, "process is 'magic'"),
        ({"shape": [3, 8, 8]}, "network's is"),
        ({"shape": [1, 0, 8]}, "below 1"),
        ({"sigma_max": 0.001}, "sigma_max is not above"),
        ({"sigma_min": 0}, "sigma_min is not above"),
        ({"low": 2.0}, "low is not below"),
        ({"architecture": "magic"}, "gives no samples"),
        ({"arguments": {"wide": 3}}, "built"),
        ({"name": 3}, "name"),
    ],
)
def test_a_card_that_makes_no_sense_names_its_line(weights, changes, words) -> None:
    _card(weights, **changes)
    with pytest.raises(BadInput, match=words):
        open_model(str(weights))


def test_a_card_that_is_no_json_or_is_missing_is_told(weights) -> None:
    weights.with_suffix(".json").write_text("{ not")
    with pytest.raises(BadInput, match="Not valid JSON: line 1"):
        inspect(str(weights))
    weights.with_suffix(".json").write_text("[]")
    with pytest.raises(BadInput, match="JSON object"):
        inspect(str(weights))
    weights.with_suffix(".json").unlink()
    with pytest.raises(FileMissing, match="no card"):
        inspect(str(weights))


def test_models_are_listed_and_found_by_name() -> None:
    write_tiny(cards.models_dir(), "mine")
    broken = write_tiny(cards.models_dir(), "broken")
    broken.write_bytes(b"")
    names = [info.name for info in cards.known_models()]
    assert "mine" in names
    assert "broken" not in names
    assert "analytic:digits" in names
    assert all(model.info.name == "mine" for model in [open_model("mine")])
    with pytest.raises(FileMissing, match="no model called 'yours'"):
        open_model("yours")
    with pytest.raises(FileMissing, match="no such file"):
        open_model("nowhere.safetensors")


def test_every_exact_model_is_what_its_card_says() -> None:
    for info in cards.known_models():
        if info.kind == "analytic":
            assert inspect(info.name) == info


def test_what_a_network_predicts_can_be_answered_by_the_user(weights) -> None:
    assert open_model(str(weights), prediction="v").info.prediction == "v"
    with pytest.raises(UsageError, match="cannot predict 'noise'"):
        open_model(str(weights), prediction="noise")
    with pytest.raises(UsageError, match="no precision"):
        open_model(str(weights), precision="float8")
