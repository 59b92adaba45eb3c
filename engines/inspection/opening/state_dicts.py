"""PyTorch state dicts and checkpoints opened without unpickling: the pickle is followed, the numbers are mapped.

`torch.load` is not called at all, so nothing that a pickle could ask for has anybody to ask. Names of nested dicts are
joined with dots, as PyTorch joins those of modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.opening.allowed import SIZES
from engines.inspection.opening.model import Model
from engines.inspection.opening.pickle_values import Kept, Made, Name, Table, shown
from engines.inspection.opening.pickled import FOREIGN, Pickled, Place, read_pickled, storage_of
from engines.inspection.opening.stored import Stored, StoredWeights, as_tensor, counted
from engines.inspection.types import Format, ModelSheet, OpenSpec, Safety, Tensor

NO_GRAPH = tr(
    "The file holds weights and no graph of how they are used: export the model (torch.export.save) to run it"
)
BETTER = tr("Ask its maker for safetensors, or for a plain state dict")
AGAIN = tr("Fetch or save it again")
DEEPEST, MOST_TENSORS, MOST_FACTS = 64, 1_000_000, 40
OPTIMISER = ("optim", "lr_sched", "scheduler")
"""Begin the names of what is no parameter of the network."""


def open_file(path: Path, _spec: OpenSpec) -> Model:
    """Raises `BadInput`: for a pickle that is refused, with what it would have called; for a file that is cut short."""
    pickled = read_pickled(path)
    if pickled.safety.verdict == "refused":
        raise refusal(path, pickled.safety)
    if pickled.swapped:
        raise BadInput(tr("The numbers were written by a machine of the other byte order"), path=path, hint=AGAIN)
    if pickled.layout == "pickle":
        hint = tr("Save the tensors with torch.save or as safetensors")
        raise BadInput(tr("The pickle was not written by PyTorch, and holds no tensors"), path=path, hint=hint)
    held, odd = tensors_of(pickled, path)
    if not held:
        raise BadInput(tr("There are no tensors in the PyTorch file"), path=path)
    return Model(_sheet(path, pickled, held, odd), StoredWeights(path, held))


class Refused(BadInput):
    """A pickle that asks for more than tensors. safety: what it would have called."""

    safety = Safety("refused")


def refusal(path: Path, safety: Safety) -> Refused:
    """What a refused file would have called, in words."""
    calls = "; ".join(safety.calls[:6]) + (tr("; and more") if len(safety.calls) > 6 else "")
    parts = [safety.why] * (safety.why != FOREIGN) + [
        tr("opened elsewhere, it would call {calls}", calls=calls)
    ] * bool(calls)
    whole = any(call.startswith("torch.nn.") for call in safety.calls)
    better = tr("It is a whole network with its code; save its state_dict() instead") if whole else BETTER
    refused = Refused(
        tr("Refused: {parts}", parts="; ".join(parts)),
        path=path,
        hint=tr("Nothing of it was run. {better}", better=better),
    )
    refused.safety = safety
    return refused


def tensors_of(pickled: Pickled, path: Path) -> tuple[dict[str, Stored], list[str]]:
    """Tensors by name, and names of those of a kind that is not read. Raises `BadInput` where numbers are missing."""
    held: dict[str, Stored] = {}
    odd: list[str] = []
    for name, value in leaves(pickled.value):
        found = _stored(value)
        if found is not None:
            held[_free(name or "tensor", held)] = found
        elif _is_tensor(value):
            odd.append(name)
        if len(held) > MOST_TENSORS:
            raise BadInput(tr("The file names more tensors than any network has"), path=path)
    for name, one in held.items():
        _check(name, one, pickled.places, path)
    return {name: _placed(one, pickled.places) for name, one in held.items()}, odd


def _free(name: str, held: dict[str, Stored]) -> str:
    """The name, or with a number where another path is written the same."""
    if name not in held:
        return name
    return next(each for each in (f"{name} ({count})" for count in range(2, len(held) + 3)) if each not in held)


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """What is no container, by its path. Raises `BadInput` for what is nested too deeply."""
    waiting = [("", value, 0)]
    seen: set[int] = set()
    while waiting:
        name, each, depth = waiting.pop()
        below = _inside(each)
        if below is None:
            yield name, each
        elif depth > DEEPEST:
            raise BadInput(tr("The PyTorch file is nested too deeply"))
        elif id(each) not in seen:
            seen.add(id(each))
            joined = [(f"{name}.{key}" if name else key, one, depth + 1) for key, one in below]
            waiting += reversed(joined)


def _inside(value: Any) -> list[tuple[Any, Any]] | None:
    """Entries of a dict, list or object, None for anything else."""
    if isinstance(value, Table):
        pairs = value.pairs
    elif isinstance(value, list | tuple):
        pairs = list(enumerate(value))
    elif isinstance(value, Made) and not _is_tensor(value):
        own = value.state.pairs if isinstance(value.state, Table) and not value.pairs else []
        pairs = [*_listed(value), *(value.pairs or ()), *own]
    else:
        return None
    named = [(key if isinstance(key, str) else shown(key), each) for key, each in pairs]
    return [(key, each) for key, each in named if key != "_metadata"]


def _listed(value: Made) -> list[tuple[Any, Any]]:
    """Pairs that an ordered dict is made of, as Python 2 wrote them."""
    match value:
        case Made(function=Name(name="OrderedDict"), arguments=([*pairs],)):
            return [tuple(pair) for pair in pairs if isinstance(pair, list | tuple) and len(pair) == 2]
    return []


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Made) and isinstance(value.function, Name) and value.function.name.startswith("_re")


WRAPPED = ("_rebuild_parameter", "_rebuild_parameter_with_state")
DENSE = ("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_qtensor")


def _stored(value: Any) -> Stored | None:
    """A tensor of torch's rebuilders; parameters and subclasses of tensors are taken out of their wrapping."""
    for _ in range(DEEPEST):
        match value:
            case Made(function=Name(name=name), arguments=(inner, *_)) if name in WRAPPED:
                value = inner
            case Made(function=Name(name="_rebuild_from_type_v2"), arguments=(Name() as made, _, tuple(given), *_)):
                value = Made(made, given)
            case Made(function=Name(name=name), arguments=(Kept() as kept, int(at), shape, strides, *rest)) if (
                name in DENSE
            ):
                dtype = rest[2] if name == "_rebuild_tensor_v3" and len(rest) > 2 else None
                return _strided(kept, at, _sizes(shape), _sizes(strides), dtype)
            case _:
                return None
    return None


