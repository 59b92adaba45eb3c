"""Every operator of ONNX that is run here gives onnxruntime's numbers, whatever opset says where its settings are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.engines.inspection.onnx_cases import Case, case, differences, one, real, whole

X = real(2, 4, 9, 8)
LINE = real(2, 4, 11)
POSITIVE = real(3, 5, low=0.2, high=2)
FLAT = real(3, 5)

WINDOWS = [
    case("Conv", X, real(6, 4, 3, 3), real(6), pads=[1, 0, 2, 1]),
    case("Conv", X, real(6, 2, 3, 3), group=2, dilations=[2, 1], strides=[2, 1], pads=[1, 1, 1, 1]),
    case("Conv", X, real(4, 1, 3, 2), group=4, auto_pad="SAME_UPPER", strides=[2, 2]),
    case("Conv", X, real(6, 4, 3, 2), auto_pad="SAME_LOWER", strides=[2, 3]),
    case("Conv", X, real(6, 4, 3, 3), auto_pad="VALID"),
    case("Conv", LINE, real(3, 4, 3), pads=[2, 0]),
    case("Conv", real(1, 2, 5, 6, 7), real(3, 2, 2, 3, 3), real(3), strides=[1, 2, 1]),
    case("ConvTranspose", X, real(4, 3, 3, 3), real(3), strides=[2, 3], pads=[1, 0, 1, 2], output_padding=[1, 2]),
    case("ConvTranspose", X, real(4, 3, 2, 2), group=2, strides=[2, 2]),
    case("ConvTranspose", X, real(4, 3, 3, 3), strides=[2, 2], auto_pad="SAME_UPPER"),
    case("ConvTranspose", X, real(4, 3, 3, 3), strides=[2, 2], output_shape=[18, 17]),
    case("ConvTranspose", X, real(4, 3, 3, 3), dilations=[2, 1], pads=[1, 1, 0, 0]),
    case("ConvTranspose", LINE, real(4, 2, 4), real(2), strides=[3]),
    case("MaxPool", X, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
    case("MaxPool", X, kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1),
    case("MaxPool", X, kernel_shape=[3, 3], strides=[2, 2], pads=[0, 1, 1, 2], ceil_mode=1),
    case("MaxPool", X, kernel_shape=[2, 3], strides=[2, 2], auto_pad="SAME_LOWER"),
    case("MaxPool", X, kernel_shape=[2, 2], dilations=[3, 2]),
    case("MaxPool", LINE, kernel_shape=[3], strides=[2]),
    case("AveragePool", X, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
    case("AveragePool", X, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1),
    case("AveragePool", X, kernel_shape=[3, 2], strides=[2, 3], pads=[0, 1, 2, 0], count_include_pad=1),
    case("AveragePool", X, kernel_shape=[3, 2], strides=[2, 2], pads=[0, 1, 2, 0]),
    case("AveragePool", X, kernel_shape=[4, 3], strides=[2, 2], ceil_mode=1),
    case("AveragePool", X, kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER"),
    case("LpPool", X, kernel_shape=[3, 2], strides=[2, 2], p=3),
    case("GlobalAveragePool", X),
    case("GlobalMaxPool", X),
    case("GlobalLpPool", X, p=3),
]
ACTIVATIONS = [
    *(
        case(name, FLAT)
        for name in (
            "Relu",
            "Sigmoid",
            "Tanh",
            "Softplus",
            "Softsign",
            "Erf",
            "HardSwish",
            "HardSigmoid",
            "Elu",
            "Selu",
            "Celu",
            "LeakyRelu",
            "ThresholdedRelu",
            "Shrink",
        )
    ),
    case("Elu", FLAT, alpha=0.3),
    case("Selu", FLAT, alpha=1.2, gamma=0.7),
    case("Celu", FLAT, alpha=0.4),
    case("LeakyRelu", FLAT, alpha=0.2),
    case("ThresholdedRelu", FLAT, alpha=0.7),
    case("HardSigmoid", FLAT, alpha=0.3),
    case("Shrink", FLAT, bias=0.2, lambd=0.9),
    case("Mish", FLAT),
    case("PRelu", X, real(4, 1, 1)),
    case("PRelu", X, real(1)),
    case("PRelu", X, real(8)),
    case("PRelu", FLAT, real(5)),
    case("Clip", FLAT, one(-1), one(1)),
    case("Clip", FLAT, None, one(0.5)),
    case("Clip", FLAT, one(-0.5)),
    case("Clip", FLAT, one(-1), one(1), given=3),
    case("Clip", FLAT),
]
WIDE = real(3, 1, low=0.3, high=2)
ELEMENTS = [
    *(
        case(name, FLAT)
        for name in (
            "Abs",
            "Neg",
            "Exp",
            "Floor",
            "Ceil",
            "Sign",
            "Sin",
            "Cos",
            "Atan",
            "Sinh",
            "Cosh",
            "Asinh",
            "IsNaN",
            "Identity",
        )
    ),
    *(case(name, POSITIVE) for name in ("Log", "Sqrt", "Reciprocal")),
    *(case(name, real(3, 5, low=-0.9, high=0.9)) for name in ("Asin", "Acos", "Tan", "Atanh")),
    case("Acosh", real(3, 5, low=1.1, high=4)),
    case("Round", whole(0.5, 1.5, -0.5, 2.4, -2.6, dtype=np.float32)),
    *(
        case(name, FLAT, WIDE)
        for name in ("Add", "Sub", "Mul", "Div", "Less", "LessOrEqual", "Greater", "GreaterOrEqual")
    ),
    case("Pow", POSITIVE, WIDE),
    case("Pow", FLAT, whole(2)),
    case("Equal", FLAT, FLAT),
    case("Mod", FLAT, WIDE, fmod=1),
    case("Mod", whole(-7, 7, -6), whole(3, -3, 4)),
    case("Div", whole(-7, 7, 6), whole(3, -3, 4)),
    *(case(name, FLAT, FLAT.T.copy().T[::-1].copy(), real(5)) for name in ("Min", "Max", "Sum", "Mean")),
    *(case(name, FLAT > 0, FLAT > 1) for name in ("And", "Or", "Xor")),
    case("Not", FLAT > 0),
    case("Where", FLAT > 0, FLAT, WIDE, given=2),
    case("IsInf", whole(1, np.inf, -np.inf, dtype=np.float32)),
    case("IsInf", whole(1, np.inf, -np.inf, dtype=np.float32), detect_negative=0),
    case("BitShift", whole(1, 2, 3, dtype=np.uint8), whole(1, 3, 2, dtype=np.uint8), direction="LEFT"),
]
ARRANGED = [
    case("Reshape", X, whole(0, -1, 4)),
    case("Reshape", X, whole(-1, 0, 2, 36), given=2),
    case("Flatten", X),
    case("Flatten", X, axis=0),
    case("Flatten", X, axis=-1),
    case("Transpose", X, perm=[0, 2, 3, 1]),
    case("Transpose", X),
    case("Expand", WIDE, whole(2, 1, 4)),
    case("Tile", FLAT, whole(2, 3)),
    case("Concat", FLAT, FLAT, WIDE, axis=-1),
    case("Slice", X, whole(1, -3), whole(4, 99), whole(1, -1)),
    case("Slice", X, whole(-1, 7), whole(-99, 1), whole(2, 3), whole(-2, -1)),
    case("Slice", X, whole(1), whole(2)),
    case("Slice", X, whole(1, 2), whole(2, 9), whole(0, 2), whole(1, 3), given=5),
    case("Gather", X, whole(2, -1), axis=1),
    case("Gather", X, one(-1, np.int64), axis=2),
    case("Gather", FLAT, whole([0, 2], [1, -1]), given=2),
    case("GatherElements", FLAT, whole([0, -1, 2], [1, 1, 0]), axis=1),
    case("GatherND", X, whole([0, 3], [1, 2])),
    case("ScatterElements", FLAT, whole([0, -1], [1, 2]), real(2, 2), axis=1),
    case("ScatterND", FLAT, whole([0], [2]), real(2, 5)),
    case("Pad", X, whole(0, 1, 2, -1, 1, 0, 1, 3), one(0.5)),
    case("Pad", X, whole(0, 0, 3, 1, 0, 0, 2, 4), mode="reflect"),
    case("Pad", X, whole(0, 0, 3, 1, 0, 0, 2, 4), mode="edge"),
    case("Pad", LINE, whole(0, 0, 3, 0, 1, 2), given=2),
    case("Shape", X),
    case("Size", X),
    case("ConstantOfShape", whole(2, 3), given=0),
    case("Range", one(1), one(7), one(2), given=3),
    case("Cast", FLAT, to=7),
    case("Cast", whole(0, 2), to=9),
    case("Cast", FLAT, to=11),
    case("Dropout", FLAT),
    case("DepthToSpace", real(1, 8, 3, 2), blocksize=2),
    case("DepthToSpace", real(1, 8, 3, 2), blocksize=2, mode="CRD"),
    case("SpaceToDepth", real(1, 2, 4, 6), blocksize=2),
    case("OneHot", whole(0, -1, 2), whole(3), whole(2, 5), axis=0),
    case("EyeLike", FLAT, k=1),
    case("CumSum", FLAT, one(1, np.int64)),
    case("CumSum", FLAT, one(0, np.int64), exclusive=1, reverse=1),
]
SUMS = [
    case("Gemm", FLAT, real(5, 4)),
    case("Gemm", FLAT, real(4, 5), real(4), transB=1),
    case("Gemm", FLAT, real(3, 4), real(3, 1)[:1], transA=1, alpha=0.5, beta=2.0),
    case("MatMul", real(2, 3, 4), real(4, 5)),
    case("MatMul", real(2, 3, 4), real(2, 4, 5), given=2),
    case("MatMul", real(4), real(4)),
    case("Einsum", real(2, 3, 4), real(2, 5, 4), equation="bij,bkj->bik", given=2),
    case("BatchNormalization", X, real(4), real(4), real(4), real(4, low=0.1), epsilon=1e-3),
    case("InstanceNormalization", X, real(4), real(4)),
    case("LRN", X, size=3, alpha=0.1, beta=0.6, bias=2.0),
    case("LRN", X, size=5),
    case("LpNormalization", FLAT, axis=0, p=1),
    case("LpNormalization", FLAT),
    case("MeanVarianceNormalization", X),
    case("Softmax", X, axis=1),
    case("LogSoftmax", FLAT),
    case("Softmax", X),
    case("ArgMax", FLAT, axis=1),
    case("ArgMin", FLAT, keepdims=0),
    case("ArgMax", whole(1, 3, 3), axis=0, select_last_index=1),
    case("TopK", FLAT, whole(3), outputs=2),
    case("TopK", FLAT, whole(2), outputs=2, axis=0, largest=0),
    case("Trilu", FLAT),
    case("Trilu", FLAT, one(1, np.int64), upper=0),
]
REDUCED = ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare")
HALVES = ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric")


def _reductions(axes_are_inputs: bool) -> list[Case]:
    found = [case(f"Reduce{name}", POSITIVE, keepdims=keep) for name in REDUCED for keep in (0, 1)]
    for name in REDUCED:
        if axes_are_inputs:
            found += [
                case(f"Reduce{name}", POSITIVE, whole(-1)),
                case(f"Reduce{name}", POSITIVE, noop_with_empty_axes=1),
            ]
        else:
            found += [case(f"Reduce{name}", POSITIVE, axes=[-1], keepdims=0)]
    return found


def _resizes() -> list[Case]:
    image, none = real(1, 2, 5, 6), np.zeros(0, np.float32)
    up, down = whole(1, 1, 1.6, 2.5, dtype=np.float32), whole(1, 1, 0.6, 0.5, dtype=np.float32)
    found = []
    for way in HALVES:
        for mode in ("linear", "cubic"):
            found += [
                case("Resize", image, none, scale, mode=mode, coordinate_transformation_mode=way)
                for scale in (up, down)
            ]
        found += [
            case("Resize", image, none, scale, mode="nearest", coordinate_transformation_mode=way, nearest_mode=how)
            for scale in (up, down)
            for how in ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")
        ]
    sizes = whole(1, 2, 8, 3)
    found += [
        case("Resize", image, none, none, sizes, mode=mode, coordinate_transformation_mode=way)
        for mode in ("linear", "nearest")
        for way in HALVES
    ]
    region = whole(0, 0, 0.1, 0.2, 1, 1, 0.8, 1.2, dtype=np.float32)
    return [
        *found,
        case("Resize", image, none, up, mode="cubic", exclude_outside=1, cubic_coeff_a=-0.5),
        case(
            "Resize",
            image,
            region,
            none,
            sizes,
            mode="linear",
            coordinate_transformation_mode="tf_crop_and_resize",
            extrapolation_value=0.3,
        ),
    ]


OLD = [
    case("Slice", X, starts=[1, -3], ends=[4, 99], axes=[1, 3]),
    case("Pad", X, pads=[0, 0, 1, 2, 0, 0, 3, 1], value=0.5),
    case("Clip", FLAT, min=-1.0, max=1.0),
    case("Squeeze", WIDE, axes=[1]),
    case("Unsqueeze", FLAT, axes=[0, 2]),
    case("Split", X, outputs=2, axis=1, split=[1, 3]),
    case("Split", X, outputs=2, axis=1),
    case("Softmax", X),
    case("LogSoftmax", X, axis=2),
    case("Upsample", real(1, 2, 4, 5), whole(1, 1, 2, 3, dtype=np.float32)),
    case("Upsample", real(1, 2, 4, 5), whole(1, 1, 2, 2, dtype=np.float32), mode="linear"),
    case("Dropout", FLAT, ratio=0.4),
    *_reductions(axes_are_inputs=False),
]
MIDDLE = [
    *WINDOWS,
    *ELEMENTS,
    *ARRANGED,
    *_resizes(),
    *(each for each in SUMS if each.op != "Trilu"),
    case("Squeeze", WIDE, whole(-1)),
    case("Squeeze", WIDE),
    case("Unsqueeze", FLAT, whole(0, -1)),
    case("Unsqueeze", FLAT, whole(1), given=2),
    case("Split", X, whole(1, 3), outputs=2, axis=1),
    case("Split", X, outputs=2, axis=1),
]
NEW = [
    *ACTIVATIONS,
    *(each for each in SUMS if each.op == "Trilu"),
    *_reductions(axes_are_inputs=True),
    case("Split", X, outputs=2, axis=2, num_outputs=2),
    case("Gelu", FLAT),
    case("Gelu", FLAT, approximate="tanh"),
    case("LayerNormalization", X, real(9, 8), real(9, 8), axis=2),
    case("LayerNormalization", FLAT, real(5)),
    case("Pad", X, whole(2, 1), None, whole(-1), given=2),
    case("CastLike", FLAT, whole(1)),
    case(
        "Resize",
        real(1, 2, 5, 6),
        None,
        None,
        whole(10, 9),
        axes=[2, 3],
        mode="linear",
        keep_aspect_ratio_policy="not_larger",
    ),
    case(
        "Resize",
        real(1, 2, 5, 6),
        None,
        whole(1, 1, 2.5, 0.7, dtype=np.float32),
        mode="linear",
        coordinate_transformation_mode="half_pixel_symmetric",
    ),
    case("Equal", FLAT, FLAT),
    case("BitwiseAnd", whole(6, 5), whole(3, 1)),
    case("BitwiseOr", whole(6, 5), whole(3, 1)),
    case("BitwiseXor", whole(6, 5), whole(3, 1)),
    case("BitwiseNot", whole(6, 5)),
    case("ScatterElements", FLAT, whole([0, 1], [1, 2]), real(2, 2), axis=1, reduction="max"),
    case("ScatterND", FLAT, whole([0], [0]), real(2, 5), reduction="add"),
    case("GroupNormalization", X, real(4), real(4), num_groups=2),
]
BATCHES = [
    (9, OLD),
    (13, MIDDLE),
    (18, [each for each in NEW if each.op not in ("Gelu", "GroupNormalization")]),
    (21, [each for each in NEW if each.op in ("Gelu", "GroupNormalization")]),
]


@pytest.mark.parametrize(("opset", "cases"), BATCHES)
def test_it_gives_the_numbers_of_onnxruntime(opset: int, cases: list[Case], tmp_path: Path) -> None:
    assert differences(cases, opset, tmp_path) == []
