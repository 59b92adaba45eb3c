"""What a model file is, in words: its format, whether it is safe, its figures, its inputs."""

from __future__ import annotations

import math
from collections import Counter

from engines.core.words import as_sentence, tr
from engines.inspection.opening.pickled import FOREIGN
from engines.inspection.types import Format, Given, ModelSheet, Safety, Tensor
from widgets.inspection.words import amount, bytes_text, close_shape, going_in
from widgets.kit.results import Stat
from widgets.kit.words import DASH

FORMATS = {
    Format.ONNX: tr("ONNX model"),
    Format.TFLITE: tr("TensorFlow Lite model"),
    Format.EXPORTED: tr("PyTorch export (.pt2)"),
    Format.SAFETENSORS: tr("Safetensors weights"),
    Format.LORA: tr("LoRA adapter"),
    Format.STATE_DICT: tr("PyTorch state dict"),
    Format.TORCHSCRIPT: tr("TorchScript program"),
    Format.DIFFUSERS: tr("Diffusers folder"),
    Format.KINOSCOPE: tr("Network of Kinoscope"),
    Format.ARRAYS: tr("NumPy arrays"),
    Format.DLIB: tr("dlib network"),
    Format.MODULE: tr("PyTorch module"),
}
VERDICTS = {"safe": (tr("Safe to read"), "good"), "refused": (tr("Refused"), "bad"), "code": (tr("A program"), "warn")}
"""Words and level of a pill."""
ASK = tr("Ask its maker for safetensors, or for a plain state dict.")
BYTES = {"float64": 8, "int64": 8, "float32": 4, "int32": 4, "uint32": 4, "float16": 2, "bfloat16": 2, "int16": 2,
         "complex64": 8, "complex128": 16, "uint64": 8, "uint16": 2}  # fmt: skip
"""Of an element; whatever is not named has one."""


def format_words(kind: Format) -> str:
    return FORMATS.get(kind, str(kind))


def safety_words(safety: Safety) -> str:
    """The reason, and that nothing was run."""
    if safety.verdict == "refused":
        why = (safety.why or tr("It asks for what has no place in weights")).rstrip(".")
        run = "" if FOREIGN.lower() in why.lower() else tr(" Nothing of it was run.")
        return f"{why}.{run} {ASK}" if safety.calls else f"{why}.{run}"
    return safety.why or tr("Reading it runs nothing.")


def size_of(tensor: Tensor) -> int | None:
    """Bytes, None where the shape is not known."""
    if tensor.shape is None or any(size < 0 for size in tensor.shape):
        return None
    return math.prod(tensor.shape) * BYTES.get(tensor.dtype, 1)


def figures(sheet: ModelSheet) -> list[Stat]:
    """Sizes and counts."""
    counts, graph = sheet.counts, sheet.graph
    rows = [
        Stat(tr("Size"), bytes_text(sheet.bytes), tip=tr("{bytes:,} bytes", bytes=sheet.bytes))
        if sheet.bytes
        else None,
        Stat(tr("Operators"), f"{len(graph.nodes):,}") if graph is not None else None,
        Stat(
            tr("Parameters"),
            amount(counts.parameters),
            tip=tr("{parameters:,}, every name", parameters=counts.parameters),
        ),
        _once(sheet),
        _adds(sheet) if graph is not None else None,
        Stat(tr("Stored tensors"), f"{len(sheet.tensors):,}"),
        *_dtypes(sheet),
    ]
    return [row for row in rows if row is not None]


def _once(sheet: ModelSheet) -> Stat | None:
    """Only where something is shared."""
    once = sheet.counts.parameters_shared_once
    if once == sheet.counts.parameters:
        return None
    return Stat(
        tr("Shared ones once"), amount(once), tip=tr("{once:,}, tensors with one storage counted once", once=once)
    )


def _adds(sheet: ModelSheet) -> Stat:
    counts = sheet.counts
    lacking = ", ".join(counts.uncounted)
    tip = (
        tr("Without {lacking}, which cannot be counted", lacking=lacking)
        if lacking
        else tr("Products that are summed, for one input")
    )
    return Stat(tr("Multiply-adds"), amount(counts.multiply_adds), tip=tip, level="warn" if lacking else "")


def _dtypes(sheet: ModelSheet) -> list[Stat]:
    """Shares of the stored bytes; one type alone is 100 %."""
    sizes: Counter[str] = Counter()
    for tensor in sheet.tensors:
        sizes[tensor.dtype] += size_of(tensor) or 0
    whole = sum(sizes.values())
    told, tip = sizes.most_common(4) if whole else [], tr("Share of the stored bytes")
    return [
        Stat(tr("In {dtype}", dtype=dtype or tr("unknown type")), f"{100 * size / whole:.3g} %", tip=tip)
        for dtype, size in told
    ]


def inputs(sheet: ModelSheet) -> list[Stat]:
    """A line for each input, and how pictures go in."""
    rows = [_input(given) for given in sheet.given]
    if sheet.preprocessing is not None:
        words = going_in(sheet.preprocessing)
        rows.append(Stat(tr("Pictures go in"), words, tip=words))
    return rows


def _input(given: Given) -> Stat:
    what = tr("a picture can go in") if given.picture else tr("given {given:g} everywhere", given=given.value)
    return Stat(given.name, close_shape(given.shape) or DASH, given.dtype, tip=f"{given.name}: {what}", given=True)


def facts(sheet: ModelSheet) -> list[Stat]:
    """What else the file says."""
    return [Stat(as_sentence(name), value, tip=f"{name}: {value}", given=True) for name, value in sheet.facts]
