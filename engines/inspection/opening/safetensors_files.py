"""Safetensors opened by their head alone, those of adapters (LoRA) with what is told of them; numbers are mapped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from engines.core.networks.safetensors_head import Entry, read_entries
from engines.core.words import tr
from engines.inspection.opening.model import Model
from engines.inspection.opening.state_dicts import NO_GRAPH
from engines.inspection.opening.stored import Stored, StoredWeights, as_tensor, counted, packed_strides
from engines.inspection.types import Format, ModelSheet, OpenSpec, Safety

DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
    "I16": "int16", "I8": "int8", "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
    "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "F8_E8M0": "float8_e8m0fnu", "C64": "complex64",
    "F8_E4M3FNUZ": "float8_e4m3fnuz", "F8_E5M2FNUZ": "float8_e5m2fnuz",
}  # fmt: skip
"""dtypes as torch has them."""
DOWN = re.compile(r"[._]lora[._](A|down)(\.\w+)?(\.weight)?$")
PART = re.compile(r"[._]lora[._](A|B|up|down|magnitude_vector|embedding_[AB])([._]|$)")
BESIDE = re.compile(r"(\.|^)(alpha|dora_scale|scale|rank|diff|diff_b)$")
SAFE = Safety("safe", (), tr("Safetensors hold numbers and words alone"))
MOST_WORDS = 400
ADAPTER_RUNS = tr("Adapters change another network and do not run alone")


def open_file(path: Path, _spec: OpenSpec) -> Model:
    """Raises `BadInput` for a head that lies and for a file that is cut short."""
    entries, metadata = read_entries(path)
    held = stored_of(entries)
    tensors = tuple(as_tensor(name, one) for name, one in held.items())
    adapter = is_adapter(held)
    facts = (*(_adapter_facts(held) if adapter else ()), *_words(metadata))
    sheet = ModelSheet(
        path=str(path), title=path.name, format=Format.LORA if adapter else Format.SAFETENSORS,
        bytes=path.stat().st_size, safety=SAFE, counts=counted(tensors), tensors=tensors, facts=facts,
        runs=ADAPTER_RUNS if adapter else NO_GRAPH,
    )  # fmt: skip
    return Model(sheet, StoredWeights(path, held))


def stored_of(entries: Mapping[str, Entry]) -> dict[str, Stored]:
    """Tensors of a head by name and place."""
    return {
        name: Stored(DTYPES.get(one.dtype, one.dtype), one.shape, one.start, packed_strides(one.shape))
        for name, one in entries.items()
    }


def is_adapter(names: Iterable[str]) -> bool:
    """Whether all tensors are parts of low-rank adapters."""
    told = list(names)
    return any(DOWN.search(name) for name in told) and all(PART.search(n) or BESIDE.search(n) for n in told)


def _adapter_facts(held: Mapping[str, Stored]) -> tuple[tuple[str, str], ...]:
    """Targets and ranks: the rank is the shorter side of what leads down."""
    downs = [one for name, one in held.items() if DOWN.search(name) and one.shape]
    ranks = sorted({min(one.shape[0], one.shape[-1]) if len(one.shape) == 2 else one.shape[0] for one in downs})
    return ((tr("adapted layers"), str(len(downs))), ("rank", ", ".join(map(str, ranks))))


def _words(metadata: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value if len(value) <= MOST_WORDS else value[:MOST_WORDS] + " ...")
                 for name, value in metadata.items())  # fmt: skip
