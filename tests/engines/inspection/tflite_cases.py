"""Operators of TFLite with inputs for them, and files of many at once: each case is an operator of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

Array = NDArray[Any]
RNG = np.random.default_rng(11)
TYPES = {"float32": 0, "float16": 1, "int32": 2, "uint8": 3, "int64": 4, "bool": 6, "int8": 9}

VERSIONS = {"BROADCAST_TO": 2, "GELU": 1}
"""Of operators that LiteRT knows from a later one on."""


@dataclass(frozen=True)
class Case:
    """inputs: None for one left out. given: places of those that are inputs of the model; the rest are stored.

    options: class of the schema and its fields. shape: of the first output, as the file says it.
    """

    op: str
    inputs: tuple[Array | None, ...]
    shapes: tuple[tuple[int, ...], ...]
    options: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    given: tuple[int, ...] = (0,)
    dtype: str = "float32"


def case(op: str, *inputs: Array | None, to: Sequence[int] | Sequence[Sequence[int]], options: str = "",
         given: tuple[int, ...] = (0,), dtype: str = "float32", **fields: Any) -> Case:  # fmt: skip
    several = to and not isinstance(to[0], int)
    shapes = tuple(tuple(shape) for shape in to) if several else (tuple(to),)  # type: ignore[arg-type]
    return Case(op, inputs, shapes, options, fields, given, dtype)


def real(*shape: int, low: float = -3, high: float = 3) -> Array:
    return RNG.uniform(low, high, shape).astype(np.float32)


def whole(*values: Any) -> Array:
    return np.asarray(values, np.int32)


@dataclass
class File:
    """A TFLite file being written."""

    model: Any = field(default_factory=lambda: schema.ModelT())
    graph: Any = field(default_factory=lambda: schema.SubGraphT())
    inputs: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.model.version, self.model.description = 3, b"cases"
        self.model.buffers, self.model.operatorCodes, self.model.subgraphs = [schema.BufferT()], [], [self.graph]
        self.graph.tensors, self.graph.operators = [], []

    def tensor(self, name: str, shape: Sequence[int], dtype: str, data: Array | None = None, **more: Any) -> int:
        """Its place."""
        made = schema.TensorT()
        made.name, made.shape, made.type, made.buffer = name.encode(), list(shape), TYPES[dtype], 0
        if data is not None:
            made.buffer = len(self.model.buffers)
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            self.model.buffers.append(buffer)
        for key, value in more.items():
            setattr(made, key, value)
        self.graph.tensors.append(made)
        return len(self.graph.tensors) - 1

    def step(self, op: str, inputs: Sequence[int], outputs: Sequence[int], options: str = "", **fields: Any) -> None:
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, op)
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), VERSIONS.get(op, 1)
        made = schema.OperatorT()
        made.opcodeIndex, made.inputs, made.outputs = len(self.model.operatorCodes), list(inputs), list(outputs)
        if options:
            made.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            made.builtinOptions = getattr(schema, f"{options}T")()
            for key, value in fields.items():
                assert hasattr(made.builtinOptions, key), key
                setattr(made.builtinOptions, key, value)
        self.model.operatorCodes.append(code)
        self.graph.operators.append(made)

    def content(self) -> bytes:
        self.graph.inputs, self.graph.outputs = self.inputs, self.outputs
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def file_of(cases: Sequence[Case]) -> tuple[bytes, list[Array], list[list[str]]]:
    """A file of independent operators, what it is given, and names of each one's outputs."""
    file, feeds, names = File(), [], []
    for number, each in enumerate(cases):
        places = []
        for place, array in enumerate(each.inputs):
            if array is None:
                places.append(-1)
                continue
            stored = None if place in each.given else array
            places.append(file.tensor(f"c{number}.{place}", array.shape, str(array.dtype), stored))
            if stored is None:
                file.inputs.append(places[-1])
                feeds.append(array)
        outputs = [file.tensor(f"c{number}_{k}", shape, each.dtype) for k, shape in enumerate(each.shapes)]
        names.append([f"c{number}_{k}" for k in range(len(outputs))])
        file.outputs += outputs
        file.step(each.op, places, outputs, each.options, **each.fields)
    return file.content(), feeds, names