def _sizes(value: Any) -> tuple[int, ...] | None:
    """A shape, plain or as `torch.Size`."""
    if isinstance(value, Made) and value.arguments:
        value = value.arguments[0]
    good = isinstance(value, list | tuple) and all(isinstance(one, int) and 0 <= one < 1 << 62 for one in value)
    return tuple(value) if good else None


def _strided(
    kept: Kept, offset: int, shape: tuple[int, ...] | None, strides: tuple[int, ...] | None, dtype: Any
) -> Stored | None:
    told = storage_of(kept)
    if told is None or shape is None or strides is None or len(shape) != len(strides) or offset < 0:
        return None
    key, kind, _, first = told
    kind = dtype.name if isinstance(dtype, Name) else kind
    return Stored(kind, shape, -1, strides, first + offset, key) if kind in SIZES else None


def _check(name: str, one: Stored, places: dict[str, Place], path: Path) -> None:
    if one.storage not in places:
        raise BadInput(
            tr("The numbers of '{name}' are not in the file, or are packed", name=name), path=path, hint=AGAIN
        )
    if one.reach * SIZES[one.dtype] > places[one.storage].bytes:
        raise BadInput(
            tr("The file lies about '{name}': it reaches beyond its numbers", name=name), path=path, hint=AGAIN
        )


def _placed(one: Stored, places: dict[str, Place]) -> Stored:
    start = places[one.storage].start
    return Stored(one.dtype, one.shape, start, one.strides, one.offset, f"{one.storage}+{one.offset}")


def _sheet(path: Path, pickled: Pickled, held: dict[str, Stored], odd: list[str]) -> ModelSheet:
    warnings = [tr("Tensors of a kind that is not read here: {odd}", odd=", ".join(odd[:3]))] * bool(odd)
    if pickled.layout == "legacy":
        warnings.append(tr("Legacy format (before PyTorch 1.6): slow to load in other programs; save it again"))
    tensors = tuple(_told(name, one) for name, one in held.items())
    facts = (
        (tr("container"), {"zip": tr("PyTorch zip"), "legacy": tr("PyTorch legacy pickle")}[pickled.layout]),
        *_facts(pickled),
    )
    return ModelSheet(
        path=str(path), title=path.name, format=Format.STATE_DICT, bytes=path.stat().st_size, safety=pickled.safety,
        counts=counted(tensors), tensors=tensors, facts=facts, warnings=tuple(warnings), runs=NO_GRAPH,
    )  # fmt: skip


def _told(name: str, one: Stored) -> Tensor:
    made = as_tensor(name, one)
    apart = made.constant or name.startswith(OPTIMISER)
    return Tensor(name, made.shape, made.dtype, True, made.storage, apart)


def _facts(pickled: Pickled) -> Iterator[tuple[str, str]]:
    """Numbers and words beside the tensors (epoch, settings)."""
    told = 0
    for name, value in leaves(pickled.value):
        if isinstance(value, str | int | float) and name and not name.startswith(OPTIMISER) and told < MOST_FACTS:
            told += 1
            yield (
                name,
                str(value)[:200] if not isinstance(value, int) or value.bit_length() < 128 else tr("a long number"),
            )
