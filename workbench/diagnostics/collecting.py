"""Gathers what a report of a problem needs, and takes people, places and passwords out of all of it."""

from __future__ import annotations

import getpass
import json
import os
import platform
import re
import socket
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psutil

from engines.core.addresses import bare
from engines.core.files import atomic_path
from engines.core.names import shown
from engines.core.places import LOG, data_dir, log_dir
from engines.core.processor import fact, most_threads
from engines.core.words import tr
from workbench import __version__
from workbench.diagnostics import crashes, stacks
from workbench.diagnostics.known import people_in, projects, texts_in
from workbench.diagnostics.redacting import Redactor
from workbench.work.job_store import JobRecord
from workbench.work.limits import gpu_allowed, has_gpu

ROOT = Path(__file__).resolve().parents[2]
LOG_BYTES = 256 << 10
"""Of each log file, its end."""
JOBS = 60
HEARD = 0.5
"""Seconds in which workers answer with their stacks."""
PACKAGES = (
    "torch", "PySide6-Essentials", "pyqtgraph", "opencv-python-headless", "numpy", "scipy", "onnx", "onnxruntime",
    "ai-edge-litert", "av", "scikit-learn", "safetensors", "pydantic", "keyring", "captum", "usearch",
)  # fmt: skip
NAMED = ("name", "person", "people", "title", "prompt")
"""In the keys of what a job is told, where a person's words stand."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the window knows. settings: as JSON. screen: in words. addresses: of open sources; texts: titles that the
    user gave; paths: files of theirs; threads: what runs, by name. lines: the log as it is shown.
    """

    settings: dict[str, Any]
    jobs: Sequence[JobRecord] = ()
    screen: str = ""
    addresses: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    lines: Callable[[], str] = field(default=str)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a report."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """parts: as they will be saved. taken: how many different things of each kind were taken out."""

    parts: tuple[Part, ...]
    taken: dict[str, int]


def collect(told: Told) -> Report:
    """Takes about a second. Nothing is written."""
    asked = stacks.ask_workers()
    if asked:
        time.sleep(HEARD)
    redactor = _knowing(told)
    raw = [
        ("settings.json", tr("Settings"), redactor.value(told.settings)),
        ("jobs.json", tr("Jobs"), [_job(record, redactor) for record in list(told.jobs)[-JOBS:]]),
        ("log.txt", tr("Log"), "\n".join(_logs()) or told.lines()),
        ("threads.txt", tr("What runs now"), _threads(told, asked)),
        ("crash.txt", tr("The last crash"), crashes.last(log_dir())),
    ]
    about = Part("about.txt", tr("Versions and computer"), redactor.known(_about(told)))
    parts = [Part(name, title, _text(value, redactor)) for name, title, value in raw if value]
    return Report((about, *parts), _taken([about, *parts]))


def _taken(parts: Iterable[Part]) -> dict[str, int]:
    """Different marks of each kind."""
    each = {found.groups() for part in parts for found in re.finditer(r"<([a-z]+) (\d+)>", part.text)}
    return dict(Counter(kind for kind, _ in each))


def save(report: Report, path: str, names: Iterable[str]) -> None:
    """Write the files of these names into one zip file."""
    wanted = set(names)
    with atomic_path(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as bundle:
        for one in report.parts:
            if one.name in wanted:
                bundle.writestr(f"kinoscope-report/{one.name}", one.text)


def _text(value: Any, redactor: Redactor) -> str:
    """As it is saved. JSON was looked through value by value; the texts are looked through here."""
    if isinstance(value, str):
        return shown(redactor.text(value))
    return shown(json.dumps(value, indent=2, ensure_ascii=False, default=str)) + "\n"


def _knowing(told: Told) -> Redactor:
    made = Redactor({str(ROOT): "<program>", sys.prefix: "<python>", sys.base_prefix: "<python>"})
    specs = [record.spec for record in told.jobs]
    made.know("person", people_in(texts_in([told.settings, *specs])))
    made.know("user", _users())
    made.know("computer", {socket.gethostname(), platform.node(), socket.gethostname().partition(".")[0]})
    for address in told.addresses:
        _know_address(made, address)
    made.know("text", told.texts)
    made.know_paths([*told.paths, str(Path.home() / "any"), str(data_dir() / "any")])
    made.know_values(told.settings)
    for project in projects(told.paths):
        made.know_values(project)
        made.know("text", _named(project, people=False))
    for record in told.jobs:
        _know_job(made, record)
    return made


def _know_address(made: Redactor, address: str) -> None:
    """The whole of it, and its parts where they stand alone."""
    made.know("address", [address, bare(address)])
    with suppress(ValueError):
        parts = urlsplit(address)
        made.know("secret", [unquote(text) for text in (parts.password, parts.username) if text])
        made.know("secret", [text for text in (parts.password, parts.username) if text])
        made.know("address", [parts.hostname or ""])


def _know_job(made: Redactor, record: JobRecord) -> None:
    made.know_values(record.spec)
    people = record.job.startswith("engines.faces.")
    made.know("person" if people else "text", _named(record.spec, people))
    if record.error and record.error.get("path"):
        made.know_paths([str(record.error["path"])])


def _named(value: Any, people: bool) -> Iterator[str]:
    """Texts that stand under a name: in jobs of faces they are people, elsewhere titles, prompts and classes."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and any(word in str(key) for word in NAMED):
                yield item
            elif isinstance(item, list | tuple) and people:
                yield from (text for text in item if isinstance(text, str) and not {"/", "\\"} & set(text))
            yield from _named(item, people)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _named(item, people)


