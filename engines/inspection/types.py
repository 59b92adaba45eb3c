"""Values of the inspection engine, free of torch: a model file, its graph, and what jobs are asked and give.

A graph is the same small value whatever file it came from; readers of formats name kinds and attributes as here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from engines.core.errors import UsageError
from engines.core.networks.preprocessing import Preprocessing
from engines.core.words import control, tr

Shape = tuple[int, ...]
"""-1 where a size is dynamic."""


class Format(StrEnum):
    """Kinds of model files, by content and never by ending alone."""

    ONNX = "onnx"
    TFLITE = "tflite"
    EXPORTED = "pt2"
    SAFETENSORS = "safetensors"
    LORA = "lora"
    STATE_DICT = "state-dict"
    TORCHSCRIPT = "torchscript"
    DIFFUSERS = "diffusers"
    KINOSCOPE = "kinoscope"
    """Networks of ours: weights with a card or with settings in their head."""
    ARRAYS = "npz"
    DLIB = "dlib"
    MODULE = "module"
    """A torch module in memory."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A value on an edge of the graph, or one that is stored in the file.

    shape: None where nobody knows it. dtype: as torch has it ("float32"). stored: it is in the file. storage: tensors
    with the same one are counted once (shared, tied); "" where it stands alone. constant: stored, and no parameter
    (shapes, indices).
    """

    name: str
    shape: Shape | None = None
    dtype: str = ""
    stored: bool = False
    storage: str = ""
    constant: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A sliding window over the spatial axes, a number for each: output o sees inputs o stride - before + t dilation,
    t < kernel, that exist; transposed: input i reaches outputs i stride - before + t dilation."""

    kernel: Shape
    stride: Shape
    dilation: Shape
    before: Shape
    after: Shape
    transposed: bool = False


class Kind(StrEnum):
    """What a node does, as far as fields, counts and colours need to know. Behind each: the attributes readers give.

    Axes count from 0 in the output's (for REDUCE, TRANSPOSE, RESHAPE, SLICE: the input's) shape and are never negative.
    """

    CONV = "conv"
    """`window`; axes: spatial ones; groups; channel: axis. Inputs: data, weight, bias or ""."""
    POOL = "pool"
    """`window`; axes; mode: "max" or "average"."""
    ADAPTIVE_POOL = "adaptive-pool"
    """axes; mode. Sizes are the output's; global pooling is one to size 1."""
    LINEAR = "linear"
    """contracted: size of the last axis of the input. Inputs: data, weight, bias or ""."""
    MATMUL = "matmul"
    """contracted: size of the axis summed over. Both inputs are computed."""
    ATTENTION = "attention"
    """Inputs: q, k, v (B, H, N, d), mask or "". scale (None: 1 / sqrt(d)), causal."""
    ADD = "add"
    """Element by element with broadcasting, as all of the next."""
    ARITHMETIC = "arithmetic"
    ACTIVATION = "activation"
    """function: "relu", "relu6", "prelu", "sigmoid", "gelu" and so on."""
    CAST = "cast"
    """Changes dtype or nothing (identity, dropout at rest)."""
    NORM = "norm"
    """axes: those whose mean is taken; () for batch normalisation at rest, which is element by element."""
    SOFTMAX = "softmax"
    """axes: one."""
    REDUCE = "reduce"
    """axes; keep: bool; function: "mean", "sum", "max" and so on."""
    CONCAT = "concat"
    """axes: one. new: that axis is made by it (stack)."""
    SPLIT = "split"
    """axes: one. Outputs follow one another along it. drop: each is one row of it, and the axis vanishes (unbind)."""
    SLICE = "slice"
    """axes, starts, steps: a number for each (step 1 if contiguous); drop: axes that vanish (select)."""
    PAD = "pad"
    """before, after: for every axis; mode: "constant", "reflect", "replicate"."""
    RESIZE = "resize"
    """axes; mode: "nearest", "linear", "cubic"; corners: "half", "align", "asymmetric"."""
    TRANSPOSE = "transpose"
    """order: axis of the input for each axis of the output."""
    RESHAPE = "reshape"
    """Same elements in the same order; sizes are the output's."""
    EXPAND = "expand"
    """Broadcast to the output's shape."""
    SPACE_DEPTH = "space-depth"
    """block; axes: spatial ones; to: "space" (pixel shuffle) or "depth"."""
    EMBEDDING = "embedding"
    """Rows of a stored table by index. Inputs: indices, weight."""
    GATHER = "gather"
    """axes. shifts: how far round each is turned, None for turned about, left out where indices are computed."""
    CONSTANT = "constant"
    """No input of data (shapes, ranges, filled)."""
    RECURRENT = "recurrent"
    """Everything along its axis depends on everything. matrix: elements of the matrices of one step."""
    UNKNOWN = "unknown"
    """Drawn, not counted, and said."""


