"""Operators that work element by element, that change nothing, or that make something out of no data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engines.inspection.reading.aten.calls import Call, Told, Value
from engines.inspection.types import Kind

ACTIVATIONS = (
    "relu", "relu6", "silu", "gelu", "sigmoid", "tanh", "leaky_relu", "elu", "selu", "celu", "prelu", "hardswish",
    "hardsigmoid", "softplus", "mish", "log_sigmoid", "hardshrink", "softshrink", "threshold", "rrelu", "tanhshrink",
)  # fmt: skip
ARITHMETIC = (
    "sub", "subtract", "rsub", "mul", "multiply", "div", "divide", "true_divide", "neg", "negative", "pow", "exp",
    "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "square", "abs", "absolute", "sign", "sgn",
    "reciprocal", "clamp", "clip", "clamp_min", "clamp_max", "maximum", "minimum", "fmax", "fmin", "where",
    "masked_fill", "eq", "ne", "lt", "le", "gt", "ge", "equal", "less", "greater", "less_equal", "greater_equal",
    "not_equal", "logical_and", "logical_or", "logical_not", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_not",
    "bitwise_xor", "and", "or", "xor", "bitwise_left_shift", "bitwise_right_shift", "sin", "cos", "tan", "asin", "acos",
    "atan", "atan2", "arctan2", "sinh", "cosh", "asinh", "acosh", "atanh", "erf", "erfc", "erfinv", "floor", "ceil",
    "round", "trunc", "fix", "frac", "remainder", "fmod", "floor_divide", "addcmul", "addcdiv", "lerp", "isnan",
    "isinf", "isfinite", "nan_to_num", "special_expit", "sigmoid_backward", "logit", "xlogy", "heaviside", "copysign",
    "hypot", "deg2rad", "rad2deg", "polar", "complex", "real", "imag", "view_as_real", "view_as_complex", "conj",
    "angle", "ldexp", "sinc", "i0", "fill", "zero", "tril", "triu",
    "weight_norm", "weight_norm_interface",
)  # fmt: skip
CASTS = (
    "to", "to_copy", "type_as", "contiguous", "clone", "detach", "alias", "lift_fresh", "lift_fresh_copy", "lift",
    "positive", "resolve_conj", "resolve_neg", "conj_physical", "copy", "float", "cpu", "identity",
)  # fmt: skip
DROPOUTS = ("dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout", "native_dropout")
MADE = (
    "arange", "full", "zeros", "ones", "eye", "linspace", "logspace", "scalar_tensor", "zeros_like", "ones_like",
    "full_like", "empty", "empty_like", "new_zeros", "new_ones", "new_full", "new_empty", "empty_permuted",
    "tril_indices", "triu_indices", "hann_window", "hamming_window", "sym_size", "sym_numel", "sym_stride",
)  # fmt: skip
RANDOM = (
    "rand", "rand_like", "randn", "randn_like", "randint", "randint_like", "randperm", "normal", "bernoulli",
    "multinomial", "uniform", "exponential",
)  # fmt: skip
PURE = (
    "nonzero", "nonzero_numpy", "masked_select", "masked_scatter", "bucketize", "one_hot", "unique_consecutive",
    "unique2", "scatter", "scatter_add", "scatter_reduce", "index_put", "index_add", "index_copy", "index_fill",
    "slice_scatter", "select_scatter", "diagonal_scatter", "diagonal", "diag", "diag_embed", "trace", "im2col",
    "col2im", "unfold", "grid_sampler", "grid_sampler_2d", "grid_sampler_3d", "affine_grid_generator", "rot90",
    "meshgrid", "broadcast_tensors", "kron", "outer", "ger", "linalg_cross", "cdist", "pairwise_distance",
    "cosine_similarity", "linalg_inv", "linalg_solve", "linalg_det", "linalg_matrix_norm", "linalg_norm",
    "linalg_qr", "linalg_svd", "linalg_eigh", "linalg_cholesky", "fft_fft", "fft_ifft", "fft_rfft", "fft_irfft",
    "fft_fft2", "fft_ifft2", "fft_rfft2", "fft_irfft2", "fft_fftn", "fft_ifftn", "fft_rfftn", "fft_irfftn",
    "fft_fftshift", "fft_ifftshift", "fft_r2c", "fft_c2r", "fft_c2c", "stft", "istft", "bilinear", "trilinear",
    "addbmm", "addmv", "addr", "chain_matmul", "linalg_multi_dot", "inner", "tensordot", "vdot", "isin",
    "isclose", "allclose", "count_nonzero", "histc", "item", "local_scalar_dense",
    "native_multi_head_attention", "transformer_encoder_layer_fwd", "weight_norm_interface",
    "take", "combinations", "cartesian_prod", "block_diag", "aminmax", "quantile", "nanmean", "nanmedian",
)  # fmt: skip
"""What no kind stands for, which computes from its inputs alone all the same."""


def clipped(call: Call) -> Told:
    """`hardtanh` from 0 to 6 is ReLU6."""
    low, high = call.get("min_val", -1), call.get("max_val", 1)
    return Told(Kind.ACTIVATION, None, {"function": "relu6" if (low, high) == (0, 6) else "hardtanh"})


def dropped(call: Call) -> Told:
    """Nothing at rest; random while training."""
    return Told(Kind.ARITHMETIC, None, {"random": True}) if call.get("train", False) else Told(Kind.CAST)


def activation(function: str) -> Callable[[Call], Told]:
    return lambda _call: Told(Kind.ACTIVATION, None, {"function": function})


def added(call: Call) -> Told:
    """A number that is added is arithmetic; two tensors meet."""
    return Told(Kind.ADD if isinstance(call.get("other"), Value) else Kind.ARITHMETIC)


def plainly(kind: Kind, **attributes: Any) -> Callable[[Call], Told]:
    return lambda _call: Told(kind, None, dict(attributes))


ELEMENTS: dict[str, Callable[[Call], Told]] = {
    **{name: activation(name) for name in ACTIVATIONS},
    "hardtanh": clipped,
    "add": added,
    **dict.fromkeys(ARITHMETIC, plainly(Kind.ARITHMETIC)),
    **dict.fromkeys(CASTS, plainly(Kind.CAST)),
    **dict.fromkeys(DROPOUTS, dropped),
    **dict.fromkeys(MADE, plainly(Kind.CONSTANT)),
    **dict.fromkeys(RANDOM, plainly(Kind.CONSTANT, random=True)),
}