def _users() -> set[str]:
    found = {Path.home().name, *(os.environ.get(name, "") for name in ("USER", "USERNAME", "LOGNAME"))}
    with suppress(Exception):
        found.add(getpass.getuser())
    with suppress(Exception):
        import pwd

        whole = pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0]
        found |= {whole, *whole.split()}
    return found - {"root"}


def _about(told: Told) -> str:
    memory = psutil.virtual_memory()
    lines = [
        f"Kinoscope {__version__}",
        f"Python {platform.python_version()} ({sys.implementation.name})",
        f"System {platform.system()} {platform.release()} {platform.machine()}",
        f"Processor {fact('model name') or platform.processor() or platform.machine()}, {os.cpu_count()} threads,"
        f" {most_threads()} used",
        f"Memory {memory.total / 2**30:.1f} GiB, {memory.available / 2**30:.1f} GiB free",
        f"GPU {_gpu()}",
        f"Screen {told.screen}",
        "",
        *(f"{name} {version}" for name, version in package_versions()),
    ]
    return "\n".join(lines) + "\n"


def package_versions() -> Iterator[tuple[str, str]]:
    """What the program stands on, as it is installed."""
    for name in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            yield name, metadata.version(name)


def _gpu() -> str:
    if not has_gpu():
        return "none found"
    names = [path.read_text("utf-8", "replace") for path in Path("/proc/driver/nvidia/gpus").glob("*/information")]
    models = [
        line.partition(":")[2].strip() for text in names for line in text.splitlines() if line.startswith("Model")
    ]
    return (", ".join(models) or "NVIDIA") + ("" if gpu_allowed() else " (not to be used)")


def _job(record: JobRecord, redactor: Redactor) -> dict[str, Any]:
    error = {key: redactor.text(str(item)) for key, item in (record.error or {}).items() if item}
    return {
        "id": record.id, "job": record.job, "state": record.state.value, "created": _clock(record.created),
        "seconds": round(record.finished - record.started, 1) if record.finished and record.started else None,
        "done": record.done, "total": record.total, "note": redactor.text(record.note), "error": error,
        "spec": redactor.value(record.spec),
    }  # fmt: skip


def _clock(when: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))


def _logs() -> Iterator[str]:
    """The ends of the two newest files, the older first."""
    for path in (log_dir() / f"{LOG}.1", log_dir() / LOG):
        with suppress(OSError), path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - LOG_BYTES))
            yield file.read().decode("utf-8", "replace")


def _threads(told: Told, asked: Sequence[str]) -> str:
    running = "\n".join(told.threads) or "nothing"
    workers = ", ".join(asked) or "none"
    return f"Running:\n{running}\n\nStacks of workers are in the log: {workers}\n\n{stacks.own()}"
