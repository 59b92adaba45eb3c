"""Checkpoints: one safetensors file of tensors and plain values, from which a training that was killed goes on.

A checkpoint is never a pickle, and is written under another name first: a full disk or a killed process leaves the one
before as it was. Its parts cannot be of different steps.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from engines.core.errors import BadInput
from engines.core.files import atomic_path
from engines.core.reading import parse_json, regular_file
from engines.core.training.standing import differing
from engines.core.words import tr


@dataclass(frozen=True)
class Checkpoint:
    """tensors by name; said: plain values, the spec among them."""

    tensors: dict[str, Tensor]
    said: dict[str, Any]


def write_checkpoint(path: Path, tensors: dict[str, Tensor], said: dict[str, Any]) -> None:
    """Write a checkpoint, whole or not at all. Raises `OutOfResources` when the disk is full."""
    content = save({name: value.detach().contiguous() for name, value in tensors.items()}, {"said": json.dumps(said)})
    with atomic_path(path) as part:
        part.write_bytes(content)


def read_checkpoint(path: Path) -> Checkpoint | None:
    """The checkpoint to go on from; None when there is none. Raises `BadInput` for a broken file."""
    if not path.exists():
        return None
    regular_file(path, what=tr("checkpoint"))
    try:
        with safe_open(str(path), "pt") as held:
            said = parse_json((held.metadata() or {})["said"])
            if not isinstance(said, dict):
                raise ValueError(tr("what it says of its training makes no sense"))
            return Checkpoint({name: held.get_tensor(name) for name in held.keys()}, said)  # noqa: SIM118
    except (SafetensorError, BadInput, KeyError, ValueError, OSError) as error:
        hint = tr("Delete it to begin anew, or give the training another name")
        raise BadInput(tr("The checkpoint cannot be read: {error}", error=error), path=path, hint=hint) from error


def check_same(path: Path, before: dict[str, Any], now: dict[str, Any], free: Collection[str]) -> None:
    """Raise `BadInput` when a checkpoint is of other settings than those asked for. free: names that may differ."""
    if other := differing(before, now, free):
        was = ", ".join(
            tr("{name} was {before}", name=name.replace("_", " "), before=before[name]) for name in other[:3]
        )
        hint = tr("Begin anew under another name, or delete {path}", path=path.name)
        raise BadInput(tr("A training with other settings is kept here: {was}", was=was), path=path, hint=hint)
