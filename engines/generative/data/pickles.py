"""Contents of a pickle without running it: the names that it imports and calls, read from its opcodes.

A pickle is a program. Opening one runs it, so none is ever opened here; `refuse` says what is in it and how to turn
it into a file that holds numbers alone. No torch.
"""

from __future__ import annotations

import pickletools
import zipfile
from pathlib import Path
from typing import NoReturn

from engines.core.errors import BadInput
from engines.core.reading import read_member
from engines.core.words import tr

MOST = 64 * 2**20
PICKLES = 8
SHOWN = 6
PLAIN = ("collections OrderedDict", "torch._utils", "torch ", "torch.storage", "numpy", "_codecs encode")


def refuse(path: Path) -> NoReturn:
    """Raise `BadInput`: what the pickle contains, and how to convert it safely."""
    names = imports(path)
    odd = [name for name in names if not name.startswith(PLAIN)]
    what = tr("it would import {names}", names=", ".join(names[:SHOWN])) + (
        tr(" and more") if len(names) > SHOWN else ""
    )
    warning = tr("; {odd} has no place among weights", odd=", ".join(odd[:SHOWN])) if odd else ""
    target = path.with_suffix(".safetensors").name
    hint = tr(
        "If you trust its origin, convert it once, which refuses all but tensors: python -c "
        "\"import torch, safetensors.torch as s; w = torch.load({path!r}, map_location='cpu', "
        "weights_only=True); s.save_file({{k: v.contiguous() for k, v in w.get('state_dict', "
        'w).items()}}, {target!r})"',
        path=path.name,
        target=target,
    )
    raise BadInput(tr("A pickle is a program and is not opened: "
"{what}{warning}", what=what if names else tr("it holds no names"), warning=warning),
                   path=path, hint=hint)  # fmt: skip


def imports(path: Path) -> list[str]:
    """The "module name" pairs that the pickles of a file would import, in order, each once."""
    found: dict[str, None] = {}
    for data in _pickles(path):
        found |= dict.fromkeys(_imports(data))
    return list(found)


def is_pickle(path: Path) -> bool:
    """Whether a file begins as a pickle or as a zip archive with one inside, whatever its name."""
    with path.open("rb") as file:
        start = file.read(2)
    if start == b"PK":
        return zipfile.is_zipfile(path) and any(n.endswith(".pkl") for n in zipfile.ZipFile(path).namelist())
    return start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")


def _pickles(path: Path) -> list[bytes]:
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            return [file.read(MOST)]
    with zipfile.ZipFile(path) as archive:
        inside = [info for info in archive.infolist() if info.filename.endswith(".pkl") and info.file_size <= MOST]
        return [read_member(archive, info) for info in inside]


def _imports(data: bytes) -> list[str]:
    """Of several pickles, one after the other, until something that is none."""
    found: list[str] = []
    for _ in range(PICKLES):
        strings: list[str] = []
        end = 0
        try:
            for opcode, argument, at in pickletools.genops(data):
                end = (at or 0) + 1
                if opcode.name in ("GLOBAL", "INST"):
                    found.append(str(argument))
                elif opcode.name == "STACK_GLOBAL" and len(strings) >= 2:
                    found.append(" ".join(strings[-2:]))
                elif isinstance(argument, str):
                    strings.append(argument)
        except Exception:
            break
        data = data[end:]
        if not data:
            break
    return found
