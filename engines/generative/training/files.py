"""Files of a trained network: its place, its weights with their card, and the command that trains it again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from engines.core.errors import UsageError
from engines.core.files import atomic_path, write_json
from engines.core.installing import PROGRAM
from engines.core.locks import only_writer
from engines.core.outputs import check_file, holding
from engines.core.spec import to_json
from engines.core.words import tr
from engines.generative.data.moments import Moments
from engines.generative.diffusion.types import Card
from engines.generative.training.types import CHECKPOINT

MOMENTS = "moments."
FAINT = 1e-6
WEIGHTS = holding(tr("a network that was trained here"), b"__metadata__", b'"card"')
CARD = holding(tr("the card of a network"), b'"architecture"', b'"prediction"')


def checkpoint_path(out: Path, name: str) -> Path:
    return out / f"{name}{CHECKPOINT}"


@contextmanager
def place(out: str | Path, name: str) -> Iterator[None]:
    """The folder made, and the files of the model `name` in it for this training alone.

    Raises `UsageError` for a name that is none, `BadInput` where nothing can be written, where another training writes
    them (it says which), and where other files have these names.
    """
    if not re.fullmatch(r"[\w.+ -]+", name):
        raise UsageError(
            tr("A model cannot be called '{name}'", name=name), hint=tr("Use letters, digits, dots and dashes")
        )
    path = checkpoint_path(Path(out), name)
    with only_writer(path, "model"):
        check_file(path.with_name(f"{name}.safetensors"), WEIGHTS)
        check_file(path.with_name(f"{name}.json"), CARD)
        yield


def write_weights(out: Path, card: Card, tensors: dict[str, Tensor], moments: Moments | None) -> tuple[Path, Card]:
    """Write NAME.safetensors in float16 and its card NAME.json; (the weights' path, the card with their hash)."""
    small = {name: value.detach().half().contiguous() for name, value in tensors.items()}
    small |= {} if moments is None else moment_tensors(moments)
    content = save(small, {"card": card.name})
    path = check_file(out / f"{card.name}.safetensors", WEIGHTS)
    check_file(out / f"{card.name}.json", CARD)
    card = replace(card, sha256=hashlib.sha256(content).hexdigest())
    with atomic_path(path) as part:
        part.write_bytes(content)
        write_json(out / f"{card.name}.json", to_json(card))
    return path, card


def moment_tensors(moments: Moments) -> dict[str, Tensor]:
    """Mean and covariance as kept in a file; directions without variance (a picture's dark rim) are left out."""
    kept = int((moments.values > FAINT * moments.values.max()).sum()) if len(moments.values) else 0
    return {
        f"{MOMENTS}mean": moments.mean.float().contiguous(),
        f"{MOMENTS}values": moments.values[:kept].float().contiguous(),
        f"{MOMENTS}vectors": moments.vectors[:, :kept].to(torch.float16).contiguous(),
    }


def command(verb: str, spec: Any) -> str:
    """The line that does a spec again: the options that differ from what they are without being said."""
    parts = [f"{PROGRAM} {verb}"]
    for field in fields(spec):
        value = getattr(spec, field.name)
        if field.name != "out" and field.default is not MISSING and value == field.default:
            continue
        option = field.name.replace("_", "-")
        if isinstance(value, bool):
            parts.append(f"--{option}" if value else f"--no-{option}")
        else:
            parts.append(f"--{option} {'FOLDER' if field.name == 'out' else _plain(value)}")
    return " ".join(parts)


def _plain(value: object) -> str:
    text = str(value)
    return f'"{text}"' if " " in text else text
