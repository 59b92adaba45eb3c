"""Deletes what the job history and the log tell of people: overwrites it, and looks for it afterwards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engines.core.names import shown
from engines.core.places import LOG, data_dir, log_dir
from engines.core.words import tr
from engines.faces.gallery.types import Forgotten
from workbench.work.job_store import JobRecord, JobStore

if TYPE_CHECKING:
    from engines.faces.gallery.editing import Gallery

SHORTEST = 5
"""Bytes below which a text is not looked for: it would be found by chance."""


def texts_of(gallery: Gallery, person: str) -> frozenset[str]:
    """Name and sources of a person: what jobs have been told. Ask before they are forgotten."""
    texts = {gallery.names().get(person, ""), *(face.source for face in gallery.faces(person))}
    return frozenset(text for text in texts if len(text.encode()) >= SHORTEST)


def tells_of_people(record: JobRecord) -> bool:
    """Whether a job that is over may hold names, pictures' paths and points of faces."""
    return record.state.over and record.job.startswith("engines.faces.")


def forget_in_history(texts: Collection[str]) -> list[str]:
    """Take such jobs out of the history that is kept, and the texts out of the log; in words what is left, and why."""
    left = forget_in_logs(texts)
    if not (data_dir() / "jobs.sqlite").is_file():
        return left
    store = JobStore()
    try:
        for record in store.records():
            if tells_of_people(record):
                store.delete(record.id)
        return [*store.forget(texts), *left]
    finally:
        store.close()


def forget_in_logs(texts: Collection[str]) -> list[str]:
    """Blacken these texts in the files of the log, which may be open; in words where one stands there still."""
    left = []
    for path in log_dir().glob(f"{LOG}*"):
        try:
            _blacken(path, [shown(text).encode() for text in texts])
        except OSError as error:
            left.append(tr("{path}: the log could not be changed ({strerror})", path=path, strerror=error.strerror))
    return left


def _blacken(path: Path, texts: Collection[bytes]) -> None:
    content = changed = path.read_bytes()
    for text in texts:
        changed = changed.replace(text, b"*" * len(text))
    if changed != content:
        with path.open("r+b") as file:
            file.write(changed)


def with_history(proof: Forgotten, left: Collection[str]) -> Forgotten:
    """The proof with what is left in the history of jobs."""
    return replace(proof, left=(*proof.left, *left))
