"""Networks filled from the weights of published code, sizes read off the weights themselves.

Letters: D features of a chunk, F projected features, H hidden state, C classes. Weights are (outputs, inputs) as torch
keeps them; those of IDN come from TensorFlow and are (inputs, outputs).

TRN (THUMOS), names as they are:
    feature_extractor.input_linear.0 (F, D)   enc_cell (4H, 2F), (4H, H)   classifier (C, H)
    hx_trans.0 (H, H)   cx_trans.0 (H, H)   dec_cell (4H, H), (4H, H)   fusion_linear.0 (H, C)   future_linear.0 (F, H)
    without the last five: an encoder alone. The number of decoder steps is in no weight: `future_steps`.
TRN (HDD): feature_extractor.camera_linear.0 (20, 1536, 1, 1) and feature_extractor.sensor_linear.0 (20, 8) in the place
    of input_linear; F = 1300 uses both, 1280 the camera alone, 20 the sensors alone.
MiniROAD, names as they are:
    layer1.0 (F, D)   layer1.1 (F)   gru.weight_ih_l0 (3H, F), gru.weight_hh_l0 (3H, H)   f_classification.0 (C, H)
IDN, names of the TensorFlow checkpoint and ours:
    Concatenater/dense (D, H)                      embedding.0
    Concatenater/dense_1 (H, C)                    embedding_classifier
    .../kernel_512_512 (H, H, 6), last axis 0..5   cell.hr, zero_r, xz, zero_z, xh, hh
    Output/dense (H, H), Output/dense_1 (H, C)     output.0, classifier
    .../kernel_2_512_512 and the unit's own bias take no part in the published recurrence and are left out.

A prefix "module." (DataParallel), a suffix ":0" (TensorFlow) and a dict around the weights under "model_state_dict" or
"state_dict" are taken off. Whatever else does not fit is refused in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engines.actions.heads.gru import MiniROAD
from engines.actions.heads.idn import IDN
from engines.actions.heads.trn import TRN, HDDExtractor
from engines.core.errors import BadInput, UsageError
from engines.core.words import tr

Layout = dict[str, str]
Sizes = dict[str, int]

_ENCODER: Layout = {
    "enc_cell.weight_ih": "4H 2F",
    "enc_cell.weight_hh": "4H H",
    "enc_cell.bias_ih": "4H",
    "enc_cell.bias_hh": "4H",
    "classifier.weight": "C H",
    "classifier.bias": "C",
}
_LINEAR: Layout = {
    "feature_extractor.input_linear.0.weight": "F D",
    "feature_extractor.input_linear.0.bias": "F",
}
_HDD: Layout = {
    "feature_extractor.camera_linear.0.weight": "20 1536 1 1",
    "feature_extractor.camera_linear.0.bias": "20",
    "feature_extractor.sensor_linear.0.weight": "20 8",
    "feature_extractor.sensor_linear.0.bias": "20",
}
_DECODER: Layout = {
    **{f"{name}.0.weight": "H H" for name in ("hx_trans", "cx_trans")},
    **{f"{name}.0.bias": "H" for name in ("hx_trans", "cx_trans", "fusion_linear")},
    "fusion_linear.0.weight": "H C",
    "future_linear.0.weight": "F H",
    "future_linear.0.bias": "F",
    "dec_cell.weight_ih": "4H H",
    "dec_cell.weight_hh": "4H H",
    "dec_cell.bias_ih": "4H",
    "dec_cell.bias_hh": "4H",
}
_MINIROAD: Layout = {
    "layer1.0.weight": "F D",
    "layer1.0.bias": "F",
    "layer1.1.weight": "F",
    "layer1.1.bias": "F",
    "gru.weight_ih_l0": "3H F",
    "gru.weight_hh_l0": "3H H",
    "gru.bias_ih_l0": "3H",
    "gru.bias_hh_l0": "3H",
    "f_classification.0.weight": "C H",
    "f_classification.0.bias": "C",
}
_IDN: Layout = {
    "Concatenater/dense/kernel": "D H",
    "Concatenater/dense/bias": "H",
    "kernel_512_512": "H H 6",
    "Concatenater/dense_1/kernel": "H C",
    "Concatenater/dense_1/bias": "C",
    "Output/dense/kernel": "H H",
    "Output/dense/bias": "H",
    "Output/dense_1/kernel": "H C",
    "Output/dense_1/bias": "C",
}
_IDN_NAMES = {
    "Concatenater/dense": "embedding.0",
    "Concatenater/dense_1": "embedding_classifier",
    "Output/dense": "output.0",
    "Output/dense_1": "classifier",
}
_IDN_CELL = ("hr", "zero_r", "xz", "zero_z", "xh", "hh")
_HDD_INPUTS = {1300: (True, True), 1280: (True, False), 20: (False, True)}


def load_published(name: str, state_dict: Mapping[str, Any], future_steps: int | None = None) -> nn.Module:
    """The network "trn", "idn" or "miniroad" with these weights (tensors or arrays), ready to run, in their own type.

    future_steps: decoder steps of TRN, 8 for THUMOS and 6 for HDD when not given. Raises BadInput where the weights do
    not fit the layout, UsageError for another name.
    """
    loaders = {"trn": _trn, "idn": _idn, "miniroad": _miniroad}
    if name not in loaders:
        raise UsageError(
            tr("No published layout is called {name!r}; there are {loaders}", name=name, loaders=", ".join(loaders))
        )
    weights = _plain(state_dict)
    network = _trn(weights, future_steps) if name == "trn" else loaders[name](weights)  # type: ignore[operator]
    return network.eval()


def _trn(weights: dict[str, Tensor], future_steps: int | None) -> nn.Module:
    hdd = any("camera_linear" in key for key in weights)
    decoding = any(key.split(".")[0] in ("hx_trans", "dec_cell") for key in weights)
    layout = _ENCODER | (_HDD if hdd else _LINEAR) | (_DECODER if decoding else {})
    sizes = fitted(weights, layout, "TRN")
    steps = 0 if not decoding else (6 if hdd else 8) if future_steps is None else future_steps
    if decoding and steps < 1:
        raise UsageError(tr("These weights have a decoder, which needs at least one step"))
    inputs = HDDExtractor.INPUTS if hdd else sizes["D"]
    network = TRN(inputs, sizes["C"], sizes["F"], sizes["H"], steps)
    if hdd:
        if sizes["F"] not in _HDD_INPUTS:
            raise BadInput(
                tr(
                    "enc_cell.weight_ih asks for {sizes} features; HDD's extractor gives 1300, 1280 or 20",
                    sizes=sizes["F"],
                )
            )
        network.feature_extractor = HDDExtractor(*_HDD_INPUTS[sizes["F"]])
    return _filled(network, weights)


def _miniroad(weights: dict[str, Tensor]) -> nn.Module:
    sizes = fitted(weights, _MINIROAD, "MiniROAD")
    return _filled(MiniROAD(sizes["D"], sizes["C"], sizes["F"], sizes["H"]), weights)


def _idn(weights: dict[str, Tensor]) -> nn.Module:
    short = {re.sub(r"^.*/(kernel(?:_2)?_512_512)$", r"\1", key): value for key, value in weights.items()}
    used = {key: value for key, value in short.items() if key in _IDN or not _idle(key)}
    sizes = fitted(used, _IDN, "IDN")
    network = IDN(sizes["D"], sizes["C"], sizes["H"], sizes["H"])
    ours = {f"cell.{name}.weight": used["kernel_512_512"][:, :, place].T for place, name in enumerate(_IDN_CELL)}
    for theirs, name in _IDN_NAMES.items():
        ours |= {f"{name}.weight": used[f"{theirs}/kernel"].T, f"{name}.bias": used[f"{theirs}/bias"]}
    return _filled(network, ours)


def _idle(key: str) -> bool:
    """Whether a variable of the checkpoint takes no part: spare matrices, the unit's bias, an optimiser's own."""
    return key == "kernel_2_512_512" or not key.startswith(("Concatenater/", "Output/")) or "Adam" in key


def _filled(network: nn.Module, weights: dict[str, Tensor]) -> nn.Module:
    """Takes the weights' type; the shapes were checked before."""
    network.to(next(iter(weights.values())).dtype).load_state_dict(weights)
    return network


