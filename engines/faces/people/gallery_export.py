"""All that is stored of one person, as a folder of plain files: `person.json`, a PNG a face, `vectors.npy`.

`files.json` lists what was written with its hashes, so that forgetting the person deletes it, unless it was changed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import atomic_path, write_json
from engines.core.reading import making_sense, read_json
from engines.core.spec import to_json
from engines.faces.people import gallery_protect
from engines.faces.people.gallery import Gallery

LIST = "files.json"


def export(gallery: Gallery, person: str, folder: str | Path) -> Path:
    """Write it to a new or empty folder. Raises `BadInput` when it holds anything, or there is no such person."""
    folder = Path(folder)
    known = next((one for one in gallery.people() if one.id == person), None)
    if known is None:
        raise BadInput("That person is no longer in the gallery", path=gallery.path)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput("The folder holds files already", path=folder, hint="Choose a new one")
    folder.mkdir(parents=True, exist_ok=True)
    if not gallery.read_only:
        gallery_protect.remember(gallery.store, person, "export", folder)
    faces = gallery.faces(person)
    for face in faces:
        with atomic_path(folder / f"{face.id}.png") as part:
            part.write_bytes(cv2.imencode(".png", gallery.thumbnail(face.id))[1].tobytes())
    table = gallery.table()
    place = {id: row for row, id in enumerate(table.faces)}
    with atomic_path(folder / "vectors.npy") as part, part.open("wb") as file:
        np.save(file, table.vectors[[place[face.id] for face in faces]], allow_pickle=False)
    write_json(folder / "person.json", _words(gallery, known, faces))
    write_json(folder / LIST, {path.name: _hash(path) for path in sorted(folder.iterdir())})
    return folder


def untouched(folder: Path) -> tuple[list[Path], list[Path]]:
    """(files as `export` wrote them, all others) of a folder."""
    try:
        with making_sense(folder / LIST, "The list of files makes no sense"):
            listed = {str(name): str(digest) for name, digest in read_json(folder / LIST).items()}
    except KinoscopeError:
        return [], list(folder.rglob("*"))
    ours = [path for name, digest in listed.items() if (path := folder / name).is_file() and _hash(path) == digest]
    others = [path for path in folder.rglob("*") if path not in ours and path != folder / LIST]
    return [*ours, folder / LIST], others


def _words(gallery: Gallery, known: Any, faces: Any) -> dict[str, Any]:
    refused = sorted(face for face, person in gallery.refusals() if person == known.id)
    return {
        "person": to_json(known),
        "faces": [to_json(face) for face in faces],
        "not_this_person": refused,
        "model": to_json(gallery.card),
        "vectors": "vectors.npy: one line a face, in the order of faces",
    }


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