@dataclass(frozen=True, slots=True)
class Node:
    """name: unique, path-like, in order of execution ("layer4.1.relu_1"); it is what users call a layer. op: as the
    file calls it. module: path of the module that it is in, "" for the whole. inputs, outputs: names of tensors, "" for
    one left out. call: what the reader's operators need to run it.
    """

    name: str
    kind: Kind
    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    module: str = ""
    window: Window | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    call: Mapping[str, Any] = field(default_factory=dict)

    @property
    def output(self) -> str:
        """The tensor that is shown for it."""
        return self.outputs[0] if self.outputs else ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in order of execution; every tensor that they name. inputs: those that are given, without stored ones."""

    nodes: tuple[Node, ...]
    tensors: Mapping[str, Tensor]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def node(self, name: str) -> Node:
        """The node of this name. Raises `UsageError`, which names some that are like it."""
        found = next((node for node in self.nodes if node.name == name), None)
        if found is None:
            near = [node.name for node in self.nodes if name.lower() in node.name.lower()][:3]
            hint = (
                tr("Perhaps {near}", near=", ".join(near))
                if near
                else tr("{control} lists them", control=control(tr("Graph"), "`inspect MODEL`"))
            )
            raise UsageError(tr("This model has no layer '{name}'", name=name), hint=hint)
        return found

    def makers(self) -> dict[str, Node]:
        """The node that gives each computed tensor."""
        return {tensor: node for node in self.nodes for tensor in node.outputs}

    def shape(self, tensor: str) -> Shape | None:
        found = self.tensors.get(tensor)
        return found.shape if found else None


Verdict = Literal["safe", "refused", "code"]


@dataclass(frozen=True, slots=True)
class Safety:
    """safe: reading it runs nothing. refused: it asks for calls that have no place in weights, named in `calls`. code:
    it is a program (TorchScript), opened only when asked, in a process of its own."""

    verdict: Verdict = "safe"
    calls: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """A row of the table: one node. parameters: stored elements that it reads, shared ones at their first reader alone.
    multiply_adds: None where nobody can count them. activation_bytes: of its outputs. ms: median, None before it was
    timed."""

    name: str
    type: str
    output_shape: Shape | None
    parameters: int
    multiply_adds: int | None
    activation_bytes: int | None = None
    ms: float | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """parameters: as torch's `sum(p.numel() for p in state_dict)`, every name; parameters_shared_once: every storage.
    multiply_adds: sum over layers that can be counted; uncounted: names of the operators that cannot."""

    parameters: int = 0
    parameters_shared_once: int = 0
    multiply_adds: int | None = None
    layers: tuple[Layer, ...] = ()
    uncounted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """An input of a model. shape: as the file has it, -1 where dynamic, None where not known. picture: a camera's frame
    can go in (4 axes, 1 or 3 channels); others are given `value` everywhere."""

    name: str
    shape: Shape | None
    dtype: str = "float32"
    picture: bool = False
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class ModelSheet:
    """All that can be told of a model without running it. Goes to the window.

    runs: "" where it can be run here, else why not, with what to do. attends: it has layers of attention. facts: name
    and value of what else the file says (producer, opset, metadata). tensors: what is stored. needs_shape: inputs whose
    shape has to be told first. preprocessing: how pictures go in, where that is known for certain.
    """

    path: str
    title: str
    format: Format
    bytes: int
    safety: Safety = Safety()
    graph: Graph | None = None
    counts: Counts = Counts()
    tensors: tuple[Tensor, ...] = ()
    given: tuple[Given, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    runs: str = ""
    attends: bool = False
    needs_shape: tuple[str, ...] = ()
    preprocessing: Preprocessing | None = None


@dataclass(frozen=True, slots=True)
class OpenSpec:
    """Job `engines.inspection.opening.job:run`. path: a file, a folder, or the name of a network of ours or of the
    model store. shapes: of inputs, in their order, () as the file has them. code: TorchScript may be loaded, in a
    process of its own. time: measure each node too.
    """

    path: str = ""
    shapes: tuple[Shape, ...] = ()
    code: bool = False
    time: bool = False


@dataclass(frozen=True, slots=True)
class FieldRow:
    """The receptive field of a layer's unit in the middle, in pixels of the input, (height, width): size; stride
    between neighbours; start: first pixel that the first unit sees (negative: in the padding). whole: it is all of the
    input. exact: False where an operator in between cannot be followed, which `note` names."""

    name: str
    size: tuple[int, int]
    stride: tuple[float, float]
    start: tuple[int, int]
    whole: bool = False
    exact: bool = True
    note: str = ""
