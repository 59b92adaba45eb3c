"""Whose picture it is: by the name of a file, or of the folder that it lies in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeAlias

from engines.core.names import tidy_name

Naming: TypeAlias = Literal["auto", "folder", "file"]
NUMBERED = re.compile(r"^(?P<name>.*[^\W\d_].*?)[_\- ]\d{1,6}$")
CAMERAS = frozenset(("img", "dsc", "dscn", "dscf", "pxl", "mvi", "pict", "image", "photo", "picture", "frame", "crop"))
"""How cameras and programs begin file names: not a person."""


def person_of(path: str | Path, naming: Naming = "auto") -> str:
    """Whose picture it is by its name: "folder" is the folder's name, "file" NAME of NAME_0001.jpg.

    "auto" is NAME where the file has one that is not a camera's ("IMG_0001"), else the folder's name.
    """
    path = Path(path)
    folder, stem = tidy_name(Path(os.path.abspath(path)).parent.name), tidy_name(path.stem)
    if naming == "folder":
        return folder
    match = NUMBERED.match(stem)
    if naming == "file":
        return match["name"] if match else stem
    return match["name"] if match and match["name"].lower() not in CAMERAS else folder


def people_of(paths: Iterable[str | Path], naming: Naming = "auto") -> tuple[str, ...]:
    """`person_of` for many: "auto" takes the folders' names where the pictures lie in several folders."""
    files = [Path(path) for path in paths]
    if naming == "auto" and len({file.parent for file in files}) > 1:
        naming = "folder"
    return tuple(person_of(file, naming) for file in files)
