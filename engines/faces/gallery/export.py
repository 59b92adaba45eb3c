"""All that is stored of one person, as a folder of plain files: `person.json`, a PNG a face, `vectors.npy`.

`files.json` lists what was written with its hashes, so that forgetting the person deletes it, unless it was changed.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import atomic_path, dump_json
from engines.core.reading import making_sense, read_json
from engines.core.spec import to_json
from engines.core.words import tr
from engines.faces.gallery import copies as gallery_copies
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.types import Person

LIST, WORDS, VECTORS = "files.json", "person.json", "vectors.npy"
OURS = re.compile(r"[0-9a-f]{16}\.png|person\.json|vectors\.npy")
"""Names that an export gives, all of them in its own folder."""


def export(gallery: Gallery, person: str, folder: str | Path) -> Path:
    """Write it to a new or empty folder, whole or not at all; forgetting reaches what a kill leaves there.

    Raises `BadInput` when it holds anything, or there is no such person.
    """
    folder = Path(folder)
    known = next((one for one in gallery.people() if one.id == person), None)
    if known is None:
        raise BadInput(tr("That person is no longer in the gallery"), path=gallery.path)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(tr("The folder holds files already"), path=folder, hint=tr("Choose a new one"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(0o700, exist_ok=True)
    if not gallery.read_only:
        gallery_copies.remember(gallery.store, person, "export", folder)
    contents = _contents(gallery, known)
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    try:
        for name, content in {LIST: dump_json(listed).encode(), **contents}.items():
            with atomic_path(folder / name, private=True) as part:
                part.write_bytes(content)
    except BaseException:
        for name in (LIST, *contents):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
        raise
    return folder


def _contents(gallery: Gallery, known: Person) -> dict[str, bytes]:
    """By name, in the order in which they are written: what proves whose a folder is that was cut off comes first."""
    faces, table = gallery.faces(known.id), gallery.table()
    place = {id: row for row, id in enumerate(table.faces)}
    vectors = io.BytesIO()
    np.save(vectors, table.vectors[[place[face.id] for face in faces]], allow_pickle=False)
    pictures = {f"{face.id}.png": cv2.imencode(".png", gallery.thumbnail(face.id))[1].tobytes() for face in faces}
    return {WORDS: dump_json(_words(gallery, known, faces)).encode(), VECTORS: vectors.getvalue(), **pictures}


@dataclass(frozen=True, slots=True)
class Export:
    """What lies in the folder of an export. person: id. faces: their ids. files: as we wrote them. others: the rest."""

    person: str
    faces: frozenset[str]
    files: tuple[Path, ...]
    others: tuple[Path, ...]


def read_export(folder: Path) -> Export | None:
    """What `export` wrote there; None for what is not proven to be that: a link, another folder, a changed list."""
    if folder.is_symlink() or not folder.is_dir():
        return None
    try:
        listed = _read(folder / LIST)
        with making_sense(folder / LIST, tr("The list of files makes no sense")):
            names = {str(name): str(digest) for name, digest in listed.items() if OURS.fullmatch(name)}
        ours = [path for name, digest in names.items() if _is_file(path := folder / name) and _hash(path) == digest]
        if folder / WORDS not in ours:
            return None
        words = _read(folder / WORDS)
        with making_sense(folder / WORDS, tr("What the export says of the person makes no sense")):
            person, faces = str(words["person"]["id"]), frozenset(str(face["id"]) for face in words["faces"])
    except (KinoscopeError, OSError):
        return None
    ours.append(folder / LIST)
    others = [path for path in folder.iterdir() if path not in ours]
    return Export(person, faces, tuple(ours), tuple(others))


def _read(path: Path) -> Any:
    if path.is_symlink():
        raise BadInput(tr("This is a link"), path=path)
    return read_json(path, what=tr("list of an export"))


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _words(gallery: Gallery, known: Any, faces: Any) -> dict[str, Any]:
    refused = sorted(face for face, person in gallery.refusals() if person == known.id)
    return {
        "person": to_json(known),
        "faces": [to_json(face) for face in faces],
        "not_this_person": refused,
        "model": to_json(gallery.card),
        "vectors": tr("vectors.npy: one line a face, in the order of faces"),
    }


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
