"""Stored tensors of ONNX files as torch tensors: made from the file's bytes, or mapped from files beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from onnx import TensorProto, numpy_helper
from onnx.helper import tensor_dtype_to_np_dtype

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.opening.model import Weights
from engines.inspection.reading.onnx_graph import TYPES
from engines.inspection.shapes import shape_text

AGAIN = tr("Export or download it again")
FOUR_BITS = ("int4", "uint4")
UNKNOWN_TO_NUMPY = {"bfloat16": np.int16, "float8_e4m3fn": np.uint8, "float8_e5m2": np.uint8}


class OnnxWeights(Weights[TensorProto]):
    """Tensors by name. The bytes stay in the model (or in the files beside it) until one is asked for."""

    def __init__(self, stored: Mapping[str, TensorProto], path: Path) -> None:
        super().__init__(stored)
        self.path = path

    def __getitem__(self, name: str) -> torch.Tensor:
        """Raises `BadInput` for data that do not fit their shape and for texts."""
        try:
            return tensor_of(self._held[name], self.path.parent)
        except (ValueError, TypeError, OSError, RuntimeError, OverflowError) as error:
            raise BadInput(
                tr("The weights of '{name}' cannot be read: {error}", name=name, error=error), path=self.path
            ) from error


def tensor_of(proto: TensorProto, folder: Path) -> torch.Tensor:
    """A stored tensor as torch has it; four bits as eight. Kernels of pictures lie with channels last in memory."""
    kind = TYPES.get(proto.data_type, "")
    if kind in ("", "string"):
        raise TypeError(tr("they are of a kind that is not read here"))
    mapped = proto.data_location == TensorProto.EXTERNAL and kind not in FOUR_BITS and 0 not in proto.dims
    array = _mapped(proto, folder) if mapped else np.array(numpy_helper.to_array(proto, str(folder)))
    if kind in UNKNOWN_TO_NUMPY:
        return torch.from_numpy(array.view(UNKNOWN_TO_NUMPY[kind])).view(getattr(torch, kind))
    found = torch.from_numpy(array.astype(np.int8) if kind in FOUR_BITS else array)
    kernel = found.dim() == 4 and found.is_floating_point()
    return found.contiguous(memory_format=torch.channels_last) if kernel else found


def _mapped(proto: TensorProto, folder: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    """A copy-on-write map of a file that was judged when the model was opened (`opening.external.check`)."""
    said = {entry.key: entry.value for entry in proto.external_data}
    dtype = np.dtype(tensor_dtype_to_np_dtype(proto.data_type))
    length, needed = int(said.get("length") or 0), math.prod(proto.dims) * dtype.itemsize
    if length and length != needed:
        raise ValueError(tr("they take {needed} bytes and {length} are told", needed=needed, length=length))
    return np.memmap(folder / said["location"], dtype, "c", int(said.get("offset") or 0), tuple(proto.dims))


def check_sizes(stored: Mapping[str, TensorProto], path: Path) -> None:
    """Raises `BadInput` for tensors of more numbers than the file has bytes for (two to a byte at most)."""
    for name, proto in stored.items():
        if min(proto.dims, default=0) < 0:
            raise BadInput(tr("The file lies about '{name}': it has a size below 0", name=name), path=path, hint=AGAIN)
        held = 2 * proto.ByteSize() if not proto.raw_data else len(proto.raw_data) // _least(proto)
        if proto.data_location != TensorProto.EXTERNAL and math.prod(proto.dims) > held:
            shape = shape_text(proto.dims)
            raise BadInput(
                tr("The file lies about '{name}': it has no numbers for {shape}", name=name, shape=shape),
                path=path,
                hint=AGAIN,
            )


def _least(proto: TensorProto) -> float:
    """Bytes of an element at the least."""
    kind = TYPES.get(proto.data_type, "")
    return 0.5 if kind in ("", "string") or "4" in kind else tensor_dtype_to_np_dtype(proto.data_type).itemsize
