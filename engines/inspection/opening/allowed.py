"""Names that a pickle of weights may import: PyTorch's and numpy's own rebuilders of numbers, and plain containers.

Each was read: none runs code, opens a file or looks a name up, whatever arguments it is given. The list follows that of
`torch.load(weights_only=True)`, with what numpy arrays and scalars need.
"""

from __future__ import annotations

from engines.inspection.opening.pickle_values import Name

STORAGES = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool", "ComplexDoubleStorage": "complex128",
    "ComplexFloatStorage": "complex64", "QUInt8Storage": "quint8", "QInt8Storage": "qint8", "QInt32Storage": "qint32",
    "QUInt4x2Storage": "quint4x2", "QUInt2x4Storage": "quint2x4", "UntypedStorage": "uint8",
}  # fmt: skip
"""dtype of each of torch's storages."""
SIZES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1,
    "bool": 1, "complex128": 16, "complex64": 8, "complex32": 4, "quint8": 1, "qint8": 1, "qint32": 4, "quint4x2": 1,
    "quint2x4": 1, "uint16": 2, "uint32": 4, "uint64": 8, "float8_e4m3fn": 1, "float8_e5m2": 1, "float8_e4m3fnuz": 1,
    "float8_e5m2fnuz": 1, "float8_e8m0fnu": 1, "float4_e2m1fn_x2": 1,
}  # fmt: skip
"""Bytes of an element, by dtype as torch has it."""
SCHEMES = (
    "per_tensor_affine", "per_tensor_symmetric", "per_channel_affine", "per_channel_symmetric",
    "per_channel_affine_float_qparams",
)  # fmt: skip
TENSORS = tuple(storage.replace("Storage", "Tensor") for storage in STORAGES)
REBUILDERS = (
    "_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_qtensor", "_rebuild_parameter",
    "_rebuild_parameter_with_state", "_rebuild_sparse_tensor", "_rebuild_meta_tensor_no_storage",
    "_rebuild_nested_tensor", "_rebuild_wrapper_subclass", "_rebuild_device_tensor_from_numpy",
    "_rebuild_device_tensor_from_cpu_tensor",
)  # fmt: skip
NUMPY = ("numpy.core.multiarray", "numpy._core.multiarray")
PLAIN = ("set", "frozenset", "bytearray", "bytes", "complex")
NAMES = frozenset({
    ("collections", "OrderedDict"), ("collections", "Counter"), ("torch", "Size"), ("torch", "Tensor"),
    ("torch", "device"), ("torch.nn.parameter", "Parameter"), ("torch.serialization", "_get_layout"),
    ("torch._tensor", "_rebuild_from_type_v2"), ("torch.storage", "UntypedStorage"), ("torch.storage", "TypedStorage"),
    ("_codecs", "encode"), ("numpy", "ndarray"), ("numpy", "dtype"),
    *(("torch", name) for name in (*STORAGES, *SIZES, *SCHEMES, *TENSORS)),
    *(("torch._utils", name) for name in REBUILDERS),
    *((module, name) for module in NUMPY for name in ("_reconstruct", "scalar")),
    *((module, name) for module in ("builtins", "__builtin__") for name in PLAIN),
})  # fmt: skip
SCRIPT = frozenset({
    ("torch.jit._pickle", name) for name in
    ("build_intlist", "build_tensorlist", "build_doublelist", "build_boollist", "build_tensor_from_id",
     "restore_type_tag")
})  # fmt: skip


def in_weights(name: Name) -> bool:
    """Whether a file of weights may import it."""
    return (name.module, name.name) in NAMES


def in_script(name: Name) -> bool:
    """Whether TorchScript may: its own classes too, which are code within the file."""
    own = name.module == "__torch__" or name.module.startswith("__torch__.")
    return own or (name.module, name.name) in SCRIPT or in_weights(name)
