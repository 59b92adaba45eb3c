"""Every operator of TFLite that is run here gives LiteRT's numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from ai_edge_litert.interpreter import Interpreter

from engines.inspection.opening.opener import open_model
from engines.inspection.running.network import Network
from tests.engines.inspection.tflite_cases import Case, case, file_of, real, whole

X = real(2, 7, 8, 4)
FLAT = real(3, 5)
WIDE = real(3, 1, low=0.3, high=2)
POSITIVE = real(3, 5, low=0.2, high=2)
SAME, VALID = 0, 1
RELU, RELU_1, RELU6 = 1, 2, 3


def conv(weight: tuple[int, ...], to: tuple[int, ...], op: str = "CONV_2D", **fields: object) -> Case:
    """A convolution of X with a bias."""
    options = "Conv2DOptions" if op == "CONV_2D" else "DepthwiseConv2DOptions"
    steps = {"strideH": 1, "strideW": 1} | fields
    out = weight[0] if op == "CONV_2D" else weight[3]
    return case(op, X, real(*weight), real(out), to=to, options=options, **steps)


WINDOWS = [
    conv((6, 3, 3, 4), (2, 7, 8, 6)),
    conv((6, 3, 3, 4), (2, 4, 4, 6), strideH=2, strideW=2, fusedActivationFunction=RELU6),
    conv((6, 3, 2, 4), (2, 5, 7, 6), padding=VALID, fusedActivationFunction=RELU),
    conv((6, 3, 3, 4), (2, 7, 8, 6), dilationHFactor=2, dilationWFactor=2),
    conv((6, 3, 3, 2), (2, 7, 8, 6)),
    conv((1, 3, 3, 4), (2, 7, 8, 4), op="DEPTHWISE_CONV_2D", depthMultiplier=1),
    conv((1, 3, 2, 8), (2, 4, 3, 8), op="DEPTHWISE_CONV_2D", strideH=2, strideW=3, depthMultiplier=2),
    case(
        "TRANSPOSE_CONV",
        whole(2, 14, 16, 3),
        real(3, 3, 3, 4),
        X,
        to=(2, 14, 16, 3),
        given=(2,),
        options="TransposeConvOptions",
        strideH=2,
        strideW=2,
        padding=SAME,
    ),
    case(
        "TRANSPOSE_CONV",
        whole(2, 15, 17, 3),
        real(3, 3, 3, 4),
        X,
        to=(2, 15, 17, 3),
        given=(2,),
        options="TransposeConvOptions",
        strideH=2,
        strideW=2,
        padding=VALID,
    ),
    *(
        case(op, X, to=(2, 4, 4, 4), options="Pool2DOptions", strideH=2, strideW=2, filterHeight=3, filterWidth=3)
        for op in ("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D")
    ),
    case(
        "AVERAGE_POOL_2D",
        X,
        to=(2, 3, 4, 4),
        options="Pool2DOptions",
        strideH=2,
        strideW=2,
        filterHeight=2,
        filterWidth=2,
        padding=VALID,
    ),
    case(
        "FULLY_CONNECTED",
        FLAT,
        real(4, 5),
        real(4),
        to=(3, 4),
        options="FullyConnectedOptions",
        fusedActivationFunction=RELU,
    ),
    case(
        "FULLY_CONNECTED",
        real(2, 3, 5),
        real(4, 5),
        None,
        to=(2, 3, 4),
        options="FullyConnectedOptions",
        keepNumDims=True,
    ),
    case("FULLY_CONNECTED", real(2, 3, 5), real(4, 15), to=(2, 4), options="FullyConnectedOptions"),
    case(
        "BATCH_MATMUL",
        real(2, 3, 4),
        real(2, 5, 4),
        to=(2, 3, 5),
        given=(0, 1),
        options="BatchMatMulOptions",
        adjY=True,
    ),
    case(
        "LOCAL_RESPONSE_NORMALIZATION",
        X,
        to=X.shape,
        options="LocalResponseNormalizationOptions",
        radius=1,
        bias=2.0,
        alpha=0.3,
        beta=0.6,
    ),
    *(
        case(op, X, whole(11, 5), to=(2, 11, 5, 4), options=options, **way)
        for op, options in (
            ("RESIZE_BILINEAR", "ResizeBilinearOptions"),
            ("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions"),
        )
        for way in ({}, {"alignCorners": True}, {"halfPixelCenters": True})
    ),
]
ELEMENTS = [
    *(
        case(op, FLAT, to=FLAT.shape)
        for op in (
            "RELU",
            "RELU6",
            "RELU_N1_TO_1",
            "LOGISTIC",
            "TANH",
            "ELU",
            "HARD_SWISH",
            "ABS",
            "NEG",
            "SIN",
            "COS",
            "FLOOR",
            "CEIL",
            "ROUND",
            "EXP",
            "SQUARE",
        )
    ),
    *(case(op, POSITIVE, to=FLAT.shape) for op in ("LOG", "SQRT", "RSQRT")),
    case("LEAKY_RELU", FLAT, to=FLAT.shape, options="LeakyReluOptions", alpha=0.3),
    case("GELU", FLAT, to=FLAT.shape, options="GeluOptions", approximate=True),
    case("PRELU", X, real(1, 1, 4), to=X.shape),
    case("SOFTMAX", FLAT, to=FLAT.shape, options="SoftmaxOptions", beta=0.7),
    case("LOG_SOFTMAX", FLAT, to=FLAT.shape),
    case("L2_NORMALIZATION", FLAT, to=FLAT.shape, options="L2NormOptions"),
    case("ADD", FLAT, WIDE, to=FLAT.shape, options="AddOptions", fusedActivationFunction=RELU, given=(0, 1)),
    case("SUB", FLAT, WIDE, to=FLAT.shape, options="SubOptions", fusedActivationFunction=RELU_1),
    case("MUL", FLAT, WIDE, to=FLAT.shape, options="MulOptions"),
    case("DIV", FLAT, WIDE, to=FLAT.shape, options="DivOptions"),
    case("POW", POSITIVE, WIDE, to=FLAT.shape),
    case("SQUARED_DIFFERENCE", FLAT, WIDE, to=FLAT.shape),
    case("MAXIMUM", FLAT, WIDE, to=FLAT.shape),
    case("MINIMUM", FLAT, WIDE, to=FLAT.shape),
    case("FLOOR_DIV", FLAT, WIDE, to=FLAT.shape),
    case("FLOOR_MOD", FLAT, WIDE, to=FLAT.shape),
    *(
        case(op, FLAT, WIDE, to=FLAT.shape, dtype="bool")
        for op in ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL")
    ),
    *(case(op, FLAT > 0, FLAT > 1, to=FLAT.shape, dtype="bool") for op in ("LOGICAL_AND", "LOGICAL_OR")),
    case("LOGICAL_NOT", FLAT > 0, to=FLAT.shape, dtype="bool"),
    case("ADD_N", FLAT, FLAT, FLAT, to=FLAT.shape, given=(0, 1, 2)),
    case("SELECT", FLAT[:, 0] > 0, FLAT, FLAT * 2, to=FLAT.shape, given=(0, 1)),
    case("SELECT_V2", FLAT > 0, FLAT, WIDE, to=FLAT.shape, given=(0, 1)),
    case("MEAN", X, whole(1, 2), to=(2, 4), options="ReducerOptions"),
    *(
        case(op, X, whole(1, -2), to=(2, 1, 1, 4), options="ReducerOptions", keepDims=True)
        for op in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD")
    ),
    case("ARG_MAX", FLAT, whole(1), to=(3,), options="ArgMaxOptions", outputType=2, dtype="int32"),
    case("ARG_MIN", FLAT, whole(0), to=(5,), options="ArgMinOptions", outputType=2, dtype="int32"),
    case("CUMSUM", FLAT, np.asarray(1, np.int32), to=FLAT.shape, options="CumsumOptions", exclusive=True, reverse=True),
]
ARRANGED = [
    case("RESHAPE", X, whole(2, -1, 4), to=(2, 56, 4)),
    case("SQUEEZE", WIDE, to=(3,), options="SqueezeOptions", squeezeDims=[1]),
    case("EXPAND_DIMS", FLAT, np.asarray(-1, np.int32), to=(3, 5, 1)),
    case("TRANSPOSE", X, whole(0, 3, 1, 2), to=(2, 4, 7, 8)),
    case("CONCATENATION", FLAT, WIDE, to=(3, 6), given=(0, 1), options="ConcatenationOptions", axis=-1),
    case(
        "SPLIT",
        np.asarray(1, np.int32),
        X[:, :6],
        to=[(2, 3, 8, 4)] * 2,
        given=(1,),
        options="SplitOptions",
        numSplits=2,
    ),
    case(
        "SPLIT_V",
        X,
        whole(2, 5),
        np.asarray(1, np.int32),
        to=[(2, 2, 8, 4), (2, 5, 8, 4)],
        options="SplitVOptions",
        numSplits=2,
    ),
    case("PACK", FLAT, FLAT, to=(3, 2, 5), given=(0, 1), options="PackOptions", axis=1, valuesCount=2),
    case("UNPACK", WIDE.repeat(2, 1), to=[(3,)] * 2, options="UnpackOptions", axis=1, num=2),
    case("SLICE", X, whole(0, 1, 2, 0), whole(2, 3, -1, 4), to=(2, 3, 6, 4)),
    case(
        "STRIDED_SLICE",
        X,
        whole(0, 5, 1, 2),
        whole(0, 1, -1, 3),
        whole(1, -2, 3, 1),
        to=(2, 2, 2),
        options="StridedSliceOptions",
        beginMask=1,
        endMask=1,
        shrinkAxisMask=8,
    ),
    case("GATHER", X, whole(3, 0), to=(2, 7, 8, 2), options="GatherOptions", axis=-1),
    case("PAD", X, whole([0, 0], [1, 2], [0, 3], [1, 0]), to=(2, 10, 11, 5)),
    case("PADV2", FLAT, whole([1, 2], [0, 1]), np.asarray([0.5], np.float32), to=(6, 6)),
    *(
        case("MIRROR_PAD", FLAT, whole([1, 2], [2, 1]), to=(6, 8), options="MirrorPadOptions", mode=mode)
        for mode in (0, 1)
    ),
    case("TILE", FLAT, whole(2, 3), to=(6, 15)),
    case("BROADCAST_TO", WIDE, whole(2, 3, 4), to=(2, 3, 4)),
    case("CAST", FLAT, to=FLAT.shape, options="CastOptions", inDataType=0, outDataType=2, dtype="int32"),
    case("DEPTH_TO_SPACE", X, to=(2, 14, 16, 1), options="DepthToSpaceOptions", blockSize=2),
    case("SPACE_TO_DEPTH", X[:, :6], to=(2, 3, 4, 16), options="SpaceToDepthOptions", blockSize=2),
    case("SPACE_TO_BATCH_ND", X, whole(2, 3), whole([0, 1], [1, 0]), to=(12, 4, 3, 4)),
    case("BATCH_TO_SPACE_ND", real(12, 4, 3, 2), whole(2, 3), whole([0, 1], [1, 0]), to=(2, 7, 8, 2)),
    case(
        "ONE_HOT",
        whole(0, 2, 1),
        np.asarray(3, np.int32),
        np.asarray(2, np.float32),
        np.asarray(-1, np.float32),
        to=(3, 3),
        options="OneHotOptions",
        axis=-1,
    ),
    case("REVERSE_V2", FLAT, whole(1), to=FLAT.shape),
    case("SHAPE", X, to=(4,), options="ShapeOptions", outType=2, dtype="int32"),
    case("ZEROS_LIKE", FLAT, to=FLAT.shape),
]
CASES = [*WINDOWS, *ELEMENTS, *ARRANGED]


def test_it_gives_the_numbers_of_litert(tmp_path: Path) -> None:
    content, feeds, names = file_of(CASES)
    path = tmp_path / "cases.tflite"
    path.write_bytes(content)
    theirs = Interpreter(str(path), num_threads=1)
    theirs.allocate_tensors()
    for told, value in zip(theirs.get_input_details(), feeds, strict=True):
        theirs.set_tensor(told["index"], value)
    theirs.invoke()
    wanted = [theirs.get_tensor(told["index"]) for told in theirs.get_output_details()]
    model = open_model(path)
    assert model.sheet.runs == ""
    found = Network(model)(*map(torch.from_numpy, feeds))
    flat = [each for each, outputs in zip(CASES, names, strict=True) for _ in outputs]
    wrong = []
    for each, mine, good in zip(flat, found, wanted, strict=True):
        if mine.shape != good.shape or mine.numpy().dtype != good.dtype:
            wrong.append(f"{each.op} {each.fields}: {tuple(mine.shape)} {mine.dtype}, not {good.shape} {good.dtype}")
        elif not np.allclose(mine, good, rtol=2e-5, atol=5e-6):
            wrong.append(f"{each.op} {each.fields}: {np.abs(mine.numpy() - good).max()}")
    assert wrong == []