def _plain(state_dict: Mapping[str, Any]) -> dict[str, Tensor]:
    for key in ("model_state_dict", "state_dict"):
        if isinstance(state_dict.get(key), Mapping):
            state_dict = state_dict[key]
    weights = {}
    for name, value in state_dict.items():
        if not isinstance(value, (Tensor, np.ndarray)):
            raise BadInput(tr("{name} holds {kind} where weights are expected", name=name, kind=type(value).__name__))
        weights[name.removeprefix("module.").removesuffix(":0")] = torch.as_tensor(value)
    return weights


def fitted(weights: Mapping[str, Tensor], layout: Layout, name: str) -> Sizes:
    """The size that each letter of the layout stands for. Raises BadInput for what is missing, too much or misshapen.

    A shape is written as "4H 2F": numbers, letters, and multiples of letters.
    """
    sizes: Sizes = {}
    for key, shape in layout.items():
        if key not in weights:
            raise BadInput(
                tr(
                    "The weights lack {key}, which is ({shape}) in {name}'s published layout",
                    key=key,
                    shape=shape,
                    name=name,
                )
            )
        _match(key, tuple(weights[key].shape), shape, sizes)
    if strange := sorted(set(weights) - set(layout)):
        raise BadInput(
            tr(
                "The weights hold {strange}, which {name}'s published layout does not have",
                strange=strange[0],
                name=name,
            )
        )
    return sizes


def _match(key: str, found: tuple[int, ...], shape: str, sizes: Sizes) -> None:
    parts = [re.fullmatch(r"(\d*)([A-Z]?)", part) for part in shape.split()]
    terms = [(int(part[1] or 1), part[2]) for part in parts if part]
    fits = len(found) == len(terms)
    for have, (count, letter) in zip(found, terms, strict=False):
        if letter and have % count == 0:
            sizes.setdefault(letter, have // count)
        fits = fits and have == count * (sizes.get(letter, 0) if letter else 1)
    if not fits:
        known = [count * sizes[letter] if letter in sizes else f"{count}{letter}" for count, letter in terms]
        asked = " x ".join(str(size) for size in known)
        raise BadInput(
            tr(
                "{key} is {found}, where {asked} ({shape}) is expected",
                key=key,
                found=" x ".join(map(str, found)),
                asked=asked,
                shape=shape,
            )
        )
