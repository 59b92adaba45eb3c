"""Quantised, recurrent, attention and fused operators of ONNX give onnxruntime's numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engines.inspection.opening.opener import open_model
from engines.inspection.running.network import Network
from tests.engines.inspection.onnx_cases import RNG, Case, case, differences, model_of, one, real, whole

X = real(2, 4, 9, 8)
FLAT = real(3, 5)
GRID = real(1, 4, 3, 2, low=-1.2, high=1.2)
BYTES = whole(3, 200, 7, 90, dtype=np.uint8).reshape(2, 2)
MORE = [
    case("QuantizeLinear", FLAT, one(0.03), one(100, np.uint8)),
    case("QuantizeLinear", X, whole(0.1, 0.2, 0.05, 0.3, dtype=np.float32), whole(0, 1, 2, 3, dtype=np.int8), axis=1),
    case("DequantizeLinear", BYTES, one(0.1), one(10, np.uint8)),
    case("DequantizeLinear", BYTES, whole(0.1, 0.3, dtype=np.float32), whole(10, 3, dtype=np.uint8), axis=0, given=0),
    case(
        "QLinearConv",
        RNG.integers(0, 255, (1, 2, 5, 5)).astype(np.uint8),
        one(0.02),
        one(120, np.uint8),
        RNG.integers(-90, 90, (3, 2, 3, 3)).astype(np.int8),
        whole(0.02, 0.01, 0.03, dtype=np.float32),
        whole(0, 0, 0, dtype=np.int8),
        one(0.1),
        one(128, np.uint8),
        whole(100, -50, 30, dtype=np.int32),
        pads=[1, 1, 1, 1],
    ),
    case(
        "QLinearMatMul",
        BYTES,
        one(0.02),
        one(100, np.uint8),
        BYTES.T.copy(),
        one(0.03),
        one(90, np.uint8),
        one(0.2),
        one(128, np.uint8),
    ),
    case("MatMulInteger", BYTES, BYTES.T.copy(), one(3, np.uint8), one(9, np.uint8)),
    case("ConvInteger", BYTES.reshape(1, 1, 2, 2), BYTES[None, None], one(3, np.uint8), pads=[1, 1, 1, 1]),
    case("DynamicQuantizeLinear", FLAT, outputs=3),
    case("LSTM", real(5, 2, 3), real(1, 16, 3), real(1, 16, 4), real(1, 32), hidden_size=4, outputs=3),
    case(
        "LSTM",
        real(5, 2, 3),
        real(2, 16, 3),
        real(2, 16, 4),
        None,
        None,
        real(2, 2, 4),
        real(2, 2, 4),
        hidden_size=4,
        direction="bidirectional",
        outputs=3,
    ),
    case(
        "GRU",
        real(5, 2, 3),
        real(1, 12, 3),
        real(1, 12, 4),
        real(1, 24),
        hidden_size=4,
        linear_before_reset=1,
        outputs=2,
    ),
    case(
        "GRU", real(5, 2, 3), real(1, 12, 3), real(1, 12, 4), real(1, 24), hidden_size=4, direction="reverse", outputs=2
    ),
    case("RNN", real(5, 2, 3), real(1, 4, 3), real(1, 4, 4), real(1, 8), hidden_size=4, outputs=2),
    *(
        case("GridSample", real(1, 2, 5, 6), GRID, mode=mode, padding_mode=edge, align_corners=align)
        for mode, edge, align in (("bilinear", "zeros", 0), ("nearest", "border", 1), ("bilinear", "reflection", 0))
    ),
    case("Hardmax", FLAT),
    case("NonZero", FLAT - FLAT.clip(0)),
    case("Compress", FLAT, whole(1, 0, 1) > 0, axis=0),
    case("Compress", FLAT, whole(0, 1, 1, 1) > 0),
]
HEADS = [real(2, 4, 5, 3), real(2, 2, 6, 3), real(2, 2, 6, 4)]
NEWEST = [
    case("RMSNormalization", FLAT, real(5)),
    case("Attention", *HEADS, scale=0.4),
    case("Attention", *HEADS, real(5, 6)),
    case("Attention", HEADS[0], HEADS[0], HEADS[0], is_causal=1),
    case("Attention", *HEADS, real(5, 6) > 0),
    case("Attention", real(2, 5, 12), real(2, 6, 6), real(2, 6, 8), q_num_heads=4, kv_num_heads=2, softcap=2.0),
    case("Attention", HEADS[0], *HEADS[1:], None, real(2, 2, 3, 3), real(2, 2, 3, 4), outputs=3),
]
FUSED = [
    Case(each.op, each.inputs, each.attributes, domain="com.microsoft")
    for each in (
        case("BiasGelu", FLAT, real(5)),
        case("FastGelu", FLAT),
        case("QuickGelu", FLAT),
        case("Gelu", FLAT),
        case("FusedMatMul", real(2, 3, 4), real(2, 5, 4), transB=1, alpha=0.5),
        case("FusedConv", X, real(6, 4, 3, 3), real(6), activation="Relu"),
    )
]


@pytest.mark.parametrize(("opset", "cases"), [(16, MORE), (23, NEWEST), (17, FUSED)])
def test_what_is_more_than_one_step_gives_the_numbers_of_onnxruntime(
    opset: int, cases: list[Case], tmp_path: Path
) -> None:
    assert differences(cases, opset, tmp_path) == []


SMALL = real(1, 2, 3, 4)
SMOOTH = [
    case("ConvTranspose", SMALL, real(2, 2, 3, 2), strides=[2, 1], pads=[1, 0, 0, 1]),
    case("AveragePool", SMALL, kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1),
    case("Resize", SMALL, None, whole(1, 1, 1.6, 0.5, dtype=np.float32), mode="cubic"),
    case("LayerNormalization", real(2, 3), real(3), real(3)),
    case("Einsum", real(2, 3), real(3, 2), equation="ij,jk->ik"),
    case("Softmax", real(2, 3)),
    case("GRU", real(2, 1, 2), real(1, 6, 2), real(1, 6, 2), hidden_size=2),
    case("Pad", SMALL, whole(0, 0, 1, 2, 0, 0, 2, 3), mode="reflect"),
    case("ReduceL2", real(2, 3, low=0.5), axes=[1]),
    case("ScatterND", real(3, 2), whole([0], [2]), real(2, 2)),
]


def test_gradients_are_those_of_differences(tmp_path: Path) -> None:
    content, feeds, _ = model_of(SMOOTH, 17)
    (tmp_path / "smooth.onnx").write_bytes(content)
    network = Network(open_model(tmp_path / "smooth.onnx")).double()
    inputs = tuple(torch.from_numpy(value).double().requires_grad_() for value in feeds.values())
    assert torch.autograd.gradcheck(network, inputs)
