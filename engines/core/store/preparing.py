"""Files made out of files of the model store, once, by another process, and kept beside them.

Taking a large network apart holds the interpreter for a tenth of a second and more, and unpickling needs torch: a
window would notice both. What was made is checked on every use: against a pinned hash where the making is the same to
the bit everywhere, else against the hash that was written down beside it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from engines.core import places
from engines.core.errors import WorkFailed
from engines.core.files import atomic_path, write_text
from engines.core.words import tr

ROOT = Path(__file__).resolve().parents[3]


def prepared(name: str, module: str, arguments: tuple[str | Path, ...], sha256: str = "") -> Path:
    """The kept file `name`; made by `python -m module *arguments PATH` where it is not there or not whole.

    The module calls `keep(PATH, content)`; it runs in our own folder, where nobody else's modules lie. Raises
    `WorkFailed` with what it said last when it gave no such file.
    """
    kept = prepared_path(name)
    if not _whole(kept, sha256):
        given = [str(each.absolute()) if isinstance(each, Path) else each for each in arguments]
        command = [sys.executable, "-m", module, *given, str(kept)]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        if done.returncode or not _whole(kept, sha256):
            said = done.stderr.strip().splitlines()
            raise WorkFailed(
                tr("This file cannot be made ready: {said}", said=said[-1] if said else tr("it came out differently")),
                path=kept,
            )
    return kept


def prepared_path(name: str) -> Path:
    """Where that file is kept, be it made or not."""
    return (places.store_dir() / "prepared" / name).absolute()


def keep(kept: Path, content: bytes) -> None:
    """Write what was made, whole or not at all, and its hash."""
    with atomic_path(kept) as part:
        part.write_bytes(content)
    write_text(_beside(kept), hashlib.sha256(content).hexdigest() + "\n")


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _whole(kept: Path, sha256: str) -> bool:
    if not kept.is_file() or not (sha256 or _beside(kept).is_file()):
        return False
    return file_hash(kept) == (sha256 or _beside(kept).read_text("ascii").strip())


def _beside(kept: Path) -> Path:
    return kept.with_suffix(".sha256")
