"""Contents of a TFLite file as plain values, read within bounds: nothing claimed may be larger than the file.

A flatbuffer's tables are offsets, so a small file can claim billions of entries, or a table in many places; every entry
that is read counts against what a file of this length can hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from engines.core.errors import BadInput
from engines.core.words import tr

OPERATORS = {number: name for name, number in vars(schema.BuiltinOperator).items() if isinstance(number, int)}
OPTIONS = {number: name for name, number in vars(schema.BuiltinOptions).items() if isinstance(number, int)}
TYPES = {number: name.lower() for name, number in vars(schema.TensorType).items() if isinstance(number, int)}
ACTIVATIONS = {0: "", 1: "relu", 2: "relu_n1_to_1", 3: "relu6", 4: "tanh", 5: "sign_bit"}
MOST_AXES = 8
WIDE = 4
"""Bytes that an entry of a vector of tables takes at least."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor as the file has it. signature: -1 where a size is dynamic. data: its bytes, None for one that is
    computed. scale, zero: of quantised values, one for all or one for each place along `along`."""

    name: str
    shape: tuple[int, ...]
    signature: tuple[int, ...]
    dtype: str
    data: Array | None
    scale: Array | None = None
    zero: Array | None = None
    along: int = 0
    sparsity: Any = None


@dataclass(frozen=True, slots=True)
class Operation:
    """inputs, outputs: places of tensors, -1 for one left out. options: as the schema names them."""

    op: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """The first graph of a file and what else it says."""

    version: int
    description: str
    tensors: tuple[Stored, ...]
    operations: tuple[Operation, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    graphs: int
    metadata: tuple[str, ...]


def contents(data: bytes) -> Contents:
    """Raises `BadInput` for whatever does not fit together."""
    try:
        return _Reader(data).contents()
    except BadInput:
        raise
    except Exception as error:
        raise BadInput(tr("Not a TFLite model: its tables do not fit together")) from error


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._left = data, len(data) // WIDE
        self._model = schema.Model.GetRootAs(data, 0)

    def contents(self) -> Contents:
        model = self._model
        graphs = self._counted(model.SubgraphsLength())
        if not graphs:
            raise BadInput(tr("Not a TFLite model: there is no graph in it"))
        codes = [self._code(model.OperatorCodes(place)) for place in self._each(model.OperatorCodesLength())]
        graph = model.Subgraphs(0)
        tensors = tuple(self._tensor(graph.Tensors(place)) for place in self._each(graph.TensorsLength()))
        operations = tuple(
            self._operation(graph.Operators(place), codes, len(tensors))
            for place in self._each(graph.OperatorsLength())
        )
        names = tuple(_text(model.Metadata(place).Name()) for place in self._each(model.MetadataLength()))
        return Contents(
            model.Version(), _text(model.Description()), tensors, operations,
            self._places(graph.InputsAsNumpy(), len(tensors)), self._places(graph.OutputsAsNumpy(), len(tensors)),
            graphs, names,
        )  # fmt: skip

    def _counted(self, length: int) -> int:
        self._left -= length
        if length < 0 or self._left < 0:
            raise BadInput(tr("Not a TFLite model: it claims more entries than its length can hold"))
        return length

    def _each(self, length: int) -> Iterator[int]:
        return iter(range(self._counted(length)))

    def _numbers(self, vector: Any) -> tuple[int, ...]:
        """A vector of numbers; the reader gives 0 where there is none."""
        if not isinstance(vector, np.ndarray):
            return ()
        self._counted(len(vector))
        return tuple(vector.tolist())

    def _places(self, vector: Any, most: int) -> tuple[int, ...]:
        found = self._numbers(vector)
        if any(not -1 <= place < most for place in found):
            raise BadInput(tr("Not a TFLite model: a step names a tensor that is not there"))
        return found

    def _code(self, code: Any) -> str:
        number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        name = OPERATORS.get(number, f"OPERATOR_{number}")
        return tr("custom {text}", text=_text(code.CustomCode())) if name == "CUSTOM" else name

    def _tensor(self, tensor: Any) -> Stored:
        shape, signature = self._numbers(tensor.ShapeAsNumpy()), self._numbers(tensor.ShapeSignatureAsNumpy())
        if len(shape) > MOST_AXES or any(size < 0 for size in shape):
            raise BadInput(tr("Not a TFLite model: a tensor's shape makes no sense"))
        dtype, data = TYPES.get(tensor.Type(), ""), self._buffer(tensor.Buffer())
        quantised = self._quantised(tensor.Quantization())
        return Stored(_text(tensor.Name()), shape, signature or shape, dtype, data, *quantised, tensor.Sparsity())

    def _buffer(self, place: int) -> Array | None:
        """Bytes of a stored tensor: within the tables, or behind them in large files."""
        if not 0 <= place < self._model.BuffersLength():
            raise BadInput(tr("Not a TFLite model: a tensor names bytes that are not there"))
        buffer = self._model.Buffers(place)
        data, start, size = buffer.DataAsNumpy(), buffer.Offset(), buffer.Size()
        if isinstance(data, np.ndarray) and len(data):
            return data
        if start > 1 and start + size <= len(self._data):
            return np.frombuffer(self._data, np.uint8, size, start)
        return None

    def _quantised(self, told: Any) -> tuple[Array | None, Array | None, int]:
        scale = told.ScaleAsNumpy() if told is not None else None
        if not isinstance(scale, np.ndarray) or not len(scale):
            return None, None, 0
        zero = told.ZeroPointAsNumpy()
        return (
            scale,
            zero if isinstance(zero, np.ndarray) and len(zero) else np.zeros_like(scale),
            told.QuantizedDimension(),
        )

    def _operation(self, step: Any, codes: list[str], tensors: int) -> Operation:
        inputs = self._places(step.InputsAsNumpy(), tensors)
        outputs = self._places(step.OutputsAsNumpy(), tensors)
        return Operation(codes[step.OpcodeIndex()], inputs, outputs, self._options(step))

    def _options(self, step: Any) -> dict[str, Any]:
        """Settings of an operator as numbers and tuples of them; the activation that is part of it by name."""
        name = OPTIONS.get(step.BuiltinOptionsType(), "NONE")
        table = step.BuiltinOptions()
        if name == "NONE" or table is None:
            return {}
        options = getattr(schema, name)()
        options.Init(table.Bytes, table.Pos)
        found = {
            key: self._plain(value) for key, value in vars(getattr(schema, f"{name}T").InitFromObj(options)).items()
        }
        fused = found.pop("fusedActivationFunction", 0)
        return {key: value for key, value in found.items() if value is not None} | {
            "fused": ACTIVATIONS.get(fused, "?")
        }

    def _plain(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return self._numbers(value)
        if isinstance(value, bytes):
            return _text(value)
        return value if isinstance(value, int | float | bool) else None


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
